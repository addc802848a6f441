//! Claims that share the workers of a queue fairly among those for whom its jobs are done.
//!
//! A claim looks at the oldest jobs that are due, and at how many jobs of each owner run. Jobs of an owner who has as many
//! as one may are *throttled*: parked, so that later claims do not meet them again. The claim after one of the owner's jobs
//! has ended makes as many ready as fit. So each job is passed over once, however many an owner has, and what a claim looks
//! at does not grow with the queue.

use std::collections::{HashMap, VecDeque};
use std::time::Duration;

use sophon_model::ports::{ClaimJobs, Value};
use sophon_model::{Job, JobId, Priority, Queue, TaskId, TenantId, Timestamp, UserId};

use crate::engine::{Conn, Failure, json_text};

/// Jobs that are due and looked at together: among these those of the owners with the fewest go first.
const WINDOW: usize = 1_024;
/// When a throttled job is due again even if nothing has made it ready.
const THROTTLED_FOR: Duration = Duration::from_hours(1);

const DUE: &str = "SELECT id, tenant_id, owner_id FROM jobs WHERE queue = $1 AND priority = $2 \
     AND status IN ('ready', 'parked') AND run_at <= $3 ORDER BY run_at, id LIMIT $4";

const WAITING: &str = "SELECT id, tenant_id, owner_id, task_id FROM jobs WHERE queue = $1 AND task_id IS NOT NULL \
     AND status IN ('ready', 'parked') AND (is_throttled OR run_at <= $2) ORDER BY created_at, id LIMIT $3";

const RUNNING: &str = "SELECT tenant_id, owner_id, count(*) FROM jobs \
     WHERE queue = $1 AND status = 'running' AND owner_id IS NOT NULL GROUP BY tenant_id, owner_id";

/// Steps from one owner to the next in the index, over all that the owner has.
const THROTTLED_OWNERS: &str = "WITH RECURSIVE owners (id) AS ( \
     SELECT min(owner_id) FROM jobs WHERE queue = $1 AND is_throttled UNION ALL \
     SELECT (SELECT min(owner_id) FROM jobs WHERE queue = $1 AND is_throttled AND owner_id > owners.id) \
     FROM owners WHERE owners.id IS NOT NULL) SELECT id FROM owners WHERE id IS NOT NULL";

/// The list of ids is bound as JSON.
const THROTTLE: (&str, &str) = (
    "UPDATE jobs SET status = 'parked', is_throttled = TRUE, run_at = $2 \
     WHERE id IN (SELECT value FROM json_each($1))",
    "UPDATE jobs SET status = 'parked', is_throttled = TRUE, run_at = $2 \
     WHERE id = ANY (ARRAY(SELECT json_array_elements_text($1)))",
);

const CHOSEN: (&str, &str) =
    ("id IN (SELECT value FROM json_each($1))", "id = ANY (ARRAY(SELECT json_array_elements_text($1)))");

/// A job that is due, and for whom it is done.
type Due = (JobId, Option<TenantId>, Option<UserId>);

/// How many jobs run for whom.
#[derive(Default)]
struct Shares {
    tenants: HashMap<TenantId, usize>,
    owners: HashMap<UserId, usize>,
}

/// The jobs of a window that are done for the same user, or for nobody.
struct Line {
    owner: Option<UserId>,
    tenant: Option<TenantId>,
    /// How many of them run or are chosen; jobs for nobody are not counted.
    count: usize,
    /// The jobs, and where in the window they are.
    jobs: VecDeque<(usize, JobId)>,
}

/// What becomes of the jobs of a window.
#[derive(Debug, Default, PartialEq, Eq)]
struct Choice {
    /// They go now.
    chosen: Vec<JobId>,
    /// Their owners have as many as one may.
    throttled: Vec<JobId>,
}

