//! What is wrong with a request, in plain words: which field, and what it must be.

use crate::complaint::{Complaint, Format, shortened};

/// Why a request cannot be read.
#[derive(Debug, PartialEq, Eq)]
pub struct Unfit {
    /// The field, for example `attachments[0].size`; empty for the whole.
    pub field: String,
    /// What is wrong with it: a sentence for people.
    pub reason: String,
}

impl Unfit {
    /// What serde says (`text`) of what stands at `path`. `whole` is what the whole is called in a sentence.
    pub fn new(path: &serde_path_to_error::Path, text: &str, whole: &str) -> Self {
        let path = shortened(&path.to_string());
        let path = if path == "." { "" } else { &path };
        let complaint = Complaint::read(text);
        let field = match complaint {
            Complaint::Missing(name) if !path.is_empty() => format!("{path}.{name}"),
            Complaint::Missing(name) | Complaint::Twice(name) if path.is_empty() => name.to_owned(),
            // serde notices it between two values, at the object that they stand in.
            Complaint::Twice(name) if path != name && !path.ends_with(&format!(".{name}")) => {
                format!("{path}.{name}")
            }
            _ => path.to_owned(),
        };
        let what = if field.is_empty() { whole.to_owned() } else { format!("`{field}`") };
        let colon = if matches!(complaint, Complaint::Own(_)) { ":" } else { "" };
        let reason = format!("{what}{colon} {}", complaint.predicate(Format::Json));
        Self { field, reason }
    }

    /// A field that is none of the `known` ones.
    pub fn unknown(field: &str, known: &[String]) -> Self {
        let field = shortened(field);
        let reason = if known.is_empty() {
            format!("`{field}` is not a known field. No fields are accepted here.")
        } else {
            format!("`{field}` is not a known field. Known fields: {}.", known.join(", "))
        };
        Self { field, reason }
    }
}
