//! Under which numbers the wires keep their encodings in an event.

use fanout::Slot;
use signalr::Slots;

/// `/hubs/chat`
pub(crate) const CHAT_HUB: Slots = Slots { json: Slot(0), messagepack: Slot(1) };
/// `/hubs/tasks`
pub(crate) const TASKS_HUB: Slots = Slots { json: Slot(2), messagepack: Slot(3) };
/// Session SSE.
pub(crate) const SESSION_SSE: Slot = Slot(12);
