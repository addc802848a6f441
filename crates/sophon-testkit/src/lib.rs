//! What tests stand on: a clock and a source of chance that they own, and a model provider that says what it is told.

mod deny_all_fetch;
mod deny_all_providers;
mod environment;
mod gate;
pub mod make;
mod memory_checkpoints;
mod memory_keys;
pub mod model_server;
pub mod oidc_server;
pub mod strict_roles;

pub use deny_all_fetch::DenyAllFetch;
pub use deny_all_providers::DenyAllProviders;
pub use environment::{FakeClock, MachineClock, SeededEntropy};
pub use gate::Gate;
pub use memory_checkpoints::MemoryCheckpoints;
pub use memory_keys::MemoryKeys;
pub use model_server::{Call, ModelServer, Script};
pub use oidc_server::OidcServer;
