//! Signing in at an identity provider, which is played by a small real server.

mod accounts;
mod browsers;
mod lies;
mod roles;

use std::sync::Arc;
use std::time::Duration;

use sophon_core::identity::oidc::{ConfiguredProvider, FinishedSignIn, GroupRole, SignInAnswer};
use sophon_core::identity::{Device, NamedTenant};
use sophon_egress::{Egress, EgressOptions};
use sophon_model::{Caller, Result};
use sophon_oidc::{OidcProvider, ProviderOptions};
use sophon_testgateway::{Engine, Setup, TestGateway};
use sophon_testkit::FakeClock;
use sophon_testkit::oidc_server::{CLIENT_ID, CLIENT_SECRET, OidcServer, Person};

/// What the provider is called in addresses.
const ID: &str = "example";

/// How long its word counts.
const SIGN_IN_LIFETIME: Duration = Duration::from_hours(24);

/// Somebody at the provider who has no account here.
fn grace() -> Person {
    Person::new("grace-1", "Grace@Example.com", "Grace")
}

/// A gateway, and a provider that it trusts as far as `configure` says.
struct Scene {
    gateway: TestGateway,
    server: OidcServer,
}

impl Scene {
    async fn new(configure: impl FnOnce(&mut ConfiguredProvider)) -> Self {
        Self::on(Engine::Sqlite, configure).await
    }

    async fn on(engine: Engine, configure: impl FnOnce(&mut ConfiguredProvider)) -> Self {
        let setup = Setup::default().on(engine).settings(|settings| settings.auto_admin = false);
        let server = OidcServer::start(grace(), setup.clock()).await;
        let mut provider = provider(&server, setup.clock());
        configure(&mut provider);
        let setup = setup.identity_provider(provider);
        Self { gateway: setup.start().await, server }
    }

    /// Begins to sign in; what the browser keeps, and where it goes.
    async fn begin(&self) -> (String, String) {
        let begun = self.gateway.gateway.oidc.begin(ID, None, &Device::default()).await.expect("it begins");
        (begun.kept, begun.url)
    }

    /// Signs in whoever is signed in at the provider.
    async fn sign_in(&self) -> Result<FinishedSignIn> {
        let (kept, url) = self.begin().await;
        let returned = self.server.browse(&url);
        self.finish(Some(kept), returned.state, Some(returned.code)).await
    }

    async fn finish(
        &self,
        kept: Option<String>,
        state: String,
        code: Option<String>,
    ) -> Result<FinishedSignIn> {
        let (device, tenant) = (Device::default(), NamedTenant::Unnamed);
        let answer = SignInAnswer { kept, state, code, issuer: None, device, tenant };
        self.gateway.gateway.oidc.finish(ID, answer).await
    }

    /// The caller whose sign-in this is.
    async fn caller(&self, finished: &FinishedSignIn) -> Caller {
        let token = &finished.signed_in.access_token;
        self.gateway.gateway.identity.authenticate(token, NamedTenant::Unnamed).await.expect("it is good")
    }

    /// Why somebody is not let in.
    async fn refusal(&self) -> &'static str {
        self.sign_in().await.expect_err("it is refused").code()
    }
}

fn provider(server: &OidcServer, clock: Arc<FakeClock>) -> ConfiguredProvider {
    sophon_egress::install_crypto();
    let egress = Egress::new(EgressOptions::default()).expect("there is a way out");
    let options = ProviderOptions {
        issuer: server.url().to_owned(),
        client_id: CLIENT_ID.to_owned(),
        client_secret: Some(CLIENT_SECRET.to_owned()),
        scopes: ["openid", "profile", "email"].map(str::to_owned).into(),
        groups_claim: "groups".to_owned(),
        redirect: format!("https://gateway.example/sign-in/{ID}"),
        signed_out: "https://gateway.example/".to_owned(),
    };
    ConfiguredProvider {
        id: ID.to_owned(),
        name: "Example".to_owned(),
        tenant: None,
        creates_accounts: true,
        trusted_domains: Vec::new(),
        roles: Vec::new(),
        default_role: None,
        sign_in_lifetime: SIGN_IN_LIFETIME,
        is_secure: true,
        client: Arc::new(OidcProvider::new(options, &egress, clock).expect("it can be used")),
    }
}

fn group(group: &str, role: &str) -> GroupRole {
    GroupRole { group: group.to_owned(), role: role.to_owned() }
}
