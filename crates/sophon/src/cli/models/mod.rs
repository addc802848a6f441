//! `sophon models`.

mod adding;
mod listing;

pub use adding::{added, draft, problem_of, save};

use adding::NewProvider;

use clap::Subcommand;
use sophon_api::{ModelProvider, ModelProviderPatch, ProviderSource};

use super::confirm::{Deed, confirmed};
use super::context::Context;
use super::providers::outcome;
use super::screen::{document, line, one_line};
use super::stop::Stop;

/// Which providers, and what to do with them.
#[derive(Debug, clap::Args)]
#[command(
    args_conflicts_with_subcommands = true,
    after_help = "\
Examples:
  sophon models                                         the model providers, in the order in which they are asked
  sophon models find                                    model servers on the gateway's machine
  sophon models add ollama                              add one that needs no key
  pass show openrouter | sophon models add openrouter --api-key - --model meta-llama/llama-4
  sophon models add custom --url http://box.lan:8000/v1 --name box
  sophon models test box                                ask it for a word
  sophon models first box                               ask it before the others
  sophon models catalog                                 every model, with what is known of it"
)]
pub struct Args {
    #[command(subcommand)]
    action: Option<Action>,
}

#[derive(Debug, Subcommand)]
enum Action {
    /// List the model providers
    List,
    /// List every model that is set up or on offer
    Catalog,
    /// List the services that a provider can be set up as
    Services,
    /// Look for model servers on the gateway's machine
    Find,
    /// Test a model provider and add it
    Add(NewProvider),
    /// Test a model provider with a real call
    Test {
        /// Its name or id
        #[arg(value_name = "PROVIDER")]
        provider: String,
    },
    /// Enable a model provider
    Enable {
        /// Its name or id
        #[arg(value_name = "PROVIDER")]
        provider: String,
    },
    /// Disable a model provider
    Disable {
        /// Its name or id
        #[arg(value_name = "PROVIDER")]
        provider: String,
    },
    /// Ask a model provider before the others that were added
    First {
        /// Its name or id
        #[arg(value_name = "PROVIDER")]
        provider: String,
    },
    /// Remove a model provider and its key
    Remove {
        /// Its name or id
        #[arg(value_name = "PROVIDER")]
        provider: String,
        /// Do not ask for confirmation
        #[arg(long, short)]
        yes: bool,
    },
}

/// Lists model providers, adds one, tests one, or changes one.
pub async fn run(context: &Context, args: Args) -> Result<(), Stop> {
    match args.action {
        None | Some(Action::List) => listing::providers(context).await,
        Some(Action::Catalog) => listing::catalog(context).await,
        Some(Action::Services) => listing::services(context).await,
        Some(Action::Find) => listing::local_servers(context).await,
        Some(Action::Add(new)) => adding::run(context, new).await,
        Some(Action::Test { provider }) => test(context, &provider).await,
        Some(Action::Enable { provider }) => set_enabled(context, &provider, true).await,
        Some(Action::Disable { provider }) => set_enabled(context, &provider, false).await,
        Some(Action::First { provider }) => first(context, &provider).await,
        Some(Action::Remove { provider, yes }) => remove(context, &provider, yes).await,
    }
}

/// The provider of this name or id.
async fn named(context: &Context, name: &str) -> Result<ModelProvider, Stop> {
    let providers = context.client.model_providers().await?.items;
    let found = providers.into_iter().find(|provider| provider.id == name || provider.name == name);
    found.ok_or_else(|| {
        Stop::failed(format!("there is no model provider {name}"))
            .hint("`sophon models` lists what there is.")
    })
}

async fn test(context: &Context, name: &str) -> Result<(), Stop> {
    let provider = named(context, name).await?;
    let test = context.client.test_model_provider(&provider.id).await?;
    if context.screen.json {
        document(&test)?;
        return if test.check.ok { Ok(()) } else { Err(Stop::reported()) };
    }
    match problem_of(&test) {
        Some(stop) => Err(stop),
        None => Ok(line(outcome(&test.check))?),
    }
}

async fn set_enabled(context: &Context, name: &str, enabled: bool) -> Result<(), Stop> {
    let provider = named(context, name).await?;
    let patch = ModelProviderPatch { enabled: Some(enabled), ..ModelProviderPatch::default() };
    let provider = context.client.update_model_provider(&provider.id, &patch).await?;
    let state = if enabled { "enabled" } else { "disabled" };
    Ok(context.screen.done(&provider, format!("{} is {state}.", one_line(&provider.name)))?)
}

/// Gives the providers that were added their places anew, with this one before the others.
async fn first(context: &Context, name: &str) -> Result<(), Stop> {
    let provider = named(context, name).await?;
    let mut providers = context.client.model_providers().await?.items;
    providers.retain(|other| other.source == ProviderSource::Added && other.id != provider.id);
    let ordered = std::iter::once(&provider).chain(&providers);
    let mut changed = provider.clone();
    for (place, provider) in (0_i64..).step_by(10).zip(ordered) {
        if provider.priority == Some(place) {
            continue;
        }
        let patch = ModelProviderPatch { priority: Some(place), ..ModelProviderPatch::default() };
        let moved = context.client.update_model_provider(&provider.id, &patch).await?;
        if moved.id == changed.id {
            changed = moved;
        }
    }
    let sentence = format!("{} is asked before the others that were added.", one_line(&changed.name));
    Ok(context.screen.done(&changed, sentence)?)
}

async fn remove(context: &Context, name: &str, yes: bool) -> Result<(), Stop> {
    let provider = named(context, name).await?;
    let question =
        async || Ok(format!("Remove the model provider {} and its key?", one_line(&provider.name)));
    confirmed(context, yes, Deed::Delete, question).await?;
    context.client.remove_model_provider(&provider.id).await?;
    let done = serde_json::json!({ "id": provider.id, "removed": true });
    Ok(context.screen.done(&done, format!("{} is removed.", one_line(&provider.name)))?)
}
