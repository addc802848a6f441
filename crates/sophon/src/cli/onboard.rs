//! `sophon onboard`: from a gateway without a model to a first answer.

use std::io::{self, IsTerminal};

use console::Term;
use sophon_api::{LocalModelServer, ModelProvider, NewSession, ProviderPreset, ProviderTest, Secret};
use sophon_client::MessageRange;
use sophon_model::SessionId;
use sophon_model::ports::ModelErrorKind;

use super::chat;
use super::context::Context;
use super::models::{added, draft, problem_of, save};
use super::providers::outcome;
use super::screen::{ask, first_line, one_line, to_stderr};
use super::stop::Stop;

/// How often somebody may try again where something was mistyped.
const MOST_TRIES: usize = 5;
/// How many models are listed to choose from; any can be typed.
const MOST_LISTED: usize = 20;
/// What is said to the model first.
const HELLO: &str = "Hello! Introduce yourself in one sentence.";

/// The answers, for scripts.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  sophon onboard                                   asks what it needs to know
  sophon onboard --service ollama                  the usual address, a model that is installed
  pass show openai | sophon onboard --service openai --api-key - --model gpt-5.5
  sophon onboard --service custom --url http://box.lan:8000/v1 --no-hello
  sophon onboard --offline                         try it without a model

Start a gateway first, with `sophon serve`. Each answer can be given as an option; without a terminal
nothing is asked.")]
pub struct Args {
    /// The service, as `sophon models services` lists it
    #[arg(long, value_name = "SERVICE")]
    service: Option<String>,
    /// Its address, if it is not the usual one of the service
    #[arg(long, value_name = "URL", requires = "service")]
    url: Option<String>,
    /// Its API key; `-` takes it from standard input, where other people's process lists cannot see it
    #[arg(long, value_name = "KEY", requires = "service")]
    api_key: Option<String>,
    /// The default model [default: one that the service lists]
    #[arg(long, value_name = "MODEL", requires = "service")]
    model: Option<String>,
    /// Add no provider: the built-in offline agent answers
    #[arg(long, conflicts_with = "service")]
    offline: bool,
    /// Do not send a first message
    #[arg(long)]
    no_hello: bool,
}

/// What was chosen, and what is still to be asked for.
struct Choice {
    preset: ProviderPreset,
    url: Option<String>,
    key: Option<Secret>,
    model: Option<String>,
    /// Whether a person can be asked.
    is_asked: bool,
}

/// Adds a provider, and says hello to its model.
pub async fn run(context: &Context, args: Args) -> Result<(), Stop> {
    let is_asked = io::stdin().is_terminal() && args.service.is_none() && !args.offline;
    if args.service.is_none() && !args.offline && !is_asked {
        return Err(Stop::failed("there is no terminal to ask on")
            .hint("Give `--service SERVICE` and what it needs, or `--offline`."));
    }
    let presets = context.client.provider_presets().await?.items;
    let choice = match args.service {
        _ if args.offline => None,
        Some(service) => Some(Choice {
            preset: preset(presets, &service)?,
            url: args.url,
            key: key(args.api_key)?,
            model: args.model,
            is_asked,
        }),
        None => choose(context, presets).await?,
    };
    let added = match choice {
        Some(choice) => Some(set_up(context, choice).await?),
        None => None,
    };
    if added.is_none() {
        context.screen.remark("No model provider was added. `sophon onboard` adds one at any time.");
    }
    if args.no_hello { Ok(()) } else { say_hello(context, added.as_ref()).await }
}

/// Sends the first message: to the model of the provider that was added, if one was.
async fn say_hello(context: &Context, added: Option<&ModelProvider>) -> Result<(), Stop> {
    if !context.screen.json {
        to_stderr(&format!("\n> {HELLO}"))?;
    }
    let model = added.and_then(|provider| provider.models.first()).map(|model| model.id.clone());
    let agent_id = context.settings.default_agent.clone();
    let beginning = NewSession { agent_id, model, ..NewSession::default() };
    let session = chat::say(context, beginning, HELLO.to_owned()).await?;
    match added {
        Some(provider) => require_answer_of(context, &session, provider).await,
        None => Ok(()),
    }
}

/// Refuses to call it a success if another provider answered: one that has a model of the same name and is asked before,
/// or one that took over after a failure.
async fn require_answer_of(
    context: &Context,
    session: &SessionId,
    provider: &ModelProvider,
) -> Result<(), Stop> {
    let messages = context.client.messages(session, MessageRange::default()).await?.items;
    let answered = messages.into_iter().rev().find_map(|message| message.usage);
    let Some(other) = answered.map(|usage| usage.provider).filter(|other| *other != provider.name) else {
        return Ok(());
    };
    let (other, name) = (one_line(&other), one_line(&provider.name));
    Err(Stop::failed(format!("{other} answered in place of {name}")).hint(format!(
        "`sophon models test {name}` asks it alone; `sophon models first {name}` has it asked before the others."
    )))
}

fn preset(presets: Vec<ProviderPreset>, service: &str) -> Result<ProviderPreset, Stop> {
    let found = presets.into_iter().find(|preset| preset.id == service);
    found.ok_or_else(|| {
        Stop::failed(format!("there is no service {service}"))
            .hint("`sophon models services` lists what there is.")
    })
}

fn key(given: Option<String>) -> Result<Option<Secret>, Stop> {
    let key = if given.as_deref() == Some("-") { Some(first_line()?) } else { given };
    Ok(key.map(|key| Secret::from(key.trim().to_owned())))
}

