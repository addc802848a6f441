//! The rule for nodes beyond the table: the scopes of a node limit its commands, for every caller.

use std::marker::PhantomData;

use serde_json::json;
use sophon_model::ports::Tx;
use sophon_model::{Caller, Error, Kind, Node, NodeCommandSpec, Result, Risk};

use super::{Command, CommandAtRisk, Granted, grant};

/// The verb of sending a node one certain command. It has no rule of its own: the node must have the scope as well.
#[derive(Debug)]
pub(crate) enum Covered {}

/// The node, if the caller may send it this command and its scopes cover the command.
pub(crate) fn may_command(
    tx: &dyn Tx,
    caller: &Caller,
    node: Option<Node>,
    spec: &NodeCommandSpec,
) -> Result<Granted<Node, Covered>> {
    let node = if spec.risk >= Risk::High {
        grant::<_, CommandAtRisk>(tx, caller, node)?.into_inner()
    } else {
        grant::<_, Command>(tx, caller, node)?.into_inner()
    };
    if !covers(&node, spec) {
        let scope = spec.scope.as_str();
        let text = format!("The node lacks the scope {scope}. An administrator can grant it.");
        let error = Error::new(Kind::NotAuthorized, text).with_code("scope_denied");
        return Err(error.with_details(json!({ "scope": scope })));
    }
    Ok(Granted { thing: node, role: None, verb: PhantomData })
}

/// Whether the node's scopes cover a command, at this moment.
pub(crate) fn covers(node: &Node, spec: &NodeCommandSpec) -> bool {
    node.has(spec.scope)
}
