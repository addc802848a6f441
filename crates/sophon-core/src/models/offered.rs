//! What the services offer beside the models that are configured.
//!
//! It is looked up when somebody wants to know, beside what goes on, and what was seen last is the answer.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;
use std::time::Duration;

use futures_util::future::join_all;
use sophon_model::ports::{ModelError, ModelInfo, ModelProvider};
use tokio::sync::watch;
use tokio::time::{Instant, timeout, timeout_at};

use crate::lifecycle::Lifecycle;

/// The longest that anybody waits for the first look, counted from its beginning.
const FIRST_LOOK: Duration = Duration::from_secs(3);
/// The longest that a look at one service takes.
pub(super) const LOOK: Duration = Duration::from_secs(10);
/// How long a look counts.
const FRESH: Duration = Duration::from_mins(5);
/// How long it counts if a service could not be looked at.
const FRESH_AFTER_FAILURE: Duration = Duration::from_mins(1);
/// How many of the names that are near to a wrong one are listed.
const MOST_NEAREST: usize = 3;

/// What a service offers.
pub(super) type Offer = Arc<[ModelInfo]>;

/// Models that are not to be asked for, each by its provider's name and its own.
pub(crate) type Hidden = HashSet<(String, String)>;

/// What the services of all providers offer, as far as it was seen.
pub(super) struct Offers {
    providers: Arc<[Arc<dyn ModelProvider>]>,
    hidden: Hidden,
    lifecycle: Lifecycle,
    seen: watch::Sender<Seen>,
}

#[derive(Default)]
struct Seen {
    /// By the provider's id.
    offers: HashMap<String, Offer>,
    /// When the first look began.
    began: Option<Instant>,
    /// Whether the first look has ended.
    has_looked: bool,
    /// When the next look is due.
    due: Option<Instant>,
    /// When the last look ended that could read all lists.
    whole_at: Option<Instant>,
}

impl Offers {
    pub(super) fn new(
        providers: Arc<[Arc<dyn ModelProvider>]>,
        hidden: Hidden,
        lifecycle: Lifecycle,
    ) -> Arc<Self> {
        Arc::new(Self { providers, hidden, lifecycle, seen: watch::Sender::default() })
    }

    /// What the provider's service was last seen to offer.
    pub(super) fn of(&self, provider: &str) -> Option<Offer> {
        self.seen.borrow().offers.get(provider).cloned()
    }

    /// Begins a look if one is due, and waits for the first one, but not longer than [`FIRST_LOOK`].
    pub(super) async fn look(self: &Arc<Self>) {
        self.look_if_due();
        let mut seen = self.seen.subscribe();
        let Some(began) = seen.borrow().began else { return };
        // What has been seen by then is what is known.
        let _in_time = timeout_at(began + FIRST_LOOK, seen.wait_for(|seen| seen.has_looked)).await;
    }

    /// Looks at once, unless all lists were read within `max_age`, but not longer than [`FIRST_LOOK`]. Says whether all
    /// lists could be read.
    pub(super) async fn refresh(&self, max_age: Duration) -> bool {
        let is_fresh = |at: Instant| at.elapsed() < max_age;
        self.seen.borrow().whole_at.is_some_and(is_fresh)
            || timeout(FIRST_LOOK, self.look_at_all()).await.unwrap_or(false)
    }

    /// Begins a look if one is due.
    pub(super) fn look_if_due(self: &Arc<Self>) {
        let now = Instant::now();
        let is_due = self.seen.send_if_modified(|seen| {
            let is_due = seen.due.is_none_or(|due| due <= now);
            if is_due {
                seen.began.get_or_insert(now);
                seen.due = Some(now + FRESH);
            }
            is_due
        });
        if is_due {
            let offers = self.clone();
            self.lifecycle.spawn(async move {
                tokio::select! {
                    () = offers.lifecycle.draining() => {}
                    _ = offers.look_at_all() => {}
                }
            });
        }
    }

    /// Whether all could be looked at.
    async fn look_at_all(&self) -> bool {
        let looks = join_all(self.providers.iter().map(|provider| self.look_at(&**provider))).await;
        let (is_whole, now) = (!looks.contains(&false), Instant::now());
        self.seen.send_modify(|seen| {
            seen.has_looked = true;
            if is_whole {
                seen.whole_at = Some(now);
            } else {
                seen.due = Some(now + FRESH_AFTER_FAILURE);
            }
        });
        is_whole
    }

    /// Whether it could be looked at.
    async fn look_at(&self, provider: &dyn ModelProvider) -> bool {
        match timeout(LOOK, provider.offered()).await {
            Ok(Ok(offered)) => {
                self.note(provider.id(), offered);
                return true;
            }
            Ok(Err(error)) => tracing::debug!(%error, "the models of a provider are not known"),
            Err(_) => {
                tracing::debug!(provider = provider.id(), "a provider does not list its models in time");
            }
        }
        false
    }

    /// Keeps what a service was seen to offer; nothing if it has no list.
    pub(super) fn note(&self, provider: &str, offered: Option<Vec<ModelInfo>>) {
        let is_open = |model: &ModelInfo| !self.hidden.contains(&(provider.to_owned(), model.id.clone()));
        let offered = offered.map(|offered| offered.into_iter().filter(is_open).collect::<Vec<_>>());
        self.seen.send_modify(|seen| {
            match offered {
                Some(offered) => seen.offers.insert(provider.to_owned(), offered.into()),
                None => seen.offers.remove(provider),
            };
        });
    }

