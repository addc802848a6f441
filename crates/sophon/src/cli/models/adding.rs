//! Adding a model provider: it is tested with a real call before it is saved.

use sophon_api::{ModelProvider, ModelProviderDraft, NewModelProvider, ProviderModel, ProviderTest, Secret};

use crate::cli::context::Context;
use crate::cli::providers::outcome;
use crate::cli::screen::{first_line, one_line};
use crate::cli::stop::Stop;

/// A provider to be added.
#[derive(Clone, Debug, clap::Args)]
pub struct NewProvider {
    /// The service, as `sophon models services` lists it
    #[arg(value_name = "SERVICE")]
    pub service: String,
    /// Its address, if it is not the usual one of the service
    #[arg(long, value_name = "URL")]
    pub url: Option<String>,
    /// Its API key; `-` takes it from standard input, where other people's process lists cannot see it
    #[arg(long, value_name = "KEY")]
    pub api_key: Option<String>,
    /// A model; the first is the default, several with several `--model` [default: one that the service lists]
    #[arg(long = "model", value_name = "MODEL")]
    pub models: Vec<String>,
    /// What to call it [default: the service]
    #[arg(long, value_name = "NAME")]
    pub name: Option<String>,
    /// Save it without a test
    #[arg(long)]
    pub no_test: bool,
}

impl NewProvider {
    /// The key, from standard input if it is to come from there.
    fn key(&self) -> Result<Option<Secret>, Stop> {
        let key = match self.api_key.as_deref() {
            Some("-") => Some(first_line()?.trim().to_owned()),
            key => key.map(str::to_owned),
        };
        if key.as_deref() == Some("") {
            return Err(Stop::failed("the API key is empty").hint("Give it as one line."));
        }
        Ok(key.map(Secret::from))
    }
}

/// Tests a provider and adds it.
pub async fn run(context: &Context, new: NewProvider) -> Result<(), Stop> {
    let key = new.key()?;
    let mut models = new.models.clone();
    if !new.no_test {
        let draft = ModelProviderDraft {
            name: new.name.clone(),
            ..draft(&new.service, new.url.as_deref(), key.as_ref(), models.first().map(String::as_str))
        };
        let test = context.client.test_provider_draft(&draft).await?;
        if let Some(stop) = problem_of(&test) {
            return Err(stop);
        }
        context.screen.remark(outcome(&test.check));
        if models.is_empty() {
            models.push(test.check.model);
        }
    }
    let provider = save(context, &new.service, new.url, key, new.name, &models).await?;
    Ok(context.screen.done(&provider, added(&provider))?)
}

/// What is tested.
pub fn draft(
    service: &str,
    url: Option<&str>,
    key: Option<&Secret>,
    model: Option<&str>,
) -> ModelProviderDraft {
    ModelProviderDraft {
        name: None,
        preset: service.to_owned(),
        kind: None,
        base_url: url.map(str::to_owned),
        api_key: key.cloned(),
        model: model.map(str::to_owned),
        key_of: None,
    }
}

/// Adds a provider with these models, the default one first.
pub async fn save(
    context: &Context,
    service: &str,
    url: Option<String>,
    key: Option<Secret>,
    name: Option<String>,
    models: &[String],
) -> Result<ModelProvider, Stop> {
    let model = |id: &String| ProviderModel {
        id: id.clone(),
        enabled: true,
        context_tokens: None,
        output_tokens: None,
        vision: None,
        tools: None,
        reasoning: None,
        input_price: None,
        output_price: None,
    };
    let new = NewModelProvider {
        preset: service.to_owned(),
        name,
        kind: None,
        base_url: url,
        api_key: key,
        models: models.iter().map(model).collect(),
        priority: None,
        enabled: true,
    };
    Ok(context.client.add_model_provider(&new).await?)
}

/// What is said of a provider that was added.
pub fn added(provider: &ModelProvider) -> String {
    let model = provider.models.first().map_or_else(String::new, |model| one_line(&model.id));
    format!("{} is added. Its default model is {model}. No restart is needed.", one_line(&provider.name))
}

/// What is wrong with a provider that was tested, and what to do about it.
pub fn problem_of(test: &ProviderTest) -> Option<Stop> {
    let problem = test.check.problem.as_ref()?;
    Some(Stop::failed(one_line(&problem.message)).hint(one_line(&problem.next_step)))
}
