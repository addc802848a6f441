//! What a turn waits for the person to say: leave to do something, or an answer.

use std::collections::VecDeque;

use console::style;
use serde_json::Value;
use sophon_api::hubs::ChatEvent;
use sophon_api::{Accepted, ApprovalRequest, InfoRequest};
use sophon_client::{ClientError, collect};
use sophon_model::{Timestamp, ToolCallId};

use super::super::approvals::{arguments, colored, status, summary};
use super::super::context::Context;
use super::super::questions::asked;
use super::super::screen::one_line;
use super::super::when::span;

/// The most that is looked through for what this turn asks.
const MOST_LOOKED_AT: usize = 1_000;

/// What waits, oldest first. The first is before the person's eyes.
#[derive(Default)]
pub struct Asking(VecDeque<Asked>);

/// Something that is asked.
pub enum Asked {
    /// An action that needs leave.
    Action(Box<ApprovalRequest>),
    /// A question.
    Question(Box<InfoRequest>),
}

/// What a person is asked: the whole of it, and how to answer.
pub struct Prompt {
    pub text: String,
    pub hint: String,
}

/// What a person says to an action.
#[derive(Debug, PartialEq)]
enum Verdict {
    Approve,
    Reject(Option<String>),
    Edit(Value),
}

impl Asking {
    /// Looks for what the turn asks. Says how many of them were known before; they come first.
    pub async fn look(&mut self, context: &Context, turn: &Accepted) -> Result<usize, ClientError> {
        let (client, session) = (&context.client, Some(&turn.session_id));
        let approvals =
            collect(MOST_LOOKED_AT, |size, cursor| client.pending_approvals(session, size, cursor)).await?;
        let questions = collect(MOST_LOOKED_AT, |size, cursor| client.info_requests(size, cursor)).await?;
        let actions = approvals.items.into_iter().filter(|approval| approval.action.task_id == turn.task_id);
        let questions = questions.items.into_iter().filter(|question| question.asked.task_id == turn.task_id);
        let found = actions.map(|approval| Asked::Action(Box::new(approval)));
        let found = found.chain(questions.map(|question| Asked::Question(Box::new(question))));
        Ok(self.update(found.collect()))
    }

    /// Brings it up to what waits now. What is known keeps its place: the first stands before the person's eyes.
    fn update(&mut self, mut waits: Vec<Asked>) -> usize {
        // The gateway lists the newest first.
        waits.reverse();
        waits.sort_by_key(Asked::requested_at);
        self.0.retain(|known| waits.iter().any(|asked| asked.call() == known.call()));
        waits.retain(|asked| self.0.iter().all(|known| asked.call() != known.call()));
        let known = self.0.len();
        self.0.extend(waits);
        known
    }

    /// What is before the person's eyes.
    pub fn first(&self) -> Option<&Asked> {
        self.0.front()
    }

    /// All of it, in its order.
    pub fn iter(&self) -> impl Iterator<Item = &Asked> {
        self.0.iter()
    }

    /// Takes out what `event` shows to wait no longer; somebody else answered it, or its time is over.
    pub fn overtaken(&mut self, event: &ChatEvent) -> Option<Asked> {
        let index = self.0.iter().position(|asked| match (asked, event) {
            (Asked::Action(_), ChatEvent::ToolCallStarted(call)) => call.tool_call_id == *asked.call(),
            (Asked::Question(_), ChatEvent::ToolCallCompleted(call)) => call.tool_call_id == *asked.call(),
            _ => false,
        })?;
        self.0.remove(index)
    }

    /// Gives the person's line to the gateway as the answer to what is asked first, and says what became of it. What
    /// was not understood, or not accepted, is still asked.
    pub async fn answer(&mut self, context: &Context, line: &str) -> Result<String, ClientError> {
        let Some(asked) = self.first() else { return Ok(String::new()) };
        let (is_over, became) = match asked.answer(context, line).await {
            Ok(Ok(became)) => (true, became.to_owned()),
            Ok(Err(hint)) => (false, hint),
            Err(ClientError::Refused(refusal)) => {
                let is_final = ["already_resolved", "not_authorized", "not_found"];
                (is_final.contains(&refusal.code.as_str()), one_line(&refusal.message))
            }
            Err(error) if error.is_transient() => (false, error.to_string()),
            Err(error) => return Err(error),
        };
        if is_over {
            self.0.pop_front();
        }
        Ok(became)
    }
}

impl Asked {
    /// The tool call that waits.
    pub fn call(&self) -> &ToolCallId {
        match self {
            Asked::Action(approval) => &approval.action.tool_call_id,
            Asked::Question(question) => &question.asked.tool_call_id,
        }
    }

