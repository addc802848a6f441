//! What there is: providers, models, services, and servers on the gateway's machine.

use sophon_api::{ModelProvider, ProviderModel, ProviderSource};

use crate::cli::context::Context;
use crate::cli::screen::{document, line, one_line};
use crate::cli::stop::Stop;
use crate::cli::table::Table;

pub async fn providers(context: &Context) -> Result<(), Stop> {
    let providers = context.client.model_providers().await?;
    if context.screen.json {
        return Ok(document(&providers)?);
    }
    if providers.items.is_empty() {
        context.screen.remark("No model provider is set up. `sophon onboard` helps to add one.");
        return Ok(());
    }
    let mut table = Table::new(&["PROVIDER", "STATE", "DEFAULT MODEL", "MODELS", "ADDRESS"], 4);
    for provider in &providers.items {
        table.row([
            one_line(&provider.name),
            state(provider).to_owned(),
            provider
                .models
                .iter()
                .find(|model| model.enabled)
                .map_or_else(String::new, |model| one_line(&model.id)),
            provider.models.len().to_string(),
            provider.base_url.as_deref().map_or_else(String::new, one_line),
        ]);
    }
    Ok(line(table.render(context.screen.width))?)
}

fn state(provider: &ModelProvider) -> &'static str {
    match (provider.source, provider.enabled) {
        (ProviderSource::Configuration, _) => "configuration",
        (ProviderSource::Added, true) => "enabled",
        (ProviderSource::Added, false) => "disabled",
    }
}

pub async fn catalog(context: &Context) -> Result<(), Stop> {
    let catalog = context.client.model_catalog().await?;
    if context.screen.json {
        return Ok(document(&catalog)?);
    }
    let mut table = Table::new(&["MODEL", "PROVIDER", "STATE", "CONTEXT", "CAN", "PRICE"], 0);
    for entry in &catalog.items {
        let state = match (entry.configured, entry.model.enabled) {
            (true, true) => "set up",
            (true, false) => "disabled",
            (false, _) => "on offer",
        };
        table.row([
            one_line(&entry.model.id),
            one_line(&entry.provider),
            state.to_owned(),
            entry.model.context_tokens.map_or_else(String::new, |tokens| tokens.to_string()),
            capabilities(&entry.model),
            price(&entry.model),
        ]);
    }
    Ok(line(table.render(context.screen.width))?)
}

fn capabilities(model: &ProviderModel) -> String {
    let known = [(model.vision, "images"), (model.tools, "tools"), (model.reasoning, "reasoning")];
    let can = known.iter().filter(|(known, _)| *known == Some(true)).map(|(_, name)| *name);
    can.collect::<Vec<_>>().join(", ")
}

/// US dollars for a million tokens, in and out.
fn price(model: &ProviderModel) -> String {
    match (model.input_price, model.output_price) {
        (None, None) => String::new(),
        (input, output) => {
            let shown =
                |price: Option<f64>| price.map_or_else(|| "?".to_owned(), |price| format!("${price}"));
            format!("{} / {}", shown(input), shown(output))
        }
    }
}

pub async fn services(context: &Context) -> Result<(), Stop> {
    let presets = context.client.provider_presets().await?;
    if context.screen.json {
        return Ok(document(&presets)?);
    }
    let mut table = Table::new(&["SERVICE", "NAME", "KEY", "ADDRESS"], 3);
    for preset in presets.items {
        let key = if preset.needs_key { "needed" } else { "" };
        table.row([preset.id, preset.label, key.to_owned(), preset.base_url]);
    }
    Ok(line(table.render(context.screen.width))?)
}

pub async fn local_servers(context: &Context) -> Result<(), Stop> {
    let servers = context.client.find_model_servers().await?;
    if context.screen.json {
        return Ok(document(&servers)?);
    }
    if servers.items.is_empty() {
        context.screen.remark(
            "No model server answers on the gateway's machine. Start Ollama, LM Studio, llama.cpp or vLLM there, or add \
             one at another address with `sophon models add custom --url URL`.",
        );
        return Ok(());
    }
    let mut table = Table::new(&["SERVICE", "ADDRESS", "STATE", "MODELS"], 3);
    for server in servers.items {
        let state = if server.added { "added" } else { "not added" };
        let models = one_line(&server.models.join(", "));
        table.row([server.preset.id, server.preset.base_url, state.to_owned(), models]);
    }
    Ok(line(table.render(context.screen.width))?)
}
