//! *Identity & auth*.

use sophon_api::{
    ApiToken, AuthConfig, CreatedApiToken, List, NewApiToken, SecondFactorChallenge, SecondStep, Secret, User,
};
use sophon_model::ApiTokenId;

use crate::{Client, ClientError, Login};

/// A sign-in, just made or renewed.
#[derive(Clone, Debug, PartialEq)]
pub struct SignedIn {
    /// The tokens.
    pub login: Login,
    /// The user who signed in.
    pub user: User,
}

impl From<sophon_api::SignedIn> for SignedIn {
    fn from(signed_in: sophon_api::SignedIn) -> Self {
        let sophon_api::SignedIn { access_token, refresh_token, expires_at, user } = signed_in;
        Self { login: Login { access_token, refresh_token, expires_at }, user }
    }
}

impl Client {
    /// `GET /api/auth/config`: needs no credential.
    pub async fn auth_config(&self) -> Result<AuthConfig, ClientError> {
        self.fetch(self.get(&["api", "auth", "config"])?.anonymous()).await
    }

    /// `POST /api/auth/login`. An error may be that a [second factor](ClientError::second_factor) is asked for. The answer is not stored: that is the caller's decision.
    pub async fn login(&self, email: &str, password: &Secret) -> Result<SignedIn, ClientError> {
        let body = sophon_api::Login { email: email.to_owned(), password: password.clone() };
        let request = self.post(&["api", "auth", "login"])?.anonymous().json(&body);
        self.fetch::<sophon_api::SignedIn>(request).await.map(SignedIn::from)
    }

    /// `POST /api/auth/login/second-factor`: the second step, with a code of an app or a recovery code.
    pub async fn second_step(
        &self,
        challenge: &SecondFactorChallenge,
        code: &Secret,
    ) -> Result<SignedIn, ClientError> {
        let body = SecondStep { challenge: challenge.challenge.clone(), code: code.clone() };
        let request = self.post(&["api", "auth", "login", "second-factor"])?.anonymous().json(&body);
        self.fetch::<sophon_api::SignedIn>(request).await.map(SignedIn::from)
    }

    /// `POST /api/auth/logout`: ends the sign-in of the stored credential on the gateway.
    pub async fn logout(&self) -> Result<(), ClientError> {
        self.execute(self.post(&["api", "auth", "logout"])?).await
    }

    /// `GET /api/auth/me`.
    pub async fn me(&self) -> Result<User, ClientError> {
        self.fetch(self.get(&["api", "auth", "me"])?).await
    }

    /// `GET /api/auth/tokens`: all of one's API tokens, newest first.
    pub async fn api_tokens(&self) -> Result<List<ApiToken>, ClientError> {
        self.fetch(self.get(&["api", "auth", "tokens"])?).await
    }

    /// `POST /api/auth/tokens`. The secret is in this answer and nowhere else.
    pub async fn create_api_token(&self, new: &NewApiToken) -> Result<CreatedApiToken, ClientError> {
        self.fetch(self.post(&["api", "auth", "tokens"])?.json(new)).await
    }

    /// `DELETE /api/auth/tokens/{id}`.
    pub async fn revoke_api_token(&self, id: &ApiTokenId) -> Result<(), ClientError> {
        self.execute(self.delete(&["api", "auth", "tokens", id.as_str()])?).await
    }
}
