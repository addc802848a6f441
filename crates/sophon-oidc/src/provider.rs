//! One provider: where a browser is sent, and what is made of the code that it comes back with.

use std::fmt;
use std::sync::Arc;

use async_trait::async_trait;
use openidconnect::core::{
    CoreAuthDisplay, CoreAuthPrompt, CoreAuthenticationFlow, CoreClientAuthMethod, CoreErrorResponseType,
    CoreGenderClaim, CoreJsonWebKey, CoreJweContentEncryptionAlgorithm, CoreJwsSigningAlgorithm,
    CoreRevocableToken, CoreRevocationErrorResponse, CoreTokenIntrospectionResponse, CoreTokenType,
};
use openidconnect::{
    AccessToken, AdditionalClaims, AuthType, AuthorizationCode, Client, ClientId, ClientSecret, CsrfToken,
    EmptyExtraTokenFields, EndpointMaybeSet, EndpointNotSet, EndpointSet, IdTokenClaims, IdTokenFields,
    IssuerUrl, LogoutRequest, Nonce, OAuth2TokenResponse, PkceCodeChallenge, PkceCodeVerifier,
    PostLogoutRedirectUrl, ProviderMetadataWithLogout, RedirectUrl, RequestTokenError, Scope,
    StandardErrorResponse, StandardTokenResponse, TokenResponse, UserInfoClaims,
};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use sophon_egress::Egress;
use sophon_model::ports::{Clock, IdentityProvider, ProvenIdentity, SignInSecrets};
use sophon_model::{Error, Result};

use crate::http_client::HttpClient;
use crate::metadata::{Metadata, unavailable};
use crate::verification::{is_of_unknown_key, verifier};

/// Groups of one person that are read; further ones are left out.
const MOST_GROUPS: usize = 1_000;

/// A provider as the operator configures it.
#[derive(Clone)]
pub struct ProviderOptions {
    /// The issuer, to the letter.
    pub issuer: String,
    /// What the gateway is called there.
    pub client_id: String,
    /// The gateway's secret there; none if it is a public client.
    pub client_secret: Option<String>,
    /// What is asked for besides `openid`.
    pub scopes: Vec<String>,
    /// The claim that lists the person's groups.
    pub groups_claim: String,
    /// Where the provider sends browsers back to, to the letter.
    pub redirect: String,
    /// Where it sends them after they have signed out there.
    pub signed_out: String,
}

impl fmt::Debug for ProviderOptions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { issuer, client_id, redirect, .. } = self;
        f.debug_struct("ProviderOptions")
            .field("issuer", issuer)
            .field("client_id", client_id)
            .field("redirect", redirect)
            .finish_non_exhaustive()
    }
}

/// The claims that the protocol does not name, the groups among them.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
struct OtherClaims(Map<String, Value>);

impl AdditionalClaims for OtherClaims {}

type Fields = IdTokenFields<
    OtherClaims,
    EmptyExtraTokenFields,
    CoreGenderClaim,
    CoreJweContentEncryptionAlgorithm,
    CoreJwsSigningAlgorithm,
>;
type Tokens = StandardTokenResponse<Fields, CoreTokenType>;
type Claims = IdTokenClaims<OtherClaims, CoreGenderClaim>;
type Info = UserInfoClaims<OtherClaims, CoreGenderClaim>;
type OidcClient = Client<
    OtherClaims,
    CoreAuthDisplay,
    CoreGenderClaim,
    CoreJweContentEncryptionAlgorithm,
    CoreJsonWebKey,
    CoreAuthPrompt,
    StandardErrorResponse<CoreErrorResponseType>,
    Tokens,
    CoreTokenIntrospectionResponse,
    CoreRevocableToken,
    CoreRevocationErrorResponse,
    EndpointSet,
    EndpointNotSet,
    EndpointNotSet,
    EndpointNotSet,
    EndpointMaybeSet,
    EndpointMaybeSet,
>;

