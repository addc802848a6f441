//! WebSocket frames as a server reads and writes them (RFC 6455), without input or output.
//!
//! The hub protocol has records of its own, so the payload of data frames is one stream of bytes: it is passed on
//! as it comes, and neither a large frame nor one in many pieces takes memory here. Nothing is kept for a
//! connection that idles, and nothing of a write once it is out.

use bytes::Bytes;

/// The largest payload of a control frame.
const MAX_CONTROL_BYTES: u64 = 125;
/// The longest header of a client's frame: two bytes, a length of eight, a mask of four.
const MAX_HEADER_BYTES: usize = 14;

const CONTINUATION: u8 = 0x0;
const TEXT: u8 = 0x1;
const BINARY: u8 = 0x2;
const CLOSE: u8 = 0x8;
const PING: u8 = 0x9;
const PONG: u8 = 0xa;

/// The client broke the rules of WebSockets; in words.
pub(crate) type Violation = &'static str;

/// What a piece of the incoming stream held.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Arrived {
    /// The payload of data frames.
    pub(crate) data: Vec<u8>,
    /// What the last ping wants to have back. Earlier ones need no answer.
    pub(crate) ping: Option<Vec<u8>>,
    /// The client closes; nothing after that counts.
    pub(crate) closed: bool,
}

/// Reads a client's frames from pieces of any size.
#[derive(Debug, Default)]
pub(crate) struct FrameReader {
    header: [u8; MAX_HEADER_BYTES],
    header_bytes: usize,
    /// Payload of the present frame that has not come yet.
    left: u64,
    mask: [u8; 4],
    masked: usize,
    opcode: u8,
    /// A message has begun and its last frame has not come.
    continues: bool,
    control: Vec<u8>,
}

impl FrameReader {
    pub(crate) fn read(&mut self, mut input: &[u8]) -> Result<Arrived, Violation> {
        let mut arrived = Arrived::default();
        while !arrived.closed && !input.is_empty() {
            if self.left == 0 {
                let (first, rest) = (input[0], &input[1..]);
                input = rest;
                self.header[self.header_bytes] = first;
                self.header_bytes += 1;
                if !self.begin()? {
                    continue;
                }
            }
            let taken = usize::try_from(self.left).unwrap_or(usize::MAX).min(input.len());
            let (payload, rest) = input.split_at(taken);
            input = rest;
            self.left -= taken as u64;
            let control = self.opcode >= CLOSE;
            self.unmask(payload, if control { None } else { Some(&mut arrived.data) });
            if control && self.left == 0 {
                self.finish_control(&mut arrived);
            }
        }
        Ok(arrived)
    }

    /// Looks at the header; `true` once it is whole. A frame without a payload is whole with it.
    fn begin(&mut self) -> Result<bool, Violation> {
        let header = &self.header[..self.header_bytes];
        let &[first, second, ..] = header else { return Ok(false) };
        if second & 0x80 == 0 {
            return Err("a client's frame has no mask");
        }
        let length_bytes = match second & 0x7f {
            126 => 2,
            127 => 8,
            _ => 0,
        };
        if header.len() < 2 + length_bytes + 4 {
            return Ok(false);
        }
        let long = header[2..2 + length_bytes].iter().fold(0, |sum, byte| sum << 8 | u64::from(*byte));
        self.left = if length_bytes == 0 { u64::from(second & 0x7f) } else { long };
        self.mask.copy_from_slice(&header[2 + length_bytes..]);
        self.masked = 0;
        self.header_bytes = 0;
        self.judge(first)?;
        Ok(true)
    }

    /// Whether this kind of frame may come now.
    fn judge(&mut self, first: u8) -> Result<(), Violation> {
        let last = first & 0x80 != 0;
        if first & 0x70 != 0 {
            return Err("a frame uses an extension that was not agreed");
        }
        self.opcode = first & 0x0f;
        match self.opcode {
            TEXT | BINARY if self.continues => return Err("a message begins inside another"),
            CONTINUATION if !self.continues => return Err("a message goes on that has not begun"),
            TEXT | BINARY | CONTINUATION => self.continues = !last,
            CLOSE | PING | PONG if !last => return Err("a control frame is in pieces"),
            CLOSE | PING | PONG if self.left > MAX_CONTROL_BYTES => {
                return Err("a control frame is too large");
            }
            CLOSE | PING | PONG => self.control.clear(),
            _ => return Err("a frame of an unknown kind"),
        }
        Ok(())
    }