/// Has a person choose a service. Nothing is to try it offline.
async fn choose(context: &Context, presets: Vec<ProviderPreset>) -> Result<Option<Choice>, Stop> {
    to_stderr("Looking for model servers on the gateway's machine…")?;
    let found = context.client.find_model_servers().await?.items;
    to_stderr("\nWhich model provider do you want to use?\n")?;
    let is_found = |preset: &ProviderPreset| found.iter().any(|server| server.preset.id == preset.id);
    let others: Vec<ProviderPreset> = presets.into_iter().filter(|preset| !is_found(preset)).collect();
    let mut options: Vec<ProviderPreset> = Vec::new();
    for LocalModelServer { preset, models, .. } in &found {
        options.push(preset.clone());
        let (number, count) = (options.len(), models.len());
        to_stderr(&format!(
            "  {number:>2}  {} at {} (running, {count} models)",
            preset.label, preset.base_url
        ))?;
    }
    for preset in others {
        let note = if preset.local { " (not running)" } else { "" };
        options.push(preset.clone());
        to_stderr(&format!("  {:>2}  {}{note}", options.len(), preset.label))?;
    }
    to_stderr("   0  None: try it offline\n")?;
    for _ in 0..MOST_TRIES {
        let answer = ask("Number: ")?;
        match answer.trim().parse::<usize>() {
            Ok(0) => return Ok(None),
            Ok(number) if number <= options.len() => {
                let preset = options.swap_remove(number - 1);
                return Ok(Some(Choice { preset, url: None, key: None, model: None, is_asked: true }));
            }
            _ => to_stderr(&format!("Enter a number from 0 to {}.", options.len()))?,
        }
    }
    Err(Stop::failed("no provider was chosen"))
}

/// Tests what was chosen, asks again for what does not work, and saves it.
async fn set_up(context: &Context, mut choice: Choice) -> Result<ModelProvider, Stop> {
    let (mut tries, mut lacks_model) = (0, false);
    loop {
        tries += 1;
        match choice.is_asked {
            true if lacks_model => choice.model = Some(ask("Name of the model: ")?.trim().to_owned()),
            true => ask_for_access(&mut choice)?,
            false => {}
        }
        let test = test(context, &choice).await;
        lacks_model = test.as_ref().is_ok_and(is_model_unknown);
        match test.and_then(|test| problem_of(&test).map_or(Ok(test), Err)) {
            Ok(test) => {
                context.screen.remark(outcome(&test.check));
                return finish(context, choice, test).await;
            }
            Err(stop) if choice.is_asked && tries < MOST_TRIES => {
                stop.report(context.screen.json);
                to_stderr("")?;
            }
            Err(stop) => return Err(stop),
        }
    }
}

/// Whether the access is fine, and only the name of a model is wrong or missing.
fn is_model_unknown(test: &ProviderTest) -> bool {
    test.check.problem.as_ref().is_some_and(|problem| problem.kind == ModelErrorKind::UnknownModel)
}

/// Asks for the address where there is no usual one or the usual one did not work, and for the key.
fn ask_for_access(choice: &mut Choice) -> Result<(), Stop> {
    let usual = choice.url.clone().unwrap_or_else(|| choice.preset.base_url.clone());
    if choice.preset.local || usual.is_empty() || choice.preset.id == "custom" {
        let question = if usual.is_empty() { "Address: ".to_owned() } else { format!("Address [{usual}]: ") };
        let answer = ask(&question)?;
        let answer = answer.trim();
        choice.url = (!answer.is_empty()).then(|| answer.to_owned()).or_else(|| choice.url.take());
    }
    if choice.preset.needs_key || choice.preset.id == "custom" {
        let terminal = Term::stderr();
        let note = if choice.preset.needs_key { "" } else { " (empty if it needs none)" };
        terminal.write_str(&format!("API key{note}: "))?;
        let key = terminal.read_secure_line()?;
        choice.key = (!key.trim().is_empty()).then(|| Secret::from(key.trim().to_owned()));
    }
    Ok(())
}

async fn test(context: &Context, choice: &Choice) -> Result<ProviderTest, Stop> {
    let draft = draft(&choice.preset.id, choice.url.as_deref(), choice.key.as_ref(), choice.model.as_deref());
    Ok(context.client.test_provider_draft(&draft).await?)
}

/// Has the person pick the default model, and saves the provider.
async fn finish(context: &Context, choice: Choice, test: ProviderTest) -> Result<ModelProvider, Stop> {
    let model = if choice.is_asked { pick(&test)? } else { test.check.model };
    let Choice { preset, url, key, .. } = choice;
    let provider = save(context, &preset.id, url, key, None, &[model]).await?;
    context.screen.done(&provider, added(&provider))?;
    Ok(provider)
}

fn pick(test: &ProviderTest) -> Result<String, Stop> {
    if test.models.is_empty() {
        return Ok(test.check.model.clone());
    }
    to_stderr("\nIts models:\n")?;
    for (index, model) in test.models.iter().take(MOST_LISTED).enumerate() {
        to_stderr(&format!("  {:>2}  {}", index + 1, one_line(model)))?;
    }
    if test.models.len() > MOST_LISTED {
        to_stderr(&format!("      and {} more", test.models.len() - MOST_LISTED))?;
    }
    let answer = ask(&format!("\nDefault model, by number or name [{}]: ", one_line(&test.check.model)))?;
    let answer = answer.trim();
    let by_number = answer.parse::<usize>().ok().and_then(|number| test.models.get(number.checked_sub(1)?));
    Ok(match by_number {
        Some(model) => model.clone(),
        None if answer.is_empty() => test.check.model.clone(),
        None => answer.to_owned(),
    })
}