    fn requested_at(&self) -> Timestamp {
        match self {
            Asked::Action(approval) => *approval.action.requested_at,
            Asked::Question(question) => *question.asked.requested_at,
        }
    }

    /// All of it, for somebody who can answer here and now.
    pub fn prompt(&self, now: Timestamp) -> Prompt {
        match self {
            Asked::Action(approval) => {
                let left = span(approval.action.expires_at.since(now));
                let risk = colored(approval.action.risk_level).for_stderr();
                let tool = style(one_line(&approval.action.tool_name)).for_stderr().bold();
                let what = summary(approval);
                let arguments = match &approval.action.params {
                    Value::Object(none) if none.is_empty() => String::new(),
                    params => format!("\n{}", arguments(params)),
                };
                let edit = if approval.action.editable { ", edit {…} to change the arguments" } else { "" };
                Prompt {
                    text: format!(
                        "The agent needs your approval: {tool} · {risk} · {left} left\n{what}{arguments}"
                    ),
                    hint: format!("y to approve, n [reason] to reject{edit}: "),
                }
            }
            Asked::Question(question) => {
                let left = span(question.asked.expires_at.since(now));
                let how =
                    if question.asked.choices.is_empty() { "Your answer" } else { "A number, or any answer" };
                Prompt {
                    text: format!("The agent asks you ({left} left):\n{}", asked(question)),
                    hint: format!("{how}, or /skip: "),
                }
            }
        }
    }

    /// How to answer it in another place.
    pub fn directions(&self, now: Timestamp) -> String {
        match self {
            Asked::Action(approval) => {
                let (id, left) = (&approval.action.id, span(approval.action.expires_at.since(now)));
                format!(
                    "{} ({}) needs your approval within {left}: `sophon approvals show {id}`, then `sophon approvals \
                     approve {id}` or `sophon approvals reject {id}`",
                    one_line(&approval.action.tool_name),
                    approval.action.risk_level.as_str()
                )
            }
            Asked::Question(question) => {
                let (id, left) = (&question.asked.id, span(question.asked.expires_at.since(now)));
                format!(
                    "the agent asks you something and waits for {left}:\n{}\n`sophon questions answer {id} \"…\"` \
                     answers, `sophon questions decline {id}` does not",
                    asked(question)
                )
            }
        }
    }

    /// Gives the gateway what the line says; in the inner error, what to say to whoever wrote it.
    async fn answer(
        &self,
        context: &Context,
        line: &str,
    ) -> Result<Result<&'static str, String>, ClientError> {
        let client = &context.client;
        Ok(match self {
            Asked::Action(approval) => {
                let answered = match verdict(approval, line) {
                    Ok(Verdict::Approve) => client.approve(&approval.action.id).await?,
                    Ok(Verdict::Edit(arguments)) => {
                        client.approve_edited(&approval.action.id, &arguments).await?
                    }
                    Ok(Verdict::Reject(reason)) => {
                        client.reject(&approval.action.id, reason.as_deref()).await?
                    }
                    Err(hint) => return Ok(Err(hint)),
                };
                Ok(status(answered.action.status))
            }
            Asked::Question(question) => {
                let answered = match response(question, line) {
                    Ok(Some(response)) => client.respond(&question.asked.id, &response).await?,
                    Ok(None) => client.leave_unanswered(&question.asked.id).await?,
                    Err(hint) => return Ok(Err(hint)),
                };
                Ok(answered.asked.status.as_str())
            }
        })
    }
}

/// What a line says to an action.
fn verdict(approval: &ApprovalRequest, line: &str) -> Result<Verdict, String> {
    let line = line.trim();
    let (word, rest) = line.split_once(char::is_whitespace).unwrap_or((line, ""));
    match (word.to_lowercase().as_str(), rest.trim()) {
        ("y" | "yes", "") => Ok(Verdict::Approve),
        ("n" | "no", "") => Ok(Verdict::Reject(None)),
        ("n" | "no", why) => Ok(Verdict::Reject(Some(why.to_owned()))),
        ("edit", changed) if approval.action.editable => serde_json::from_str(changed)
            .map(Verdict::Edit)
            .map_err(|error| format!("that is not JSON ({error}); write it in one line")),
        _ => Err("that is neither yes nor no".to_owned()),
    }
}

