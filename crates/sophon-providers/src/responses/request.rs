//! The body of a request for a response.

use serde_json::{Map, Value, json};
use sophon_model::ports::{ModelMessage, ModelRequest, ToolSpec};

use crate::history::{as_object, own};
use crate::names::to_wire;

pub(super) fn body(request: &ModelRequest, model: &str, provider: &str) -> Value {
    let mut body = Map::new();
    body.insert("model".into(), model.into());
    body.insert(
        "input".into(),
        request.messages.iter().flat_map(|message| items(message, provider)).collect(),
    );
    body.insert("stream".into(), true.into());
    body.insert("store".into(), false.into());
    // Without it, reasoning could not be handed back to a service that stores nothing.
    body.insert("include".into(), json!(["reasoning.encrypted_content"]));
    body.insert("max_output_tokens".into(), request.max_output_tokens.into());
    if !request.system.is_empty() {
        body.insert("instructions".into(), request.system.as_str().into());
    }
    if !request.tools.is_empty() {
        body.insert("tools".into(), request.tools.iter().map(tool).collect());
    }
    Value::Object(body)
}

fn tool(tool: &ToolSpec) -> Value {
    json!({
        "type": "function",
        "name": to_wire(&tool.name),
        "description": tool.description,
        "parameters": tool.parameters,
        "strict": false,
    })
}

fn items(message: &ModelMessage, provider: &str) -> Vec<Value> {
    match message {
        ModelMessage::User { content } => vec![json!({ "role": "user", "content": content })],
        ModelMessage::Assistant { content, tool_calls, reasoning } => {
            let thoughts = own(reasoning.as_ref(), provider).and_then(Value::as_array);
            let text = (!content.is_empty()).then(|| json!({ "role": "assistant", "content": content }));
            let calls = tool_calls.iter().map(|call| {
                let arguments = as_object(&call.arguments).to_string();
                json!({ "type": "function_call", "call_id": call.id, "name": to_wire(&call.name), "arguments": arguments })
            });
            thoughts.into_iter().flatten().cloned().chain(text).chain(calls).collect()
        }
        ModelMessage::Tool { call_id, content, .. } => {
            vec![json!({ "type": "function_call_output", "call_id": call_id, "output": content })]
        }
    }
}

#[cfg(test)]
mod tests {
    use sophon_model::ports::{ModelToolCall, Reasoning};

    use super::*;

    #[test]
    fn a_conversation_is_a_list_of_items_with_reasoning_before_the_calls() {
        let thought = json!({ "type": "reasoning", "id": "rs_1", "encrypted_content": "x", "summary": [] });
        let call = ModelToolCall { id: "c1".into(), name: "a.b".into(), arguments: json!({ "q": 1 }) };
        let request = ModelRequest {
            model: None,
            system: "Be brief.".into(),
            messages: vec![
                ModelMessage::User { content: "Hi".into() },
                ModelMessage::Assistant {
                    content: String::new(),
                    tool_calls: vec![call],
                    reasoning: Some(Reasoning { provider: "p".into(), data: json!([thought]) }),
                },
                ModelMessage::Tool { call_id: "c1".into(), name: "a.b".into(), content: "found".into() },
            ],
            tools: Vec::new(),
            max_output_tokens: 9,
        };
        let body = body(&request, "m", "p");
        let expected = json!([
            { "role": "user", "content": "Hi" },
            thought,
            { "type": "function_call", "call_id": "c1", "name": "a__b", "arguments": "{\"q\":1}" },
            { "type": "function_call_output", "call_id": "c1", "output": "found" },
        ]);
        assert_eq!(body["input"], expected);
        assert_eq!(
            (&body["instructions"], &body["store"], &body["max_output_tokens"]),
            (&json!("Be brief."), &json!(false), &json!(9))
        );
    }
}
