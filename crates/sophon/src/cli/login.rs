//! `sophon login`.

use std::io::{self, IsTerminal};

use console::Term;
use sophon_api::{SecondFactorChallenge, Secret, SignInProvider, User};
use sophon_client::{Client, Credential, InMemory, SignedIn};

use super::context::Context;
use super::password::choose;
use super::screen::{ask, first_line, one_line};
use super::stop::Stop;

/// What is said after a sign-in with a password that somebody else chose, where nobody can be asked for another.
const PASSWORD_DUE: &str =
    "This password was chosen by somebody else: change it with `sophon password` before anything else.";

/// How to sign in.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  sophon login                                      asks for e-mail and password
  sophon login --gateway-url https://sophon.home    another gateway, from now on
  pass show sophon | sophon login --email me@example.com --password-stdin
  pass show sophon-token | sophon login --token -   an API token, for scripts")]
pub struct Args {
    /// Who you are
    #[arg(long, value_name = "ADDRESS")]
    email: Option<String>,
    /// Take the password from standard input, and in a second line the code if your account asks for one
    #[arg(long, requires = "email")]
    password_stdin: bool,
    /// Use an API token (sk_…); `-` takes it from standard input, where other people's process lists cannot see it
    #[arg(long, value_name = "TOKEN", conflicts_with_all = ["email", "password_stdin"])]
    token: Option<String>,
}

/// Signs in and remembers it.
pub async fn run(context: &Context, args: Args) -> Result<(), Stop> {
    let is_told_how = args.token.is_some() || args.email.is_some();
    let config = if is_told_how { None } else { Some(context.client.auth_config().await?) };
    if config.as_ref().is_some_and(|config| config.auto_admin) {
        let answer = serde_json::json!({ "gateway": context.client.base(), "autoAdmin": true });
        context
            .screen
            .done(&answer, "This gateway lets everyone on its machine in: there is no need to sign in.")?;
        return Ok(());
    }
    if let Some(names) = config.and_then(|config| company_accounts(&config.providers)) {
        context.screen.remark(format!(
            "With a company account ({names}) you sign in in the dashboard: create an API token there, in the settings, and \
             give it to `sophon login --token -`."
        ));
    }
    let (credential, user) = match args.token {
        Some(token) => with_token(context, &token).await?,
        None => with_password(context, args.email, args.password_stdin).await?,
    };
    let gateway = context.client.base().clone();
    context
        .config
        .update(|settings| {
            settings.set_credential(&gateway, credential);
            settings.gateway_url = Some(gateway.clone());
        })
        .await?;
    let sentence = format!("Signed in to {gateway} as {} ({}).", user.email, one_line(&user.role_name));
    context.screen.done(&serde_json::json!({ "gateway": gateway, "user": user }), sentence)?;
    if user.password_due {
        context.screen.remark(PASSWORD_DUE);
    }
    Ok(())
}

/// The names of the identity providers, if there are any.
fn company_accounts(providers: &[SignInProvider]) -> Option<String> {
    let names: Vec<_> = providers.iter().map(|provider| one_line(&provider.name)).collect();
    (!names.is_empty()).then(|| names.join(", "))
}

async fn with_password(
    context: &Context,
    email: Option<String>,
    from_stdin: bool,
) -> Result<(Credential, User), Stop> {
    if !from_stdin && !io::stdin().is_terminal() {
        return Err(Stop::failed("there is no terminal to ask on")
            .hint("Give `--email ADDRESS --password-stdin`, or `--token -`."));
    }
    let email = match email {
        Some(email) => email,
        None => something(ask("E-mail: "))?,
    };
    let password =
        Secret::from(something(if from_stdin { first_line() } else { ask_secretly("Password: ") })?);
    let signed_in = match context.client.login(&email, &password).await {
        Ok(signed_in) => signed_in,
        Err(error) => match error.second_factor() {
            Some(challenge) => with_code(context, &challenge, from_stdin).await?,
            None if error.is_unauthenticated() => {
                return Err(Stop::from(error).hint("Check the e-mail address and the password."));
            }
            None => return Err(error.into()),
        },
    };
    let can_choose = signed_in.user.password_due && io::stdin().is_terminal();
    let signed_in = if can_choose { choose(context, signed_in, password).await? } else { signed_in };
    Ok((Credential::Login(signed_in.login), signed_in.user))
}

/// Takes the second step of a sign-in. A person may mistype a code.
async fn with_code(
    context: &Context,
    challenge: &SecondFactorChallenge,
    from_stdin: bool,
) -> Result<SignedIn, Stop> {
    loop {
        let code = something(if from_stdin { first_line() } else { ask("Code (or recovery code): ") })?;
        match context.client.second_step(challenge, &Secret::from(code)).await {
            Err(error) if !from_stdin && error.code() == Some("wrong_code") => {
                context.screen.remark(error.to_string());
            }
            signed_in => return Ok(signed_in?),
        }
    }
}

/// Looks who the token is before it is kept.
async fn with_token(context: &Context, token: &str) -> Result<(Credential, User), Stop> {
    let token = if token == "-" { something(first_line())? } else { token.to_owned() };
    let credential = Credential::Token(Secret::from(token));
    let client = Client::new(context.client.base().clone(), InMemory::new(credential.clone()))?;
    let user = client.me().await.map_err(|error| {
        let is_wrong = error.is_unauthenticated();
        let stop = Stop::from(error);
        if is_wrong {
            stop.hint("The gateway does not know this token; it may have been revoked.")
        } else {
            stop
        }
    })?;
    Ok((credential, user))
}

/// Asks for a password, which does not appear on the terminal.
pub fn ask_secretly(question: &str) -> io::Result<String> {
    let terminal = Term::stderr();
    terminal.write_str(question)?;
    terminal.read_secure_line()
}

/// What was entered, if it was anything.
pub fn something(answer: io::Result<String>) -> Result<String, Stop> {
    let answer = answer?;
    if answer.trim().is_empty() {
        return Err(Stop::failed("nothing was entered"));
    }
    Ok(answer)
}