impl Conn {
    pub(super) fn claim_fairly(&self, claim: &ClaimJobs<'_>, per_owner: usize) -> Result<Vec<Job>, Failure> {
        // Two processes that count at once would both give an owner what is left.
        self.serialize_on(&format!("claims of {}", claim.queue.as_str()))?;
        let mut shares = self.shares(claim.queue)?;
        self.unthrottle(claim, &shares, per_owner)?;
        let mut claimed: Vec<Job> = Vec::new();
        loop {
            let room = claim.limit - claimed.len();
            let Choice { chosen, throttled } = shares.choose(self.window(claim)?, room, per_owner);
            if !throttled.is_empty() {
                let until = claim.now.plus(THROTTLED_FOR);
                self.exec(THROTTLE, &[Value::Json(&json_text(&throttled)?), until.into()])?;
            }
            let mut jobs: Vec<Job> = self.those(CHOSEN, &[Value::Json(&json_text(&chosen)?)])?;
            jobs.sort_by_key(|job| chosen.iter().position(|id| *id == job.id));
            self.hand_out(&mut jobs, claim)?;
            claimed.extend(jobs);
            // What was throttled makes way for others, which were not in the window.
            if throttled.is_empty() || claimed.len() == claim.limit {
                return Ok(claimed);
            }
        }
    }

    /// The oldest jobs that are due, those of the highest priority first.
    fn window(&self, claim: &ClaimJobs<'_>) -> Result<Vec<Due>, Failure> {
        let due = format!("{DUE} {}", self.unlocked());
        let mut window = Vec::new();
        for priority in Priority::ALL {
            let room = WINDOW - window.len();
            let args =
                [claim.queue.as_str().into(), i64::from(priority).into(), claim.now.into(), room.into()];
            window.extend(self.all::<Due>(due.as_str(), &args)?);
        }
        Ok(window)
    }

    /// See [`JobRows::waiting_tasks`](sophon_model::ports::JobRows::waiting_tasks).
    pub(super) fn in_fair_order(
        &self,
        queue: Queue,
        now: Timestamp,
        limit: usize,
    ) -> Result<Vec<TaskId>, Failure> {
        let args = [queue.as_str().into(), now.into(), WINDOW.into()];
        let waiting: Vec<(JobId, Option<TenantId>, Option<UserId>, TaskId)> = self.all(WAITING, &args)?;
        let mut tasks: HashMap<JobId, TaskId> =
            waiting.iter().map(|(id, _, _, task)| (id.clone(), task.clone())).collect();
        let window = waiting.into_iter().map(|(id, tenant, owner, _)| (id, tenant, owner)).collect();
        let order = self.shares(queue)?.choose(window, limit, usize::MAX).chosen;
        Ok(order.iter().filter_map(|id| tasks.remove(id)).collect())
    }

    fn shares(&self, queue: Queue) -> Result<Shares, Failure> {
        let rows: Vec<(Option<TenantId>, UserId, usize)> = self.all(RUNNING, &[queue.as_str().into()])?;
        let mut shares = Shares::default();
        for (tenant, owner, count) in rows {
            if let Some(tenant) = tenant {
                *shares.tenants.entry(tenant).or_default() += count;
            }
            *shares.owners.entry(owner).or_default() += count;
        }
        Ok(shares)
    }

    /// Makes the oldest throttled jobs of each owner ready that may run beside those that do.
    fn unthrottle(&self, claim: &ClaimJobs<'_>, shares: &Shares, per_owner: usize) -> Result<(), Failure> {
        let queue: Value<'_> = claim.queue.as_str().into();
        let owners: Vec<(UserId,)> = self.all(THROTTLED_OWNERS, &[queue])?;
        let ready = format!(
            "UPDATE jobs SET status = 'ready', is_throttled = FALSE, run_at = created_at WHERE id IN (SELECT id FROM jobs \
             WHERE queue = $1 AND owner_id = $2 AND is_throttled ORDER BY created_at, id LIMIT $3 {})",
            self.unlocked()
        );
        for (owner,) in owners {
            let room = per_owner.saturating_sub(shares.of(&owner));
            if room > 0 {
                self.exec(ready.as_str(), &[queue, owner.as_str().into(), room.into()])?;
            }
        }
        Ok(())
    }
}

impl Shares {
    fn of(&self, owner: &UserId) -> usize {
        self.owners.get(owner).copied().unwrap_or_default()
    }