    /// Adds the nearest names to those errors that are about an unknown model.
    pub(super) async fn advise(self: &Arc<Self>, errors: &mut [ModelError]) {
        if errors.iter().any(|error| wants_names(error).is_some()) {
            self.look().await;
        }
        for error in errors {
            if let (Some(wanted), Some(offer)) = (wants_names(error), self.of(&error.provider)) {
                error.nearest = nearest(wanted, &offer);
            }
        }
    }
}

/// The name of the model that an error is about, if it is about an unknown one.
fn wants_names(error: &ModelError) -> Option<&str> {
    use sophon_model::ports::ModelErrorKind::UnknownModel;
    error.model.as_deref().filter(|_| error.kind == UnknownModel && error.nearest.is_empty())
}

/// The names on offer that are nearest to `wanted`, the nearest first.
pub(super) fn nearest(wanted: &str, offer: &[ModelInfo]) -> Box<[String]> {
    // Names begin alike and differ in length (`x` and `x-2026-11-22`); a router puts a vendor before them.
    let likeness = |name: &str| {
        let alone = name.rsplit('/').next().unwrap_or(name);
        strsim::jaro_winkler(wanted, name).max(strsim::jaro_winkler(wanted, alone))
    };
    let mut ranked: Vec<(f64, &str)> =
        offer.iter().map(|model| (likeness(&model.id), model.id.as_str())).collect();
    ranked.sort_by(|(one, _), (other, _)| other.total_cmp(one));
    ranked.into_iter().take(MOST_NEAREST).map(|(_, name)| name.to_owned()).collect()
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicU32, Ordering};

    use async_trait::async_trait;
    use sophon_model::ports::{ModelRequest, ModelStream};

    use super::*;

    /// Lists its models at once, or never.
    struct Lister {
        is_silent: bool,
        lists: AtomicU32,
    }

    #[async_trait]
    impl ModelProvider for Lister {
        fn id(&self) -> &str {
            if self.is_silent { "silent" } else { "prompt" }
        }

        fn models(&self) -> &[ModelInfo] {
            &[]
        }

        async fn offered(&self) -> Result<Option<Vec<ModelInfo>>, ModelError> {
            self.lists.fetch_add(1, Ordering::SeqCst);
            if self.is_silent {
                std::future::pending::<()>().await;
            }
            Ok(Some(vec![ModelInfo::unknown("m", "prompt")]))
        }

        async fn stream(&self, _: ModelRequest) -> Result<ModelStream, ModelError> {
            std::future::pending().await
        }
    }

    fn offers(silent: &[bool]) -> (Arc<Offers>, Vec<Arc<Lister>>) {
        let lister = |is_silent: &bool| Arc::new(Lister { is_silent: *is_silent, lists: AtomicU32::new(0) });
        let listers: Vec<_> = silent.iter().map(lister).collect();
        let providers = listers.iter().cloned().map(|lister| lister as Arc<dyn ModelProvider>).collect();
        (Offers::new(providers, Hidden::new(), Lifecycle::default()), listers)
    }

    #[tokio::test(start_paused = true)]
    async fn a_service_that_never_answers_delays_the_first_who_ask_and_nobody_else() {
        let (offers, _listers) = offers(&[true, false]);
        let begun = Instant::now();
        offers.look().await;
        assert_eq!(begun.elapsed(), FIRST_LOOK);
        assert_eq!(offers.of("prompt").map(|offer| offer.len()), Some(1), "the others are told meanwhile");
        assert!(offers.of("silent").is_none());
        offers.look().await;
        assert_eq!(begun.elapsed(), FIRST_LOOK);
    }

    #[tokio::test(start_paused = true)]
    async fn services_are_asked_again_after_a_while_and_sooner_after_a_failure() {
        for (is_silent, pause) in [(false, FRESH), (true, LOOK + FRESH_AFTER_FAILURE)] {
            let (offers, listers) = offers(&[is_silent]);
            let asked = async || {
                offers.look().await;
                tokio::task::yield_now().await;
                listers[0].lists.load(Ordering::SeqCst)
            };
            let begun = Instant::now();
            assert_eq!((asked().await, asked().await), (1, 1));
            tokio::time::sleep_until(begun + pause - Duration::from_millis(2)).await;
            assert_eq!(asked().await, 1);
            tokio::time::sleep_until(begun + pause + Duration::from_millis(2)).await;
            assert_eq!(asked().await, 2);
        }
    }

    #[test]
    fn the_nearest_names_are_those_that_a_person_would_think_of() {
        let near = |wanted: &str, offered: &[&str]| {
            let offer: Vec<_> = offered.iter().map(|id| ModelInfo::unknown(id, "p")).collect();
            nearest(wanted, &offer)
        };
        let offered = ["whisper-1", "gpt-4o", "gpt-5", "gpt-5.5", "text-embedding-3-large"];
        assert_eq!(*near("gpt-5x", &offered), ["gpt-5", "gpt-5.5", "gpt-4o"]);
        let dated = ["gpt-4o", "claude-sonnet-5-5-20261101", "claude-opus-5-5-20261101"];
        assert_eq!(near("claude-sonnet-5", &dated)[0], "claude-sonnet-5-5-20261101");
        assert_eq!(near("llama-4", &["mistral/large", "meta/llama-4-8b"])[0], "meta/llama-4-8b");
        assert!(near("gemma4", &[]).is_empty());
    }
}
