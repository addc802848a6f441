//! `sophon doctor`.

use std::fs;
use std::io;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::time::Duration;

use console::style;
use serde::Serialize;
use sophon_api::{GatewayState, HealthStatus, ProviderCheck};
use sophon_client::{Client, Credential, Health};
use tokio::time::Instant;
use url::{Host, Url};

use super::context::Context;
use super::environment;
use super::gateways;
use super::providers::{self, Providers};
use super::screen::{document, line, one_line};
use super::stop::Stop;
use super::when::span;

/// A difference of clocks that nothing minds. The gateway tells whole seconds.
const HARMLESS_SKEW: Duration = Duration::from_secs(5);
/// A difference of clocks that breaks the checking of sign-ins.
const HARMFUL_SKEW: Duration = Duration::from_mins(1);

/// What one look found.
#[derive(Debug, Serialize)]
struct Check {
    name: &'static str,
    #[serde(flatten)]
    verdict: Verdict,
    /// The provider that was looked at, if one was.
    #[serde(skip_serializing_if = "Option::is_none")]
    provider: Option<ProviderCheck>,
}

impl Check {
    fn new(name: &'static str, verdict: Verdict) -> Self {
        Self { name, verdict, provider: None }
    }
}

/// How something is; if it is not well, what to do next.
#[derive(Debug, Serialize)]
#[serde(tag = "state", rename_all = "lowercase")]
enum Verdict {
    Ok { detail: String },
    Warn { detail: String, hint: String },
    Fail { detail: String, hint: String },
}

fn ok(detail: impl Into<String>) -> Verdict {
    Verdict::Ok { detail: detail.into() }
}

fn warn(detail: impl Into<String>, hint: impl Into<String>) -> Verdict {
    Verdict::Warn { detail: detail.into(), hint: hint.into() }
}

fn fail(detail: impl Into<String>, hint: impl Into<String>) -> Verdict {
    Verdict::Fail { detail: detail.into(), hint: hint.into() }
}

/// Looks everything over; fails if something does not work.
pub async fn run(context: &Context) -> Result<(), Stop> {
    let mut checks = vec![Check::new("Configuration", configuration(context.config.path()))];
    checks.push(Check::new("Data folder", data_folder(&context.data, context.client.base())));
    let asked_at = Instant::now();
    match context.client.health().await {
        Ok(health) => {
            let verdict = gateway(context.client.base(), &health, asked_at.elapsed());
            checks.push(Check::new("Gateway", verdict));
            checks.extend(of_gateway(context, &health).await);
            checks.extend(others(&context.client).await);
            checks.extend(models(&context.client).await);
        }
        Err(error) => {
            let hint = "Start one with `sophon serve`, or name another with `--gateway-url URL`.";
            checks.push(Check::new("Gateway", fail(error.to_string(), hint)));
        }
    }
    let is_well = !checks.iter().any(|check| matches!(check.verdict, Verdict::Fail { .. }));
    if context.screen.json {
        document(&serde_json::json!({ "ok": is_well, "checks": checks }))?;
    } else {
        for check in &checks {
            line(text_of(check))?;
        }
    }
    if is_well { Ok(()) } else { Err(Stop::reported()) }
}

/// What can only be looked at when the gateway answers.
async fn of_gateway(context: &Context, health: &Health) -> [Check; 4] {
    let client = &context.client;
    [
        Check::new("Version", version(client).await),
        Check::new("Clock", clock(health)),
        Check::new("Sign-in", sign_in(context).await),
        Check::new("Live events", live(client).await),
    ]
}

fn configuration(path: &Path) -> Verdict {
    let shown = path.display();
    match mode(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            ok(format!("{shown} is not there; nothing is set"))
        }
        Err(error) => fail(format!("{shown} cannot be read ({error})"), "See to whom it belongs."),
        Ok(mode) if mode & 0o077 != 0 => {
            let hint = format!("Make it yours alone: `chmod 600 {shown}`.");
            fail(format!("{shown} holds sign-ins and others may read it"), hint)
        }
        Ok(_) => ok(format!("{shown} is yours alone")),
    }
}

