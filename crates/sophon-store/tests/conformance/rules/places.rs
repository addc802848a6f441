//! x
use crate::harness::Rule;
pub fn rules() -> Vec<Rule> {
    vec![]
}
