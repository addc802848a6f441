//! The way to the other gateways of the deployment.

use std::sync::Arc;

use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;
use sophon_model::ports;
use sophon_nats::{NatsBackplane, NatsOptions};

use crate::StartError;
use crate::config::Backplane;

/// How much of its digest names a deployment, in bytes.
const NAME: usize = 12;

/// The one that the operator has chosen, if any. The gateways of a deployment are those that have the same signing key:
/// others that use the same NATS servers do not hear them.
pub(crate) async fn open(
    config: &Backplane,
    signing_key: &[u8; 32],
) -> Result<Option<Arc<dyn ports::Backplane>>, StartError> {
    let Some(url) = &config.nats_url else { return Ok(None) };
    let options = NatsOptions {
        url: url.clone(),
        credentials: config.nats_credentials_file.clone(),
        root_certificate: config.nats_root_certificate_file.clone(),
        subject: format!("sophon.{}.gateways", deployment(signing_key)),
    };
    let connected = NatsBackplane::connect(options).await;
    Ok(Some(Arc::new(connected.map_err(|error| StartError::Backplane(error.to_string()))?)))
}

fn deployment(signing_key: &[u8; 32]) -> String {
    let mac = Hmac::<Sha256>::new_from_slice(signing_key).expect("a key of any length will do");
    hex::encode(&mac.chain_update(b"backplane").finalize().into_bytes()[..NAME])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_deployment_is_named_by_its_signing_key_which_the_name_does_not_reveal() {
        assert_eq!(deployment(&[7; 32]), deployment(&[7; 32]));
        assert_ne!(deployment(&[7; 32]), deployment(&[8; 32]));
        assert_eq!(deployment(&[7; 32]).len(), 2 * NAME);
    }
}
