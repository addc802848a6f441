//! The body of a request for a message.

use serde_json::{Map, Value, json};
use sophon_model::ports::{ModelMessage, ModelRequest, ToolSpec};

use crate::history::{as_object, own};
use crate::names::to_wire;

pub(super) fn body(request: &ModelRequest, model: &str, provider: &str) -> Value {
    let mut body = Map::new();
    body.insert("model".into(), model.into());
    body.insert("max_tokens".into(), request.max_output_tokens.into());
    body.insert("stream".into(), true.into());
    body.insert("messages".into(), messages(&request.messages, provider));
    if !request.system.is_empty() {
        body.insert("system".into(), request.system.as_str().into());
    }
    if !request.tools.is_empty() {
        body.insert("tools".into(), request.tools.iter().map(tool).collect());
    }
    Value::Object(body)
}

fn tool(tool: &ToolSpec) -> Value {
    json!({
        "name": to_wire(&tool.name),
        "description": tool.description,
        "input_schema": tool.parameters,
    })
}

/// Roles alternate and no text is empty: neighbours of one role become one message, and what says nothing is left out.
fn messages(messages: &[ModelMessage], provider: &str) -> Value {
    let mut turns: Vec<(&str, Vec<Value>)> = Vec::new();
    for message in messages {
        let (role, blocks) = blocks(message, provider);
        match turns.last_mut() {
            _ if blocks.is_empty() => {}
            Some((last, turn)) if *last == role => turn.extend(blocks),
            _ => turns.push((role, blocks)),
        }
    }
    turns.into_iter().map(|(role, content)| json!({ "role": role, "content": content })).collect()
}

fn blocks(message: &ModelMessage, provider: &str) -> (&'static str, Vec<Value>) {
    let text = |content: &str| {
        let block = (!content.trim().is_empty()).then(|| json!({ "type": "text", "text": content }));
        block.into_iter()
    };
    match message {
        ModelMessage::User { content } => ("user", text(content).collect()),
        ModelMessage::Assistant { content, tool_calls, reasoning } => {
            // Thinking comes first, with its signature, and exactly as it was.
            let thinking = own(reasoning.as_ref(), provider).and_then(Value::as_array);
            let thinking = thinking.into_iter().flatten().cloned();
            let calls = tool_calls.iter().map(|call| {
                let input = as_object(&call.arguments);
                json!({ "type": "tool_use", "id": call.id, "name": to_wire(&call.name), "input": input })
            });
            ("assistant", thinking.chain(text(content)).chain(calls).collect())
        }
        ModelMessage::Tool { call_id, content, .. } => {
            ("user", vec![json!({ "type": "tool_result", "tool_use_id": call_id, "content": content })])
        }
    }
}

#[cfg(test)]
mod tests {
    use sophon_model::ports::{ModelToolCall, Reasoning};

    use super::*;

    fn user(content: &str) -> ModelMessage {
        ModelMessage::User { content: content.into() }
    }

    fn result(call_id: &str) -> ModelMessage {
        ModelMessage::Tool { call_id: call_id.into(), name: "a.b".into(), content: "found".into() }
    }

    #[test]
    fn neighbours_of_one_role_become_one_message_and_nothing_empty_is_sent() {
        let call = |id: &str, arguments| ModelToolCall { id: id.into(), name: "a.b".into(), arguments };
        let thinking = json!({ "type": "thinking", "thinking": "hm", "signature": "s" });
        let told = messages(
            &[
                user("One"),
                user("Two"),
                user(" "),
                ModelMessage::Assistant {
                    content: String::new(),
                    tool_calls: vec![call("x", json!({ "q": 1 })), call("y", json!("broken"))],
                    reasoning: Some(Reasoning { provider: "p".into(), data: json!([thinking]) }),
                },
                result("x"),
                result("y"),
                user("Three"),
                ModelMessage::Assistant { content: String::new(), tool_calls: Vec::new(), reasoning: None },
            ],
            "p",
        );
        let text = |text: &str| json!({ "type": "text", "text": text });
        let use_of =
            |id: &str, input| json!({ "type": "tool_use", "id": id, "name": "a__b", "input": input });
        let result_of = |id: &str| json!({ "type": "tool_result", "tool_use_id": id, "content": "found" });
        let expected = json!([
            { "role": "user", "content": [text("One"), text("Two")] },
            { "role": "assistant", "content": [
                { "type": "thinking", "thinking": "hm", "signature": "s" },
                use_of("x", json!({ "q": 1 })),
                use_of("y", json!({ "unparsed": "broken" })),
            ] },
            { "role": "user", "content": [result_of("x"), result_of("y"), text("Three")] },
        ]);
        assert_eq!(told, expected);
    }
}
