//! Prompts that people keep to use again.

use serde::{Deserialize, Serialize};
use sophon_model::SavedPromptId;
use utoipa::ToSchema;

use crate::Time;
use crate::change::not_null;

/// A prompt that is kept under a command.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct SavedPrompt {
    /// Its id.
    pub id: SavedPromptId,
    /// The word that it is called by, without the slash. Unique among the private prompts of a user, and among the shared
    /// ones of the tenant.
    #[schema(example = "translate")]
    pub command: String,
    /// What people call it.
    #[schema(example = "Translate a text")]
    pub title: String,
    /// The text. `{{name}}` or `{{name=default}}` stands for a value that is asked for, and a client fills in `{{date}}`,
    /// `{{time}}` and `{{user}}` itself.
    #[schema(example = "Translate to {{language=French}}:\n\n{{text}}")]
    pub content: String,
    /// The values that are asked for, in the order of the text. At most 20.
    pub variables: Vec<PromptVariable>,
    /// Whether everyone in the tenant can use it. Otherwise only its owner can.
    pub shared: bool,
    /// When it was made.
    pub created_at: Time,
    /// When it last changed.
    pub updated_at: Time,
}

/// A value that a prompt needs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct PromptVariable {
    /// Its name, as it stands between the braces.
    #[schema(example = "language")]
    pub name: String,
    /// The value unless the user gives another one; null if there is none.
    #[schema(required, example = "French")]
    pub default: Option<String>,
}

/// A prompt to be saved.
#[derive(Clone, Debug, Default, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewSavedPrompt {
    /// Letters, digits, `-` and `_`, 1 to 40 characters. Kept in lower case, without a slash in front.
    #[schema(min_length = 1, max_length = 41, example = "translate")]
    pub command: String,
    /// What people call it: 1 to 200 characters; the command if absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(min_length = 1, max_length = 200, example = "Translate a text")]
    pub title: Option<String>,
    /// 1 to 20,000 characters, with at most 20 variables.
    #[schema(min_length = 1, max_length = 20_000, example = "Translate to {{language=French}}:\n\n{{text}}")]
    pub content: String,
    /// Whether everyone in the tenant can use it, which takes the permission `ManagePrompts`. False if absent.
    #[serde(default)]
    pub shared: bool,
}

/// What is to change of a prompt; what is absent stays.
#[derive(Clone, Debug, Default, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SavedPromptPatch {
    /// Letters, digits, `-` and `_`, 1 to 40 characters.
    #[serde(default, deserialize_with = "not_null", skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, min_length = 1, max_length = 41, example = "translate")]
    pub command: Option<String>,
    /// 1 to 200 characters.
    #[serde(default, deserialize_with = "not_null", skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, min_length = 1, max_length = 200, example = "Translate a text")]
    pub title: Option<String>,
    /// 1 to 20,000 characters, with at most 20 variables.
    #[serde(default, deserialize_with = "not_null", skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, min_length = 1, max_length = 20_000)]
    pub content: Option<String>,
    /// Whether everyone in the tenant can use it. False makes a shared prompt private to the caller.
    #[serde(default, deserialize_with = "not_null", skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub shared: Option<bool>,
}

#[cfg(feature = "core")]
mod core {
    use sophon_core::saved_prompts::{self, Variable, variables};

    use super::{NewSavedPrompt, PromptVariable, SavedPrompt, SavedPromptPatch};

    impl From<sophon_model::SavedPrompt> for SavedPrompt {
        fn from(prompt: sophon_model::SavedPrompt) -> Self {
            Self {
                variables: variables(&prompt.content).into_iter().map(Into::into).collect(),
                id: prompt.id,
                command: prompt.command,
                title: prompt.title,
                content: prompt.content,
                shared: prompt.is_shared,
                created_at: prompt.created_at.into(),
                updated_at: prompt.updated_at.into(),
            }
        }
    }

    impl From<Variable> for PromptVariable {
        fn from(variable: Variable) -> Self {
            Self { name: variable.name, default: variable.default }
        }
    }

    impl From<NewSavedPrompt> for saved_prompts::NewSavedPrompt {
        fn from(new: NewSavedPrompt) -> Self {
            Self { command: new.command, title: new.title, content: new.content, is_shared: new.shared }
        }
    }

    impl From<SavedPromptPatch> for saved_prompts::SavedPromptChange {
        fn from(patch: SavedPromptPatch) -> Self {
            Self {
                command: patch.command,
                title: patch.title,
                content: patch.content,
                is_shared: patch.shared,
                ..Self::default()
            }
        }
    }
}