/// A provider.
pub struct OidcProvider {
    client_id: ClientId,
    client_secret: Option<ClientSecret>,
    scopes: Vec<Scope>,
    groups_claim: String,
    issuer: IssuerUrl,
    redirect: RedirectUrl,
    signed_out: PostLogoutRedirectUrl,
    http: Arc<HttpClient>,
    metadata: Metadata,
    clock: Arc<dyn Clock>,
}

impl OidcProvider {
    /// Opens it; nothing is sent before somebody signs in. A validation error if an address cannot be used.
    pub fn new(options: ProviderOptions, egress: &Egress, clock: Arc<dyn Clock>) -> Result<Self> {
        let unfit = |field: &'static str| {
            move |_| Error::validation(field, "It is no address that begins with https:// or http://.")
        };
        let issuer = IssuerUrl::new(options.issuer).map_err(unfit("issuer"))?;
        let http = HttpClient::new(egress, issuer.as_str())
            .map_err(|error| Error::validation("issuer", error.to_string()))?;
        if issuer.url().scheme() != "https" && !http.is_private() {
            let text = "Without TLS anybody on the way could sign in as anybody. Write it with https://.";
            return Err(Error::validation("issuer", text));
        }
        let http = Arc::new(http);
        Ok(Self {
            client_id: ClientId::new(options.client_id),
            client_secret: options.client_secret.map(ClientSecret::new),
            scopes: options.scopes.into_iter().filter(|scope| scope != "openid").map(Scope::new).collect(),
            groups_claim: options.groups_claim,
            redirect: RedirectUrl::new(options.redirect).map_err(unfit("redirect"))?,
            signed_out: PostLogoutRedirectUrl::new(options.signed_out).map_err(unfit("signed_out"))?,
            metadata: Metadata::new(issuer.clone(), http.clone()),
            issuer,
            http,
            clock,
        })
    }

    fn client(&self, metadata: &ProviderMetadataWithLogout) -> OidcClient {
        let client = OidcClient::from_provider_metadata(
            metadata.clone(),
            self.client_id.clone(),
            self.client_secret.clone(),
        );
        let methods = metadata.token_endpoint_auth_methods_supported();
        let takes_basic =
            methods.is_none_or(|methods| methods.contains(&CoreClientAuthMethod::ClientSecretBasic));
        let auth = if takes_basic { AuthType::BasicAuth } else { AuthType::RequestBody };
        client.set_auth_type(auth).set_redirect_uri(self.redirect.clone())
    }

    async fn trade(&self, client: &OidcClient, code: &str, secrets: &SignInSecrets) -> Result<Tokens> {
        let request = client
            .exchange_code(AuthorizationCode::new(code.to_owned()))
            .map_err(|_| unavailable())?
            .set_pkce_verifier(PkceCodeVerifier::new(secrets.verifier.clone()));
        request.request_async(&*self.http).await.map_err(|error| {
            tracing::warn!(issuer = self.issuer.as_str(), %error, "the identity provider gives no token");
            match error {
                RequestTokenError::ServerResponse(_) => refused(),
                _ => unavailable(),
            }
        })
    }

    /// The claims of the ID token, if it proves what it claims. The keys are read again if it is signed with a new one.
    async fn judged(&self, tokens: &Tokens, nonce: &Nonce) -> Result<Claims> {
        let Some(token) = tokens.id_token() else { return Err(self.unproven("there is no ID token")) };
        let now = self.clock.now();
        let mut metadata = self.metadata.current(now).await?;
        let mut judged = token.claims(&verifier(&self.client_id, &metadata, now), nonce);
        if judged.as_ref().is_err_and(is_of_unknown_key) {
            metadata = self.metadata.reread(now).await?;
            judged = token.claims(&verifier(&self.client_id, &metadata, now), nonce);
        }
        let claims = judged.map_err(|error| self.unproven(&error.to_string()))?.clone();
        // One party may have had a token made for another one to see.
        if claims.authorized_party().is_some_and(|party| *party != self.client_id) {
            return Err(self.unproven("it was issued to another client"));
        }
        Ok(claims)
    }

    fn unproven(&self, why: &str) -> Error {
        tracing::warn!(issuer = self.issuer.as_str(), why, "an ID token was refused");
        refused()
    }

    /// What the provider tells of the person to the bearer of the access token: some have addresses and groups there only.
    async fn info(&self, client: &OidcClient, tokens: &Tokens, claims: &Claims) -> Result<Option<Info>> {
        let token = AccessToken::new(tokens.access_token().secret().clone());
        let Ok(request) = client.user_info(token, Some(claims.subject().clone())) else { return Ok(None) };
        let info = request.request_async(&*self.http).await.map_err(|error| {
            tracing::warn!(issuer = self.issuer.as_str(), %error, "the identity provider tells nothing of a person");
            unavailable()
        })?;
        Ok(Some(info))
    }

    fn groups(&self, claims: &OtherClaims) -> Option<Vec<String>> {
        let text = |value: &Value| value.as_str().map(str::to_owned);
        match claims.0.get(&self.groups_claim)? {
            Value::Array(groups) => Some(groups.iter().filter_map(text).take(MOST_GROUPS).collect()),
            one => text(one).map(|group| vec![group]),
        }
    }
}

