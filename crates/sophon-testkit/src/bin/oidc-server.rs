//! The identity provider as a program, for tests in other languages and for people who try things out.

use std::process::ExitCode;
use std::sync::Arc;

use clap::Parser;
use sophon_testkit::MachineClock;
use sophon_testkit::oidc_server::{OidcServer, Person};

/// Plays an OpenID Connect provider on loopback. The gateway is called `sophon` there, with the secret
/// `client secret: with & signs`.
#[derive(Parser)]
#[command(name = "oidc-server")]
struct Arguments {
    /// The port; any free one if 0.
    #[arg(long, default_value_t = 0)]
    port: u16,
    /// The e-mail address of who has signed in.
    #[arg(long, default_value = "grace@example.com")]
    email: String,
    /// The name of who has signed in.
    #[arg(long, default_value = "Grace Hopper")]
    name: String,
    /// The groups, with commas between.
    #[arg(long, value_delimiter = ',')]
    groups: Vec<String>,
}

#[tokio::main(flavor = "current_thread")]
#[expect(clippy::print_stdout, clippy::print_stderr, reason = "a program speaks through them")]
async fn main() -> ExitCode {
    let Arguments { port, email, name, groups } = Arguments::parse();
    let person = Person { groups, ..Person::new(&format!("subject of {email}"), &email, &name) };
    match OidcServer::start_on(port, person, Arc::new(MachineClock)).await {
        Ok(server) => {
            server.ask();
            println!("listening on {}", server.url());
            // Without a signal handler the process ends by the signal itself, which is as well.
            let _ = tokio::signal::ctrl_c().await;
            ExitCode::SUCCESS
        }
        Err(error) => {
            eprintln!("oidc-server: {error}");
            ExitCode::FAILURE
        }
    }
}
