//! The built-in offline agent: what answers when no model provider is configured.
//!
//! It is no language model and says so. It understands a few phrases, and for those it really uses the tools that
//! the agent is allowed: it goes through the same loop as any model.

use async_trait::async_trait;
use futures_util::{StreamExt, stream};
use serde_json::json;
use sophon_model::Usage;
use sophon_model::ports::{
    ModelError, ModelErrorKind, ModelEvent, ModelInfo, ModelMessage, ModelProvider, ModelRequest,
    ModelStream, ModelToolCall, StopReason,
};

use super::FILES_HEADING;
use crate::memory::NOTHING_REMEMBERED;

const PROVIDER: &str = "sophon";
const MODEL: &str = "offline";

/// Lines of a message that nobody types into a chat: a text from a file or a pipe, to be read.
const LINES_OF_A_TEXT: usize = 4;

/// Words of questions that say nothing of what is asked about.
const FUNCTION_WORDS: [&str; 52] = [
    "a", "about", "am", "an", "and", "are", "at", "called", "can", "could", "did", "do", "does", "for",
    "has", "have", "how", "i", "in", "is", "it", "know", "many", "me", "much", "my", "name", "named", "of",
    "old", "on", "our", "please", "s", "tell", "that", "the", "their", "they", "this", "to", "was", "we",
    "were", "what", "when", "where", "which", "who", "whose", "you", "your",
];

const INTRODUCTION: &str = "\
I am Sophon's built-in **offline agent**. No model provider is configured, so I cannot hold a conversation, but I \
can do real work with your tools. Try:

- `remember that the bins go out on Tuesday`
- `when do the bins go out?`
- `calculate 17.5% of 240`
- `search bins` to look through this session
- `what time is it?`
- `fetch https://example.com`
- `forget everything`, for which I have to ask you first

To talk to a language model, add a provider in the dashboard under **Models**, or with `sophon onboard`.";

/// The provider of one model: `offline`.
pub struct OfflineModel {
    models: Vec<ModelInfo>,
}

impl OfflineModel {
    pub(crate) fn new() -> Self {
        Self { models: vec![ModelInfo::unknown(MODEL, PROVIDER)] }
    }
}

#[async_trait]
impl ModelProvider for OfflineModel {
    fn id(&self) -> &str {
        PROVIDER
    }

    fn models(&self) -> &[ModelInfo] {
        &self.models
    }

    async fn stream(&self, request: ModelRequest) -> Result<ModelStream, ModelError> {
        let events = match answer(&request) {
            Answer::Refuse => return Err(cannot_read()),
            Answer::Call { tool, arguments } => {
                let call = ModelToolCall { id: "call".into(), name: tool.into(), arguments };
                vec![ModelEvent::ToolCall(call), used(&request, ""), ModelEvent::Stop(StopReason::ToolCalls)]
            }
            Answer::Say(text) => {
                let mut events: Vec<_> = words(&text).map(|word| ModelEvent::Text(word.to_owned())).collect();
                events.push(used(&request, &text));
                events.push(ModelEvent::Stop(StopReason::Stop));
                events
            }
        };
        // A word at a time, as a model would, so that the answer is seen to grow.
        let paced = stream::iter(events).then(|event| async {
            tokio::task::yield_now().await;
            Ok(event)
        });
        Ok(paced.boxed())
    }
}

/// Words are what this model counts in place of tokens.
fn used(request: &ModelRequest, written: &str) -> ModelEvent {
    let count = |text: &str| i64::try_from(text.split_whitespace().count()).unwrap_or(i64::MAX);
    let read = request.messages.iter().map(|message| match message {
        ModelMessage::User { content }
        | ModelMessage::Assistant { content, .. }
        | ModelMessage::Tool { content, .. } => count(content),
    });
    ModelEvent::Usage(Usage {
        input_tokens: read.sum(),
        output_tokens: count(written),
        model: MODEL.into(),
        provider: PROVIDER.into(),
    })
}

