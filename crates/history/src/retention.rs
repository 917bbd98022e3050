//! How long what is kept: the rule, without a database.
//!
//! Not how it is carried out (`sqlite/prune.rs`). Invariant: what a note says now, and what any moment younger than
//! [`Retention::everything`] can be asked for, is never expendable.

use crate::{Outcome, RevisionId};
use jiff::{SignedDuration, Timestamp};
use std::collections::HashSet;
use std::time::Duration;

const DAY: Duration = Duration::from_secs(24 * 60 * 60);

/// How long revisions are kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Retention {
    /// Every revision younger than this is kept.
    pub everything: Duration,
    /// Of the older ones the last of each note and day (UTC) is kept until it is this old; `None` is forever.
    pub daily: Option<Duration>,
    /// A deleted note is kept at least this long; then all of it goes, when its deletion is older than
    /// [`Self::everything`] too. `None` is forever.
    pub trash: Option<Duration>,
}

impl Default for Retention {
    fn default() -> Self {
        Self {
            everything: DAY * 30,
            daily: None,
            trash: None,
        }
    }
}

/// What a prune took away, or would.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Pruned {
    /// Revisions.
    pub revisions: u64,
    /// Contents nothing needs any more.
    pub contents: u64,
    /// How long these contents were together, unpacked.
    pub bytes: u64,
}

/// What a prune tells whoever watches it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Pruning {
    /// A phase begins.
    Begins {
        /// Its name, one or two words.
        phase: &'static str,
        /// How many steps lie ahead of it, if that is known.
        total: Option<u64>,
    },
    /// So many more steps of it are done.
    Advances(u64),
}

/// What the rule needs to know of a revision.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Moment {
    pub(crate) id: RevisionId,
    pub(crate) time: Timestamp,
    pub(crate) outcome: Option<Outcome>,
    /// Whether the note said anything after it.
    pub(crate) is_present: bool,
}

impl Retention {
    /// Returns the revisions of one note that may go; `moments` are all of them, the newest first.
    pub(crate) fn expendable(&self, moments: &[Moment], now: Timestamp) -> Vec<RevisionId> {
        let happened = || {
            moments
                .iter()
                .filter(|moment| moment.outcome != Some(Outcome::Undone))
        };
        let last = happened().next();
        let forgotten = last.is_some_and(|last| self.is_forgotten(last, now))
            && moments.iter().all(|moment| moment.outcome.is_some());
        if forgotten {
            return moments.iter().map(|moment| moment.id).collect();
        }
        // One that is pending may turn out not to have happened, so it stands for no other.
        let done = || happened().filter(|moment| moment.outcome.is_some());
        // What it said last before it was deleted, if it was.
        let newest = done().find(|moment| moment.is_present);
        // What it said when the time of which everything is kept began.
        let in_force = done().find(|moment| is_older(moment.time, now, self.everything));
        let protected =
            [last, done().next(), newest, in_force].map(|moment| moment.map(|moment| moment.id));
        let mut days = HashSet::new();
        let mut expendable = Vec::new();
        for moment in moments {
            let is_done = moment.outcome == Some(Outcome::Done);
            let is_last_of_day = is_done && days.insert(day(moment.time));
            let in_daily = is_last_of_day
                && self
                    .daily
                    .is_none_or(|daily| !is_older(moment.time, now, daily));
            let stays = moment.outcome.is_none()
                || !is_older(moment.time, now, self.everything)
                || in_daily
                || protected.contains(&Some(moment.id));
            if !stays {
                expendable.push(moment.id);
            }
        }
        expendable
    }

    /// Whether a note whose last revision is this one has been in the trash for long enough.
    fn is_forgotten(&self, last: &Moment, now: Timestamp) -> bool {
        let is_old = |age| is_older(last.time, now, age);
        !last.is_present && is_old(self.everything) && self.trash.is_some_and(is_old)
    }
}

fn is_older(time: Timestamp, now: Timestamp, age: Duration) -> bool {
    let age = SignedDuration::try_from(age).unwrap_or(SignedDuration::MAX);
    now.duration_since(time) > age
}

fn day(time: Timestamp) -> i64 {
    time.as_second().div_euclid(24 * 60 * 60)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Hours ago, newest first, as `72`, `72-` (deleted), `72?` (pending) or `72x` (undone); returns those that go.
    fn gone(retention: &Retention, ages: &str) -> String {
        let now: Timestamp = "2026-03-31T12:00:00Z".parse().expect("it is a time");
        let words: Vec<&str> = ages.split_whitespace().collect();
        let moments: Vec<Moment> = words
            .iter()
            .enumerate()
            .map(|(position, word)| {
                let hours = word.trim_end_matches(['-', '?', 'x']);
                let hours: i64 = hours.parse().expect("it is a number");
                Moment {
                    id: RevisionId(i64::try_from(position).expect("there are few")),
                    time: now - SignedDuration::from_hours(hours),
                    outcome: match word.chars().last() {
                        Some('?') => None,
                        Some('x') => Some(Outcome::Undone),
                        _ => Some(Outcome::Done),
                    },
                    is_present: !word.ends_with('-'),
                }
            })
            .collect();
        let gone: Vec<&str> = retention
            .expendable(&moments, now)
            .into_iter()
            .map(|id| words[usize::try_from(id.0).expect("it was a position")])
            .collect();
        gone.join(" ")
    }

    fn hours(everything: u64, daily: Option<u64>, trash: Option<u64>) -> Retention {
        let hours = |number: u64| Duration::from_secs(number * 60 * 60);
        Retention {
            everything: hours(everything),
            daily: daily.map(hours),
            trash: trash.map(hours),
        }
    }

    #[test]
    fn the_default_keeps_a_month_and_then_one_a_day() {
        let rule = Retention::default();
        assert_eq!(gone(&rule, "0 1 2 3 600 719 720"), "");
        // Noon: 732 hours ago was midnight, so the day goes from 732 back to 755.
        assert_eq!(gone(&rule, "1 733 734 740 757 758"), "734 740 758");
        assert_eq!(gone(&rule, "9000 9001"), "9001");
    }

    #[test]
    fn what_a_note_says_now_stays_however_old() {
        let rule = hours(10, Some(20), Some(30));
        assert_eq!(gone(&rule, "50 51 90"), "51 90");
        assert_eq!(gone(&rule, "5 50 51 90"), "51 90", "in force 10 hours ago");
    }

    #[test]
    fn the_trash_goes_at_its_own_age() {
        assert_eq!(gone(&hours(10, Some(20), Some(300)), "200- 201 202"), "202");
        assert_eq!(gone(&hours(10, Some(20), None), "999- 1000 1001"), "1001");
        assert_eq!(
            gone(&hours(10, Some(20), Some(300)), "301- 302 303x"),
            "301- 302 303x"
        );
        assert_eq!(gone(&hours(400, None, Some(300)), "301- 302"), "");
        assert_eq!(gone(&hours(10, None, Some(300)), "1 301- 302"), "302");
    }

    #[test]
    fn pending_revisions_stay_and_undone_ones_age() {
        let rule = hours(10, Some(20), Some(30));
        assert_eq!(gone(&rule, "40x 50 51? 52 5x"), "40x 52");
        assert_eq!(gone(&rule, "40- 41? 42 43"), "43");
        assert_eq!(gone(&rule, "-5 -100"), "");
    }
}
