//! Reading from storage what other gateways published and no message told.

use std::sync::Arc;
use std::time::Duration;

use sophon_model::ports::PublishedEvent;
use sophon_model::{Event, Result, Topic};
use tokio::sync::Notify;

use crate::database::Database;
use crate::lifecycle::Lifecycle;
use crate::live::{PendingTexts, topics_of};

/// How often it is looked whether events were stored that nobody told of.
const LOOK_EVERY: Duration = Duration::from_secs(2);
/// How long a missing number may be on its way as a message. Readers wait meanwhile.
const ON_ITS_WAY: Duration = Duration::from_millis(25);
/// A gap of more numbers than gateways publish in that time: it is where a process began its numbers.
const WIDE: u64 = 10_000;
/// Events that are read at a time.
const PAGE: usize = 500;

/// Closes the gaps in the numbers of the bus.
pub(crate) struct Tail {
    pub(crate) db: Database,
    pub(crate) pending: PendingTexts,
    pub(crate) lifecycle: Lifecycle,
    /// Notified when messages may have been lost.
    pub(crate) look_now: Arc<Notify>,
}

impl Tail {
    /// Works until nobody follows events any more.
    pub(crate) async fn run(self) {
        let opened = self.db.bus().gap_opened();
        loop {
            let looks = tokio::select! {
                () = opened.notified() => {
                    self.await_messages().await;
                    false
                }
                () = self.look_now.notified() => true,
                () = tokio::time::sleep(LOOK_EVERY) => true,
                () = self.lifecycle.followers_released() => return,
            };
            if looks {
                self.pending.sweep();
            }
            if (looks || !self.db.bus().gaps().is_empty())
                && let Err(error) = self.close_gaps().await
            {
                tracing::warn!(%error, "what other gateways did could not be read");
                tokio::time::sleep(ON_ITS_WAY).await;
                // A missing number holds readers up, so it is not left to the next look.
                if !self.db.bus().gaps().is_empty() {
                    opened.notify_one();
                }
            }
        }
    }

    /// Gives the messages of missing numbers a moment, where they can come.
    async fn await_messages(&self) {
        let is_wide = |(first, last): &(u64, u64)| last - first > WIDE;
        if self.db.peers().are_reached() && !self.db.bus().gaps().iter().any(is_wide) {
            tokio::time::sleep(ON_ITS_WAY).await;
        }
    }

    /// Reads all that is missing.
    async fn close_gaps(&self) -> Result<()> {
        let bus = self.db.bus();
        let given = self.db.read(|tx| tx.last_event()).await?;
        bus.note_given(given);
        for (first, last) in bus.gaps() {
            if last > given {
                self.withdraw(last).await?;
            }
            self.close(first, last).await?;
        }
        Ok(())
    }

    /// A number was taken here and not used in the end. Nobody else is to be given it: it may have been shown as the
    /// place of what passed.
    async fn withdraw(&self, number: u64) -> Result<()> {
        self.db.write(move |unit| unit.tx.begin_events(number).map(drop)).await
    }

    async fn close(&self, first: u64, last: u64) -> Result<()> {
        let mut after = first - 1;
        while after < last {
            let page = self.db.read(move |tx| tx.published_events(after, last, PAGE)).await?;
            let up_to = page.last().filter(|_| page.len() == PAGE).map_or(last, |event| event.number);
            for event in page {
                self.show(event);
            }
            self.db.bus().give_up_gaps(up_to);
            after = up_to;
        }
        Ok(())
    }

    fn show(&self, PublishedEvent { number, mut topics, event }: PublishedEvent) {
        metrics::counter!("sophon_events_read_late_total").increment(1);
        let Some(event) = event else {
            tracing::warn!(number, "an event that another version stored is not shown");
            return;
        };
        topics.extend(unstored_topics(&event));
        if self.db.bus().has_log(&topics) {
            self.pending.heard(&event);
        }
        self.db.bus().insert(number, &topics, Some(event));
    }
}

/// The topics of an event under which it is not found in storage.
fn unstored_topics(event: &Event) -> impl Iterator<Item = Topic> {
    topics_of(event, &[]).into_iter().filter(|topic| !topic.is_stored())
}
