//! What many notes say, counted.
//!
//! Notes are added one at a time, so that a type with many of them needs no more memory than its fields.
//! Invariant: a note counts once for a field, however often it says it.

use super::{Facts, Source};
use crate::filter::canonical_type;
use std::collections::BTreeMap;

/// Samples kept of a field.
const MOST_SAMPLES: usize = 5;

/// What many notes say.
#[derive(Debug, Clone, Default)]
pub struct Usage {
    notes: usize,
    observations: BTreeMap<String, Tally>,
    relations: BTreeMap<String, Tally>,
}

/// How a field is used.
#[derive(Debug, Clone, Default)]
struct Tally {
    notes: usize,
    repeating: usize,
    /// The note counted last, from 1, and how often it says the field.
    last: usize,
    times: usize,
    samples: Vec<String>,
    target_types: BTreeMap<String, usize>,
}

/// How often notes have a field.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Frequency {
    /// The field.
    pub name: String,
    /// Where it stands.
    pub source: Source,
    /// Notes that have it.
    pub count: usize,
    /// Notes in all.
    pub total: usize,
    /// Notes that have it more than once.
    pub repeating: usize,
    /// Up to five different values.
    pub samples: Vec<String>,
    /// The canonical type most of a relation's targets have, where they are there.
    pub target_type: Option<String>,
}

impl Frequency {
    /// Returns the part of the notes that have the field, 0 to 1.
    #[expect(
        clippy::cast_precision_loss,
        reason = "numbers of notes are far below 2^52"
    )]
    pub fn share(&self) -> f64 {
        if self.total == 0 {
            0.0
        } else {
            self.count as f64 / self.total as f64
        }
    }

    /// Whether more than half of the notes that have the field have it more than once.
    pub fn is_array(&self) -> bool {
        self.repeating * 2 > self.count
    }
}

impl Usage {
    /// Counts a note.
    pub fn add(&mut self, note: &Facts<'_>) {
        self.notes += 1;
        for observation in note.observations {
            tally(&mut self.observations, observation.category())
                .add(self.notes, &observation.content);
        }
        for link in note.links {
            let tally = tally(&mut self.relations, &link.relation_type);
            tally.add(self.notes, &link.target);
            if let Some(target_type) = &link.target_type {
                let canonical = canonical_type(target_type);
                *tally.target_types.entry(canonical).or_default() += 1;
            }
        }
    }

    /// Returns how many notes were counted.
    pub fn notes(&self) -> usize {
        self.notes
    }

    /// Returns every field, the most frequent first, observations before relations, then by name.
    pub fn frequencies(&self) -> Vec<Frequency> {
        let all = |source, tallies: &BTreeMap<String, Tally>| -> Vec<Frequency> {
            let tallies = tallies.iter();
            tallies
                .map(|(name, tally)| self.frequency_of(name, source, tally))
                .collect()
        };
        let mut frequencies = all(Source::Observation, &self.observations);
        frequencies.extend(all(Source::Relation, &self.relations));
        // Stable: what is equally frequent stays in the order above.
        frequencies.sort_by_key(|frequency| std::cmp::Reverse(frequency.count));
        frequencies
    }

    /// Returns how often a field is used, be it never.
    pub fn frequency(&self, name: &str, source: Source) -> Frequency {
        let tallies = match source {
            Source::Observation => &self.observations,
            Source::Relation => &self.relations,
        };
        match tallies.get(name) {
            Some(tally) => self.frequency_of(name, source, tally),
            None => self.frequency_of(name, source, &Tally::default()),
        }
    }

    fn frequency_of(&self, name: &str, source: Source, tally: &Tally) -> Frequency {
        let types = tally.target_types.iter();
        // The first of equals, by name.
        let target_type = types
            .rev()
            .max_by_key(|(_, count)| **count)
            .map(|(name, _)| name.clone());
        Frequency {
            name: name.to_owned(),
            source,
            count: tally.notes,
            total: self.notes,
            repeating: tally.repeating,
            samples: tally.samples.clone(),
            target_type,
        }
    }
}

fn tally<'t>(tallies: &'t mut BTreeMap<String, Tally>, name: &str) -> &'t mut Tally {
    if !tallies.contains_key(name) {
        tallies.insert(name.to_owned(), Tally::default());
    }
    tallies.get_mut(name).expect("it was put there")
}

impl Tally {
    fn add(&mut self, note: usize, value: &str) {
        if self.last == note {
            self.times += 1;
        } else {
            self.last = note;
            self.times = 1;
            self.notes += 1;
        }
        if self.times == 2 {
            self.repeating += 1;
        }
        if self.samples.len() < MOST_SAMPLES && !self.samples.iter().any(|known| known == value) {
            self.samples.push(value.to_owned());
        }
    }
}
