use bytes::Bytes;
use parking_lot::Mutex;

/// Names a wire format, so that an entry's encoding can be kept under it. The user of the bus gives each format
/// a number of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Slot(pub u8);

/// The place of an event in the order of all. A numbered event has a number of its own and the ordinal 0; a passing one
/// stands behind the numbered one that came last, under the same number.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Position {
    /// The number.
    pub number: u64,
    /// Which of those behind it, from 1; unique in the bus.
    pub ordinal: u64,
}

impl Position {
    /// Where the event with this number stands.
    pub const fn of(number: u64) -> Self {
        Self { number, ordinal: 0 }
    }
}

/// An event: its position, its value and the encodings made of it so far.
#[derive(Debug)]
pub struct Entry<T> {
    position: Position,
    value: T,
    encodings: Mutex<Vec<(Slot, Bytes)>>,
}

impl<T> Entry<T> {
    /// An entry that stands outside of any log: an event read back from storage, to be encoded like a live one.
    pub fn new(number: u64, value: T) -> Self {
        Self::at(Position::of(number), value)
    }

    pub(crate) fn at(position: Position, value: T) -> Self {
        Self { position, value, encodings: Mutex::new(Vec::new()) }
    }

    /// The number: unique in the bus and rising. A passing event has that of the numbered one before it, so that a
    /// reader that takes it for a cursor misses nothing.
    pub fn seq(&self) -> u64 {
        self.position.number
    }

    /// The place in the order of all.
    pub fn position(&self) -> Position {
        self.position
    }

    /// The event itself.
    pub fn value(&self) -> &T {
        &self.value
    }

    /// The bytes of this event in the format `slot`, made by the first who asks and shared with all others.
    /// An event that a format does not send is encoded as no bytes.
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
