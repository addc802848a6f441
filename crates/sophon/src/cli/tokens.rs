//! `sophon tokens`.

use clap::Subcommand;
use console::style;
use sophon_api::{ApiToken, NewApiToken};
use sophon_model::{ApiTokenId, Permission};

use super::context::Context;
use super::environment;
use super::screen::{document, line, one_line};
use super::stop::Stop;
use super::table::Table;
use super::values::{days, permission};
use super::when::{ago, span};

/// Which tokens, and what to do with them.
#[derive(Debug, clap::Args)]
#[command(
    args_conflicts_with_subcommands = true,
    after_help = "\
Examples:
  sophon tokens                                            your API tokens
  sophon tokens create --name Backup --permission ViewActiveTasks --expires-in 30d
  TOKEN=$(sophon tokens create --name CI --permission SendMessages)
  sophon tokens revoke tok_…

The secret is written once, alone, to standard output."
)]
pub struct Args {
    #[command(subcommand)]
    action: Option<Action>,
}

#[derive(Debug, Subcommand)]
enum Action {
    /// List your API tokens
    List,
    /// Create an API token and print its secret
    Create {
        /// What to call it
        #[arg(long, value_name = "NAME")]
        name: String,
        /// A permission that it has; several with several `--permission` [default: all of yours]
        #[arg(long = "permission", value_name = "PERMISSION", value_parser = permission)]
        permissions: Vec<Permission>,
        /// After how many days it expires, for example 30d [default: never]
        #[arg(long, value_name = "DAYS", value_parser = days)]
        expires_in: Option<u32>,
    },
    /// Revoke an API token, with those that were created with it
    Revoke {
        /// The token
        #[arg(value_name = "TOKEN")]
        id: ApiTokenId,
    },
}

/// Lists tokens, creates one or revokes one.
pub async fn run(context: &Context, args: Args) -> Result<(), Stop> {
    match args.action {
        None | Some(Action::List) => list(context).await,
        Some(Action::Create { name, permissions, expires_in }) => {
            let permissions = (!permissions.is_empty()).then_some(permissions);
            let new = NewApiToken { name, permissions, expires_in_days: expires_in, expires_at: None };
            create(context, &new).await
        }
        Some(Action::Revoke { id }) => {
            context.client.revoke_api_token(&id).await?;
            let done = serde_json::json!({ "id": id, "revoked": true });
            Ok(context.screen.done(&done, format!("{id} is revoked."))?)
        }
    }
}

async fn create(context: &Context, new: &NewApiToken) -> Result<(), Stop> {
    let created = context.client.create_api_token(new).await?;
    if context.screen.json {
        return Ok(document(&created)?);
    }
    let token = &created.api_token;
    let expiry = match token.expires_at {
        Some(at) => format!("expires in {}", span(at.since(environment::now()))),
        None => "does not expire".to_owned(),
    };
    context.screen.remark(format!(
        "{} ({}) {expiry}. This is its secret; it is not shown again:",
        token.name, token.id
    ));
    Ok(line(created.token.reveal())?)
}

async fn list(context: &Context) -> Result<(), Stop> {
    let tokens = context.client.api_tokens().await?;
    if context.screen.json {
        return Ok(document(&tokens)?);
    }
    if tokens.items.is_empty() {
        context.screen.remark("You have no API tokens. `sophon tokens create --name NAME` creates one.");
        return Ok(());
    }
    let now = environment::now();
    let mut table = Table::new(&["NAME", "ID", "USED", "EXPIRES", "PERMISSIONS"], 4);
    for token in &tokens.items {
        let used = token.last_used_at.map_or_else(|| "never".to_owned(), |at| ago(now, at));
        let expires = match token.expires_at {
            None => "never".to_owned(),
            Some(at) if *at <= now => style("expired").red().to_string(),
            Some(at) => format!("in {}", span(at.since(now))),
        };
        table.row([one_line(&token.name), token.id.to_string(), used, expires, permissions(token)]);
    }
    Ok(line(table.render(context.screen.width))?)
}

fn permissions(token: &ApiToken) -> String {
    match &token.permissions {
        None => "all of yours".to_owned(),
        Some(permissions) => permissions.iter().map(|it| it.name()).collect::<Vec<_>>().join(", "),
    }
}