#[async_trait]
impl IdentityProvider for OidcProvider {
    fn issuer(&self) -> &str {
        self.issuer.as_str()
    }

    async fn authorization_url(&self, secrets: &SignInSecrets) -> Result<String> {
        let client = self.client(&*self.metadata.current(self.clock.now()).await?);
        let verifier = PkceCodeVerifier::new(secrets.verifier.clone());
        let (state, nonce) = (CsrfToken::new(secrets.state.clone()), Nonce::new(secrets.nonce.clone()));
        let flow = CoreAuthenticationFlow::AuthorizationCode;
        let request = client
            .authorize_url(flow, move || state, move || nonce)
            .add_scopes(self.scopes.iter().cloned())
            .set_pkce_challenge(PkceCodeChallenge::from_code_verifier_sha256(&verifier));
        let (url, ..) = request.url();
        Ok(url.into())
    }

    async fn redeem(&self, code: &str, secrets: &SignInSecrets) -> Result<ProvenIdentity> {
        let client = self.client(&*self.metadata.current(self.clock.now()).await?);
        let tokens = self.trade(&client, code, secrets).await?;
        let claims = self.judged(&tokens, &Nonce::new(secrets.nonce.clone())).await?;
        let groups = self.groups(claims.additional_claims());
        let info = match (&groups, claims.email()) {
            (Some(_), Some(_)) => None,
            _ => self.info(&client, &tokens, &claims).await?,
        };
        // An address and the word that it is verified come from one place.
        let of_info = || info.as_ref().and_then(|info| Some((info.email()?, info.email_verified())));
        let email = claims.email().map(|email| (email, claims.email_verified())).or_else(of_info);
        let named = |name: Option<&openidconnect::LocalizedClaim<openidconnect::EndUserName>>| {
            name.and_then(|name| name.get(None)).map(|name| name.to_string())
        };
        Ok(ProvenIdentity {
            subject: claims.subject().to_string(),
            email: email.map(|(email, _)| email.to_string()),
            is_email_verified: email.and_then(|(_, is_verified)| is_verified),
            name: named(claims.name()).or_else(|| named(info.as_ref()?.name())),
            groups: groups.or_else(|| self.groups(info.as_ref()?.additional_claims())).unwrap_or_default(),
        })
    }

    async fn sign_out_url(&self) -> Result<Option<String>> {
        let metadata = self.metadata.current(self.clock.now()).await?;
        let Some(endpoint) = metadata.additional_metadata().end_session_endpoint.clone() else {
            return Ok(None);
        };
        let request = LogoutRequest::from(endpoint)
            .set_client_id(self.client_id.clone())
            .set_post_logout_redirect_uri(self.signed_out.clone());
        Ok(Some(request.http_get_url().into()))
    }
}

/// One answer for all reasons; the log has the reason.
fn refused() -> Error {
    let text = "The identity provider's answer does not prove who you are. Sign in again.";
    Error::unauthenticated(text).with_code("identity_not_proven")
}
