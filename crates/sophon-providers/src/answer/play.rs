//! From the bytes of an answer to its events.

use std::pin::pin;
use std::time::Duration;

use async_stream::stream;
use bytes::Bytes;
use futures_util::{Stream, StreamExt};
use serde_json::Value;
use sophon_egress::EgressError;
use sophon_model::ports::{ModelError, ModelErrorKind, ModelEvent};
use tokio::time::{Instant, timeout_at};

use super::{Answer, Reader};
use crate::failure::{Failure, Reporter};
use crate::json;
use crate::records::{Record, RecordReader, Rest, TooLong};

/// How long what follows the end of an answer (its consumption) is waited for, after each record that comes, and in all.
/// An answer that has finished stays finished, whatever the connection does.
const AFTERMATH: Duration = Duration::from_secs(2);
const LONGEST_AFTERMATH: Duration = Duration::from_secs(10);

/// The record after the last one, on wires that have such a record.
const DONE: &str = "[DONE]";

/// The events of an answer. The last one is an error or a stop. A record of more than `longest_record` bytes is an error.
pub(crate) fn play(
    bytes: impl Stream<Item = Result<Bytes, EgressError>> + Send,
    mut reader: Box<dyn Reader>,
    mut answer: Answer,
    reporter: Reporter,
    longest_record: usize,
) -> impl Stream<Item = Result<ModelEvent, ModelError>> + Send {
    stream! {
        let mut bytes = pin!(bytes);
        let mut body = Body { records: RecordReader::new(longest_record), last: None, count: 0 };
        let mut deadline = None;
        let mut latest = None;
        let ending = loop {
            let next = match deadline {
                None => bytes.next().await,
                Some(at) => timeout_at(at, bytes.next()).await.unwrap_or(None),
            };
            let count = body.count;
            let read = match &next {
                Some(Ok(piece)) => body.read(piece, &mut *reader, &mut answer),
                None => body.end(true, &mut *reader, &mut answer),
                Some(Err(_)) => body.end(false, &mut *reader, &mut answer),
            };
            for event in answer.events.drain(..) {
                yield Ok(event);
            }
            match (read, next) {
                // What comes after the end can spoil nothing.
                (Err(_), _) if answer.stop.is_some() && !answer.is_blank() => break Ok(()),
                // Half a record is no news.
                (Err(failure), Some(Err(error))) if failure.is_unclear() => {
                    break Err(Failure::on_the_way(&error));
                }
                (Err(failure), _) => break Err(failure),
                (Ok(()), Some(Err(error))) if answer.stop.is_none() => break Err(Failure::on_the_way(&error)),
                (Ok(()), Some(Err(_)) | None) => break Ok(()),
                (Ok(()), Some(Ok(_))) if answer.is_over => break Ok(()),
                // Signs of life are no news.
                (Ok(()), Some(Ok(_))) if answer.stop.is_some() && body.count > count => {
                    let latest = *latest.get_or_insert_with(|| Instant::now() + LONGEST_AFTERMATH);
                    deadline = Some(latest.min(Instant::now() + AFTERMATH));
                }
                (Ok(()), Some(Ok(_))) => {}
            }
        };
        let ending = ending.and_then(|()| answer.end(&mut *reader)).map_err(|failure| body.explain(failure));
        for event in answer.events.drain(..) {
            yield Ok(event);
        }
        if let Err(failure) = ending {
            yield Err(reporter.error(&failure));
        }
    }
}

/// The records of the body, with the last one that no reader made anything of.
struct Body {
    records: RecordReader,
    last: Option<Value>,
    /// Records read so far.
    count: usize,
}

impl Body {
    fn read(&mut self, piece: &[u8], reader: &mut dyn Reader, answer: &mut Answer) -> Result<(), Failure> {
        let mut records = Vec::new();
        let read = self.records.read(piece, &mut records);
        self.take(records, reader, answer)?;
        read.map_err(|TooLong { limit }| {
            let text = format!("a record is longer than {} KiB", limit / 1024);
            Failure::new(ModelErrorKind::AnswerTooLong, text)
        })
    }

    /// Reads what the end of the body completes. `is_whole` says that it came to its end in good order.
    fn end(&mut self, is_whole: bool, reader: &mut dyn Reader, answer: &mut Answer) -> Result<(), Failure> {
        let mut records = Vec::new();
        let rest = self.records.finish(&mut records);
        self.take(records, reader, answer)?;
        match rest {
            Rest::Page(page) if is_whole && answer.is_blank() => Err(Failure::page(&page)),
            Rest::Page(_) | Rest::Nothing => Ok(()),
        }
    }

    fn take(
        &mut self,
        records: Vec<Record>,
        reader: &mut dyn Reader,
        answer: &mut Answer,
    ) -> Result<(), Failure> {
        for Record { name, data } in records {
            let data = data.trim_matches(|c: char| c.is_whitespace() || c == '\u{feff}');
            if data == DONE {
                answer.is_complete();
                return Ok(());
            }
            let is_error = name == "error";
            if !is_error && (data.is_empty() || is_sign_of_life(data)) {
                continue;
            }
            let record = match json::parse(data) {
                Ok(record) if is_error => return Err(Failure::reported(&record)),
                Err(_) if is_error => return Err(Failure::reported(&Value::from(data))),
                Ok(Value::Array(records)) => {
                    records.into_iter().try_for_each(|record| self.record(&name, record, reader, answer))?;
                    continue;
                }
                Ok(record) => record,
                Err(error) => {
                    return Err(Failure::malformed(format!("a record cannot be understood: {error}")));
                }
            };
            self.record(&name, record, reader, answer)?;
        }
        Ok(())
    }

    fn record(
        &mut self,
        name: &str,
        record: Value,
        reader: &mut dyn Reader,
        answer: &mut Answer,
    ) -> Result<(), Failure> {
        if record.is_object() {
            if let Some(failure) = Failure::in_record(&record) {
                return Err(failure);
            }
            self.count += 1;
            answer.calls.next_record();
            reader.read(name, &record, answer)?;
        }
        // A text or a number says nothing in any wire format, unless nothing else is said.
        self.last = Some(record);
        Ok(())
    }

    /// If nothing at all was said, what came in place of an answer may say why.
    fn explain(&self, failure: Failure) -> Failure {
        match &self.last {
            Some(record) if failure.is_unclear() => Failure::in_place_of_answer(record).unwrap_or(failure),
            _ => failure,
        }
    }
}

/// `ping`, `keep-alive` and their like, which some servers send as data.
fn is_sign_of_life(data: &str) -> bool {
    data.len() <= 20 && data.chars().all(|c| c.is_ascii_alphabetic() || matches!(c, '-' | '_' | ':' | ' '))
}