fn data_folder(path: &Path, gateway: &Url) -> Verdict {
    let shown = path.display();
    if !is_local(gateway) {
        return ok("the gateway is on another machine");
    }
    match mode(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            ok(format!("{shown} is not there; a gateway that was given another keeps it elsewhere"))
        }
        Err(error) => warn(format!("{shown} cannot be looked at ({error})"), "See to whom it belongs."),
        Ok(mode) if mode & 0o077 != 0 => {
            let hint = format!("Make it the gateway's alone: `chmod 700 {shown}`.");
            warn(format!("others on this machine may enter {shown}"), hint)
        }
        Ok(_) => ok(format!("{shown} is its owner's alone")),
    }
}

fn mode(path: &Path) -> io::Result<u32> {
    Ok(fs::metadata(path)?.permissions().mode())
}

fn gateway(base: &Url, health: &Health, took: Duration) -> Verdict {
    let detail = format!("{base} answers in {}", span(took));
    match health.status {
        HealthStatus::Draining => warn("it is stopping and takes no new work", "Try again in a moment."),
        HealthStatus::StorageUnavailable => {
            warn("it cannot store anything", "Look at the disk and at the gateway's log.")
        }
        HealthStatus::Ok if base.scheme() == "http" && !is_local(base) => {
            let hint = "Put it behind TLS, and use an https:// address.";
            warn(format!("{detail}, but whoever is in between can read along"), hint)
        }
        HealthStatus::Ok => ok(detail),
    }
}

fn is_local(gateway: &Url) -> bool {
    match gateway.host() {
        Some(Host::Domain(name)) => name == "localhost",
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        None => false,
    }
}

async fn version(client: &Client) -> Verdict {
    let ours = env!("CARGO_PKG_VERSION");
    match client.version().await {
        Ok(version) if version.name != "sophon" => fail(
            format!("it calls itself {}", one_line(&version.name)),
            "Check the address: `sophon status`.",
        ),
        Ok(version) if version.version == ours => ok(format!("both are {ours}")),
        Ok(version) => {
            let detail = format!("the gateway is {}, this program is {ours}", one_line(&version.version));
            warn(detail, "Bring both to the same version.")
        }
        Err(error) => fail(error.to_string(), "Something else may answer at this address: `sophon status`."),
    }
}

fn clock(health: &Health) -> Verdict {
    let Some(theirs) = health.clock else {
        return warn(
            "the gateway does not tell the time",
            "A proxy in between may remove the header `Date`.",
        );
    };
    let ours = environment::now();
    let skew = ours.since(theirs).max(theirs.since(ours));
    let hint = "Let both machines take the time from the network (NTP).";
    let detail = format!("this machine and the gateway are {} apart", span(skew));
    match skew {
        skew if skew <= HARMLESS_SKEW => ok("this machine and the gateway agree"),
        skew if skew <= HARMFUL_SKEW => warn(detail, hint),
        _ => fail(detail, hint),
    }
}

async fn sign_in(context: &Context) -> Verdict {
    match context.client.me().await {
        Ok(user) => {
            let how = match context.credential() {
                Credential::None => "without signing in",
                Credential::Token(_) => "by API token",
                Credential::Login(_) => "by password",
            };
            ok(format!("{} ({}), {how}", one_line(&user.email), user.role))
        }
        Err(error) if error.is_unauthenticated() && context.credential() == Credential::None => {
            fail("you are not signed in", "Sign in with `sophon login`.")
        }
        Err(error) if error.is_unauthenticated() => {
            fail("the sign-in has ended", "Sign in again with `sophon login`.")
        }
        Err(error) => fail(error.to_string(), "The gateway's log says more."),
    }
}

async fn live(client: &Client) -> Verdict {
    let begun = Instant::now();
    match client.chat_hub().await {
        Ok(hub) => {
            let took = begun.elapsed();
            hub.close().await;
            ok(format!("a WebSocket to /hubs/chat opens in {}", span(took)))
        }
        Err(error) if error.is_unauthenticated() => {
            fail("/hubs/chat wants a sign-in", "Sign in with `sophon login`.")
        }
        Err(error) => {
            let hint =
                "If a proxy is in between, let it pass WebSockets: the headers `Upgrade` and `Connection`.";
            fail(error.to_string(), hint)
        }
    }
}

