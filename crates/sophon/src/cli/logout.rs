//! `sophon logout`.

use sophon_client::Credential;

use super::context::Context;
use super::stop::Stop;

/// Ends the sign-in on the gateway and forgets it here. What is here is forgotten even if the gateway cannot be told.
pub async fn run(context: &Context) -> Result<(), Stop> {
    let gateway = context.client.base().clone();
    let told = match context.credential() {
        Credential::None => {
            let answer = serde_json::json!({ "gateway": gateway, "wasSignedIn": false });
            context.screen.done(&answer, format!("You are not signed in to {gateway}."))?;
            return Ok(());
        }
        Credential::Token(_) => {
            context.screen.remark(
                "The API token itself stays valid. Revoke it in the dashboard if it is no longer needed.",
            );
            Ok(())
        }
        Credential::Login(_) => context.client.logout().await,
    };
    context.config.update(|settings| settings.set_credential(&gateway, Credential::None)).await?;
    if let Err(error) = told.as_ref()
        && !error.is_unauthenticated()
    {
        context
            .screen
            .remark(format!("The gateway could not be told: {error}. The sign-in ends there by itself."));
    }
    let answer =
        serde_json::json!({ "gateway": gateway, "wasSignedIn": true, "endedOnGateway": told.is_ok() });
    context.screen.done(&answer, format!("Signed out of {gateway}."))?;
    Ok(())
}
