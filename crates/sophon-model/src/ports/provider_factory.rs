//! Opening model providers while the gateway runs.

use std::sync::Arc;

use super::{ModelInfo, ModelProvider};
use crate::{ProviderKind, Result, SecretBytes};

/// A provider to be opened.
pub struct ProviderSpec {
    /// Its name, as it appears in errors and usage.
    pub name: String,
    /// The wire format.
    pub kind: ProviderKind,
    /// The base URL.
    pub base_url: String,
    /// The credential; none is sent if absent.
    pub key: Option<SecretBytes>,
    /// The models, the default one first. Those that services of the kind usually have if there are none.
    pub models: Vec<ModelInfo>,
}

/// A service that a provider can be set up as, with what need not be typed then.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProviderPreset {
    /// A short name, for example `openrouter`.
    pub id: &'static str,
    /// The name of the service.
    pub label: &'static str,
    /// The wire format.
    pub kind: ProviderKind,
    /// The base URL.
    pub base_url: String,
    /// Whether it answers nobody without a key.
    pub needs_key: bool,
    /// Whether it usually runs on the gateway's machine.
    pub is_local: bool,
    /// Current models, the default one first; none where that depends on what was installed.
    pub models: &'static [&'static str],
}

/// Opens providers.
pub trait ProviderFactory: Send + Sync {
    /// The services that are known.
    fn presets(&self) -> &[ProviderPreset];

    /// Opens a provider. Sends nothing. Fails with a validation error if the base URL or the key cannot be used.
    fn open(&self, spec: &ProviderSpec) -> Result<Arc<dyn ModelProvider>>;

    /// The origin of a base URL, by which a key is bound to the host that it was given for. Fails with a validation error
    /// if it is no URL that can be used.
    fn origin(&self, kind: ProviderKind, base_url: &str) -> Result<String>;

    /// A base URL in the form in which it is dialled: what people are shown must not look like another address. Fails as
    /// [`origin`](Self::origin) does.
    fn address(&self, kind: ProviderKind, base_url: &str) -> Result<String>;

    /// The tokens that models of a kind can read and write together, and write in one answer, where nothing else is
    /// known of them.
    fn usual_limits(&self, kind: ProviderKind) -> (u32, u32);

    /// Local services that may run here: the presets that are local, without this process's own port.
    fn local(&self) -> Vec<ProviderPreset>;
}
