//! Sign-in at OpenID Connect providers: discovery, the authorization code flow with PKCE, and the judgement of ID tokens.
//! The protocol is done by the crate `openidconnect`; its requests go out through egress (`http_client`), what a provider says
//! of itself is kept for a while (`metadata`), and ID tokens are judged by rules of our own choice (`verification`).

mod http_client;
mod metadata;
mod provider;
mod verification;

pub use provider::{OidcProvider, ProviderOptions};
