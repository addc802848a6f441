//! What things **are** in Sophon: ids, entities, events, errors, the caller, and the ports through which the core
//! reaches storage, models and the outside. Nothing in here does I/O.
//!
//! Field names are the names of the storage columns; each wire has its own casing and its own shapes.

pub mod caller;
pub mod entities;
pub mod error;
pub mod event;
pub mod ids;
mod new_panelist;
pub mod page;
pub mod permission;
pub mod ports;
#[cfg(feature = "schema")]
mod schema;
mod secret_bytes;
pub mod text;
pub mod time;
mod words;

pub use caller::{Caller, Credential, NodeCaller, Origin, RequestKey, RightsOf, Role, UserInTenant};
pub use entities::*;
pub use error::{Error, Kind, Result};
pub use event::{
    Activity, AnnouncementEvent, ApprovalEvent, DiscussionEvent, Event, InfoRequestEvent, MarksEvent,
    MessageEvent, ModelUse, NodeEvent, SessionChange, SessionEvent, TaskEvent, TaskProgress, TextDelta,
    ToolCallEvent, Topic,
};
pub use ids::*;
pub use new_panelist::NewPanelist;
pub use page::{Page, Paged, Position};
pub use permission::{Permission, Permissions};
pub use secret_bytes::SecretBytes;
pub use time::Timestamp;