    /// Chooses up to `room` jobs of a window, one after the other: the oldest of those whose owner, and then whose tenant,
    /// has the fewest. What is chosen counts from then on.
    fn choose(&mut self, window: Vec<Due>, room: usize, per_owner: usize) -> Choice {
        let mut lines = self.lines(window);
        let mut choice = Choice::default();
        while choice.chosen.len() < room {
            let open = lines.iter_mut().filter(|line| line.count < per_owner && !line.jobs.is_empty());
            let next = open.min_by_key(|line| {
                let of_tenant = line.tenant.as_ref().and_then(|tenant| self.tenants.get(tenant)).copied();
                (line.count, of_tenant.unwrap_or_default(), line.jobs.front().map(|(place, _)| *place))
            });
            let Some(line) = next else { break };
            choice.chosen.extend(line.jobs.pop_front().map(|(_, id)| id));
            line.count += usize::from(line.owner.is_some());
            if let Some(tenant) = &line.tenant {
                *self.tenants.entry(tenant.clone()).or_default() += 1;
            }
        }
        for line in lines {
            if line.count >= per_owner {
                choice.throttled.extend(line.jobs.into_iter().map(|(_, id)| id));
            }
            self.owners.extend(line.owner.map(|owner| (owner, line.count)));
        }
        choice
    }

    /// The jobs of a window by their owners.
    fn lines(&self, window: Vec<Due>) -> Vec<Line> {
        let mut lines: Vec<Line> = Vec::new();
        let mut places: HashMap<Option<UserId>, usize> = HashMap::new();
        for (place, (id, tenant, owner)) in window.into_iter().enumerate() {
            let line = *places.entry(owner.clone()).or_insert_with(|| {
                let count = owner.as_ref().map_or(0, |owner| self.of(owner));
                lines.push(Line { owner, tenant, count, jobs: VecDeque::new() });
                lines.len() - 1
            });
            lines[line].jobs.push_back((place, id));
        }
        lines
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn due(id: &str, tenant: &str, owner: &str) -> Due {
        (id.into(), Some(tenant.into()), Some(owner.into()))
    }

    fn choose(running: &[(&str, &str, usize)], window: &[(&str, &str, &str)], room: usize) -> Choice {
        let mut shares = Shares::default();
        for (tenant, owner, count) in running {
            *shares.tenants.entry((*tenant).into()).or_default() += count;
            shares.owners.insert((*owner).into(), *count);
        }
        let window = window.iter().map(|(id, tenant, owner)| due(id, tenant, owner)).collect();
        shares.choose(window, room, 3)
    }

    fn ids(ids: &[&str]) -> Vec<JobId> {
        ids.iter().map(|id| JobId::from(*id)).collect()
    }

    #[test]
    fn the_next_place_goes_to_who_has_the_fewest_and_the_oldest_of_these() {
        let window =
            [("1", "t", "ann"), ("2", "t", "ann"), ("3", "t", "bob"), ("4", "t", "ann"), ("5", "t", "cid")];
        assert_eq!(choose(&[], &window, 4).chosen, ids(&["1", "3", "5", "2"]));
        assert_eq!(choose(&[("t", "bob", 2)], &window, 3).chosen, ids(&["1", "5", "2"]));
    }

    #[test]
    fn among_users_with_as_many_the_tenant_with_the_fewest_goes_first() {
        let window = [("1", "big", "ann"), ("2", "big", "bob"), ("3", "small", "cid")];
        assert_eq!(choose(&[("big", "dan", 1)], &window, 2).chosen, ids(&["3", "1"]));
    }

    #[test]
    fn what_is_beyond_the_limit_of_its_owner_is_throttled() {
        let window =
            [("1", "t", "ann"), ("2", "t", "ann"), ("3", "t", "ann"), ("4", "t", "bob"), ("5", "t", "bob")];
        let choice = choose(&[("t", "ann", 2)], &window, 2);
        assert_eq!(choice, Choice { chosen: ids(&["4", "5"]), throttled: vec![] });
        let choice = choose(&[("t", "ann", 2)], &window, 9);
        assert_eq!(choice, Choice { chosen: ids(&["4", "5", "1"]), throttled: ids(&["2", "3"]) });
        assert_eq!(choose(&[("t", "ann", 3)], &window, 0).throttled, ids(&["1", "2", "3"]));
    }
}
