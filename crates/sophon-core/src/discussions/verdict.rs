//! The judge: what it reads, and what counts as a verdict.

use sophon_model::ports::{ModelMessage, ModelRequest};
use sophon_model::{DiscussionRun, DiscussionTurn, Error, Kind, Result, Usage, Verdict};

use super::runner::DiscussionRunner;
use super::speak::transcript;
use crate::tasks::first_line_truncated;
use crate::untrusted;

/// Tokens that the judge may write.
const MOST_OUTPUT_TOKENS: u32 = 4_096;
/// The judge's answer is cut at this many bytes.
const LONGEST_ANSWER: usize = 64 * 1024;
/// How often the judge is asked: once more after an answer that is no verdict.
const ATTEMPTS: u32 = 2;
/// What is wrong with an answer is cut at this many characters: it quotes the answer.
const LONGEST_REASON: usize = 200;
/// Key points, and likewise points of dissent.
const MOST_POINTS: usize = 20;

const SHAPE: &str = "Answer with one JSON object and nothing else, of this shape: {\"recommendation\": string, what is \
to be done; \"reasoning\": string, why; \"confidence\": number from 0 to 1; \"keyPoints\": array of strings, what \
carried the decision; \"dissent\": array of strings, what speaks against it, empty if nothing does}.";

impl DiscussionRunner {
    /// The judge's verdict on what was said. An answer that is none is asked for once more, with what is wrong with
    /// it. What it consumed is added to `usage`, also if it comes to nothing.
    pub(super) async fn judge(
        &self,
        run: &DiscussionRun,
        turns: &[DiscussionTurn],
        usage: &mut Usage,
    ) -> Result<Verdict> {
        let voice = self.voice(&run.tenant_id, &run.judge).await?;
        let system = format!(
            "{}\n\nYou are {}, the judge of a discussion. Decide by the arguments.\n\n{}\n\n{SHAPE}",
            voice.character.trim(),
            run.judge.name,
            untrusted::RULE,
        );
        let said = transcript(run, turns, || self.db.random());
        let content = format!("The topic: {}\n\n{said}Give your verdict.", run.topic.trim());
        let mut messages = vec![ModelMessage::User { content }];
        let mut left = ATTEMPTS;
        loop {
            left -= 1;
            let request = ModelRequest {
                model: None,
                system: system.clone(),
                messages: messages.clone(),
                tools: Vec::new(),
                max_output_tokens: MOST_OUTPUT_TOKENS,
            };
            let answer =
                self.models.current().answer(voice.model.as_deref(), request, LONGEST_ANSWER, usage).await;
            match answer.map(|text| (parse(&text), text)) {
                Ok((Ok(verdict), _)) => return Ok(verdict),
                Ok((Err(reason), _)) if left == 0 => {
                    let text = format!("The judge gave no verdict that can be read: {reason}.");
                    return Err(Error::new(Kind::UpstreamUnavailable, text));
                }
                Ok((Err(reason), text)) => {
                    messages.push(ModelMessage::Assistant {
                        content: text,
                        tool_calls: Vec::new(),
                        reasoning: None,
                    });
                    let content = format!("That is no verdict: {reason}. {SHAPE}");
                    messages.push(ModelMessage::User { content });
                }
                Err(error) => return Err(error),
            }
        }
    }
}

/// The verdict in an answer; what is wrong with it if there is none. Models like to put a fence or a sentence around
/// an object.
fn parse(answer: &str) -> Result<Verdict, String> {
    let (Some(begin), Some(end)) = (answer.find('{'), answer.rfind('}')) else {
        return Err("there is no JSON object in it".into());
    };
    let object = answer.get(begin..=end).ok_or("the JSON object in it is not whole")?;
    let reason = |error: serde_json::Error| first_line_truncated(&error.to_string(), LONGEST_REASON);
    let verdict: Verdict = serde_json::from_str(object).map_err(reason)?;
    if !(0.0..=1.0).contains(&verdict.confidence) {
        return Err(format!("the confidence is {}, and not from 0 to 1", verdict.confidence));
    }
    if verdict.recommendation.trim().is_empty() || verdict.reasoning.trim().is_empty() {
        return Err("the recommendation or the reasoning is empty".into());
    }
    if verdict.key_points.len() > MOST_POINTS || verdict.dissent.len() > MOST_POINTS {
        return Err(format!("there are more than {MOST_POINTS} points of a kind"));
    }
    Ok(verdict)
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn verdict() -> Value {
        json!({ "recommendation": "Wait.", "reasoning": "It is early.", "confidence": 0.5,
            "keyPoints": ["cost"], "dissent": [] })
    }

    fn with(field: &str, value: Value) -> String {
        let mut verdict = verdict();
        verdict[field] = value;
        verdict.to_string()
    }

    #[test]
    fn a_verdict_is_found_in_what_models_put_around_it() {
        let bare = verdict().to_string();
        for answer in
            [bare.clone(), format!("```json\n{bare}\n```"), format!("Here it is: {bare} Good luck!")]
        {
            assert_eq!(parse(&answer).unwrap().recommendation, "Wait.", "{answer}");
        }
    }

    #[test]
    fn what_has_another_shape_is_no_verdict_and_the_reason_names_what_is_wrong() {
        for (answer, reason) in [
            ("I would wait.".to_owned(), "no JSON object"),
            ("}{".to_owned(), "EOF"),
            ("{\"recommendation\": \"Wait.\"".to_owned(), "no JSON object"),
            ("{recommendation}".to_owned(), "key must be a string"),
            ("{\"recommendation\": \"Wait.\"}".to_owned(), "missing field"),
            (with("confidence", json!("high")), "invalid type"),
            (with("confidence", json!(1.1)), "from 0 to 1"),
            (with("confidence", json!(-0.1)), "from 0 to 1"),
            (with("keyPoints", json!("cost")), "invalid type"),
            (with("keyPoints", json!(vec!["x"; MOST_POINTS + 1])), "points of a kind"),
            (with("reasoning", json!(" ")), "is empty"),
            (with("winner", json!("ada")), "unknown field"),
            (with("confidence", json!("x".repeat(60_000))), "invalid type"),
        ] {
            let wrong = parse(&answer).unwrap_err();
            assert!(wrong.contains(reason), "{answer}: {wrong}");
            assert!(wrong.chars().count() <= LONGEST_REASON, "a reason is short: {wrong}");
        }
    }
}
