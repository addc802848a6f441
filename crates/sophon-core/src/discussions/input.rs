//! What is asked for, and how it becomes a panel.

use sophon_model::ports::Tx;
use sophon_model::{Discussion, Error, NewPanelist, Panelist, Result, Speaker, TenantId};

use crate::limits::{self, bounded};
use crate::models::Models;
use crate::only_if::OnlyIf;

/// A topic, in characters.
pub const LONGEST_TOPIC: usize = 4_000;
/// Length of a persona, in characters.
pub const LONGEST_PERSONA: usize = 10_000;
/// A panelist's short name, in characters.
const LONGEST_ID: usize = 64;
/// Panelists of a discussion.
const PANELISTS: std::ops::RangeInclusive<usize> = 2..=5;
/// Rounds of a discussion.
pub const MOST_ROUNDS: i64 = 10;
/// How often each speaks by default.
pub const ROUNDS: i64 = 2;
/// How long a round may take, in seconds.
const ROUND_TIMEOUTS: std::ops::RangeInclusive<i64> = 5..=3_600;
/// How long a round may take by default, in seconds.
pub const ROUND_TIMEOUT: i64 = 180;

/// The judge if none was named.
const IMPARTIAL: &str =
    "You are an impartial judge. You weigh arguments by their merit, not by their author.";

/// A discussion to be made.
#[derive(Clone, Debug, Default)]
pub struct NewDiscussion {
    /// What is argued about.
    pub topic: String,
    /// The panelists: two to five.
    pub panelists: Vec<NewPanelist>,
    /// The judge; an impartial persona if absent.
    pub judge: Option<NewPanelist>,
    /// How often each speaks; [`ROUNDS`] if absent.
    pub rounds: Option<i64>,
    /// How long a round may take, in seconds; [`ROUND_TIMEOUT`] if absent.
    pub round_timeout_seconds: Option<i64>,
}

/// What is to change of a discussion; absent fields stay. Runs that were asked for before keep what they began with.
#[derive(Clone, Debug, Default)]
pub struct ChangeDiscussion {
    /// What is argued about.
    pub topic: Option<String>,
    /// The panelists.
    pub panelists: Option<Vec<NewPanelist>>,
    /// The judge.
    pub judge: Option<NewPanelist>,
    /// How often each speaks.
    pub rounds: Option<i64>,
    /// How long a round may take, in seconds.
    pub round_timeout_seconds: Option<i64>,
    /// What the change depends on.
    pub only_if: OnlyIf<Discussion>,
}

/// What a discussion and a run of it have in common.
pub(super) struct Plan {
    pub(super) topic: String,
    pub(super) panelists: Vec<Panelist>,
    pub(super) judge: Panelist,
    pub(super) rounds: i64,
    pub(super) round_timeout_seconds: i64,
}

impl Plan {
    /// What was asked for, with all that was left out.
    pub(super) fn of(tx: &dyn Tx, tenant: &TenantId, new: NewDiscussion) -> Result<Self> {
        Ok(Self {
            topic: topic(new.topic)?,
            panelists: panel(tx, tenant, new.panelists)?,
            judge: judge(tx, tenant, new.judge)?,
            rounds: rounds(new.rounds.unwrap_or(ROUNDS))?,
            round_timeout_seconds: round_timeout(new.round_timeout_seconds.unwrap_or(ROUND_TIMEOUT))?,
        })
    }
}

impl From<Discussion> for Plan {
    fn from(discussion: Discussion) -> Self {
        let Discussion { topic, panelists, judge, rounds, round_timeout_seconds, .. } = discussion;
        Self { topic, panelists, judge, rounds, round_timeout_seconds }
    }
}

/// Refuses the name of a model that nobody offers.
async fn require_models(models: &Models, field: &str, named: &[NewPanelist]) -> Result<()> {
    for model in named.iter().filter_map(|panelist| panelist.model.as_deref()) {
        models.require_offered(field, Some(model)).await?;
    }
    Ok(())
}

impl NewDiscussion {
    /// Refuses the names of models that nobody offers.
    pub(super) async fn require_models(&self, models: &Models) -> Result<()> {
        require_models(models, "panelists", &self.panelists).await?;
        require_models(models, "judge", self.judge.as_slice()).await
    }
}

impl ChangeDiscussion {
    /// Refuses the names of models that nobody offers.
    pub(super) async fn require_models(&self, models: &Models) -> Result<()> {
        require_models(models, "panelists", self.panelists.as_deref().unwrap_or_default()).await?;
        require_models(models, "judge", self.judge.as_slice()).await
    }
}

pub(super) fn topic(topic: String) -> Result<String> {
    bounded("topic", &topic, 1, LONGEST_TOPIC)?;
    Ok(topic)
}

