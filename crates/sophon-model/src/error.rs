//! What can go wrong, in meanings. Each wire maps them to its own words in one `match`.

use std::any::Any;
use std::borrow::Cow;
use std::time::Duration;

use serde_json::Value;

/// The meaning of an error. The list and the codes are those of the REST page.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Kind {
    /// The request cannot be understood: broken syntax, wrong types.
    InvalidRequest,
    /// No valid credential.
    Unauthenticated,
    /// A valid credential without the right.
    NotAuthorized,
    /// It does not exist, or the caller cannot see it.
    NotFound,
    /// The state of the thing does not allow it.
    Conflict,
    /// Over a size limit.
    PayloadTooLarge,
    /// Understood, but a value is not acceptable.
    ValidationFailed,
    /// Too often.
    RateLimited,
    /// Our fault.
    Internal,
    /// A service that we need answered wrongly or not at all.
    UpstreamUnavailable,
    /// We cannot do it now: draining, or storage is not writable.
    ServiceUnavailable,
}

impl Kind {
    /// All of them, so that a wire can prove that it maps each.
    pub const ALL: [Kind; 11] = [
        Kind::InvalidRequest,
        Kind::Unauthenticated,
        Kind::NotAuthorized,
        Kind::NotFound,
        Kind::Conflict,
        Kind::PayloadTooLarge,
        Kind::ValidationFailed,
        Kind::RateLimited,
        Kind::Internal,
        Kind::UpstreamUnavailable,
        Kind::ServiceUnavailable,
    ];

    /// The code that clients switch on unless the error has a finer one.
    pub const fn code(self) -> &'static str {
        match self {
            Kind::InvalidRequest => "invalid_request",
            Kind::Unauthenticated => "unauthenticated",
            Kind::NotAuthorized => "not_authorized",
            Kind::NotFound => "not_found",
            Kind::Conflict => "conflict",
            Kind::PayloadTooLarge => "payload_too_large",
            Kind::ValidationFailed => "validation_failed",
            Kind::RateLimited => "rate_limited",
            Kind::Internal => "internal_error",
            Kind::UpstreamUnavailable => "upstream_unavailable",
            Kind::ServiceUnavailable => "service_unavailable",
        }
    }
}

/// What is said where storage has no room left.
const STORAGE_FULL: &str =
    "The disk that the database is on is full. Nothing was changed; make room there and try again.";

/// An error with a text that may be shown to the caller. Causes are for the log only.
#[derive(Debug, thiserror::Error)]
#[error("{message}")]
pub struct Error {
    kind: Kind,
    code: &'static str,
    message: Cow<'static, str>,
    field: Option<Box<str>>,
    details: Option<Box<Value>>,
    retry_after: Option<Duration>,
    #[source]
    cause: Option<Box<dyn std::error::Error + Send + Sync>>,
}

/// The result of nearly everything.
pub type Result<T, E = Error> = std::result::Result<T, E>;

impl Error {
    /// An error of `kind` with a public text that says what to do about it.
    pub fn new(kind: Kind, message: impl Into<Cow<'static, str>>) -> Self {
        Self {
            kind,
            code: kind.code(),
            message: message.into(),
            field: None,
            details: None,
            retry_after: None,
            cause: None,
        }
    }

    /// Broken syntax or wrong types.
    pub fn invalid(message: impl Into<Cow<'static, str>>) -> Self {
        Self::new(Kind::InvalidRequest, message)
    }

    /// A value that is not acceptable; `field` is its name in the model, which each wire spells in its own way.
    pub fn validation(field: &str, message: impl Into<Cow<'static, str>>) -> Self {
        Self::new(Kind::ValidationFailed, message).with_field(field)
    }

    /// No valid credential.
    pub fn unauthenticated(message: impl Into<Cow<'static, str>>) -> Self {
        Self::new(Kind::Unauthenticated, message)
    }

    /// There is no such `what` that the caller could see.
    pub fn not_found(what: &str) -> Self {
        Self::new(Kind::NotFound, format!("There is no such {what}, or you cannot see it."))
    }

    /// The state does not allow it.
    pub fn conflict(message: impl Into<Cow<'static, str>>) -> Self {
        Self::new(Kind::Conflict, message)
    }

    /// Our fault. The cause goes to the log; the public text says nothing of it.
    pub fn internal(cause: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Self {
        let error =
            Self::new(Kind::Internal, "Something went wrong on our side. The log has the request id.");
        error.with_cause(cause)
    }

    /// Our fault: `what` panicked.
    pub fn panicked(what: &str, panic: &(dyn Any + Send)) -> Self {
        let text = panic.downcast_ref::<&str>().copied();
        let text = text.or_else(|| panic.downcast_ref::<String>().map(String::as_str)).unwrap_or("no text");
        Self::internal(format!("{what} panicked: {text}"))
    }

    /// Storage cannot take or give anything now.
    pub fn storage(cause: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Self {
        Self::new(Kind::ServiceUnavailable, "Storage is not available. Nothing was changed; try again.")
            .with_code("storage_unavailable")
            .with_retry_after(Duration::from_secs(1))
            .with_cause(cause)
    }

    /// Storage has no room left.
    pub fn storage_full(cause: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Self {
        Self { message: Cow::Borrowed(STORAGE_FULL), ..Self::storage(cause) }
    }

    /// With a finer code than its kind's.
    pub fn with_code(mut self, code: &'static str) -> Self {
        self.code = code;
        self
    }

    /// About a field, by its name in the model.
    pub fn with_field(mut self, field: &str) -> Self {
        self.field = Some(field.into());
        self
    }

    /// With facts that a client can use.
    pub fn with_details(mut self, details: Value) -> Self {
        self.details = Some(Box::new(details));
        self
    }

    /// With the time after which trying again makes sense.
    pub fn with_retry_after(mut self, after: Duration) -> Self {
        self.retry_after = Some(after);
        self
    }

    /// With a cause for the log.
    pub fn with_cause(mut self, cause: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Self {
        self.cause = Some(cause.into());
        self
    }

    /// The meaning.
    pub fn kind(&self) -> Kind {
        self.kind
    }

    /// The stable code.
    pub fn code(&self) -> &'static str {
        self.code
    }

    /// The public text.
    pub fn message(&self) -> &str {
        &self.message
    }

    /// The field that it is about, by its name in the model.
    pub fn field(&self) -> Option<&str> {
        self.field.as_deref()
    }

    /// Facts for the client.
    pub fn details(&self) -> Option<&Value> {
        self.details.as_deref()
    }

    /// When to try again.
    pub fn retry_after(&self) -> Option<Duration> {
        self.retry_after
    }
}
