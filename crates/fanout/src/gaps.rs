//! The numbers that are missing: others gave them, and what they stand for is not known yet.

use std::sync::Arc;

use tokio::sync::Notify;

/// Ranges of missing numbers, first and last, in order.
#[derive(Default)]
pub(crate) struct Gaps {
    ranges: Vec<(u64, u64)>,
    opened: Arc<Notify>,
}

impl Gaps {
    /// The lowest missing number.
    pub(crate) fn first(&self) -> Option<u64> {
        self.ranges.first().map(|(first, _)| *first)
    }

    /// All of them.
    pub(crate) fn ranges(&self) -> &[(u64, u64)] {
        &self.ranges
    }

    pub(crate) fn contains(&self, number: u64) -> bool {
        self.ranges.iter().any(|(first, last)| (*first..=*last).contains(&number))
    }

    /// Notified when there is a gap more.
    pub(crate) fn opened(&self) -> Arc<Notify> {
        self.opened.clone()
    }

    /// Notes that the numbers from `first` to `last` are missing; nothing if there are none.
    pub(crate) fn open(&mut self, first: u64, last: u64) {
        if first <= last {
            let at = self.ranges.partition_point(|range| range.0 < first);
            self.ranges.insert(at, (first, last));
            self.opened.notify_one();
        }
    }

    /// Notes that a number is there; whether it was missing.
    pub(crate) fn remove(&mut self, number: u64) -> bool {
        let Some(at) = self.ranges.iter().position(|(first, last)| (*first..=*last).contains(&number)) else {
            return false;
        };
        let (first, last) = self.ranges.remove(at);
        let left = [(first, number - 1), (number + 1, last)];
        let left = left.into_iter().filter(|(first, last)| first <= last);
        self.ranges.splice(at..at, left);
        true
    }

    /// Notes that no number up to `number` is missing; whether any was.
    pub(crate) fn close(&mut self, number: u64) -> bool {
        let before = self.ranges.len();
        let first = self.first();
        self.ranges.retain(|(_, last)| *last > number);
        if let Some(range) = self.ranges.first_mut() {
            range.0 = range.0.max(number + 1);
        }
        before != self.ranges.len() || first != self.first()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_in_the_middle_leaves_what_is_around_it() {
        let mut gaps = Gaps::default();
        gaps.open(5, 9);
        gaps.open(3, 2);
        gaps.open(12, 12);
        assert!(gaps.remove(7) && !gaps.remove(7) && !gaps.remove(10));
        assert_eq!(gaps.ranges(), [(5, 6), (8, 9), (12, 12)]);
        assert!(gaps.remove(5) && gaps.close(8) && !gaps.close(8));
        assert_eq!(gaps.ranges(), [(9, 9), (12, 12)]);
        assert!(gaps.contains(9) && gaps.close(99) && gaps.first().is_none());
    }
}
