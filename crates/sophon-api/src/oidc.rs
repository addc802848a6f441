//! Signing in at identity providers (OpenID Connect).

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{Secret, SignedIn};

/// An identity provider that one can sign in at.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct SignInProvider {
    /// What stands in addresses.
    #[schema(example = "example")]
    pub id: String,
    /// What people call it.
    #[schema(example = "Example")]
    pub name: String,
}

/// A sign-in to be begun at an identity provider.
#[derive(Clone, Debug, Default, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct BeginOidc {
    /// The path of the dashboard to go on to afterwards: at most 1,024 characters, beginning with one slash.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 1_024, example = "/sessions")]
    pub return_to: Option<String>,
}

/// A sign-in that was begun at an identity provider.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct BegunOidc {
    /// Where the browser goes on.
    #[schema(example = "https://login.example.com/authorize?client_id=sophon")]
    pub authorization_url: String,
}

/// What a browser came back with from an identity provider.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct FinishOidc {
    /// `state` of the address that the browser came back to.
    #[schema(example = "5f2c9d")]
    pub state: String,
    /// `code` of that address; absent if the provider has refused the sign-in.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, example = "c_7e8f9a")]
    pub code: Option<Secret>,
    /// `iss` of that address, if it has one.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "https://login.example.com")]
    pub iss: Option<String>,
}

/// A sign-in at an identity provider that succeeded.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct FinishedOidc {
    /// The sign-in, like any other.
    pub signed_in: SignedIn,
    /// The path of the dashboard to go on to, if one was asked for.
    #[schema(required, example = "/sessions")]
    pub return_to: Option<String>,
}

/// An identity that is to be connected with one's own account.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct LinkOidc {
    /// `linkToken` of the answer `link_required`; good for ten minutes.
    #[schema(value_type = String, example = "AAECAwQ")]
    pub link_token: Secret,
}

/// Where a sign-in at an identity provider ends.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct OidcSignOut {
    /// The address that a browser goes to in order to be signed out there, too; null if the provider has none.
    #[schema(required, example = "https://login.example.com/logout?client_id=sophon")]
    pub url: Option<String>,
}

#[cfg(feature = "core")]
mod core {
    use sophon_core::identity::oidc;

    use super::{BegunOidc, FinishedOidc, SignInProvider};

    impl From<oidc::NamedProvider> for SignInProvider {
        fn from(provider: oidc::NamedProvider) -> Self {
            Self { id: provider.id, name: provider.name }
        }
    }

    impl From<oidc::BegunSignIn> for BegunOidc {
        fn from(begun: oidc::BegunSignIn) -> Self {
            Self { authorization_url: begun.url }
        }
    }

    impl From<oidc::FinishedSignIn> for FinishedOidc {
        fn from(finished: oidc::FinishedSignIn) -> Self {
            Self { signed_in: finished.signed_in.into(), return_to: finished.return_to }
        }
    }
}