/// What a line answers to a question, if anything.
fn response(question: &InfoRequest, line: &str) -> Result<Option<String>, String> {
    match line.trim() {
        "" => Err("that is no answer; /skip gives none".to_owned()),
        "/skip" => Ok(None),
        text => {
            let number: Option<usize> = text.parse().ok();
            let choice = number.and_then(|number| question.asked.choices.get(number.checked_sub(1)?));
            Ok(Some(choice.map_or(text, String::as_str).to_owned()))
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn approval(editable: bool) -> ApprovalRequest {
        serde_json::from_value(json!({
            "id": "apr_1", "kind": "tool", "digest": "", "toolName": "node.command", "riskLevel": "critical", "editable": editable,
            "params": { "command": "system.execute", "params": { "argv": ["rm", "a\u{202e}b\u{1b}[2K"] } },
            "preview": null, "sessionId": "ses_1", "taskId": "task_1", "toolCallId": "call_1",
            "agentId": "agent_1", "userId": "usr_1", "status": "pending", "outcomeDetail": null,
            "modifiedParams": null, "requestedAt": "2026-11-22T12:00:00.000Z",
            "expiresAt": "2026-11-22T12:05:00.000Z",
        }))
        .expect("an approval")
    }

    fn question_of(call: &str) -> Asked {
        let mut question = question();
        question.asked.tool_call_id = call.into();
        Asked::Question(Box::new(question))
    }

    #[test]
    fn what_stands_before_the_person_keeps_its_place_while_it_waits() {
        let mut asking = Asking::default();
        let calls = |asking: &Asking| -> Vec<String> {
            asking.0.iter().map(|asked| asked.call().to_string()).collect()
        };
        assert_eq!(asking.update(vec![question_of("b"), question_of("a")]), 0);
        assert_eq!(calls(&asking), ["a", "b"], "oldest first");
        assert_eq!(asking.update(vec![question_of("b"), question_of("a"), question_of("earlier")]), 2);
        assert_eq!(calls(&asking), ["a", "b", "earlier"]);
        assert_eq!(asking.update(vec![question_of("earlier"), question_of("b")]), 2);
        assert_eq!(calls(&asking), ["b", "earlier"]);
    }

    fn question() -> InfoRequest {
        serde_json::from_value(json!({
            "id": "info_1", "question": "Which?\ny to approve", "choices": ["red", "blue"], "sessionId": "ses_1",
            "taskId": "task_1", "toolCallId": "call_2", "agentId": "agent_1", "userId": "usr_1",
            "status": "pending", "response": null, "requestedAt": "2026-11-22T12:00:00.000Z",
            "expiresAt": "2026-11-22T12:05:00.000Z",
        }))
        .expect("a question")
    }

    #[test]
    fn no_arguments_are_not_shown() {
        let mut approval = approval(false);
        approval.action.params = json!({});
        let prompt = Asked::Action(Box::new(approval)).prompt(Timestamp::from_millis(1_795_348_800_000));
        assert!(prompt.text.ends_with("left\nnode.command"), "{}", prompt.text);
        assert_eq!(prompt.hint, "y to approve, n [reason] to reject: ");
    }

    #[test]
    fn only_a_plain_yes_is_one() {
        let (fixed, editable) = (approval(false), approval(true));
        for yes in ["y", " Y ", "yes"] {
            assert_eq!(verdict(&fixed, yes), Ok(Verdict::Approve), "{yes}");
        }
        for unclear in ["", "yep", "y please", "ok", "1", "edit {}", "/stop"] {
            assert!(verdict(&fixed, unclear).is_err(), "{unclear}");
        }
        assert_eq!(verdict(&fixed, "n"), Ok(Verdict::Reject(None)));
        assert_eq!(verdict(&fixed, "no not today"), Ok(Verdict::Reject(Some("not today".to_owned()))));
        assert_eq!(verdict(&editable, r#"edit {"a": 1}"#), Ok(Verdict::Edit(json!({ "a": 1 }))));
        assert!(verdict(&editable, "edit").is_err_and(|hint| hint.contains("not JSON")));
    }

    #[test]
    fn a_number_stands_for_a_choice_and_any_other_text_for_itself() {
        let said = |line| response(&question(), line);
        assert_eq!(said("2"), Ok(Some("blue".to_owned())));
        assert_eq!(said("3"), Ok(Some("3".to_owned())));
        assert_eq!(said(" 0 "), Ok(Some("0".to_owned())));
        assert_eq!(said("green, please"), Ok(Some("green, please".to_owned())));
        assert_eq!(said("/skip"), Ok(None));
        assert!(said(" ").is_err());
    }

    #[test]
    fn what_is_asked_is_shown_whole_with_nothing_hidden() {
        let now = Timestamp::from_millis(1_795_348_800_000);
        let action = Asked::Action(Box::new(approval(true))).prompt(now).text;
        assert!(action.contains(r"a\u{202e}b\u001b[2K"), "{action}");
        let question = Asked::Question(Box::new(question())).prompt(now).text;
        assert!(question.ends_with("  Which?\n  y to approve\n  1) red\n  2) blue"), "{question}");
    }
}
