//! The body of a request for a chat completion.

use serde_json::{Map, Value, json};
use sophon_model::ports::{ModelMessage, ModelRequest, ModelToolCall, ToolSpec};

use super::Dialect;
use crate::history::{as_object, own};
use crate::names::to_wire;
use crate::presets;

pub(super) fn body(request: &ModelRequest, model: &str, dialect: Dialect, provider: &str) -> Value {
    let mut body = Map::new();
    body.insert("model".into(), model.into());
    body.insert("messages".into(), messages(request, provider));
    body.insert("stream".into(), true.into());
    body.insert("stream_options".into(), json!({ "include_usage": true }));
    let limit = if dialect == Dialect::OpenAi { "max_completion_tokens" } else { "max_tokens" };
    body.insert(limit.into(), request.max_output_tokens.into());
    if !request.tools.is_empty() {
        body.insert("tools".into(), request.tools.iter().map(tool).collect());
        if dialect == Dialect::OpenAi && presets::refuses_tools_while_reasoning(model) {
            body.insert("reasoning_effort".into(), "none".into());
        }
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
        ModelMessage::Assistant { content, tool_calls, .. } if tool_calls.is_empty() => {
            json!({ "role": "assistant", "content": content })
        }
        ModelMessage::Assistant { content, tool_calls, reasoning } => {
            let content = if content.is_empty() { Value::Null } else { content.as_str().into() };
            let calls: Value = tool_calls.iter().map(call).collect();
            let mut message = json!({ "role": "assistant", "content": content, "tool_calls": calls });
            for (name, thoughts) in
                own(reasoning.as_ref(), provider).and_then(Value::as_object).into_iter().flatten()
            {
                message[name] = thoughts.clone();
            }
            message
        }
        ModelMessage::Tool { call_id, content, .. } => {
            json!({ "role": "tool", "tool_call_id": call_id, "content": content })
        }
    });
    system.into_iter().chain(rest).collect()
}

fn call(made: &ModelToolCall) -> Value {
    let arguments = as_object(&made.arguments).to_string();
    let function = json!({ "name": to_wire(&made.name), "arguments": arguments });
    json!({ "id": made.id, "type": "function", "function": function })
}

#[cfg(test)]
mod tests {
    use sophon_model::Risk;
    use sophon_model::ports::Reasoning;

    use super::*;

    fn request() -> ModelRequest {
        let call =
            |id: &str, arguments| ModelToolCall { id: id.into(), name: "memory.search".into(), arguments };
        ModelRequest {
            model: None,
            system: "Be brief.".into(),
            messages: vec![
                ModelMessage::User { content: "Hi".into() },
                ModelMessage::Assistant {
                    content: String::new(),
                    tool_calls: vec![call("a", json!({ "q": 1 })), call("b", json!("{broken"))],
                    reasoning: Some(Reasoning {
                        provider: "p".into(),
                        data: json!({ "reasoning_content": "hm" }),
                    }),
                },
                ModelMessage::Tool {
                    call_id: "a".into(),
                    name: "memory.search".into(),
                    content: "found".into(),
                },
            ],
            tools: vec![ToolSpec {
                name: "memory.search".into(),
                description: "Searches.".into(),
                parameters: json!({ "type": "object" }),
                risk: Risk::None,
                is_editable: false,
            }],
            max_output_tokens: 100,
        }
    }

    #[test]
    fn a_conversation_is_told_in_roles_with_calls_and_results() {
        let body = body(&request(), "m", Dialect::Common, "p");
        let function = |arguments: &str| json!({ "name": "memory__search", "arguments": arguments });
        let expected = json!([
            { "role": "system", "content": "Be brief." },
            { "role": "user", "content": "Hi" },
            { "role": "assistant", "content": null, "reasoning_content": "hm", "tool_calls": [
                { "id": "a", "type": "function", "function": function(r#"{"q":1}"#) },
                { "id": "b", "type": "function", "function": function(r#"{"unparsed":"{broken"}"#) },
            ] },
            { "role": "tool", "tool_call_id": "a", "content": "found" },
        ]);
        assert_eq!(body["messages"], expected);
        assert_eq!(body["tools"][0]["function"]["name"], "memory__search");
        assert_eq!(body["stream_options"]["include_usage"], true);
        assert_eq!((&body["max_tokens"], body.get("max_completion_tokens")), (&json!(100), None));
    }

    #[test]
    fn openai_itself_has_its_own_name_for_the_limit_and_no_tools_while_reasoning() {
        let body_of = |model| body(&request(), model, Dialect::OpenAi, "p");
        assert_eq!(body_of("gpt-5.5")["max_completion_tokens"], 100);
        assert_eq!(body_of("gpt-5.5").get("reasoning_effort"), None);
        assert_eq!(body_of("gpt-6.1-terra")["reasoning_effort"], "none");
        let without_tools = ModelRequest { tools: Vec::new(), ..request() };
        assert_eq!(body(&without_tools, "gpt-6.1-terra", Dialect::OpenAi, "p").get("reasoning_effort"), None);
    }

    #[test]
    fn the_reasoning_of_another_provider_is_not_passed_on() {
        let body = body(&request(), "m", Dialect::Common, "other");
        assert_eq!(body["messages"][2].get("reasoning_content"), None);
    }
}
