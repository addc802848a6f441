//! The body of a request to chat.

use serde_json::{Map, Value, json};
use sophon_model::ports::{ModelMessage, ModelRequest, ToolSpec};

use crate::history::{as_object, own};
use crate::names::to_wire;

/// `context` is sent to the server, which would otherwise take its own default and cut the conversation in silence.
pub(super) fn body(request: &ModelRequest, model: &str, context: u32, provider: &str) -> Value {
    let mut body = Map::new();
    body.insert("model".into(), model.into());
    body.insert("messages".into(), messages(request, provider));
    body.insert("stream".into(), true.into());
    body.insert("options".into(), json!({ "num_predict": request.max_output_tokens, "num_ctx": context }));
    if !request.tools.is_empty() {
        body.insert("tools".into(), request.tools.iter().map(tool).collect());
    }
    Value::Object(body)
}

fn tool(tool: &ToolSpec) -> Value {
    let function = json!({
        "name": to_wire(&tool.name),
        "description": tool.description,
        "parameters": tool.parameters,
    });
    json!({ "type": "function", "function": function })
}

fn messages(request: &ModelRequest, provider: &str) -> Value {
    let system = (!request.system.is_empty()).then(|| json!({ "role": "system", "content": request.system }));
    let rest = request.messages.iter().map(|message| match message {
        ModelMessage::User { content } => json!({ "role": "user", "content": content }),
        ModelMessage::Assistant { content, tool_calls, reasoning } => {
            let mut message = json!({ "role": "assistant", "content": content });
            if let Some(thinking) = own(reasoning.as_ref(), provider) {
                message["thinking"] = thinking["thinking"].clone();
            }
            if !tool_calls.is_empty() {
                let calls = tool_calls.iter().map(|call| {
                    json!({ "function": { "name": to_wire(&call.name), "arguments": as_object(&call.arguments) } })
                });
                message["tool_calls"] = calls.collect();
            }
            message
        }
        ModelMessage::Tool { name, content, .. } => {
            json!({ "role": "tool", "tool_name": to_wire(name), "content": content })
        }
    });
    system.into_iter().chain(rest).collect()
}

#[cfg(test)]
mod tests {
    use sophon_model::ports::{ModelToolCall, Reasoning};

    use super::*;

    #[test]
    fn arguments_are_objects_and_results_name_their_tool() {
        let call = ModelToolCall { id: "ours".into(), name: "a.b".into(), arguments: json!({ "q": 1 }) };
        let reasoning = Some(Reasoning { provider: "p".into(), data: json!({ "thinking": "hm" }) });
        let request = ModelRequest {
            model: None,
            system: "Be brief.".into(),
            messages: vec![
                ModelMessage::User { content: "Hi".into() },
                ModelMessage::Assistant { content: String::new(), tool_calls: vec![call], reasoning },
                ModelMessage::Tool { call_id: "ours".into(), name: "a.b".into(), content: "found".into() },
            ],
            tools: Vec::new(),
            max_output_tokens: 9,
        };
        let body = body(&request, "m", 8_192, "p");
        let expected = json!([
            { "role": "system", "content": "Be brief." },
            { "role": "user", "content": "Hi" },
            { "role": "assistant", "content": "", "thinking": "hm", "tool_calls": [
                { "function": { "name": "a__b", "arguments": { "q": 1 } } },
            ] },
            { "role": "tool", "tool_name": "a__b", "content": "found" },
        ]);
        assert_eq!(body["messages"], expected);
        assert_eq!(body["options"], json!({ "num_predict": 9, "num_ctx": 8_192 }));
    }
}