fn words(text: &str) -> impl Iterator<Item = &str> {
    text.split_inclusive(char::is_whitespace)
}

/// A text to be reviewed or summarised is refused: a program that waits for the answer takes an introduction for one.
fn cannot_read() -> ModelError {
    ModelError {
        provider: PROVIDER.into(),
        kind: ModelErrorKind::NoModel,
        model: Some(MODEL.into()),
        url: None,
        message: "it cannot read a text".into(),
        retry_after: None,
        nearest: [].into(),
    }
}

#[derive(Debug, PartialEq)]
enum Answer {
    Refuse,
    Say(String),
    Call { tool: &'static str, arguments: serde_json::Value },
}

fn answer(request: &ModelRequest) -> Answer {
    if let Some(ModelMessage::Tool { .. }) = request.messages.last() {
        return Answer::Say(report(&request.messages));
    }
    let asked = request.messages.iter().rev().find_map(|message| match message {
        // It makes nothing of files.
        ModelMessage::User { content } => content.split(FILES_HEADING).next().map(str::trim),
        _ => None,
    });
    let Some((tool, arguments)) = asked.and_then(wanted) else {
        let is_text = asked.is_some_and(|asked| asked.lines().count() >= LINES_OF_A_TEXT);
        return if is_text { Answer::Refuse } else { Answer::Say(INTRODUCTION.into()) };
    };
    if request.tools.iter().any(|offered| offered.name == tool) {
        return Answer::Call { tool, arguments };
    }
    Answer::Say(format!(
        "That needs the tool `{tool}`, which this agent is not allowed to use. Its tool list can be changed on the agent's page."
    ))
}

/// What the tools returned, in words.
fn report(messages: &[ModelMessage]) -> String {
    let returned = messages.iter().rev().map_while(|message| match message {
        ModelMessage::Tool { name, content, .. } => Some((name.as_str(), content.as_str())),
        _ => None,
    });
    let mut parts: Vec<String> = returned
        .map(|(name, content)| match name {
            "memory.write" => "I will remember that.".to_owned(),
            "memory.search" if content.trim() == NOTHING_REMEMBERED => format!("{content}\n\n{INTRODUCTION}"),
            "memory.search" => format!("This is what I remember:\n\n{content}"),
            "calculator.evaluate" => format!("The result is **{}**.", content.trim()),
            "datetime.now" => format!("It is {}.", content.trim()),
            "person.ask" => format!("You said: {}", content.trim()),
            "session.search" => format!("This is what I found in this session:\n\n{content}"),
            _ => content.to_owned(),
        })
        .collect();
    parts.reverse();
    parts.join("\n\n")
}

/// The tool that a phrase asks for.
fn wanted(asked: &str) -> Option<(&'static str, serde_json::Value)> {
    let lower = asked.to_lowercase();
    // Lower-casing may change lengths outside of ASCII; the phrases are ASCII, so what follows one is found by its
    // own length in the original.
    let after = |phrase: &str| {
        (lower.starts_with(phrase) && asked.is_char_boundary(phrase.len()))
            .then(|| asked[phrase.len()..].trim().trim_end_matches(['?', '!']).trim())
            .filter(|rest| !rest.is_empty())
    };
    let first = |phrases: &[&str]| phrases.iter().find_map(|phrase| after(phrase));
    if let Some(topic) = first(&["what do you remember about ", "what do you know about ", "recall "]) {
        return Some(("memory.search", json!({ "query": topic })));
    }
    if lower.starts_with("what do you remember") {
        return Some(("memory.search", json!({ "query": "" })));
    }
    if lower.starts_with("forget everything") {
        return Some(("memory.forget_all", json!({})));
    }
    if let Some(question) = first(&["ask me "]) {
        return Some(("person.ask", json!({ "question": question })));
    }
    if let Some(fact) = first(&["remember that ", "please remember that ", "remember "]) {
        return Some(("memory.write", json!({ "content": fact })));
    }
    if let Some(expression) = first(&["calculate ", "compute ", "how much is "]) {
        return Some(("calculator.evaluate", json!({ "expression": expression })));
    }
    if let Some(query) = first(&["search for ", "search "]) {
        return Some(("session.search", json!({ "query": query })));
    }
    if let Some(url) = first(&["fetch ", "read http"]) {
        let url = if lower.starts_with("read http") { format!("http{url}") } else { url.to_owned() };
        return Some(("web.fetch", json!({ "url": url })));
    }
    if lower.contains("what time is it") || lower.contains("what day is it") || lower.contains("date today") {
        return Some(("datetime.now", json!({})));
    }
    if let Some(expression) = after("what is ").filter(|rest| is_arithmetic(rest)) {
        return Some(("calculator.evaluate", json!({ "expression": expression })));
    }
    subject_of_question(&lower).map(|subject| ("memory.search", json!({ "query": subject })))
}

fn is_arithmetic(text: &str) -> bool {
    text.chars().any(|c| c.is_ascii_digit())
}

/// What a question is about, without the words that make it a question; nothing if it is none.
fn subject_of_question(lower: &str) -> Option<String> {
    const QUESTIONS: [&str; 9] =
        ["what", "when", "where", "who", "whose", "which", "how", "do you know", "can you tell"];
    let is_question = !lower.contains('\n')
        && QUESTIONS.iter().any(|word| {
            lower.strip_prefix(word).is_some_and(|rest| !rest.starts_with(char::is_alphanumeric))
        });
    let words = lower.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty());
    let telling: Vec<&str> = words.filter(|word| !FUNCTION_WORDS.contains(word)).collect();
    (is_question && !telling.is_empty()).then(|| telling.join(" "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn phrases_ask_for_tools() {
        let cases = [
            (
                "Remember that my cat is called Oscar",
                "memory.write",
                json!({"content": "my cat is called Oscar"}),
            ),
            ("what do you remember about my cat?", "memory.search", json!({"query": "my cat"})),
            ("What do you remember?", "memory.search", json!({"query": ""})),
            ("calculate 6*7", "calculator.evaluate", json!({"expression": "6*7"})),
            ("what is 2 + 2?", "calculator.evaluate", json!({"expression": "2 + 2"})),
            ("search for bins", "session.search", json!({"query": "bins"})),
            ("fetch https://example.com", "web.fetch", json!({"url": "https://example.com"})),
            ("hey, what time is it?", "datetime.now", json!({})),
            ("Forget everything!", "memory.forget_all", json!({})),
            ("what is my cat called?", "memory.search", json!({"query": "cat"})),
            ("When do the bins go out?", "memory.search", json!({"query": "bins go out"})),
            ("What's the name of my sister's dog?", "memory.search", json!({"query": "sister dog"})),
            ("do you know where my keys are", "memory.search", json!({"query": "keys"})),
            ("ask me which colour I want", "person.ask", json!({"question": "which colour I want"})),
        ];
        for (asked, tool, arguments) in cases {
            assert_eq!(wanted(asked), Some((tool, arguments)), "{asked}");
        }
        for small_talk in ["hello", "remember", "what are you?", "whatever", "Größe İ", ""] {
            assert_eq!(wanted(small_talk), None, "{small_talk}");
        }
    }

    #[test]
    fn a_text_to_be_read_is_refused_and_small_talk_is_answered() {
        let say = |content: &str| {
            let messages = vec![ModelMessage::User { content: content.into() }];
            let (system, tools) = (String::new(), Vec::new());
            answer(&ModelRequest { model: None, system, messages, tools, max_output_tokens: 1 })
        };
        assert_eq!(say("Review this:\n\n--- a\n+++ b\n-old\n+new"), Answer::Refuse);
        assert_eq!(say("Hello\nthere"), Answer::Say(INTRODUCTION.into()));
    }
}
