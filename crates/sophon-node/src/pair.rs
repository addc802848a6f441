//! Pairing with a gateway.

use std::time::Duration;

use url::Url;

use crate::Failure;
use crate::folder::{Folder, Paired};
use crate::gateway::{Gateway, GatewayError, Heartbeat, Pairing};

/// How often the gateway is asked whether somebody has approved.
const ASK_EVERY: Duration = Duration::from_secs(3);
/// How often it is asked: for somewhat longer than a pairing lasts.
const MOST_ASKED: u32 = 320;

/// Shows the code and waits until somebody has decided.
#[expect(clippy::print_stdout, reason = "the code is what the person needs")]
pub(crate) async fn pair(folder: &Folder, base: Url, node: &str, secret: &str) -> Result<(), Failure> {
    let gateway = Gateway::new(base.clone(), String::new())?;
    let (mut shown, mut was_reached) = (String::new(), false);
    for _ in 0..MOST_ASKED {
        match gateway.pair(node, secret).await {
            Ok(Pairing::Pending { pairing_code }) => {
                if shown != pairing_code {
                    println!(
                        "Pairing code: {pairing_code}\nApprove this node at the gateway if it shows the same code."
                    );
                    shown = pairing_code;
                }
            }
            Ok(Pairing::Approved { token }) => {
                folder.keep(&Paired { gateway: base, token })?;
                println!("Paired. Run `sophon-node start`, or `sophon-node service install`.");
                return Ok(());
            }
            Ok(Pairing::Rejected) => return Err(Failure("The node was turned down at the gateway.".into())),
            // The gateway may be starting anew; the pairing is still there then.
            Err(error @ GatewayError::Unreachable(_)) if was_reached => {
                tracing::warn!(%error, "asking again");
            }
            Err(error) => return Err(error.into()),
        }
        was_reached = true;
        tokio::time::sleep(ASK_EVERY).await;
    }
    Err(Failure("Nobody has approved the node in time. Register it anew.".into()))
}

/// Says with whom the machine is paired, and whether the gateway accepts it.
#[expect(clippy::print_stdout, reason = "it is what was asked for")]
pub(crate) async fn status(folder: &Folder) -> Result<(), Failure> {
    let Paired { gateway: base, token } = folder.paired()?;
    let gateway = Gateway::new(base.clone(), token)?;
    println!("node     {}\ngateway  {base}", gateway.node_id());
    gateway.heartbeat(&Heartbeat::of(gateway.node_id().to_owned()).await?).await?;
    println!("status   the gateway accepts this node");
    Ok(())
}
