//! The second factor of an account, and signing in with it.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{Secret, Time};

/// How it is with one's second factor.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct SecondFactor {
    /// Whether sign-ins ask for a code.
    pub enabled: bool,
    /// Since when; null if they do not.
    #[schema(required)]
    pub since: Option<Time>,
    /// Recovery codes that are left, of ten.
    #[schema(example = 10)]
    pub recovery_codes_left: usize,
}

/// Proof that it is the owner of the account who asks.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct CurrentPassword {
    /// The present password.
    #[schema(value_type = String, format = Password, example = "correct horse battery staple")]
    pub current_password: Secret,
}

/// A second factor that waits for a first code.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct BegunSecondFactor {
    /// What an authenticator app reads from a QR code.
    #[schema(value_type = String, example = "otpauth://totp/Sophon:ada%40example.com?secret=GEZDGNBVGY3TQOJQ&issuer=Sophon")]
    pub uri: Secret,
    /// The key as it is typed into an app: base32, SHA-1, six digits, 30 seconds.
    #[schema(value_type = String, example = "GEZDGNBVGY3TQOJQ")]
    pub key: Secret,
}

/// A code.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct FirstCode {
    /// Six digits that the app shows.
    #[schema(value_type = String, example = "287082")]
    pub code: Secret,
}

/// The recovery codes of an account.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct IssuedRecoveryCodes {
    /// Ten codes, shown this once. Each is good for one sign-in in place of a code of the app.
    #[schema(value_type = Vec<String>, example = json!(["1f0c-77ab-90de-3412-a8b1"]))]
    pub recovery_codes: Vec<Secret>,
}

/// The password, and a code of the second factor.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct BothFactors {
    /// The present password.
    #[schema(value_type = String, format = Password, example = "correct horse battery staple")]
    pub current_password: Secret,
    /// Six digits that the app shows, or a recovery code.
    #[schema(value_type = String, example = "287082")]
    pub code: Secret,
}

/// The details of the error `second_factor_required`: the password was right.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct SecondFactorChallenge {
    /// What to send with a code. Good for one sign-in, from the same device and network.
    pub challenge: Secret,
    /// How long it lasts.
    pub expires_in_seconds: u64,
}

/// The second step of a sign-in.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SecondStep {
    /// The challenge that the first step was answered with.
    #[schema(value_type = String, example = "chal_01J9ZT1M3C.q7Jv")]
    pub challenge: Secret,
    /// Six digits that the app shows, or a recovery code.
    #[schema(value_type = String, example = "287082")]
    pub code: Secret,
}

#[cfg(feature = "core")]
mod core {
    use sophon_core::identity;

    use super::{BegunSecondFactor, IssuedRecoveryCodes, SecondFactor, Secret, Time};

    impl From<identity::SecondFactorState> for SecondFactor {
        fn from(state: identity::SecondFactorState) -> Self {
            Self {
                enabled: state.since.is_some(),
                since: state.since.map(Time),
                recovery_codes_left: state.recovery_codes_left,
            }
        }
    }

    impl From<identity::BegunSecondFactor> for BegunSecondFactor {
        fn from(begun: identity::BegunSecondFactor) -> Self {
            Self { uri: begun.uri.into(), key: begun.key.into() }
        }
    }

    impl From<Vec<String>> for IssuedRecoveryCodes {
        fn from(codes: Vec<String>) -> Self {
            Self { recovery_codes: codes.into_iter().map(Secret::from).collect() }
        }
    }
}
