//! A gateway to which no model provider can be added.

use std::sync::Arc;

use sophon_model::ports::{ModelProvider, ProviderFactory, ProviderPreset, ProviderSpec};
use sophon_model::{Error, ProviderKind, Result};

/// Knows no service and opens no provider.
#[derive(Clone, Copy, Debug)]
pub struct DenyAllProviders;

impl ProviderFactory for DenyAllProviders {
    fn presets(&self) -> &[ProviderPreset] {
        &[]
    }

    fn open(&self, _: &ProviderSpec) -> Result<Arc<dyn ModelProvider>> {
        Err(Error::validation("base_url", "this test has no model servers"))
    }

    fn origin(&self, _: ProviderKind, base_url: &str) -> Result<String> {
        Ok(base_url.to_owned())
    }

    fn address(&self, _: ProviderKind, base_url: &str) -> Result<String> {
        Ok(base_url.to_owned())
    }

    fn usual_limits(&self, _: ProviderKind) -> (u32, u32) {
        (8_192, 1_024)
    }

    fn local(&self) -> Vec<ProviderPreset> {
        Vec::new()
    }
}
