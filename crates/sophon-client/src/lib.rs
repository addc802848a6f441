//! A typed client of the gateway's REST wire (seed 001) and of its chat hub (seed 000).
//!
//! A [`Client`] is one gateway, seen with one credential, which it renews by itself. [`Client::chat_hub`] opens a live
//! connection; reconnecting is the caller's business, because only the caller knows what it has shown already.
//!
//! What is asked and answered has the shapes of `sophon_api`.
//!
//! Proxy variables are not read: the client reaches the configured gateway, or says that it cannot.

mod api;
mod credential;
mod error;
mod file_form;
mod http_client;
mod live;
mod paging;
mod time;

pub use api::audit::AuditFilter;
pub use api::chat::NewFile;
pub use api::identity::SignedIn;
pub use api::sessions::{MessageRange, SessionFilter};
pub use api::system::Health;
pub use api::tasks::TaskFilter;
pub use api::tenants::{TenantUsers, Tenants};
pub use api::users::Users;
pub use credential::{Credential, CredentialLock, CredentialStore, InMemory, Login};
pub use error::{ClientError, Refusal};
pub use http_client::Client;
pub use live::ChatHub;
pub use paging::collect;
