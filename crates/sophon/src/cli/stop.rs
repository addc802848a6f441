//! Why a command ends early, and how that is told.

use std::fmt;
use std::io::{self, Write};
use std::process::ExitCode;

use sophon_client::{ClientError, Refusal};

use super::chat::Cause;
use super::screen::one_line;

/// The exit status of what was interrupted with Ctrl-C.
const INTERRUPTED: u8 = 130;

/// Why a command ends early.
#[derive(Debug)]
pub enum Stop {
    /// Something went wrong.
    Failed(Box<Failure>),
    /// Nothing is left to be said.
    Silent(u8),
}

/// What went wrong, and what to do next.
#[derive(Debug)]
pub struct Failure {
    message: String,
    hint: Option<String>,
    code: Option<String>,
    request_id: Option<String>,
}

impl Stop {
    /// Something went wrong.
    pub fn failed(message: impl Into<String>) -> Self {
        let message = message.into();
        Stop::Failed(Box::new(Failure { message, hint: None, code: None, request_id: None }))
    }

    /// An answer failed. The gateway says why in words that are complete.
    pub fn turn_failed(Cause { reason, code }: Cause) -> Self {
        let hint = code.as_deref().and_then(code_hint).map(str::to_owned);
        Stop::Failed(Box::new(Failure { message: reason, hint, code, request_id: None }))
    }

    /// With what to do next.
    pub fn hint(mut self, hint: impl Into<String>) -> Self {
        if let Stop::Failed(failure) = &mut self {
            failure.hint = Some(hint.into());
        }
        self
    }

    /// Where the gateway does not know what a command is about, with the command that lists what there is.
    pub fn listed_by(mut self, list: &str) -> Self {
        if let Stop::Failed(failure) = &mut self
            && failure.code.as_deref() == Some("not_found")
        {
            failure.hint = Some(format!("{list} what there is."));
        }
        self
    }

    /// It failed, and has said so already.
    pub fn reported() -> Self {
        Stop::Silent(1)
    }

    /// The person has had enough.
    pub fn interrupted() -> Self {
        Stop::Silent(INTERRUPTED)
    }

    /// Whoever read our output has read enough: `sophon sessions | head -1`.
    pub fn reader_gone() -> Self {
        Stop::Silent(0)
    }

    /// Says on standard error what went wrong, as one JSON object a line if `json`. Gives the exit status.
    pub fn report(&self, json: bool) -> ExitCode {
        let failure = match self {
            Stop::Silent(status) => return ExitCode::from(*status),
            Stop::Failed(failure) => failure,
        };
        let text = if json { failure.to_json() } else { failure.to_string() };
        // Where nobody listens to errors there is nobody to tell that.
        let _unheard = writeln!(io::stderr(), "{text}");
        ExitCode::FAILURE
    }
}

impl Failure {
    fn to_json(&self) -> String {
        let Failure { message, hint, code, request_id } = self;
        serde_json::json!({
            "error": { "code": code, "message": message, "hint": hint, "requestId": request_id },
        })
        .to_string()
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let style = |text: &'static str| console::style(text).for_stderr().bold();
        // The words may be a gateway's or a model provider's.
        write!(f, "{} {}", style("error:").red(), one_line(&self.message))?;
        if let Some(hint) = &self.hint {
            write!(f, "\n{} {hint}", style("hint:").cyan())?;
        }
        if let Some(request_id) = &self.request_id {
            write!(
                f,
                "\n{} {request_id} (the gateway's log has more under this name)",
                style("request:").dim()
            )?;
        }
        Ok(())
    }
}

impl From<io::Error> for Stop {
    fn from(error: io::Error) -> Self {
        match error.kind() {
            io::ErrorKind::BrokenPipe => Stop::reader_gone(),
            _ => Stop::failed(error.to_string()),
        }
    }
}

impl From<ClientError> for Stop {
    fn from(error: ClientError) -> Self {
        let refusal = error.refusal();
        let failure = Failure {
            message: error.to_string(),
            hint: hint(&error),
            code: refusal.map(|refusal| refusal.code.clone()),
            request_id: refusal.and_then(|refusal| refusal.request_id.clone()),
        };
        Stop::Failed(Box::new(failure))
    }
}

