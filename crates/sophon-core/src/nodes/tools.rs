//! `node.command` and `node.list`

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use serde::Deserialize;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use sophon_model::ports::{ToolSpec, Tx, every};
use sophon_model::{
    Agent, Caller, Id, NODE_COMMANDS, Node, NodeCommand, NodeCommandId, NodeCommandSpec, NodeCommandStatus,
    NodeId, Page, Result, Risk,
};

use super::{Nodes, SendCommand};
use crate::policy::visible;
use crate::tools::{LONGEST_RESULT, Tool, ToolContext, ToolFailure, ToolOutput, ToolSource, spec, typed};
use crate::untrusted::fence;

/// Bytes of an answer that are left for what stands around it.
const AROUND: usize = 1024;

/// The tools for machines: there are some as long as the caller can see a machine.
pub(super) struct NodeTools {
    tools: [Arc<dyn Tool>; 2],
}

impl NodeTools {
    pub(super) fn new(nodes: Nodes) -> Self {
        let list = List { nodes: nodes.clone() };
        let command = Command { nodes };
        Self { tools: [Arc::new(list), Arc::new(command)] }
    }
}

impl ToolSource for NodeTools {
    fn catalogue(&self) -> Vec<ToolSpec> {
        self.tools.iter().map(|tool| tool.spec()).collect()
    }

    fn tools(&self, tx: &dyn Tx, caller: &Caller, _: &Agent) -> Result<Vec<Arc<dyn Tool>>> {
        let Ok(visible) = visible::<Node>(caller) else { return Ok(Vec::new()) };
        let nodes = tx.page(visible.tenant(), &every::<Node>(), &Page::new(Some(1), None))?;
        Ok(if nodes.items.is_empty() { Vec::new() } else { self.tools.to_vec() })
    }
}

struct Command {
    nodes: Nodes,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct CommandArguments {
    node: NodeId,
    command: String,
    #[serde(default = "no_params")]
    params: Value,
    timeout_ms: Option<u64>,
}

fn no_params() -> Value {
    json!({})
}

impl From<CommandArguments> for SendCommand {
    fn from(arguments: CommandArguments) -> Self {
        Self {
            node: arguments.node,
            command: arguments.command,
            params: arguments.params,
            time: arguments.timeout_ms.map(Duration::from_millis),
        }
    }
}

#[async_trait]
impl Tool for Command {
    fn spec(&self) -> ToolSpec {
        let names: Vec<&str> = NODE_COMMANDS.iter().map(|spec| spec.name).collect();
        let spec = spec(
            "node.command",
            "Tells a paired machine to do something. Find out with node.list which machines there are and what each \
             may be told.",
            Risk::Critical,
            &json!({
                "node": { "type": "string", "description": "The machine's id, as node.list shows it." },
                "command": { "type": "string", "enum": names },
                "params": {
                    "type": "object",
                    "description": "system.execute: {argv: [program, arguments…], cwd?, env?}, no shell. \
                                    notify.show: {title, body?}. clipboard.write: {text}.",
                },
                "timeoutMs": { "type": "integer", "minimum": 1_000, "maximum": 600_000 },
            }),
            &["node", "command"],
        );
        ToolSpec { is_editable: true, ..spec }
    }

    /// As the catalogue of commands has it; the worst for what is not in it.
    fn risk(&self, arguments: &Value) -> Risk {
        let name = arguments["command"].as_str().unwrap_or_default();
        NodeCommandSpec::of(name).map_or(Risk::Critical, |spec| spec.risk)
    }

    fn check(&self, arguments: &Value) -> Result<(), ToolFailure> {
        let arguments: CommandArguments = typed(arguments.clone())?;
        Ok(SendCommand::from(arguments).check()?)
    }

    fn preview(&self, arguments: &Value) -> Option<String> {
        let arguments: CommandArguments = typed(arguments.clone()).ok()?;
        let CommandArguments { node, command, params, .. } = arguments;
        let what = if params["argv"].is_array() { &params["argv"] } else { &params };
        Some(format!("{command} on {node}: {what}"))
    }

    /// The same call finds the command that it sent.
    fn is_resumable(&self) -> bool {
        true
    }

    async fn call(&self, context: &ToolContext, arguments: Value) -> Result<ToolOutput, ToolFailure> {
        let arguments: CommandArguments = typed(arguments)?;
        let command = self.nodes.send_for(context, command_id(context), arguments.into()).await?;
        if !command.status.is_final() {
            return Ok(ToolOutput::Waits(command.expires_at));
        }
        if let (NodeCommandStatus::Completed, Some(result)) = (command.status, &command.result) {
            return Ok(self.fenced(&result.to_string()).into());
        }
        Err(ToolFailure(self.refusal(&command)))
    }
}

impl Command {
    /// What a node says is as little to be trusted as a web page.
    fn fenced(&self, text: &str) -> String {
        let kept = text.floor_char_boundary(LONGEST_RESULT - AROUND);
        let note = if kept < text.len() { "\n[The rest was cut.]" } else { "" };
        format!("{}{note}", fence("tool:node.command", &text[..kept], self.nodes.db.random()))
    }

    fn refusal(&self, command: &NodeCommand) -> String {
        let message = command.error_message.as_deref().unwrap_or_default();
        match command.status {
            NodeCommandStatus::Unknown => {
                format!("{message} Find out before you send it again, or ask the person.")
            }
            NodeCommandStatus::Failed => {
                let code = command.error_code.as_deref().unwrap_or_default();
                format!("The node did not do it. {}", self.fenced(&format!("{code}: {message}")))
            }
            status => format!("The command is {}. {message}", status.as_str()),
        }
    }
}

/// Made from the call, so that a turn that is taken up again finds its command instead of sending another.
fn command_id(context: &ToolContext) -> NodeCommandId {
    let digest = Sha256::digest(format!("{}\n{}", context.task, context.call));
    format!("{}{}", NodeCommandId::PREFIX, hex::encode(&digest[..16])).into()
}

struct List {
    nodes: Nodes,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ListArguments {}

#[async_trait]
impl Tool for List {
    fn spec(&self) -> ToolSpec {
        let description = "Lists the paired machines: their ids, whether they are online, and the commands that they accept.";
        spec("node.list", description, Risk::None, &json!({}), &[])
    }

    async fn call(&self, context: &ToolContext, arguments: Value) -> Result<ToolOutput, ToolFailure> {
        let ListArguments {} = typed(arguments)?;
        let nodes = self.nodes.list(&context.caller, Page::new(None, None)).await?;
        let described: Vec<Value> = nodes.items.iter().map(describe).collect();
        let note = if nodes.next.is_some() { "\n[There are more.]" } else { "" };
        let text = Value::from(described).to_string();
        Ok(format!("{}{note}", fence("tool:node.list", &text, self.nodes.db.random())).into())
    }
}

fn describe(node: &Node) -> Value {
    let commands: Vec<&str> =
        NODE_COMMANDS.iter().filter(|spec| node.has(spec.scope)).map(|spec| spec.name).collect();
    json!({
        "node": node.id,
        "name": node.name,
        "platform": node.platform,
        "status": node.status,
        "online": node.is_online,
        "commands": commands,
    })
}
