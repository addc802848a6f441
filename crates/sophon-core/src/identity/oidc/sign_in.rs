//! The way through a provider: to it, back from it, and into an account.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::json;
use sophon_model::ports::{ProvenIdentity, SignInSecrets};
use sophon_model::{AuditAction, Caller, Error, Kind, Member, Result};

use super::Oidc;
use super::accounts::{Arrival, LINK_REQUIRED, link_in};
use super::pending::{MOST_TIME, Pending, Unlinked};
use crate::audit::{Draft, Performer};
use crate::identity::password::hash_of_nobody;
use crate::identity::{Device, LONGEST_CREDENTIAL, NamedTenant, SignedIn, member, rejected, require_person};

/// The longest path that a sign-in goes on to, in bytes.
const LONGEST_PATH: usize = 1_024;

/// A sign-in that was begun.
#[derive(Clone, Debug)]
pub struct BegunSignIn {
    /// Where the browser goes on.
    pub url: String,
    /// What the browser keeps until it comes back.
    pub kept: String,
    /// For how long it keeps it.
    pub for_seconds: u64,
}

/// What a browser came back with.
#[derive(Clone, Debug)]
pub struct SignInAnswer {
    /// What it has kept.
    pub kept: Option<String>,
    /// The state that the provider has sent along.
    pub state: String,
    /// The provider's code. `None` if the provider has refused the sign-in.
    pub code: Option<String>,
    /// The issuer that the provider says it is, if it does.
    pub issuer: Option<String>,
    /// Where the browser is.
    pub device: Device,
    /// The tenant that the request names.
    pub tenant: NamedTenant,
}

/// A sign-in that has ended well.
#[derive(Clone, Debug)]
pub struct FinishedSignIn {
    /// The sign-in.
    pub signed_in: SignedIn,
    /// The path in the dashboard to go on to, if one was asked for.
    pub return_to: Option<String>,
}

impl Oidc {
    /// Begins a sign-in. Strangers do that: it costs no room.
    pub async fn begin(
        &self,
        provider: &str,
        return_to: Option<String>,
        device: &Device,
    ) -> Result<BegunSignIn> {
        let provider = self.provider(provider)?;
        if let Some(path) = &return_to {
            require_path(path)?;
        }
        let attempt = self.identity.throttle.begin(device.address).await?;
        let random = || URL_SAFE_NO_PAD.encode(self.db.random::<32>());
        let secrets = SignInSecrets { state: random(), nonce: random(), verifier: random() };
        let url = provider.configured.client.authorization_url(&secrets).await?;
        let SignInSecrets { state, nonce, verifier } = secrets;
        let (provider, until) = (provider.configured.id.clone(), self.db.now().plus(MOST_TIME));
        let pending = Pending { provider, state, nonce, verifier, return_to, until };
        attempt.succeeded();
        let kept = self.seal.close(self.db.random(), &pending)?;
        Ok(BegunSignIn { url, kept, for_seconds: MOST_TIME.as_secs() })
    }

    /// Ends a sign-in in the browser that began it.
    pub async fn finish(&self, provider: &str, answer: SignInAnswer) -> Result<FinishedSignIn> {
        let origin = answer.device.origin();
        let finished = self.let_in(provider, answer).await;
        if let Err(error) = &finished
            && matches!(error.kind(), Kind::Unauthenticated | Kind::RateLimited | Kind::NotAuthorized)
        {
            let (by, id) = (self.identity.audit.nobody(origin), provider.to_owned());
            let draft = Draft::new(by, AuditAction::SignInCreate).denied(error.code());
            self.identity.audit.refuse_draft(draft.details(|details| details.provider = Some(id)));
        }
        finished
    }

    async fn let_in(&self, id: &str, answer: SignInAnswer) -> Result<FinishedSignIn> {
        let SignInAnswer { kept, state, code, issuer, device, tenant } = answer;
        let provider = self.provider(id)?;
        let attempt = self.identity.throttle.begin(device.address).await?;
        let pending: Option<Pending> = kept.and_then(|kept| self.seal.open(&kept, self.db.now()));
        // Another browser's answer, or a provider's that was asked nothing, is nobody's.
        let pending = pending.filter(|pending| pending.provider == id && pending.state == state);
        let pending = pending.ok_or_else(not_begun_here)?;
        if issuer.is_some_and(|issuer| issuer != provider.configured.client.issuer()) {
            return Err(not_begun_here());
        }
        let Some(code) = code.filter(|code| code.len() <= LONGEST_CREDENTIAL) else {
            let text = "The identity provider has not signed you in. Begin again, or ask an administrator.";
            return Err(Error::unauthenticated(text).with_code("refused_by_provider"));
        };
        let Pending { nonce, verifier, return_to, .. } = pending;
        let secrets = SignInSecrets { state, nonce, verifier };
        let proven = provider.configured.client.redeem(&code, &secrets).await?;
        let signed_in = self.sign_in(id, proven, device, tenant).await?;
        attempt.succeeded();
        Ok(FinishedSignIn { signed_in, return_to })
    }

