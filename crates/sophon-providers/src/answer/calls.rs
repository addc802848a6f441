//! Tool calls, put together from the pieces in which they come.
//!
//! Which call a piece belongs to is given by an index, by an id, by both, or by nothing but the order, and servers
//! disagree: some give every call the same index, some a new id to each piece, some repeat the name in each.

use serde_json::Value;
use sophon_model::ports::{ModelToolCall, StopReason};
use sophon_model::text::is_too_deep;

use crate::failure::Failure;
use crate::json::{self, joined};
use crate::names::ToolNames;

/// The most tool calls of one answer that are read. The core runs fewer and says so.
const MOST_CALLS: usize = 256;

/// The most bytes of the name of a call, as models write it.
const MOST_NAME_BYTES: usize = 256;
/// The most bytes of the arguments of one call.
const MOST_ARGUMENT_BYTES: usize = 1024 * 1024;

/// What a record says of a call.
#[derive(Clone, Copy, Default)]
pub(crate) struct Piece<'a> {
    pub(crate) index: Option<i64>,
    pub(crate) id: Option<&'a str>,
    pub(crate) name: Option<&'a str>,
    /// More of the arguments: a text of JSON, or the arguments themselves.
    pub(crate) arguments: Option<&'a Value>,
}

/// A call whose arguments are still coming.
#[derive(Default)]
struct Call {
    index: Option<i64>,
    id: String,
    name: String,
    arguments: String,
    /// The record that touched it last.
    touched: u64,
    /// The wire said that it is complete.
    is_closed: bool,
}

impl Call {
    /// Whether the arguments are a whole object, to which nothing can be added.
    fn is_whole(&self) -> bool {
        self.arguments.trim_end().ends_with('}') && json::parse(&self.arguments).is_ok()
    }
}

/// The calls of an answer.
pub(crate) struct Calls {
    names: ToolNames,
    list: Vec<Call>,
    record: u64,
}

impl Calls {
    pub(crate) fn new(names: ToolNames) -> Self {
        Self { names, list: Vec::new(), record: 0 }
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.list.is_empty()
    }

    /// Another record is being read.
    pub(super) fn next_record(&mut self) {
        self.record += 1;
    }

    /// Adds what a record says of a call.
    pub(crate) fn add(&mut self, piece: Piece<'_>) -> Result<(), Failure> {
        let known = self.place(&piece);
        let place = known.unwrap_or(self.list.len());
        if known.is_none() {
            if place == MOST_CALLS {
                return Err(Failure::malformed(format!("it has more than {MOST_CALLS} tool calls")));
            }
            self.list.push(Call { index: piece.index, ..Call::default() });
        }
        let (call, names) = (&mut self.list[place], &self.names);
        call.touched = self.record;
        if let Some(id) = piece.id.filter(|_| call.id.is_empty()) {
            id.clone_into(&mut call.id);
        }
        if let Some(name) = piece.name {
            extend_name(&mut call.name, name, names)?;
        }
        match piece.arguments {
            Some(Value::String(text)) => append(&mut call.arguments, text),
            Some(Value::Null) | None => Ok(()),
            Some(whole) => append(&mut call.arguments, &whole.to_string()),
        }
    }

    /// The wire says that the call with this index is complete.
    pub(crate) fn close(&mut self, index: i64) {
        if let Some(call) = self.list.iter_mut().rfind(|call| call.index == Some(index)) {
            call.is_closed = true;
        }
    }

    /// Replaces what has come of the arguments of the call with this index by the whole of them.
    pub(crate) fn set_arguments(&mut self, index: i64, whole: &str) {
        if let Some(call) = self.list.iter_mut().rfind(|call| call.index == Some(index)) {
            whole.clone_into(&mut call.arguments);
        }
    }

    /// The call that a piece belongs to; none if it begins one.
    fn place(&self, piece: &Piece<'_>) -> Option<usize> {
        let goes_on = |place: usize| {
            let call = &self.list[place];
            let renames = piece.name.is_some_and(|name| !call.name.is_empty() && call.name != name);
            // In one record no two pieces without index belong together.
            let is_beside = piece.index.is_none() && call.touched == self.record;
            let is_named = piece.name.is_some();
            let may_go_on = !is_named || !(renames || is_beside || call.is_whole() || is_fresh(call, piece));
            may_go_on.then_some(place)
        };
        let by_id = |id: &str| self.list.iter().rposition(|call| call.id == id && !is_other(call, piece));
        match (piece.index, piece.id) {
            (Some(index), id) => {
                let place = self.list.iter().rposition(|call| call.index == Some(index))?;
                let call = &self.list[place];
                match id {
                    Some(id) if !call.id.is_empty() && call.id != id => goes_on(place),
                    _ => Some(place),
                }
            }
            (None, Some(id)) => match by_id(id) {
                Some(place) => Some(place),
                None => goes_on(self.list.len().checked_sub(1)?),
            },
            (None, None) => goes_on(self.list.len().checked_sub(1)?),
        }
    }