/// What to do about an error.
fn hint(error: &ClientError) -> Option<String> {
    let hint = match error {
        ClientError::Refused(refusal) => return refusal_hint(refusal),
        ClientError::Unreachable { .. } => {
            "Start a gateway with `sophon serve`, or name another with `--gateway-url URL`."
        }
        ClientError::TimedOut(_) => "It may be busy. `sophon doctor` looks closer.",
        ClientError::Insecure { .. } => {
            "Check that the address begins with https:// only where the gateway speaks TLS, and that this machine trusts \
             its certificate."
        }
        ClientError::NotUnderstood { .. } => {
            "Check the address, its port and its path; name another with `--gateway-url URL`."
        }
        ClientError::Disconnected(_) => "Try again; `sophon chat --last` goes on where you were.",
        ClientError::Credentials(_) => "Mend or delete the file, then sign in again with `sophon login`.",
        ClientError::NotAnId(_) => "Take the id from a list, for example `sophon sessions`.",
        ClientError::File(..) | ClientError::Output(_) | ClientError::Setup(_) => return None,
    };
    Some(hint.to_owned())
}

fn refusal_hint(refusal: &Refusal) -> Option<String> {
    if let Some(wait) = refusal.retry_after {
        return Some(format!("Try again in {} s.", wait.as_secs().max(1)));
    }
    let hint = match refusal.code.as_str() {
        // A gateway gives its answers a name.
        "unauthenticated" if refusal.request_id.is_none() => {
            "This may be no Sophon gateway: check the address. If it is one, you are not signed in there: `sophon login \
             --gateway-url URL`."
        }
        "unauthenticated" => {
            "Sign in with `sophon login`; in place of an API token that has expired or was revoked, create another."
        }
        "not_authorized" => return Some(lacking(refusal)),
        "not_found" => {
            "`sophon sessions`, `sophon tasks --history`, `sophon nodes` and `sophon agents` list what there is."
        }
        code => code_hint(code)?,
    };
    Some(hint.to_owned())
}

/// What to do about an error with this code, wherever it comes from.
fn code_hint(code: &str) -> Option<&'static str> {
    Some(match code {
        "service_unavailable" => "The gateway is stopping or starting. Try again in a moment.",
        "has_belongings" => "Name who gets them with `--reassign-to USER`.",
        "own_password" => "`sophon password` changes your own.",
        "upstream_unavailable" => "`sophon doctor` asks each model provider and says what is wrong.",
        "internal_error" => "The gateway's log says more.",
        _ => return None,
    })
}

/// What to do about a permission or a role that is missing. With an API token, signing in would not help.
fn lacking(refusal: &Refusal) -> String {
    match missing_permission(refusal) {
        Some(permission) => format!(
            "With an API token, create one that has the permission {permission}; or ask an administrator for a role \
             that has it."
        ),
        None => "Your role does not allow it. Ask an administrator.".to_owned(),
    }
}

/// The permission that a refusal names.
pub fn missing_permission(refusal: &Refusal) -> Option<&str> {
    refusal.details.as_ref()?.get("permission")?.as_str()
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    fn refused(code: &str, retry_after: Option<u64>) -> Stop {
        Stop::from(ClientError::Refused(Box::new(Refusal {
            status: Some(400),
            code: code.to_owned(),
            message: "No.".to_owned(),
            details: None,
            request_id: Some("req_1".to_owned()),
            retry_after: retry_after.map(Duration::from_secs),
        })))
    }

    fn told(stop: &Stop) -> String {
        match stop {
            Stop::Failed(failure) => console::strip_ansi_codes(&failure.to_string()).into_owned(),
            Stop::Silent(_) => String::new(),
        }
    }

    #[test]
    fn an_error_says_what_happened_what_to_do_and_where_to_look() {
        let text = told(&refused("unauthenticated", None));
        assert_eq!(
            text,
            "error: No.\nhint: Sign in with `sophon login`; in place of an API token that has expired or was revoked, \
             create another.\n\
             request: req_1 (the gateway's log has more under this name)"
        );
        assert!(told(&refused("rate_limited", Some(7))).contains("Try again in 7 s."));
    }

    #[test]
    fn what_is_not_found_names_the_command_that_lists_it() {
        let list = "`sophon tokens` lists";
        let text = told(&refused("not_found", None).listed_by(list));
        assert!(text.contains("hint: `sophon tokens` lists what there is.\n"), "{text}");
        assert!(!told(&refused("conflict", None).listed_by(list)).contains("sophon tokens"));
    }

    #[test]
    fn a_reader_that_has_gone_is_no_error() {
        let gone = Stop::from(io::Error::from(io::ErrorKind::BrokenPipe));
        assert!(matches!(gone, Stop::Silent(0)));
    }
}
