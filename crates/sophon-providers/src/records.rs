//! From bytes to records, whatever the framing: server-sent events, a JSON value a line, or one JSON body.

use crate::json;

/// The name and the data of one record; a record of a JSON body has no name.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Record {
    pub(crate) name: String,
    pub(crate) data: String,
}

/// What a record reader finds at the end of a body.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Rest {
    Nothing,
    /// What is neither an event stream nor JSON: a web page, most likely.
    Page(String),
}

/// A record is longer than allowed.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct TooLong {
    /// What is allowed, in bytes.
    pub(crate) limit: usize,
}

/// Takes a body apart. Holds at most one record, of at most `limit` bytes.
pub(crate) struct RecordReader {
    limit: usize,
    line: Vec<u8>,
    /// The line before ended with a carriage return, to which a line feed may belong.
    after_return: bool,
    is_first_line: bool,
    name: String,
    data: Option<String>,
    /// Lines that belong to no event.
    bare: String,
}

impl RecordReader {
    pub(crate) fn new(limit: usize) -> Self {
        Self {
            limit,
            line: Vec::new(),
            after_return: false,
            is_first_line: true,
            name: String::new(),
            data: None,
            bare: String::new(),
        }
    }

    /// Reads more of the body and appends the records that it completes.
    pub(crate) fn read(&mut self, mut bytes: &[u8], records: &mut Vec<Record>) -> Result<(), TooLong> {
        while !bytes.is_empty() {
            if std::mem::take(&mut self.after_return) && bytes[0] == b'\n' {
                bytes = &bytes[1..];
                continue;
            }
            let end = bytes.iter().position(|byte| matches!(byte, b'\n' | b'\r'));
            let piece = &bytes[..end.unwrap_or(bytes.len())];
            self.line.extend_from_slice(piece);
            if self.line.len() + self.data.as_ref().map_or(0, String::len) + self.bare.len() > self.limit {
                return Err(TooLong { limit: self.limit });
            }
            let Some(end) = end else { break };
            self.after_return = bytes[end] == b'\r';
            bytes = &bytes[end + 1..];
            self.end_line(records);
        }
        Ok(())
    }

    /// Completes what the end of the body completes: a record whose blank line never came, a body of JSON.
    pub(crate) fn finish(&mut self, records: &mut Vec<Record>) -> Rest {
        if !self.line.is_empty() {
            self.end_line(records);
        }
        self.end_event(records);
        let bare = std::mem::take(&mut self.bare);
        if bare.trim().is_empty() {
            return Rest::Nothing;
        }
        match json::parse(&bare) {
            Ok(serde_json::Value::Array(values)) => {
                records.extend(values.iter().map(|value| Record::unnamed(value.to_string())));
            }
            Ok(_) => records.push(Record::unnamed(bare)),
            Err(_) => return Rest::Page(bare),
        }
        Rest::Nothing
    }

    fn end_line(&mut self, records: &mut Vec<Record>) {
        let bytes = std::mem::take(&mut self.line);
        let line = String::from_utf8_lossy(&bytes);
        let line = if std::mem::take(&mut self.is_first_line) {
            line.strip_prefix('\u{feff}').unwrap_or(&line)
        } else {
            &line
        };
        if line.is_empty() {
            return self.end_event(records);
        }
        let (field, value) = line.split_once(':').unwrap_or((line, ""));
        let value = value.strip_prefix(' ').unwrap_or(value);
        match field {
            "" | "id" | "retry" => {}
            "event" => value.trim().clone_into(&mut self.name),
            "data" => self.add_data(value, records),
            _ => self.add_bare(line, records),
        }
    }

    fn add_data(&mut self, value: &str, records: &mut Vec<Record>) {
        // Some servers put one line feed where two belong. Only a single line is looked at, so that each is parsed once.
        let begins_another = value.starts_with('{') || value.trim() == "[DONE]";
        let is_record = |data: &str| !data.contains('\n') && is_whole(data);
        if begins_another && self.data.as_deref().is_some_and(is_record) {
            self.end_event(records);
        }
        match &mut self.data {
            Some(data) => {
                data.push('\n');
                data.push_str(value);
            }
            None => self.data = Some(value.to_owned()),
        }
    }

