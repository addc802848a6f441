//! The body of a request for generated content.

use serde_json::{Map, Value, json};
use sophon_model::ports::{ModelMessage, ModelRequest, ModelToolCall, Reasoning, ToolSpec};

use crate::history::{as_object, own};
use crate::names::to_wire;

/// What Gemini takes in place of the signature of a call that it did not make, or whose signature is not at hand.
const UNSIGNED_CALL: &str = "skip_thought_signature_validator";

pub(super) fn body(request: &ModelRequest, provider: &str) -> Value {
    let mut body = Map::new();
    body.insert("contents".into(), contents(&request.messages, provider));
    body.insert("generationConfig".into(), json!({ "maxOutputTokens": request.max_output_tokens }));
    if !request.system.is_empty() {
        body.insert("systemInstruction".into(), json!({ "parts": [{ "text": request.system }] }));
    }
    if !request.tools.is_empty() {
        let declarations: Value = request.tools.iter().map(tool).collect();
        body.insert("tools".into(), json!([{ "functionDeclarations": declarations }]));
    }
    Value::Object(body)
}

fn tool(tool: &ToolSpec) -> Value {
    json!({
        "name": to_wire(&tool.name),
        "description": tool.description,
        "parametersJsonSchema": tool.parameters,
    })
}

/// Neighbours of one role become one content.
fn contents(messages: &[ModelMessage], provider: &str) -> Value {
    let mut turns: Vec<(&str, Vec<Value>)> = Vec::new();
    for message in messages {
        let (role, parts) = parts(message, provider);
        match turns.last_mut() {
            _ if parts.is_empty() => {}
            Some((last, turn)) if *last == role => turn.extend(parts),
            _ => turns.push((role, parts)),
        }
    }
    turns.into_iter().map(|(role, parts)| json!({ "role": role, "parts": parts })).collect()
}

fn parts(message: &ModelMessage, provider: &str) -> (&'static str, Vec<Value>) {
    let text = |content: &str| (!content.trim().is_empty()).then(|| json!({ "text": content })).into_iter();
    match message {
        ModelMessage::User { content } => ("user", text(content).collect()),
        ModelMessage::Assistant { content, tool_calls, reasoning } => {
            let calls = calls(tool_calls, reasoning.as_ref(), provider);
            ("model", text(content).chain(calls).collect())
        }
        ModelMessage::Tool { name, content, .. } => {
            let response = json!({ "name": to_wire(name), "response": { "result": content } });
            ("user", vec![json!({ "functionResponse": response })])
        }
    }
}

/// The first of the calls that were made at once bears the signature; those after it need none.
fn calls(calls: &[ModelToolCall], reasoning: Option<&Reasoning>, provider: &str) -> Vec<Value> {
    let signatures = own(reasoning, provider);
    let part = |(place, call): (usize, &ModelToolCall)| {
        let signature =
            signatures.and_then(|signatures| signatures.get(place)).filter(|known| !known.is_null());
        let call = json!({ "name": to_wire(&call.name), "args": as_object(&call.arguments) });
        let mut part = json!({ "functionCall": call });
        match signature {
            Some(signature) => part["thoughtSignature"] = signature.clone(),
            None if place == 0 => part["thoughtSignature"] = UNSIGNED_CALL.into(),
            None => {}
        }
        part
    };
    calls.iter().enumerate().map(part).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn calls_bear_their_signatures_and_results_are_a_persons_turn() {
        let call =
            |name: &str| ModelToolCall { id: "ours".into(), name: name.into(), arguments: json!({ "q": 1 }) };
        let result = |name: &str| ModelMessage::Tool {
            call_id: "ours".into(),
            name: name.into(),
            content: "ok".into(),
        };
        let said = |reasoning| {
            let request = ModelRequest {
                model: None,
                system: String::new(),
                messages: vec![
                    ModelMessage::User { content: "Hi".into() },
                    ModelMessage::Assistant {
                        content: String::new(),
                        tool_calls: vec![call("a.b"), call("c")],
                        reasoning,
                    },
                    result("a.b"),
                    result("c"),
                ],
                tools: Vec::new(),
                max_output_tokens: 9,
            };
            body(&request, "p")["contents"].clone()
        };
        let signed = said(Some(Reasoning { provider: "p".into(), data: json!(["s1", null]) }));
        let function = |name: &str| json!({ "name": name, "args": { "q": 1 } });
        let response =
            |name: &str| json!({ "functionResponse": { "name": name, "response": { "result": "ok" } } });
        let expected = json!([
            { "role": "user", "parts": [{ "text": "Hi" }] },
            { "role": "model", "parts": [
                { "functionCall": function("a__b"), "thoughtSignature": "s1" },
                { "functionCall": function("c") },
            ] },
            { "role": "user", "parts": [response("a__b"), response("c")] },
        ]);
        assert_eq!(signed, expected);
        assert_eq!(said(None)[1]["parts"][0]["thoughtSignature"], UNSIGNED_CALL);
    }
}
