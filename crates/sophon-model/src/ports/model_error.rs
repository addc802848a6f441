//! Why a language model could not answer.

use std::fmt;
use std::time::Duration;

use crate::words::text_enum;
use crate::{Error, Kind};

text_enum! {
    /// Why a model could not answer.
    pub enum ModelErrorKind {
        /// The provider does not accept our credential.
        Unauthorized = "unauthorized",
        /// The provider does not accept the request: it would refuse it again.
        Refused = "refused",
        /// The provider does not have the model.
        UnknownModel = "unknown_model",
        /// The conversation is longer than the model can read.
        TooLong = "conversation_too_long",
        /// Too often.
        RateLimited = "rate_limited",
        /// What was paid for is used up.
        NoCredit = "no_credit",
        /// No answer: nothing that speaks to us is there.
        Unavailable = "unavailable",
        /// An answer that says that the provider is in trouble.
        ServerError = "server_error",
        /// No answer in time, or the stream went silent.
        TimedOut = "timed_out",
        /// An answer that cannot be understood.
        Malformed = "malformed",
        /// An answer that ended before its end.
        BrokenOff = "broken_off",
        /// An answer that says nothing and calls nothing.
        Empty = "empty",
        /// More output was asked for than the model can write, or than fits beside the conversation.
        OutputTooLong = "output_too_long",
        /// An answer, or a record of one, that is longer than the operator allows.
        AnswerTooLong = "answer_too_long",
        /// What answers is no language model, and the request needs one.
        NoModel = "no_model",
    }
}

/// Why a provider could not answer.
#[derive(Clone, Debug)]
pub struct ModelError {
    /// The provider.
    pub provider: String,
    /// The meaning.
    pub kind: ModelErrorKind,
    /// The model that was asked. Nothing if none was, but a list of them.
    pub model: Option<Box<str>>,
    /// The base URL that was asked. Nothing if the provider is a part of this process.
    pub url: Option<Box<str>>,
    /// The provider's own words, shortened, without credentials.
    pub message: String,
    /// When the provider asks to be tried again.
    pub retry_after: Option<Duration>,
    /// Where the model is unknown: the offered models whose names are nearest to it, as far as they are known.
    pub nearest: Box<[String]>,
}

impl ModelError {
    /// Whether the same request to the same provider may succeed soon. One that timed out is not repeated: what took too
    /// long once would be paid for twice.
    pub fn is_passing(&self) -> bool {
        use ModelErrorKind as K;
        matches!(self.kind, K::RateLimited | K::Unavailable | K::ServerError | K::Malformed | K::BrokenOff)
    }

    /// What is wrong, with the provider, the model and the URL, in one sentence.
    pub fn summary(&self) -> String {
        let Self { provider, kind, model, url, message, .. } = self;
        let place = match (model, url) {
            (Some(model), Some(url)) => format!(" (model '{model}' at {url})"),
            (Some(model), None) => format!(" (model '{model}')"),
            (None, Some(url)) => format!(" ({url})"),
            (None, None) => String::new(),
        };
        let what = match (kind, model, url) {
            (ModelErrorKind::UnknownModel, Some(model), Some(url)) => {
                format!("There is no model '{model}' at {url} (model provider '{provider}')")
            }
            (ModelErrorKind::UnknownModel, None, Some(url)) => {
                format!("No model can be chosen at {url} (model provider '{provider}')")
            }
            _ => format!("The model provider '{provider}'{place} {}", kind.meaning()),
        };
        let end = if message.ends_with(['.', '!', '?', '…']) { "" } else { "." };
        format!("{what}: {message}{end}")
    }

    /// What somebody can do about it, in a sentence or two.
    pub fn next_step(&self) -> String {
        if let (ModelErrorKind::RateLimited, Some(wait)) = (self.kind, self.retry_after) {
            return format!("Wait {} s and send it again.", wait.as_secs().max(1));
        }
        if let (ModelErrorKind::UnknownModel, None) = (self.kind, &self.model) {
            return "Enter the name of a model that it has; Ollama has a model once it is pulled.".to_owned();
        }
        if self.nearest.is_empty() {
            return self.kind.next_step().to_owned();
        }
        format!("Nearest: {}. Configure a model that it offers.", self.nearest.join(", "))
    }
}

impl ModelErrorKind {
    /// What is wrong, after "The model provider X".
    fn meaning(self) -> &'static str {
        match self {
            Self::Unauthorized => "does not accept the API key",
            Self::Refused => "refused the request",
            Self::UnknownModel => "does not have the model",
            Self::TooLong => "cannot read a conversation this long",
            Self::RateLimited => "is rate limiting us",
            Self::NoCredit => "has no credit left for this API key",
            Self::Unavailable => "is not available",
            Self::ServerError => "reported an error",
            Self::TimedOut => "did not answer in time",
            Self::Malformed => "sent an answer that cannot be understood",
            Self::BrokenOff => "broke off its answer",
            Self::Empty => "sent an empty answer",
            Self::OutputTooLong => "cannot write that many tokens",
            Self::AnswerTooLong => "sent more than it may",
            Self::NoModel => "is no language model",
        }
    }

    /// What somebody can do about it.
    fn next_step(self) -> &'static str {
        match self {
            Self::Unauthorized => "Check the provider's API key.",
            Self::Refused => "Check the provider's base URL and the name of the model.",
            Self::UnknownModel => "Check the name of the model; Ollama has a model once it is pulled.",
            Self::TooLong => "Start a new session, or use a model with a larger context.",
            Self::RateLimited => "Wait a moment and send it again.",
            Self::NoCredit => "Add credit at the provider, or use another provider.",
            Self::Unavailable => "Check that the server runs and that its address and port are right.",
            Self::ServerError => {
                "Try again in a moment. If it stays so, look at the model server's log or status page."
            }
            Self::TimedOut => {
                "If the model is still being loaded, try again; if it is slow, raise the provider's \
                 first_byte_seconds or idle_seconds."
            }
            Self::Malformed => "Check that the provider's type fits the server.",
            Self::BrokenOff => {
                "Try again. If it stays so, look at the model server's log, and at what stands between."
            }
            Self::Empty => "Send the message again, or use another model.",
            Self::OutputTooLong => "Lower the provider's max_output_tokens.",
            Self::AnswerTooLong => "Raise the provider's max_answer_kib or max_record_kib if it is in order.",
            Self::NoModel => "Add a model provider with `sophon onboard`, or in the dashboard under Models.",
        }
    }
}

impl fmt::Display for ModelError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.summary(), self.next_step())
    }
}

impl std::error::Error for ModelError {}

impl From<ModelError> for Error {
    fn from(error: ModelError) -> Self {
        let details = serde_json::json!({ "provider": error.provider });
        Error::new(Kind::UpstreamUnavailable, error.to_string()).with_details(details)
    }
}
