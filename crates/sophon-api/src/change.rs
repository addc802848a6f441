//! Fields of a PATCH: absent stays, null clears.

use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// What is to become of a value that can be cleared.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Change<T> {
    /// It stays.
    #[default]
    Keep,
    /// It goes.
    Clear,
    /// It becomes this.
    Set(T),
}

impl<T> Change<T> {
    /// Whether it stays, so that the field is left out.
    pub fn is_keep(&self) -> bool {
        matches!(self, Change::Keep)
    }

    /// The new value, with `cleared` for one that goes; nothing if it stays.
    pub fn or_cleared(self, cleared: T) -> Option<T> {
        match self {
            Change::Keep => None,
            Change::Clear => Some(cleared),
            Change::Set(value) => Some(value),
        }
    }
}

impl<T: Serialize> Serialize for Change<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Change::Keep | Change::Clear => serializer.serialize_none(),
            Change::Set(value) => serializer.serialize_some(value),
        }
    }
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Change<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Ok(Option::deserialize(deserializer)?.map_or(Self::Clear, Self::Set))
    }
}

impl<T> From<Change<T>> for Option<Option<T>> {
    fn from(change: Change<T>) -> Self {
        match change {
            Change::Keep => None,
            Change::Clear => Some(None),
            Change::Set(value) => Some(Some(value)),
        }
    }
}

/// Reads a field that may be left out and cannot be cleared: null is refused.
pub(crate) fn not_null<'de, T: Deserialize<'de>, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Option<T>, D::Error> {
    T::deserialize(deserializer).map(Some)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug, PartialEq, Serialize, Deserialize)]
    struct Patch {
        #[serde(default, skip_serializing_if = "Change::is_keep")]
        model: Change<String>,
        #[serde(default, deserialize_with = "not_null", skip_serializing_if = "Option::is_none")]
        name: Option<String>,
    }

    #[test]
    fn absence_keeps_and_null_clears_what_can_be_cleared() {
        for (json, model, name) in [
            ("{}", Change::Keep, None),
            (r#"{"model":null}"#, Change::Clear, None),
            (r#"{"model":"m","name":"n"}"#, Change::Set("m".to_owned()), Some("n".to_owned())),
        ] {
            let patch = Patch { model, name };
            assert_eq!(serde_json::from_str::<Patch>(json).unwrap(), patch);
            assert_eq!(serde_json::to_string(&patch).unwrap(), json);
        }
        assert!(serde_json::from_str::<Patch>(r#"{"name":null}"#).is_err());
    }
}