    fn unmask(&mut self, payload: &[u8], data: Option<&mut Vec<u8>>) {
        let (mask, start) = (self.mask, self.masked);
        let out = data.unwrap_or(&mut self.control);
        out.extend(payload.iter().enumerate().map(|(index, byte)| byte ^ mask[(start + index) % 4]));
        self.masked = (start + payload.len()) % 4;
    }

    fn finish_control(&mut self, arrived: &mut Arrived) {
        let payload = std::mem::take(&mut self.control);
        match self.opcode {
            CLOSE => arrived.closed = true,
            PING => arrived.ping = Some(payload),
            _ => {}
        }
    }
}

/// A frame as a server sends it: whole and without a mask.
fn frame(opcode: u8, payload: &[u8]) -> Bytes {
    let mut out = Vec::with_capacity(payload.len() + 10);
    out.push(0x80 | opcode);
    match payload.len() {
        short @ 0..126 => out.push(short as u8),
        medium @ 126..=0xffff => {
            out.push(126);
            out.extend_from_slice(&(medium as u16).to_be_bytes());
        }
        long => {
            out.push(127);
            out.extend_from_slice(&(long as u64).to_be_bytes());
        }
    }
    out.extend_from_slice(payload);
    out.into()
}

pub(crate) fn text(payload: &[u8]) -> Bytes {
    frame(TEXT, payload)
}

pub(crate) fn binary(payload: &[u8]) -> Bytes {
    frame(BINARY, payload)
}

pub(crate) fn pong(payload: &[u8]) -> Bytes {
    frame(PONG, payload)
}

pub(crate) fn close(code: u16) -> Bytes {
    frame(CLOSE, &code.to_be_bytes())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::fuzzing::masked;
    use super::*;

    fn read(input: &[u8]) -> Result<Arrived, Violation> {
        FrameReader::default().read(input)
    }

    #[test]
    fn data_pings_and_the_close_are_told_apart() {
        let input = [
            masked(0x01, b"one "),
            masked(0x89, b"first"),
            masked(0x89, b"last"),
            masked(0x8a, b"unasked"),
            masked(0x80, b"two"),
            masked(0x82, b""),
            masked(0x88, b""),
            masked(0x81, b"too late"),
        ]
        .concat();
        let arrived = Arrived { data: b"one two".to_vec(), ping: Some(b"last".to_vec()), closed: true };
        assert_eq!(read(&input), Ok(arrived));
    }

    #[test]
    fn broken_rules_are_named() {
        let long_ping = masked(0x89, &[0; 126]);
        let cases: [(&[u8], Violation); 8] = [
            (&[0x81, 0x01, b'x'], "a client's frame has no mask"),
            (&masked(0xc1, b"x"), "a frame uses an extension that was not agreed"),
            (&masked(0x83, b"x"), "a frame of an unknown kind"),
            (&masked(0x80, b"x"), "a message goes on that has not begun"),
            (&[masked(0x01, b"x"), masked(0x81, b"y")].concat(), "a message begins inside another"),
            (&masked(0x09, b"x"), "a control frame is in pieces"),
            (&long_ping, "a control frame is too large"),
            (&masked(0x8b, b""), "a frame of an unknown kind"),
        ];
        for (input, violation) in cases {
            assert_eq!(read(input), Err(violation));
        }
    }

    #[test]
    fn a_server_frame_has_the_shortest_header() {
        for (length, header) in [(0, 2), (125, 2), (126, 4), (65_535, 4), (65_536, 10)] {
            assert_eq!(text(&vec![b'x'; length]).len(), length + header);
        }
        assert_eq!(close(1000), [0x88, 0x02, 0x03, 0xe8][..]);
    }

    proptest! {
        #[test]
        fn however_the_stream_is_cut_the_same_arrives(
            payloads in prop::collection::vec(prop::collection::vec(any::<u8>(), 0..300), 1..8),
            cuts in prop::collection::vec(1_usize..50, 1..200),
        ) {
            let stream: Vec<u8> = payloads.iter().flat_map(|payload| masked(0x82, payload)).collect();
            let (mut reader, mut data, mut rest) = (FrameReader::default(), Vec::new(), &stream[..]);
            for cut in cuts.iter().cycle() {
                let (piece, after) = rest.split_at((*cut).min(rest.len()));
                data.extend(reader.read(piece).unwrap().data);
                rest = after;
                if rest.is_empty() {
                    break;
                }
            }
            prop_assert_eq!(data, payloads.concat());
        }

        #[test]
        fn noise_never_panics(noise in prop::collection::vec(any::<u8>(), 0..500)) {
            let _ = read(&noise);
        }
    }
}
