//! Providers that are added while the gateway runs.

use std::sync::Arc;

use sophon_egress::{Egress, OperatorDoor};
use sophon_model::ports::{ModelProvider, ProviderFactory, ProviderPreset, ProviderSpec};
use sophon_model::{Error, Result};

use crate::provider::Provider;
use crate::{ProviderConfig, ProviderKind, presets};

/// Opens providers that go out through egress. An address may be public or private, as whoever may add a provider is
/// trusted like the operator; it is never one that no service of an operator's can have, and redirects are not followed.
pub struct OverEgress {
    egress: Egress,
    presets: Vec<ProviderPreset>,
    own_port: u16,
}

impl OverEgress {
    /// A factory for a gateway that listens on `own_port`.
    pub fn new(egress: Egress, own_port: u16) -> Self {
        Self { egress, presets: presets::services(), own_port }
    }

    fn door(&self, kind: ProviderKind, base_url: &str) -> Result<OperatorDoor> {
        let door = self.egress.for_operator(&at("draft", kind, base_url)?.base_url());
        door.map_err(|error| Error::validation("base_url", error.to_string()))
    }
}

impl ProviderFactory for OverEgress {
    fn presets(&self) -> &[ProviderPreset] {
        &self.presets
    }

    fn open(&self, spec: &ProviderSpec) -> Result<Arc<dyn ModelProvider>> {
        let key = spec.key.as_ref().map(|key| String::from_utf8(key.expose().to_vec()));
        let key = key.transpose().map_err(|_| Error::validation("api_key", "It is no text."))?;
        let config = ProviderConfig { api_key: key, ..at(&spec.name, spec.kind, &spec.base_url)? };
        Ok(Arc::new(Provider::new(&config, &self.egress)?.with_models(&spec.models)))
    }

    fn origin(&self, kind: ProviderKind, base_url: &str) -> Result<String> {
        Ok(self.door(kind, base_url)?.origin())
    }

    fn address(&self, kind: ProviderKind, base_url: &str) -> Result<String> {
        Ok(self.door(kind, base_url)?.url())
    }

    fn usual_limits(&self, kind: ProviderKind) -> (u32, u32) {
        presets::limits(kind)
    }

    fn local(&self) -> Vec<ProviderPreset> {
        let own = format!(":{}", self.own_port);
        let is_own = |preset: &ProviderPreset| {
            preset.base_url.split('/').nth(2).is_some_and(|authority| authority.ends_with(&own))
        };
        self.presets.iter().filter(|preset| preset.is_local && !is_own(preset)).cloned().collect()
    }
}

/// A provider at this address. An empty one is refused: in the configuration it stands for the public service, which must
/// not be sent the key of another.
fn at(name: &str, kind: ProviderKind, base_url: &str) -> Result<ProviderConfig> {
    if base_url.trim().is_empty() {
        return Err(Error::validation("base_url", "Enter the address of the service."));
    }
    Ok(ProviderConfig { base_url: Some(base_url.to_owned()), ..ProviderConfig::new(name, kind) })
}

#[cfg(test)]
mod tests {
    use sophon_egress::EgressOptions;

    use super::*;

    fn factory(own_port: u16) -> OverEgress {
        sophon_egress::install_crypto();
        OverEgress::new(Egress::new(EgressOptions::default()).unwrap(), own_port)
    }

    #[test]
    fn a_gateway_does_not_look_for_a_model_server_at_its_own_port() {
        let ids = |port| factory(port).local().into_iter().map(|preset| preset.id).collect::<Vec<_>>();
        assert_eq!(ids(9), ["ollama", "lm-studio", "llama-cpp", "vllm"]);
        assert_eq!(ids(8080), ["ollama", "lm-studio", "vllm"]);
    }

    #[test]
    fn an_address_has_an_origin_whatever_its_path_and_spelling() {
        let factory = factory(9);
        let origin = |url: &str| factory.origin(ProviderKind::OpenAi, url);
        assert_eq!(origin("HTTPS://Box.lan:443/v1").unwrap(), "https://box.lan");
        assert_eq!(origin("https://box.lan/other/v1/chat/completions").unwrap(), "https://box.lan");
        assert_ne!(origin("http://box.lan/v1").unwrap(), origin("https://box.lan/v1").unwrap());
        assert_ne!(origin("http://box.lan:81/v1").unwrap(), origin("http://box.lan/v1").unwrap());
        for refused in ["", "box.lan", "ftp://box.lan", "http://169.254.169.254/v1", "http://user:pw@box.lan"]
        {
            assert!(origin(refused).is_err(), "{refused}");
        }
    }

    #[test]
    fn an_address_is_kept_as_it_is_dialled() {
        let factory = factory(9);
        let address = |kind, url: &str| factory.address(kind, url).unwrap();
        assert_eq!(
            address(ProviderKind::OpenAi, "http://127.0.0.1:9399\\@localhost/"),
            "http://127.0.0.1:9399/@localhost"
        );
        assert_eq!(address(ProviderKind::OpenAi, " HTTPS://Box.\r\nlan:443/v1/ "), "https://box.lan/v1");
        assert_eq!(address(ProviderKind::Ollama, "box.lan"), "http://box.lan:11434");
        let refused = factory.address(ProviderKind::OpenAi, "127.0.0.1:9399/v1").unwrap_err();
        assert!(refused.message().contains("http:// or https://"), "{refused}");
    }

    #[test]
    fn every_service_can_be_set_up_as_it_is_listed() {
        let factory = factory(9);
        for preset in factory.presets().iter().filter(|preset| preset.id != "custom") {
            assert_eq!(factory.address(preset.kind, &preset.base_url).unwrap(), preset.base_url);
        }
    }
}
