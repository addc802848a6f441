//! Several messages in one payload: each with its length before it.

use bytes::{Buf, BufMut, Bytes, BytesMut};

/// The bytes of a length.
pub(crate) const LENGTH: usize = 4;

/// Adds a message to a payload.
pub(crate) fn add(payload: &mut BytesMut, message: &Bytes) {
    payload.put_u32(u32::try_from(message.len()).unwrap_or(u32::MAX));
    payload.put_slice(message);
}

/// The messages of a payload, up to the first that is not whole: this is from another program.
pub(crate) fn split(mut payload: Bytes) -> Vec<Bytes> {
    let mut messages = Vec::new();
    while payload.len() >= LENGTH {
        let length = payload.get_u32() as usize;
        if length > payload.len() {
            break;
        }
        messages.push(payload.split_to(length));
    }
    messages
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn messages_are_split_as_they_were_added_and_what_is_cut_off_is_left_out() {
        let messages = ["a", "", "something longer"].map(Bytes::from);
        let mut payload = BytesMut::new();
        for message in &messages {
            add(&mut payload, message);
        }
        let payload = payload.freeze();
        assert_eq!(split(payload.clone()), messages);
        assert_eq!(split(payload.slice(..payload.len() - 1)), messages[..2]);
        assert_eq!(split(Bytes::from_static(b"GET / HTTP/1.1")), Vec::<Bytes>::new());
    }
}
