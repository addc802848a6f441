//! `sophon password`, and the first password at a sign-in.

use std::io::{self, IsTerminal};

use sophon_api::Secret;
use sophon_client::{Client, Credential, InMemory, SignedIn};

use super::context::Context;
use super::login::{ask_secretly, something};
use super::screen::first_line;
use super::stop::Stop;

/// How to change it.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  sophon password                                          asks for the present and the new one
  printf '%s\\n%s\\n' \"$OLD\" \"$NEW\" | sophon password --stdin")]
pub struct Args {
    /// Take the present password and the new one from standard input, a line each
    #[arg(long)]
    stdin: bool,
}

/// Changes one's password. All other sign-ins end.
pub async fn run(context: &Context, args: Args) -> Result<(), Stop> {
    if !args.stdin && !io::stdin().is_terminal() {
        return Err(Stop::failed("there is no terminal to ask on").hint("Give `--stdin`."));
    }
    let present = something(if args.stdin { first_line() } else { ask_secretly("Present password: ") })?;
    let new = if args.stdin { something(first_line())? } else { twice()? };
    let user = context.client.change_password(Secret::from(present), Secret::from(new)).await?;
    Ok(context.screen.done(&user, "Your password is changed. All other sign-ins have ended.")?)
}

/// Has the user choose a password in place of the one that somebody else chose.
pub async fn choose(context: &Context, signed_in: SignedIn, present: Secret) -> Result<SignedIn, Stop> {
    context.screen.remark("This password was chosen by somebody else. Choose one of your own.");
    let credential = InMemory::new(Credential::Login(signed_in.login.clone()));
    let client = Client::new(context.client.base().clone(), credential)?;
    let user = client.change_password(present, Secret::from(twice()?)).await?;
    Ok(SignedIn { user, ..signed_in })
}

fn twice() -> Result<String, Stop> {
    let new = something(ask_secretly("New password: "))?;
    if ask_secretly("The same again: ")? == new {
        Ok(new)
    } else {
        Err(Stop::failed("the two are not the same").hint("Nothing was changed. Try again."))
    }
}