    /// Whether a call has begun whose arguments are not whole.
    pub(super) fn has_unfinished(&self) -> bool {
        self.list.iter().any(|call| !call.is_closed && !call.arguments.trim().is_empty() && !call.is_whole())
    }

    /// The calls in their order. Arguments that are no object are passed on as text, which no tool accepts; so are
    /// those that were cut at the limit of tokens, and those that are nested too deep to be stored.
    pub(super) fn finish(&mut self, stop: StopReason) -> Result<Vec<ModelToolCall>, Failure> {
        let calls = std::mem::take(&mut self.list);
        let last = calls.len().saturating_sub(1);
        let mut finished = Vec::with_capacity(calls.len());
        for (place, call) in calls.into_iter().enumerate() {
            if call.name.is_empty() {
                return Err(Failure::malformed("a tool call names no tool"));
            }
            let may_be_cut = place == last && matches!(stop, StopReason::Length | StopReason::Incomplete);
            finished.push(ModelToolCall {
                id: if call.id.is_empty() { format!("call_{place}") } else { call.id },
                name: self.names.original(&joined(&call.name)),
                arguments: arguments(&call.arguments, may_be_cut && !call.is_closed),
            });
        }
        Ok(finished)
    }
}

/// Whether a piece with the same id is about another call: some servers give all calls one id.
fn is_other(call: &Call, piece: &Piece<'_>) -> bool {
    piece.name.is_some_and(|name| !call.name.is_empty() && call.name != name)
        || (piece.name.is_some() && call.is_whole() && piece.arguments.is_some_and(begins_object))
}

/// Whether the piece begins an object although the call has part of one.
fn is_fresh(call: &Call, piece: &Piece<'_>) -> bool {
    !call.arguments.trim().is_empty() && piece.arguments.is_some_and(Value::is_object)
}

fn begins_object(arguments: &Value) -> bool {
    arguments.is_object() || arguments.as_str().is_some_and(|text| text.trim_start().starts_with('{'))
}

/// A name comes once, in each piece anew, or in fragments.
fn extend_name(name: &mut String, piece: &str, names: &ToolNames) -> Result<(), Failure> {
    if name.is_empty() {
        piece.clone_into(name);
    } else if name != piece && !names.is_offered(name) {
        name.push_str(piece);
    }
    if name.len() > MOST_NAME_BYTES {
        return Err(Failure::malformed(format!("the name of a tool is longer than {MOST_NAME_BYTES} bytes")));
    }
    Ok(())
}

fn append(arguments: &mut String, piece: &str) -> Result<(), Failure> {
    // Some servers begin with an empty object, and some repeat the whole at the end.
    if arguments.trim() == "{}" && piece.trim_start().starts_with('{') {
        arguments.clear();
    } else if arguments == piece
        && arguments.len() > 1
        && json::parse(piece).is_ok_and(|value| value.is_object())
    {
        return Ok(());
    }
    if arguments.len() + piece.len() > MOST_ARGUMENT_BYTES {
        let text = format!("the arguments of a tool call are longer than {MOST_ARGUMENT_BYTES} bytes");
        return Err(Failure::malformed(text));
    }
    arguments.push_str(piece);
    Ok(())
}

fn arguments(raw: &str, may_be_cut: bool) -> Value {
    if raw.trim().is_empty() && !may_be_cut {
        return Value::Object(serde_json::Map::new());
    }
    match json::parse(raw) {
        Ok(object) if is_usable(&object) => whole(object),
        // Encoded twice.
        Ok(Value::String(inner)) => match json::parse(&inner) {
            Ok(object) if is_usable(&object) => whole(object),
            _ => Value::String(joined(raw)),
        },
        Ok(Value::Null) if !may_be_cut => Value::Object(serde_json::Map::new()),
        _ => Value::String(joined(raw)),
    }
}

fn is_usable(arguments: &Value) -> bool {
    arguments.is_object() && !is_too_deep(arguments)
}

/// The value without parked halves of characters.
fn whole(value: Value) -> Value {
    match value {
        Value::String(text) => Value::String(joined(&text)),
        Value::Array(items) => items.into_iter().map(whole).collect(),
        Value::Object(fields) => {
            fields.into_iter().map(|(name, value)| (joined(&name), whole(value))).collect()
        }
        other => other,
    }
}
