//! `calculator.evaluate`

use std::time::{Duration, Instant};

use async_trait::async_trait;
use serde::Deserialize;
use serde_json::{Value, json};
use sophon_model::Risk;
use sophon_model::ports::ToolSpec;

use super::deep_stack::on_deep_stack;
use super::{Tool, ToolContext, ToolFailure, ToolOutput, spec, typed};

/// The longest expression, in bytes.
const LONGEST_EXPRESSION: usize = 1_000;
/// How long an evaluation may take.
const MOST_TIME: Duration = Duration::from_millis(500);

pub(super) struct Evaluate;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Arguments {
    expression: String,
}

/// Lets an evaluation go on until its time is over.
struct Deadline(Instant);

impl fend_core::Interrupt for Deadline {
    fn should_interrupt(&self) -> bool {
        Instant::now() >= self.0
    }
}

#[async_trait]
impl Tool for Evaluate {
    fn spec(&self) -> ToolSpec {
        let expression = json!({ "type": "string", "description": "For example 17.5% of 240, sqrt(2)^3, 5 km / 20 min to mph." });
        spec(
            "calculator.evaluate",
            "Exact arithmetic with numbers of any size, percentages, functions and units. Use it for every calculation.",
            Risk::None,
            &json!({ "expression": expression }),
            &["expression"],
        )
    }

    async fn call(&self, _: &ToolContext, arguments: Value) -> Result<ToolOutput, ToolFailure> {
        let Arguments { expression } = typed(arguments)?;
        if expression.len() > LONGEST_EXPRESSION {
            return Err(ToolFailure(format!("An expression has at most {LONGEST_EXPRESSION} bytes.")));
        }
        let evaluated = on_deep_stack(move || evaluate(&expression)).await;
        let result =
            evaluated.ok_or_else(|| ToolFailure("The expression could not be evaluated.".into()))??;
        Ok(result.into())
    }
}

fn evaluate(expression: &str) -> Result<String, ToolFailure> {
    // A function can call itself without an end, and no deadline is looked at meanwhile.
    if [":", "\\", "=>"].iter().any(|sign| expression.contains(sign)) {
        return Err(ToolFailure("Functions cannot be defined here. Write the calculation itself.".into()));
    }
    let deadline = Deadline(Instant::now() + MOST_TIME);
    let mut context = fend_core::Context::new();
    match fend_core::evaluate_with_interrupt(expression, &mut context, &deadline) {
        Ok(result) => Ok(result.get_main_result().to_owned()),
        Err(error) if Instant::now() >= deadline.0 => {
            Err(ToolFailure(format!("The expression takes too long to evaluate ({error}).")))
        }
        Err(error) => Err(ToolFailure(format!("That is not an expression I can evaluate: {error}."))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn evaluates_what_people_ask_for() {
        let cases = [
            ("6*7", "42"),
            ("17.5% of 240", "42"),
            ("0.1 + 0.2", "0.3"),
            ("2^100", "1267650600228229401496703205376"),
        ];
        for (expression, result) in cases {
            assert_eq!(evaluate(expression).as_deref(), Ok(result), "{expression}");
        }
    }

    #[tokio::test]
    async fn what_would_take_the_whole_stack_is_evaluated_or_refused() {
        let deep = |opening: &str, closing: &str, depth: usize| {
            format!("{}1{}", opening.repeat(depth), closing.repeat(depth))
        };
        for expression in [
            "(x:x x)(x:x x)".to_owned(),
            "(\\x.x x)(\\x.x x)".to_owned(),
            "(x => x x)(x => x x)".to_owned(),
            deep("(", ")", 499),
            deep("-", "", 999),
            deep("sin ", "", 249),
        ] {
            let evaluated = on_deep_stack(move || evaluate(&expression)).await;
            assert!(evaluated.is_some(), "it came to an end");
        }
    }

    #[test]
    fn rubbish_and_endless_work_are_refused() {
        evaluate("six times").unwrap_err();
        evaluate("9^9^9^9").unwrap_err();
        evaluate("(2^100000)^1000 mod 7").unwrap_err();
    }
}
