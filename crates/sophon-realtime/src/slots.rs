//! Under which numbers the wires keep their encodings in an event.

use fanout::Slot;
use signalr::Slots;

/// `/hubs/chat`
pub(crate) const CHAT_HUB: Slots = Slots { json: Slot(0), messagepack: Slot(1) };
/// `/hubs/tasks`
pub(crate) const TASKS_HUB: Slots = Slots { json: Slot(2), messagepack: Slot(3) };
/// `/hubs/approvals`
pub(crate) const APPROVALS_HUB: Slots = Slots { json: Slot(4), messagepack: Slot(5) };
/// `/hubs/node`
pub(crate) const NODE_HUB: Slots = Slots { json: Slot(6), messagepack: Slot(7) };
/// `/hubs/discussion`
pub(crate) const DISCUSSION_HUB: Slots = Slots { json: Slot(8), messagepack: Slot(9) };
/// `/hubs/notifications`
pub(crate) const NOTIFICATIONS_HUB: Slots = Slots { json: Slot(10), messagepack: Slot(11) };
/// Session SSE.
pub(crate) const SESSION_SSE: Slot = Slot(12);
/// Session SSE, for those who take no part in a public session.
pub(crate) const SESSION_SSE_VISITORS: Slot = Slot(13);
