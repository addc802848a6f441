//! The catalogue: each model that is set up or on offer, with what is known of it.

use sophon_model::ports::{ModelInfo, ModelProvider, every};
use sophon_model::{ModelTraits, ProviderKind, ProviderModel, Result, StoredProvider};

use super::Models;

/// A model of the catalogue.
#[derive(Clone, Debug, PartialEq)]
pub struct CatalogueModel {
    /// The name of its provider.
    pub provider: String,
    /// The model, with what is known of it.
    pub model: ProviderModel,
    /// Whether it is set up. Otherwise its provider's service offers it.
    pub is_configured: bool,
}

impl Models {
    /// The models of all providers that are asked, in the order of the providers: those that are set up, also where they
    /// are disabled, and then what the services offered when they were last asked. A provider that is disabled has none
    /// here. Of a model that was set up in the gateway no more is known than was entered.
    pub async fn catalogue(&self) -> Result<Vec<CatalogueModel>> {
        let stored = self.db.read(|tx| tx.all(&every::<StoredProvider>())).await?;
        let current = self.current();
        let listed = current.list().await;
        let mut catalogue = Vec::new();
        for provider in &*current.providers {
            let set_up = match stored.iter().find(|stored| stored.name == provider.id()) {
                Some(stored) => stored.models.clone(),
                None => self.as_configured(&**provider),
            };
            let is_set_up = |id: &str| set_up.iter().any(|model| model.id == id);
            let of_provider = listed.iter().filter(|model| model.info.provider == provider.id());
            let others: Vec<ProviderModel> = of_provider
                .filter(|model| !model.is_configured && !is_set_up(&model.info.id))
                .map(|model| as_offered(&model.info))
                .collect();
            let entry = |model, is_configured| CatalogueModel {
                provider: provider.id().to_owned(),
                model,
                is_configured,
            };
            catalogue.extend(set_up.into_iter().map(|model| entry(model, true)));
            catalogue.extend(others.into_iter().map(|model| entry(model, false)));
        }
        Ok(catalogue)
    }

    /// The models of a provider of the configuration. Limits that are the usual ones of its kind are assumed, not known.
    fn as_configured(&self, provider: &dyn ModelProvider) -> Vec<ProviderModel> {
        let kind = provider.service().and_then(|service| ProviderKind::parse(service.kind));
        let usual = kind.map(|kind| self.factory.usual_limits(kind));
        let models = provider.models().iter().map(|info| {
            let known = |tokens: u32, usual: u32| (tokens != usual).then_some(tokens);
            let (context_tokens, output_tokens) = match usual {
                Some((context, output)) => {
                    (known(info.context_tokens, context), known(info.output_tokens, output))
                }
                // A part of this process reads whatever it is given.
                None => (None, None),
            };
            let traits = ModelTraits { context_tokens, output_tokens, ..ModelTraits::default() };
            ProviderModel { id: info.id.clone(), enabled: true, traits }
        });
        models.collect()
    }
}

/// Of what is only offered no more is known than its name.
fn as_offered(info: &ModelInfo) -> ProviderModel {
    ProviderModel { id: info.id.clone(), enabled: true, traits: ModelTraits::default() }
}
