//! Somebody who is to take part in a discussion, as people and agents name them.

use std::fmt;

use serde::de::value::MapAccessDeserializer;
use serde::de::{MapAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize};

/// Somebody who is to take part: either an agent or a persona. A bare string is an agent's id or slug.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct NewPanelist {
    /// A short name, unique in the discussion; made from the name if absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    /// The agent's name if absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// The agent that speaks, by id or slug.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub agent_id: Option<String>,
    /// A persona for this discussion; at most 10,000 characters.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "schema", schema(max_length = 10_000))]
    pub persona: Option<String>,
    /// The model that the persona prefers.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub model: Option<String>,
}

impl<'de> Deserialize<'de> for NewPanelist {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(NameOrObject)
    }
}

/// Not an untagged enum, whose errors would not say what is wrong.
struct NameOrObject;

impl<'de> Visitor<'de> for NameOrObject {
    type Value = NewPanelist;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an agent's id or slug, or an object with agentId or persona")
    }

    fn visit_str<E>(self, agent: &str) -> Result<NewPanelist, E> {
        Ok(NewPanelist { agent_id: Some(agent.to_owned()), ..NewPanelist::default() })
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<NewPanelist, A::Error> {
        #[derive(Deserialize)]
        #[serde(rename_all = "camelCase", deny_unknown_fields)]
        struct Object {
            id: Option<String>,
            name: Option<String>,
            agent_id: Option<String>,
            persona: Option<String>,
            model: Option<String>,
        }
        let Object { id, name, agent_id, persona, model } =
            Object::deserialize(MapAccessDeserializer::new(map))?;
        Ok(NewPanelist { id, name, agent_id, persona, model })
    }
}
