//! The model server as a program, for tests in other languages and for people who try things out.

use std::process::ExitCode;
use std::time::Duration;

use clap::Parser;
use sophon_testkit::model_server::rules::{Gates, Rules};
use sophon_testkit::{ModelServer, Script};

/// Plays a model provider: answers OpenAI chat completions and Anthropic messages on loopback.
#[derive(Parser)]
#[command(name = "model-server")]
struct Arguments {
    /// The port; any free one if 0.
    #[arg(long, default_value_t = 0)]
    port: u16,
    /// Answers by the rules of this JSON file.
    #[arg(long, conflicts_with = "say")]
    script: Option<std::path::PathBuf>,
    /// Answers this, whatever is asked.
    #[arg(long, default_value = "Hello from the model server.")]
    say: String,
    /// In how many chunks `--say` is sent.
    #[arg(long, default_value_t = 5)]
    chunks: usize,
    /// The pause between the chunks of `--say`, in milliseconds.
    #[arg(long, default_value_t = 0)]
    pause_ms: u64,
}

#[tokio::main(flavor = "current_thread")]
#[expect(clippy::print_stdout, clippy::print_stderr, reason = "a program speaks through them")]
async fn main() -> ExitCode {
    match serve(Arguments::parse()).await {
        Ok(server) => {
            println!("listening on {}", server.url());
            // Without a signal handler the process ends by the signal itself, which is as well.
            let _ = tokio::signal::ctrl_c().await;
            ExitCode::SUCCESS
        }
        Err(error) => {
            eprintln!("model-server: {error}");
            ExitCode::FAILURE
        }
    }
}

async fn serve(arguments: Arguments) -> Result<ModelServer, Box<dyn std::error::Error>> {
    let gates = Gates::default();
    let Arguments { port, script, say, chunks, pause_ms } = arguments;
    let server = if let Some(path) = script {
        let rules: Rules = serde_json::from_slice(&std::fs::read(path)?)?;
        let named = gates.clone();
        ModelServer::start_on(port, gates, move |request| rules.script_for(request, &named)).await?
    } else {
        let script = Script::say_in(chunks, &say).paced(Duration::from_millis(pause_ms));
        ModelServer::start_on(port, gates, move |_| script.clone()).await?
    };
    Ok(server)
}
