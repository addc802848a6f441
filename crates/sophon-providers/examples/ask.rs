//! Asks a provider one question and prints the answer as it comes:
//! `cargo run -p sophon-providers --example ask -- BASE_URL KEY MODEL PROMPT`. A key of `-` is none; a base URL that
//! begins with `anthropic:` speaks messages.

use std::io::Write;
use std::time::Instant;

use futures_util::TryStreamExt;
use sophon_egress::{Egress, EgressOptions, install_crypto};
use sophon_model::ports::{ModelEvent, ModelMessage, ModelRequest};
use sophon_providers::{ProviderConfig, ProviderKind, build};

type Result<T> = std::result::Result<T, Box<dyn std::error::Error>>;

#[tokio::main(flavor = "current_thread")]
#[expect(clippy::print_stdout, reason = "a program speaks through it")]
async fn main() -> Result<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [url, key, model, prompt] = arguments.as_slice() else {
        return Err("usage: ask BASE_URL KEY MODEL PROMPT".into());
    };
    let (kind, url) = match url.strip_prefix("anthropic:") {
        Some(url) => (ProviderKind::Anthropic, url),
        None => (ProviderKind::OpenAi, url.as_str()),
    };
    install_crypto();
    let config = ProviderConfig {
        base_url: Some(url.into()),
        api_key: (key != "-").then(|| key.clone()),
        models: vec![model.clone()],
        ..ProviderConfig::new("ask", kind)
    };
    let provider = build(&config, &Egress::new(EgressOptions::default())?)?;
    let request = ModelRequest {
        model: None,
        system: String::new(),
        messages: vec![ModelMessage::User { content: prompt.clone() }],
        tools: Vec::new(),
        max_output_tokens: 256,
    };

    let start = Instant::now();
    let mut first = None;
    let mut stream = provider.stream(request).await?;
    while let Some(event) = stream.try_next().await? {
        match event {
            ModelEvent::Text(text) => {
                first.get_or_insert_with(|| start.elapsed());
                print!("{text}");
                std::io::stdout().flush()?;
            }
            other => println!("\n{other:?}"),
        }
    }
    println!("first text after {first:?}, all after {:?}", start.elapsed());
    Ok(())
}
