//! What handlers ask for in their arguments. Every refusal is an error with the envelope of this wire.

mod body;
mod caller;
mod headers;
mod path;
mod query;

pub(crate) use body::{
    Body, OptionalBody, media_type, read_text, read_whole, refused, require_identity, unsupported,
};
pub(crate) use caller::{Account, Authorized, AuthorizedNode, MaybeCaller, identify};
pub(crate) use headers::{Device, Tenant, origin};
pub(crate) use path::{Id, Ids};
pub(crate) use query::Params;
