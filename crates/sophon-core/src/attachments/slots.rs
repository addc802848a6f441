//! How many uploads go on at a time in this process.

use std::collections::HashMap;
use std::sync::Arc;

use parking_lot::Mutex;
use sophon_model::UserId;

use crate::limits::MOST_ATTACHMENTS;

/// Uploads of all users.
const MOST: usize = 64;
/// Uploads of one user: all files of a message at once.
const MOST_OF_A_USER: usize = MOST_ATTACHMENTS;

/// The uploads that go on, by user.
#[derive(Clone, Default)]
pub(super) struct Slots(Arc<Mutex<HashMap<UserId, usize>>>);

/// One upload. Dropping it makes room for another.
pub(super) struct Slot {
    slots: Slots,
    user: UserId,
}

impl Slots {
    /// A slot for a user; nothing if all are taken, or as many as one user may take.
    pub(super) fn take(&self, user: &UserId) -> Option<Slot> {
        let mut taken = self.0.lock();
        let own = taken.get(user).copied().unwrap_or_default();
        if own >= MOST_OF_A_USER || taken.values().sum::<usize>() >= MOST {
            return None;
        }
        taken.insert(user.clone(), own + 1);
        Some(Slot { slots: self.clone(), user: user.clone() })
    }
}

impl Drop for Slot {
    fn drop(&mut self) {
        let mut taken = self.slots.0.lock();
        if let Some(own) = taken.get_mut(&self.user) {
            *own -= 1;
            if *own == 0 {
                taken.remove(&self.user);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nobody_takes_all_slots_and_what_ends_gives_its_own_back() {
        let slots = Slots::default();
        let user = |name: String| UserId::from(name.as_str());
        let mut taken: Vec<Slot> = (0..1_000).map_while(|_| slots.take(&user("ann".into()))).collect();
        assert_eq!(taken.len(), MOST_OF_A_USER);
        taken.extend((0..1_000).map_while(|n| slots.take(&user(format!("u{n}")))));
        assert_eq!(taken.len(), MOST);
        taken.clear();
        assert!(slots.take(&user("ann".into())).is_some());
        assert!(slots.0.lock().is_empty(), "nothing is kept of who has no upload");
    }
}
