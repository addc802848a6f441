//! Things as clients name them: by a bare id, or by an object with it.

use serde::de::DeserializeOwned;
use signalr::{Call, HubError};

/// The only argument of `call`: the `Id` alone, or an `Object` with it. (Not an untagged enum: serde would read that
/// without knowing the names of its fields, which clients may write in any case.)
pub(super) fn named<Object, Id>(call: &Call) -> Result<Object, HubError>
where
    Object: DeserializeOwned + From<Id>,
    Id: DeserializeOwned,
{
    match call.arguments::<(Id,)>() {
        Ok((id,)) => Ok(id.into()),
        Err(_) => call.arguments::<(Object,)>().map(|(object,)| object),
    }
}