/// One check for each model provider.
/// The gateways on the same database, if there are several or there is a way to others, for one who may see them.
async fn others(client: &Client) -> Option<Check> {
    let gateways = client.gateways().await.ok()?.items;
    let is_alone = gateways.len() < 2 && gateways.iter().all(|gateway| gateway.backplane_connected.is_none());
    if is_alone {
        return None;
    }
    let detail = gateways.iter().map(gateways::described).collect::<Vec<_>>().join("; ");
    let verdict = if gateways.iter().any(|gateway| gateway.backplane_connected == Some(false)) {
        let hint = "Look whether NATS runs, and at backplane.nats_url. Until it is back, other gateways hear two seconds late.";
        warn(detail, hint)
    } else if gateways.iter().any(|gateway| gateway.state == GatewayState::Silent) {
        warn(detail, "Look at the log of the gateway that is silent. One that is gone is listed for an hour.")
    } else if gateways.len() > 1 && gateways.iter().any(|gateway| gateway.backplane_connected.is_none()) {
        warn(
            detail,
            "Set backplane.nats_url on all gateways. Without it, they hear of each other two seconds late.",
        )
    } else {
        ok(detail)
    };
    Some(Check::new("Gateways", verdict))
}

async fn models(client: &Client) -> Vec<Check> {
    let verdict = match Providers::of(client).await {
        Ok(Providers::Checked(checks)) if checks.is_empty() => {
            let hint = "Add a model provider: `sophon onboard`, or in the dashboard under Models.";
            warn("only the built-in offline agent answers", hint)
        }
        Ok(Providers::Checked(checks)) => return checks.into_iter().map(model).collect(),
        Ok(Providers::Listed(models)) => {
            warn(providers::unchecked(&models), "Ask an administrator to run `sophon doctor`.")
        }
        Err(error) if error.is_unauthenticated() => {
            warn("not to be seen without a sign-in", "Sign in with `sophon login`.")
        }
        Err(error) if error.code() == Some("rate_limited") => {
            warn(error.to_string(), "Each check asks for answers that may have to be paid for.")
        }
        Err(error) => fail(error.to_string(), "The gateway's log says more."),
    };
    vec![Check::new("Models", verdict)]
}

fn model(check: ProviderCheck) -> Check {
    let found = providers::outcome(&check);
    let verdict = match &check.problem {
        Some(problem) => fail(found, one_line(&problem.next_step)),
        None => ok(found),
    };
    Check { provider: Some(check), ..Check::new("Models", verdict) }
}

fn text_of(check: &Check) -> String {
    let (mark, detail, hint) = match &check.verdict {
        Verdict::Ok { detail } => (style("ok  ").green(), detail, None),
        Verdict::Warn { detail, hint } => (style("warn").yellow(), detail, Some(hint)),
        Verdict::Fail { detail, hint } => (style("fail").red(), detail, Some(hint)),
    };
    let found = format!("{mark}  {:13}  {detail}", check.name);
    match hint {
        Some(hint) => format!("{found}\n{:21}{}", "", style(format!("→ {hint}")).dim()),
        None => found,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_loopback_is_this_machine() {
        let local = |url: &str| is_local(&url.parse().expect("an address"));
        assert!(
            local("http://127.0.0.1:8080") && local("http://[::1]:8080") && local("http://localhost:8080")
        );
        assert!(!local("http://192.168.1.2:8080") && !local("https://sophon.example.com"));
    }

    #[test]
    fn a_readable_configuration_is_an_error_with_a_cure() {
        let home = tempfile::tempdir().expect("a folder");
        let path = home.path().join("cli.json");
        fs::write(&path, "{}").expect("written");
        fs::set_permissions(&path, fs::Permissions::from_mode(0o644)).expect("changed");
        assert!(matches!(configuration(&path), Verdict::Fail { hint, .. } if hint.contains("chmod 600")));
        fs::set_permissions(&path, fs::Permissions::from_mode(0o600)).expect("changed");
        assert!(matches!(configuration(&path), Verdict::Ok { .. }));
    }
}
