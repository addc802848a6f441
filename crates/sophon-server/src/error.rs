//! Why a gateway does not start, or does not go on.

use std::path::PathBuf;

use crate::config::Problems;

/// Why a gateway does not start, or ends by itself, and what to do about it.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// The configuration cannot be read or is refused.
    #[error("the configuration is not usable{place}:\n{0}", place = .0.place())]
    Configuration(#[from] Problems),
    /// The data folder cannot be used.
    #[error("the data folder {path} cannot be used: {reason}")]
    DataFolder {
        /// The folder or file.
        path: PathBuf,
        /// What is wrong with it.
        reason: String,
    },
    /// The address cannot be listened on.
    #[error("cannot listen on {address}: {cause}. Choose another address with --listen")]
    Listen {
        /// The address.
        address: String,
        /// The system's words.
        cause: std::io::Error,
    },
    /// Storage or another part refuses.
    #[error(transparent)]
    Part(#[from] sophon_model::Error),
    /// The password that is asked for the first administrator is none.
    #[error("SOPHON_ADMIN_PASSWORD is refused: {0}")]
    AdministratorPassword(String),
    /// The way out cannot be opened.
    #[error("outbound connections cannot be set up: {0}")]
    Egress(String),
    /// It ran, and could not go on.
    #[error("the gateway had to stop: {0}")]
    Stopped(String),
    /// The machine refuses something ordinary.
    #[error("the system refused: {0}")]
    System(#[from] std::io::Error),
}
