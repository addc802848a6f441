//! The order of roles that the strictest model servers insist on.
//!
//! Templates of Mistral, Gemma and many others on llama.cpp and vLLM, and Anthropic, refuse a conversation that does
//! not begin with a person, whose roles do not alternate, whose calls lack results or whose results lack calls.

use serde_json::Value;
use sophon_model::ports::ModelMessage;

use crate::model_server::Wire;

/// The role of a message, as far as order is concerned.
enum Said<'a> {
    Person { is_blank: bool },
    Model { is_blank: bool, calls: Vec<&'a str> },
    Tool { call: &'a str },
}

/// What is wrong with the order of a conversation.
pub fn check(messages: &[ModelMessage]) -> Result<(), String> {
    check_order(messages.iter().map(|message| match message {
        ModelMessage::User { content } => Said::Person { is_blank: content.trim().is_empty() },
        ModelMessage::Assistant { content, tool_calls, .. } => Said::Model {
            is_blank: content.trim().is_empty(),
            calls: tool_calls.iter().map(|call| call.id.as_str()).collect(),
        },
        ModelMessage::Tool { call_id, .. } => Said::Tool { call: call_id },
    }))
}

/// What is wrong with the order of a conversation in a request. Formats that need no order, and those whose order is a
/// consequence of another's, are not looked at.
pub(crate) fn check_request(wire: Wire, body: &Value) -> Result<(), String> {
    let messages = || body["messages"].as_array().into_iter().flatten();
    match wire {
        Wire::OpenAi => {
            check_order(messages().filter(|message| message["role"] != "system").map(chat_message))
        }
        Wire::Anthropic => {
            let roles: Vec<&Value> = messages().map(|message| &message["role"]).collect();
            let alternate =
                roles.iter().enumerate().all(|(place, role)| **role == ["user", "assistant"][place % 2]);
            if alternate { Ok(()) } else { Err(format!("messages: roles must alternate, and are {roles:?}")) }
        }
        Wire::Responses | Wire::Gemini | Wire::Ollama => Ok(()),
    }
}

fn chat_message(message: &Value) -> Said<'_> {
    let is_blank = message["content"].as_str().is_none_or(|content| content.trim().is_empty());
    let calls = message["tool_calls"].as_array().into_iter().flatten();
    match message["role"].as_str() {
        Some("assistant") => {
            Said::Model { is_blank, calls: calls.filter_map(|call| call["id"].as_str()).collect() }
        }
        Some("tool") => Said::Tool { call: message["tool_call_id"].as_str().unwrap_or_default() },
        _ => Said::Person { is_blank },
    }
}

fn check_order<'a>(messages: impl Iterator<Item = Said<'a>>) -> Result<(), String> {
    let mut last = None;
    let mut open: Vec<&str> = Vec::new();
    for (place, said) in messages.enumerate() {
        let wrong = |what: &str| Err(format!("Conversation roles must alternate: message {place} {what}."));
        match &said {
            Said::Tool { call } => {
                if open.first() != Some(call) {
                    return wrong("is the result of no call, or out of order");
                }
                open.remove(0);
            }
            _ if !open.is_empty() => return wrong("stands where the result of a call belongs"),
            Said::Person { is_blank } => {
                if *is_blank || !matches!(last, None | Some(Said::Model { .. })) {
                    return wrong("is a person's and blank, or after a person's or a tool's");
                }
            }
            Said::Model { is_blank, calls } => {
                if (*is_blank && calls.is_empty())
                    || !matches!(last, Some(Said::Person { .. } | Said::Tool { .. }))
                {
                    return wrong("is the model's and blank, or the first, or after the model's");
                }
                open.clone_from(calls);
            }
        }
        last = Some(said);
    }
    match last {
        Some(Said::Person { .. } | Said::Tool { .. }) if open.is_empty() => Ok(()),
        _ => {
            Err("Conversation roles must alternate: the last is neither a person's nor a tool's.".to_owned())
        }
    }
}
