//! The model server as a program, for tests in other languages and for people who try things out.

use std::process::ExitCode;
use std::time::Duration;

use clap::Parser;
use sophon_testkit::model_server::RecordedRequest;
use sophon_testkit::model_server::rules::{Gates, Rules};
use sophon_testkit::{ModelServer, Script};

/// Plays a model provider of any format on loopback.
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
    /// The models that it lists, with commas between; it refuses others. Without this it lists none and takes any.
    #[arg(long, value_delimiter = ',')]
    models: Vec<String>,
    /// The API key that it wants.
    #[arg(long)]
    key: Option<String>,
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
    let Arguments { port, script, say, chunks, pause_ms, models, key } = arguments;
    let rules: Option<Rules> = match script {
        Some(path) => Some(serde_json::from_slice(&std::fs::read(path)?)?),
        None => None,
    };
    let said = Script::say_in(chunks, &say).paced(Duration::from_millis(pause_ms));
    let (named, known) = (gates.clone(), models.clone());
    let rule = move |request: &RecordedRequest| match (refusal(request, &known, key.as_deref()), &rules) {
        (Some(refusal), _) => refusal,
        (None, Some(rules)) => rules.script_for(request, &named),
        (None, None) => said.clone(),
    };
    let server = ModelServer::start_on(port, gates, rule).await?;
    if !models.is_empty() {
        server.list(Script::models(&models.iter().map(String::as_str).collect::<Vec<_>>()));
    }
    Ok(server)
}

/// The refusal of a request with another key, or for a model that is none of those that are known.
fn refusal(request: &RecordedRequest, known: &[String], key: Option<&str>) -> Option<Script> {
    let credentials = ["authorization", "x-api-key", "x-goog-api-key"].map(|name| request.header(name));
    if key.is_some_and(|key| !credentials.iter().any(|credential| credential.ends_with(key))) {
        return Some(Script::refuse(401, "Incorrect API key provided."));
    }
    let model = request.model();
    let is_known = known.is_empty() || known.iter().any(|known| known == model);
    (!is_known).then(|| Script::refuse(404, &format!("The model `{model}` does not exist.")))
}