    fn add_bare(&mut self, line: &str, records: &mut Vec<Record>) {
        if self.bare.is_empty() && line.trim_start().starts_with('{') && is_whole(line) {
            records.push(Record::unnamed(line.to_owned()));
        } else {
            self.bare.push_str(line);
            self.bare.push('\n');
        }
    }

    fn end_event(&mut self, records: &mut Vec<Record>) {
        let (name, data) = (std::mem::take(&mut self.name), self.data.take());
        if data.is_some() || !name.is_empty() {
            records.push(Record { name, data: data.unwrap_or_default() });
        }
    }
}

impl Record {
    fn unnamed(data: String) -> Self {
        Self { name: String::new(), data }
    }
}

/// Whether the text is one whole JSON object.
fn is_whole(text: &str) -> bool {
    text.trim_end().ends_with('}') && json::parse(text).is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn records(body: &str, piece: usize) -> (Vec<(String, String)>, Rest) {
        let mut reader = RecordReader::new(1_000);
        let mut records = Vec::new();
        for piece in body.as_bytes().chunks(piece) {
            reader.read(piece, &mut records).unwrap();
        }
        let rest = reader.finish(&mut records);
        (records.into_iter().map(|record| (record.name, record.data)).collect(), rest)
    }

    #[test]
    fn a_record_of_many_lines_is_not_parsed_anew_with_each_line() {
        // Otherwise this takes hours.
        let body = format!("data: {{\"a\":[{}{{}}\n{}", "1,".repeat(500_000), "data: {}\n".repeat(100_000));
        let (mut reader, mut records) = (RecordReader::new(4 << 20), Vec::new());
        reader.read(body.as_bytes(), &mut records).unwrap();
        reader.finish(&mut records);
        assert_eq!(records.len(), 1);
    }

    #[test]
    fn each_framing_is_understood_wherever_the_body_is_cut() {
        let table = [
            ("\u{feff}data: {\"a\":1}\n\ndata:{\"b\":2}\r\n\r\n", vec![("", "{\"a\":1}"), ("", "{\"b\":2}")]),
            ("event: x\rdata: 1\rdata: 2\r\r: comment\n\nid: 7\n\n", vec![("x", "1\n2")]),
            (
                "data: {\"a\":1}\ndata: {\"b\":2}\ndata: [DONE]",
                vec![("", "{\"a\":1}"), ("", "{\"b\":2}"), ("", "[DONE]")],
            ),
            ("event: error\n\n", vec![("error", "")]),
            ("{\"a\":1}\n{\"b\":\"ä\"}\n", vec![("", "{\"a\":1}"), ("", "{\"b\":\"ä\"}")]),
            ("[{\"a\":1},\n{\"b\":2}]", vec![("", "{\"a\":1}"), ("", "{\"b\":2}")]),
        ];
        for (body, expected) in table {
            let expected: Vec<_> =
                expected.into_iter().map(|(name, data)| (name.to_owned(), data.to_owned())).collect();
            for piece in [1, 2, 3, 1_000] {
                assert_eq!(records(body, piece), (expected.clone(), Rest::Nothing), "{body:?} by {piece}");
            }
        }
        let (read, _) = records("{\n  \"a\": 1\n}\n", 4);
        assert_eq!(read[0].1.split_whitespace().collect::<String>(), "{\"a\":1}");
        assert_eq!(records("<html>\n", 3).1, Rest::Page("<html>\n".into()));
    }

    #[test]
    fn a_record_without_end_is_refused() {
        for endless in ["data: x", "x", "data: x\n", "x\n"] {
            let mut reader = RecordReader::new(1_000);
            let body = endless.repeat(1_100);
            assert_eq!(
                reader.read(body.as_bytes(), &mut Vec::new()),
                Err(TooLong { limit: 1_000 }),
                "{endless:?}"
            );
        }
    }
}
