//! Why a gateway does not start, or does not go on.

use std::error::Error as _;
use std::io;
use std::net::SocketAddr;
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
    /// The file of checkpoints of the audit log cannot be used.
    #[error("audit.checkpoints: {path} cannot be used: {reason}")]
    AuditCheckpoints {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        reason: String,
    },
    /// The address cannot be listened on.
    #[error("cannot listen on {address}: {advice}", advice = listen_advice(*.address, .cause))]
    Listen {
        /// The address.
        address: SocketAddr,
        /// The system's words.
        cause: io::Error,
    },
    /// Storage or another part refuses.
    #[error("{}", with_causes(.0))]
    Part(#[from] sophon_model::Error),
    /// The password that is asked for the first administrator is none.
    #[error("SOPHON_ADMIN_PASSWORD is refused: {0}")]
    AdministratorPassword(String),
    /// The way out cannot be opened.
    #[error("outbound connections cannot be set up: {0}")]
    Egress(String),
    /// An identity provider cannot be used as it was configured.
    #[error("auth.oidc: the provider '{id}' cannot be used: {reason}")]
    IdentityProvider {
        /// Its id.
        id: String,
        /// What is wrong with it.
        reason: String,
    },
    /// The way to the other gateways cannot be used as it was configured.
    #[error("[backplane] is not usable: {0}")]
    Backplane(String),
    /// It ran, and could not go on.
    #[error("the gateway had to stop: {0}")]
    Stopped(String),
    /// The machine refuses something ordinary.
    #[error("the system refused: {0}")]
    System(#[from] io::Error),
}

/// What a part says, with what is behind it. The log has more, and who starts a gateway may not see that.
fn with_causes(error: &sophon_model::Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    let mut told = String::new();
    while let Some(inner) = cause {
        let said = inner.to_string();
        // Drivers say the same twice, with a number before it.
        if !text.contains(&said) && (told.is_empty() || !said.contains(&told)) {
            text = format!("{} ({said})", text.trim_end_matches('.'));
        }
        told = said;
        cause = inner.source();
    }
    text
}

/// What is wrong with an address, and what to do about it.
fn listen_advice(address: SocketAddr, cause: &io::Error) -> String {
    let (ip, port) = (address.ip(), address.port());
    match cause.kind() {
        io::ErrorKind::AddrInUse => {
            let free = SocketAddr::new(ip, port.checked_add(1).unwrap_or(0));
            format!(
                "port {port} is taken by another program, maybe by a gateway that runs already (`sophon status` shows it). \
                 Stop that one, or take another port: sophon serve --listen {free}"
            )
        }
        io::ErrorKind::PermissionDenied => format!(
            "port {port} is for programs with special rights only. Take one from 1024 on, for example --listen {}, and let \
             a proxy serve port {port}",
            SocketAddr::new(ip, 8080)
        ),
        io::ErrorKind::AddrNotAvailable => format!(
            "this machine has no address {ip}. Name one that it has with --listen, or 0.0.0.0 for all of them"
        ),
        _ => format!("{cause}. Choose another address with --listen"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_behind_an_error_of_a_part_is_told_once() {
        let full = sophon_model::Error::storage_full("database or disk is full");
        let told = StartError::Part(full).to_string();
        assert!(told.ends_with("make room there and try again (database or disk is full)"), "{told}");
        let opened =
            sophon_model::Error::conflict("it cannot be read: no such file").with_cause("no such file");
        assert_eq!(StartError::Part(opened).to_string(), "it cannot be read: no such file");
    }

    #[test]
    fn a_refused_address_is_told_with_what_to_do() {
        let told = |kind: io::ErrorKind| {
            let address = "127.0.0.1:80".parse().expect("an address");
            StartError::Listen { address, cause: kind.into() }.to_string()
        };
        assert!(told(io::ErrorKind::AddrInUse).ends_with("--listen 127.0.0.1:81"));
        assert!(told(io::ErrorKind::PermissionDenied).contains("--listen 127.0.0.1:8080"));
        assert!(told(io::ErrorKind::AddrNotAvailable).contains("no address 127.0.0.1"));
    }
}
