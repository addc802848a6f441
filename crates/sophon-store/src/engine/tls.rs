//! TLS to PostgreSQL, as the address asks for it in PostgreSQL's own words: `sslmode` and `sslrootcert`.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use postgres::{Client, Config, NoTls};
use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::crypto::{CryptoProvider, ring, verify_tls12_signature, verify_tls13_signature};
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::{ClientConfig, DigitallySignedStruct, RootCertStore, SignatureScheme};
use sophon_model::{Error, Result};
use tokio_postgres_rustls::MakeRustlsConnect;

/// How connections are protected.
#[derive(Clone)]
pub(crate) enum Tls {
    /// Not at all.
    Off,
    /// By TLS: one that cannot be had is no connection.
    On(MakeRustlsConnect),
}

/// What an address asks for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Wanted {
    /// No TLS: `disable` and `prefer`, and nothing.
    Nothing,
    /// `require`: what is sent cannot be read on the way, but nobody looks whose server it is.
    AnyServer,
    /// `verify-full`: the certificate names the host, and goes back to one in this file or to the system's.
    NamedServer(Option<PathBuf>),
}

impl Wanted {
    /// What these values of `sslmode` and `sslrootcert` ask for.
    pub(crate) fn of(mode: Option<&str>, root: Option<PathBuf>) -> Result<Self> {
        let refused = |text: &'static str| Err(Error::validation("url", text));
        match (mode, root) {
            (Some("verify-full"), root) => Ok(Self::NamedServer(root)),
            (_, Some(_)) => refused("sslrootcert is for sslmode=verify-full"),
            (None | Some("disable" | "prefer"), None) => Ok(Self::Nothing),
            (Some("require"), None) => Ok(Self::AnyServer),
            (Some("verify-ca"), None) => {
                refused("use sslmode=verify-full, which also checks the name of the host")
            }
            (Some(_), None) => refused("sslmode is disable, prefer, require or verify-full"),
        }
    }

    /// Reads the certificates and prepares connections.
    pub(crate) fn prepare(&self) -> Result<Tls> {
        let provider = Arc::new(ring::default_provider());
        let verifier: Arc<dyn ServerCertVerifier> = match self {
            Self::Nothing => return Ok(Tls::Off),
            Self::AnyServer => Arc::new(AnyCertificate(provider.clone())),
            Self::NamedServer(None) => {
                let verifier = rustls_platform_verifier::Verifier::new(provider.clone());
                Arc::new(verifier.map_err(Error::internal)?)
            }
            Self::NamedServer(Some(file)) => {
                let roots = Arc::new(roots(file)?);
                let builder =
                    rustls::client::WebPkiServerVerifier::builder_with_provider(roots, provider.clone());
                builder.build().map_err(Error::internal)?
            }
        };
        let config = ClientConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .map_err(Error::internal)?
            .dangerous()
            .with_custom_certificate_verifier(verifier)
            .with_no_client_auth();
        Ok(Tls::On(MakeRustlsConnect::new(config)))
    }
}

impl Tls {
    /// Connects.
    pub(crate) fn connect(&self, config: &Config) -> Result<Client, postgres::Error> {
        match self {
            Self::Off => config.connect(NoTls),
            Self::On(tls) => config.connect(tls.clone()),
        }
    }
}

/// The certificates in a file.
fn roots(file: &Path) -> Result<RootCertStore> {
    let unreadable = |cause: String| {
        let text =
            format!("sslrootcert: {} has no certificates in PEM that can be used: {cause}", file.display());
        Error::validation("url", text)
    };
    let certificates = CertificateDer::pem_file_iter(file).map_err(|error| unreadable(error.to_string()))?;
    let mut roots = RootCertStore::empty();
    for certificate in certificates {
        let certificate = certificate.map_err(|error| unreadable(error.to_string()))?;
        roots.add(certificate).map_err(|error| unreadable(error.to_string()))?;
    }
    if roots.is_empty() { Err(unreadable("there is none".into())) } else { Ok(roots) }
}

/// Takes any certificate whose key the server has.
#[derive(Debug)]
struct AnyCertificate(Arc<CryptoProvider>);

impl ServerCertVerifier for AnyCertificate {
    fn verify_server_cert(
        &self,
        _: &CertificateDer<'_>,
        _: &[CertificateDer<'_>],
        _: &ServerName<'_>,
        _: &[u8],
        _: UnixTime,
    ) -> Result<ServerCertVerified, rustls::Error> {
        Ok(ServerCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        verify_tls12_signature(message, certificate, signature, &self.0.signature_verification_algorithms)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        verify_tls13_signature(message, certificate, signature, &self.0.signature_verification_algorithms)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.0.signature_verification_algorithms.supported_schemes()
    }
}
