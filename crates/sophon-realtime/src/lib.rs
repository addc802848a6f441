//! The streaming wires: SignalR hubs and session SSE