    async fn sign_in(
        &self,
        id: &str,
        proven: ProvenIdentity,
        device: Device,
        tenant: NamedTenant,
    ) -> Result<SignedIn> {
        let (oidc, id, origin) = (self.clone(), id.to_owned(), device.origin());
        let no_password = hash_of_nobody(self.db.random());
        let (unlinked, by) = (self.unlinked(&id, &proven), self.identity.audit.nobody(origin.clone()));
        let signed_in = self
            .db
            .write_by(by, AuditAction::SignInCreate, move |unit| {
                let (identity, provider) = (&*oidc.identity, oidc.provider(&id)?);
                unit.audit_details(|details| details.provider = Some(id.clone()));
                let user = Arrival { identity, provider, proven: &proven, no_password }.account_in(unit)?;
                let home: Member = member(&*unit.tx, &user.tenant_id, &user.id)?.ok_or_else(rejected)?;
                unit.in_request(|request| request.set_performer(Performer::member(&home, origin)));
                let ends_at = unit.now().plus(provider.configured.sign_in_lifetime);
                identity.open_sign_in(unit, user, &device, &tenant, Some(ends_at))
            })
            .await;
        match (signed_in, unlinked) {
            (Err(error), Some(unlinked)) if error.code() == LINK_REQUIRED => {
                let token = self.seal.close(self.db.random(), &unlinked)?;
                Err(error.with_details(json!({ "linkToken": token })))
            }
            (signed_in, _) => signed_in,
        }
    }

    /// What is kept of an identity until an account is confirmed to be its own.
    fn unlinked(&self, provider: &str, proven: &ProvenIdentity) -> Option<Unlinked> {
        let (provider, subject) = (provider.to_owned(), proven.subject.clone());
        let (email, until) = (proven.email.as_ref()?.to_lowercase(), self.db.now().plus(MOST_TIME));
        Some(Unlinked { provider, subject, email, until })
    }

    /// Connects an identity that was proven a moment ago with the caller's own account, which has the same address.
    pub async fn link(&self, caller: &Caller, provider: &str, token: &str) -> Result<()> {
        require_person(caller)?;
        self.provider(provider)?;
        let unlinked: Option<Unlinked> = self.seal.open(token, self.db.now());
        let own = |one: &Unlinked| one.provider == provider && one.email == *caller.email;
        let Some(unlinked) = unlinked.filter(own) else {
            let text = "That does not connect this account. Sign in at the identity provider again.";
            return Err(Error::conflict(text).with_code("link_expired"));
        };
        let (oidc, id, user) = (self.clone(), provider.to_owned(), caller.user.clone());
        self.db
            .write_as(caller, AuditAction::UserLink, move |unit| {
                let account = unit.tx.get(&user)?.ok_or_else(rejected)?;
                unit.about(&account);
                unit.audit_details(|details| details.provider = Some(id.clone()));
                link_in(unit, oidc.provider(&id)?, &unlinked.subject, &user)
            })
            .await
    }
}

fn not_begun_here() -> Error {
    let text = "This sign-in was not begun in this browser, or took too long. Begin again.";
    Error::unauthenticated(text).with_code("sign_in_expired")
}

/// Refuses what is no path of the dashboard: somebody else's page, above all.
fn require_path(path: &str) -> Result<()> {
    let is_plain = |c: char| c.is_ascii_graphic() && c != '\\';
    let is_own = path.starts_with('/') && !path.starts_with("//");
    if path.len() <= LONGEST_PATH && is_own && path.chars().all(is_plain) {
        return Ok(());
    }
    Err(Error::validation("return_to", "It is a path of the dashboard, like /sessions."))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sign_in_goes_on_to_a_path_of_the_dashboard_alone() {
        for path in ["/", "/sessions/ses_1?at=3#end", "/a//b"] {
            require_path(path).unwrap();
        }
        let far = format!("/{}", "a".repeat(LONGEST_PATH));
        for elsewhere in [
            "",
            "sessions",
            "//evil.example",
            "/\\evil.example",
            "https://evil.example",
            "/\t/evil.example",
            "/ü",
            &far,
        ] {
            assert_eq!(require_path(elsewhere).unwrap_err().field(), Some("return_to"), "{elsewhere:?}");
        }
    }
}
