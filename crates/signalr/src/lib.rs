//! The ASP.NET Core SignalR server protocol for axum
