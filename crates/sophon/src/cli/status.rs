//! `sophon status`.

use sophon_api::{HealthStatus, ProviderCheck, User};
use sophon_client::{Client, ClientError};

use super::context::Context;
use super::gateways;
use super::providers::{Providers, outcome, unchecked};
use super::screen::{document, facts, line, one_line};
use super::stop::{Stop, missing_permission};

/// The name of a provider's line, as wide as the widest of the facts above it.
const MODEL: &str = "Model  ";

/// The name of a line about a gateway that serves on the same database.
const PROCESS: &str = "Process";

/// Active tasks are counted up to here.
const MOST_COUNTED: usize = 200;

/// Tells which gateway this is, how it is, and who the caller is to it.
pub async fn run(context: &Context) -> Result<(), Stop> {
    let client = &context.client;
    let health = client.health().await?;
    let version = client.version().await?;
    let mut lacking = Vec::new();
    let user = signed_in(client.me().await)?;
    // For those who may see the system; an older gateway has no such list.
    let processes = match user {
        Some(_) => client.gateways().await.ok().map(|gateways| gateways.items),
        None => None,
    };
    let active = match user {
        Some(_) => {
            let tasks = permitted(client.active_tasks(MOST_COUNTED, None).await, &mut lacking)?;
            tasks.map(|tasks| tasks.items.len())
        }
        None => None,
    };
    if context.screen.json {
        let providers = match user {
            Some(_) => providers(client).await.0,
            None => None,
        };
        return Ok(document(&serde_json::json!({
            "gateway": client.base(),
            "status": health.status,
            "version": version.version,
            "user": user,
            "activeTasks": active,
            "gateways": processes,
            "providers": providers,
            "missingPermissions": lacking,
            "config": context.config.path(),
        }))?);
    }
    let state = match health.status {
        HealthStatus::Ok => "running",
        HealthStatus::Draining => "stopping, takes no new work",
        HealthStatus::StorageUnavailable => "cannot store anything",
    };
    let who = match &user {
        Some(user) => format!(
            "{} ({}) in {}",
            one_line(&user.email),
            one_line(&user.role_name),
            one_line(&user.tenant.name)
        ),
        None => "not signed in; `sophon login` signs you in".to_owned(),
    };
    let active = match active {
        Some(MOST_COUNTED) => format!("{MOST_COUNTED} or more active"),
        Some(count) => format!("{count} active"),
        None => match lacking.first() {
            Some(permission) => format!("not shown, as you lack the permission {permission}"),
            None => "–".to_owned(),
        },
    };
    line(facts(&[
        ("Gateway", client.base().to_string()),
        ("State", format!("{state} (version {})", one_line(&version.version))),
        ("You", who),
        ("Tasks", active),
        ("Config", context.config.path().display().to_string()),
    ]))?;
    // One alone has been described already.
    for process in processes.iter().filter(|all| all.len() > 1).flatten() {
        line(facts(&[(PROCESS, gateways::described(process))]))?;
    }
    // Providers may take their time.
    if user.is_some() {
        for provider in providers(client).await.1 {
            line(facts(&[(MODEL, provider)]))?;
        }
    }
    Ok(())
}

/// What came of checking the providers, and a line for each of them or one that says why there is none.
async fn providers(client: &Client) -> (Option<Vec<ProviderCheck>>, Vec<String>) {
    match Providers::of(client).await {
        Ok(Providers::Checked(checks)) if checks.is_empty() => {
            (Some(checks), vec!["only the built-in offline agent".to_owned()])
        }
        Ok(Providers::Checked(checks)) => {
            let lines = checks.iter().map(outcome).collect();
            (Some(checks), lines)
        }
        Ok(Providers::Listed(models)) => (None, vec![unchecked(&models)]),
        Err(error) => (None, vec![format!("not checked: {error}")]),
    }
}

/// What was asked for, or nothing if a permission for it is lacking, which is noted then.
fn permitted<T>(asked: Result<T, ClientError>, lacking: &mut Vec<String>) -> Result<Option<T>, ClientError> {
    match asked {
        Ok(answer) => Ok(Some(answer)),
        Err(error) => match error.refusal().and_then(missing_permission) {
            Some(permission) => {
                lacking.push(permission.to_owned());
                Ok(None)
            }
            None => Err(error),
        },
    }
}

/// Who the caller is; nobody if that cannot be told without signing in.
fn signed_in(me: Result<User, ClientError>) -> Result<Option<User>, ClientError> {
    match me {
        Ok(user) => Ok(Some(user)),
        Err(error) if error.is_unauthenticated() => Ok(None),
        Err(error) => Err(error),
    }
}
