//! How often one may call: hub methods count with the requests of the same kind on REST.

use sophon_core::Gateway;
use sophon_core::rates::{Asker, Class};
use sophon_model::{Caller, Result};

/// Counts a call, and refuses it if there were too many of its kind, or if it asks for new work while the gateway drains.
pub(super) fn count(gateway: &Gateway, caller: &Caller, method: &str) -> Result<()> {
    let class = class(method);
    if class == Class::Chat {
        gateway.lifecycle.require_accepting()?;
    }
    gateway.rates.check(class, &Asker::from(caller))
}

/// What kind of asking a method is; joining and leaving groups is like reading.
fn class(method: &str) -> Class {
    match method {
        "SendMessage" => Class::Chat,
        "CancelTask" | "CancelRun" | "Approve" | "Reject" | "Edit" | "RespondInfo" => Class::Decide,
        _ => Class::Read,
    }
}