pub(super) fn rounds(rounds: i64) -> Result<i64> {
    if (1..=MOST_ROUNDS).contains(&rounds) {
        return Ok(rounds);
    }
    Err(Error::validation("rounds", format!("There are 1 to {MOST_ROUNDS} rounds.")))
}

pub(super) fn round_timeout(seconds: i64) -> Result<i64> {
    if ROUND_TIMEOUTS.contains(&seconds) {
        return Ok(seconds);
    }
    let text = format!("A round takes {} to {} seconds.", ROUND_TIMEOUTS.start(), ROUND_TIMEOUTS.end());
    Err(Error::validation("round_timeout_seconds", text))
}

/// The panel: each with a short name of its own.
pub(super) fn panel(tx: &dyn Tx, tenant: &TenantId, named: Vec<NewPanelist>) -> Result<Vec<Panelist>> {
    if !PANELISTS.contains(&named.len()) {
        let text = format!("{} to {} panelists take part.", PANELISTS.start(), PANELISTS.end());
        return Err(Error::validation("panelists", text));
    }
    let mut panel: Vec<Panelist> = Vec::with_capacity(named.len());
    for (place, new) in named.into_iter().enumerate() {
        let (is_given, is_named) = (new.id.is_some(), new.name.is_some());
        let mut panelist = panelist(tx, tenant, "panelists", new, &format!("Panelist {}", place + 1))?;
        if panel.iter().any(|other| other.id == panelist.id) {
            if is_given {
                let text = format!("Two panelists have the id '{}'. Give each its own.", panelist.id);
                return Err(Error::validation("panelists", text));
            }
            // The same agent twice, say.
            panelist.id = format!("{}-{}", panelist.id, place + 1);
        }
        if !is_named && panel.iter().any(|other| other.name == panelist.name) {
            panelist.name = format!("{} {}", panelist.name, place + 1);
        }
        panel.push(panelist);
    }
    Ok(panel)
}

pub(super) fn judge(tx: &dyn Tx, tenant: &TenantId, named: Option<NewPanelist>) -> Result<Panelist> {
    let impartial = || NewPanelist { persona: Some(IMPARTIAL.into()), ..NewPanelist::default() };
    panelist(tx, tenant, "judge", named.unwrap_or_else(impartial), "Judge")
}

/// Somebody who takes part; `unnamed` is what one without a name is called.
fn panelist(
    tx: &dyn Tx,
    tenant: &TenantId,
    field: &str,
    new: NewPanelist,
    unnamed: &str,
) -> Result<Panelist> {
    let (speaker, name, id) = match (new.agent_id, new.persona) {
        (Some(named), None) => {
            if new.model.is_some() {
                return Err(Error::validation(
                    field,
                    "An agent has its own model; only a persona names one.",
                ));
            }
            let agent = tx.agent(tenant, &named)?;
            let agent =
                agent.ok_or_else(|| Error::validation(field, format!("There is no agent '{named}'.")))?;
            (Speaker::Agent { agent_id: agent.id }, agent.name, agent.slug)
        }
        (None, Some(prompt)) => {
            bounded(field, &prompt, 1, LONGEST_PERSONA)?;
            let id = short_name(new.name.as_deref().unwrap_or(unnamed));
            (Speaker::Persona { prompt, model: new.model }, unnamed.to_owned(), id)
        }
        _ => return Err(Error::validation(field, "Name either an agent or a persona.")),
    };
    let id = new.id.unwrap_or(id);
    let is_short_name = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-' || c == '_';
    bounded(field, &id, 1, LONGEST_ID)?;
    if !id.chars().all(is_short_name) {
        return Err(Error::validation(field, "An id has lower-case letters, digits, '-' and '_' only."));
    }
    let name = limits::name(field, &new.name.unwrap_or(name))?;
    Ok(Panelist { id, name, speaker })
}

/// A short name out of a name, if it has letters for one.
fn short_name(name: &str) -> String {
    let short: String = crate::agents::slug_of(name).chars().take(LONGEST_ID).collect();
    if short.is_empty() { "panelist".into() } else { short }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_panelist_is_named_by_a_word_or_described() {
        let read = serde_json::from_value::<NewPanelist>;
        assert_eq!(read(json!("sophon")).unwrap().agent_id.as_deref(), Some("sophon"));
        let described = read(json!({ "name": "Ada", "persona": "You doubt." })).unwrap();
        assert_eq!(described.persona.as_deref(), Some("You doubt."));
        let wrong = read(json!({ "persna": "You doubt." })).unwrap_err().to_string();
        assert!(wrong.contains("persna"), "{wrong}");
        assert!(read(json!(5)).unwrap_err().to_string().contains("an agent's id or slug"));
    }
}
