//! The link to the gateway: the hub where a WebSocket gets through, polling where it does not; again and again.

use std::time::Duration;

use tokio::time::{Instant, sleep, timeout};

use crate::Failure;
use crate::consent::{Consent, Judge};
use crate::folder::{Folder, Paired};
use crate::gateway::{Gateway, GatewayError, HEARTBEAT_EVERY, Heartbeat};
use crate::hub::{self, Lost};
use crate::journal::Journal;
use crate::work::Worker;

/// The first and the longest wait before the gateway is tried again; each is twice the one before.
const FIRST_WAIT: Duration = Duration::from_millis(500);
const LONGEST_WAIT: Duration = Duration::from_secs(30);
/// How long the notice to the gateway that the node stops may take.
const TO_LEAVE: Duration = Duration::from_secs(2);
/// How long commands are polled for before the hub is tried again.
const POLL_FOR: Duration = Duration::from_mins(5);

/// Obeys until the access is revoked or the program is told to stop.
pub(crate) async fn run(folder: &Folder, consent: Consent) -> Result<(), Failure> {
    let Paired { gateway, token } = folder.paired()?;
    let _claim = folder.claim()?;
    let gateway = Gateway::new(gateway, token)?;
    // One that cannot be read is told now rather than with the first command.
    folder.policy()?;
    let judge = Judge::new(consent, folder.clone());
    let worker = Worker::new(Journal::open(&folder.journal())?, judge);
    tokio::select! {
        ended = obey(&gateway, &worker) => return Err(ended.into()),
        () = told_to_stop() => {}
    }
    // The connection is gone. The gateway would show the node as online until its silence is noticed.
    match timeout(TO_LEAVE, gateway.leave()).await {
        Ok(Ok(())) => {}
        Ok(Err(error)) => tracing::warn!(%error, "the gateway does not know that this node stops"),
        Err(_) => tracing::warn!("the gateway took too long to be told that this node stops"),
    }
    Ok(())
}

/// Returns when the gateway wants nothing more of this node.
async fn obey(gateway: &Gateway, worker: &Worker) -> GatewayError {
    let mut wait = FIRST_WAIT;
    loop {
        match hub::serve(gateway, worker).await {
            Lost::Revoked => return GatewayError::Revoked,
            Lost::Closed(reason) => {
                tracing::warn!(reason, "the connection was lost");
                wait = FIRST_WAIT;
            }
            Lost::NeverOpened(reason) => {
                tracing::warn!(reason, "no connection to the hub: polling");
                let began = Instant::now();
                match poll(gateway, worker).await {
                    Ok(()) => wait = FIRST_WAIT,
                    Err(GatewayError::Revoked) => return GatewayError::Revoked,
                    Err(error) => tracing::warn!(%error, "polling failed"),
                }
                if began.elapsed() > LONGEST_WAIT {
                    wait = FIRST_WAIT;
                }
            }
        }
        sleep(wait).await;
        wait = LONGEST_WAIT.min(wait * 2);
    }
}

/// Fetches commands and reports by plain requests for some minutes.
async fn poll(gateway: &Gateway, worker: &Worker) -> Result<(), GatewayError> {
    let until = Instant::now() + POLL_FOR;
    let beating = async {
        loop {
            gateway.heartbeat(&Heartbeat::of(gateway.node_id().to_owned()).await?).await?;
            sleep(HEARTBEAT_EVERY).await;
        }
    };
    let taking = async {
        while Instant::now() < until {
            gateway.commands().await?.into_iter().for_each(|order| worker.take_on(order));
        }
        Ok(())
    };
    let reporting = async {
        loop {
            for (id, answer) in worker.unreported().await {
                gateway.report(&id, &answer).await?;
                worker.reported(&id).await;
            }
            worker.news().await;
        }
    };
    tokio::select! {
        ended = beating => ended,
        ended = taking => ended,
        ended = reporting => ended,
    }
}

#[cfg(unix)]
async fn told_to_stop() {
    use tokio::signal::unix::{SignalKind, signal};
    let terminated = async {
        match signal(SignalKind::terminate()) {
            Ok(mut signal) => drop(signal.recv().await),
            Err(_) => std::future::pending().await,
        }
    };
    tokio::select! {
        _ = tokio::signal::ctrl_c() => {}
        () = terminated => {}
    }
}

#[cfg(not(unix))]
async fn told_to_stop() {
    let _told = tokio::signal::ctrl_c().await;
}
