use bytes::Bytes;
use parking_lot::Mutex;

/// Names a wire format, so that an entry's encoding can be kept under it. The user of the bus gives each format
/// a number of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Slot(pub u8);

/// One published event: its sequence number, its value and the encodings made of it so far.
#[derive(Debug)]
pub struct Entry<T> {
    seq: u64,
    value: T,
    encodings: Mutex<Vec<(Slot, Bytes)>>,
}

impl<T> Entry<T> {
    /// An entry that stands outside of any log: an event read back from storage, to be encoded like a live one.
    pub fn new(seq: u64, value: T) -> Self {
        Self { seq, value, encodings: Mutex::new(Vec::new()) }
    }

    /// The sequence number: unique in the bus and rising.
    pub fn seq(&self) -> u64 {
        self.seq
    }

    /// The event itself.
    pub fn value(&self) -> &T {
        &self.value
    }

    /// The bytes of this event in the format `slot`, made by the first who asks and shared with all others.
    /// An event that a format does not tell is encoded as no bytes.
    pub fn encoded(&self, slot: Slot, encode: impl FnOnce(&T) -> Bytes) -> Bytes {
        let mut encodings = self.encodings.lock();
        if let Some((_, bytes)) = encodings.iter().find(|(kept, _)| *kept == slot) {
            return bytes.clone();
        }
        let bytes = encode(&self.value);
        encodings.push((slot, bytes.clone()));
        bytes
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_entry_is_encoded_once_for_each_format() {
        let entry = Entry::new(1, "hello");
        let mut made = 0;
        for _ in 0..3 {
            let bytes = entry.encoded(Slot(0), |value| {
                made += 1;
                Bytes::from(format!("0:{value}"))
            });
            assert_eq!(bytes, "0:hello");
        }
        assert_eq!(entry.encoded(Slot(1), |value| Bytes::from(format!("1:{value}"))), "1:hello");
        assert_eq!(made, 1);
    }
}
