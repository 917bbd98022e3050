//! The nearest of many vectors, by looking at all of them.
//!
//! It owns no vectors. Invariant: what is found, and in which order, follows from the vectors and the passages they are of,
//! not from their rows; the order is by score, then by note, and within a note by position.

use super::Quantised;
use super::dot::Kernel;
use super::table::{CHUNK, Rows};
use std::collections::HashMap;
use std::collections::hash_map::Entry;

/// Rows whose dot products are computed in one go, few enough to stay in the first cache.
const BLOCK: usize = 256;

/// What is asked for.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Wanted {
    /// Notes at most.
    pub(crate) notes: usize,
    /// Passages of each at most.
    pub(crate) per_note: usize,
}

/// A note and its nearest passages: position and score.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Near {
    pub(crate) note: i64,
    pub(crate) passages: Vec<(u32, f32)>,
}

impl Rows {
    /// Returns the notes with the nearest passages, of those that are allowed. A question of another length than the rows
    /// finds nothing.
    pub(crate) fn nearest(
        &self,
        question: &Quantised,
        wanted: Wanted,
        is_allowed: impl Fn(i64) -> bool,
    ) -> Vec<Near> {
        self.nearest_with(Kernel::best(), question, wanted, is_allowed)
    }

    fn nearest_with(
        &self,
        kernel: Kernel,
        question: &Quantised,
        wanted: Wanted,
        is_allowed: impl Fn(i64) -> bool,
    ) -> Vec<Near> {
        let Wanted { notes, per_note } = wanted;
        if notes == 0 || per_note == 0 || question.values.len() != self.dimensions {
            return Vec::new();
        }
        let mut best = Best::new(notes);
        let mut products = [0; BLOCK];
        for (number, (chunk, len)) in self.chunks().enumerate() {
            for start in (0..len).step_by(BLOCK) {
                let end = len.min(start + BLOCK);
                let products = &mut products[..end - start];
                let values = &chunk.values[start * self.dimensions..end * self.dimensions];
                kernel.products(&question.values, values, products);
                let rows = products.iter().zip(&chunk.scales[start..end]);
                for (at, (product, scale)) in (start..).zip(rows) {
                    let score = score(*product, *scale, question);
                    if score < best.floor {
                        continue;
                    }
                    let note = chunk.notes[at];
                    if note != 0 && is_allowed(note) {
                        best.add(note, score, number * CHUNK + at);
                    }
                }
            }
        }
        let best = best.sorted().into_iter();
        best.map(|(note, _, row)| Near {
            note,
            passages: self.passages(kernel, question, row, per_note),
        })
        .collect()
    }

    /// The nearest passages of the note a row is of.
    fn passages(
        &self,
        kernel: Kernel,
        question: &Quantised,
        row: usize,
        per_note: usize,
    ) -> Vec<(u32, f32)> {
        let one = |row: usize| {
            let (chunk, at) = (&self.chunks[row / CHUNK], row % CHUNK);
            let values = &chunk.values[at * self.dimensions..(at + 1) * self.dimensions];
            let mut product = [0];
            kernel.products(&question.values, values, &mut product);
            let score = score(product[0], chunk.scales[at], question);
            (chunk.positions[at], score)
        };
        let mut passages: Vec<(u32, f32)> = self.run(row).map(one).collect();
        passages.sort_unstable_by(|one, other| other.1.total_cmp(&one.1).then(one.0.cmp(&other.0)));
        passages.truncate(per_note);
        passages
    }
}

fn score(product: i32, scale: f32, question: &Quantised) -> f32 {
    product as f32 * (scale * question.scale)
}

/// The notes with the best scores so far, each with its best row.
struct Best {
    count: usize,
    notes: HashMap<i64, (f32, usize)>,
    /// What scores less is not among them.
    floor: f32,
}

impl Best {
    fn new(count: usize) -> Self {
        Self {
            count,
            notes: HashMap::new(),
            floor: f32::NEG_INFINITY,
        }
    }

    fn add(&mut self, note: i64, score: f32, row: usize) {
        match self.notes.entry(note) {
            Entry::Occupied(mut entry) => {
                if score > entry.get().0 {
                    entry.insert((score, row));
                }
            }
            Entry::Vacant(entry) => {
                entry.insert((score, row));
            }
        }
        if self.notes.len() >= self.count.saturating_mul(2).max(64) {
            let kept = self.taken();
            self.notes = kept
                .into_iter()
                .map(|(note, score, row)| (note, (score, row)))
                .collect();
        }
    }

    /// Takes the best out, in no order, and raises the floor to the worst of them.
    fn taken(&mut self) -> Vec<(i64, f32, usize)> {
        let notes = self.notes.drain();
        let mut notes: Vec<_> = notes
            .map(|(note, (score, row))| (note, score, row))
            .collect();
        if notes.len() > self.count {
            let (_, worst, _) = notes.select_nth_unstable_by(self.count - 1, order);
            self.floor = worst.1;
            notes.truncate(self.count);
        }
        notes
    }

    fn sorted(mut self) -> Vec<(i64, f32, usize)> {
        let mut notes = self.taken();
        notes.sort_unstable_by(order);
        notes
    }
}

fn order(one: &(i64, f32, usize), other: &(i64, f32, usize)) -> std::cmp::Ordering {
    other.1.total_cmp(&one.1).then(one.0.cmp(&other.0))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::vector::{Row, Table};

    fn random(count: usize, seed: u32) -> Vec<i8> {
        let mut state = seed;
        let next = || {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            ((state >> 24) as u8).cast_signed().max(-127)
        };
        std::iter::repeat_with(next).take(count).collect()
    }

    fn plainly(a: &[i8], b: &[i8]) -> i32 {
        let products = a.iter().zip(b).map(|(a, b)| i32::from(*a) * i32::from(*b));
        products.sum()
    }

    #[test]
    fn every_kernel_gives_the_same_numbers() {
        for dimensions in [1, 15, 16, 17, 32, 63, 64, 100, 384, 1_000] {
            let rows = random(dimensions * 7, 1);
            let mut extreme = vec![127i8; dimensions];
            extreme.extend(vec![-127; dimensions]);
            for (query, rows) in [
                (random(dimensions, 2), &rows),
                (vec![-127; dimensions], &extreme),
            ] {
                let expected: Vec<i32> = rows
                    .chunks(dimensions)
                    .map(|row| plainly(row, &query))
                    .collect();
                for kernel in Kernel::available() {
                    let mut found = vec![0; expected.len()];
                    kernel.products(&query, rows, &mut found);
                    assert_eq!(found, expected, "{kernel:?} at {dimensions}");
                }
            }
        }
    }

    const DIMENSIONS: usize = 24;

    /// The passages of 700 notes, some of them alike.
    fn passages() -> Vec<(i64, u32, Vec<i8>, f32)> {
        let mut values = random(DIMENSIONS * 2_500, 3);
        values.copy_within(0..DIMENSIONS, DIMENSIONS * 900);
        values.copy_within(0..DIMENSIONS, DIMENSIONS * 1_801);
        let rows = values.chunks(DIMENSIONS).zip(0..);
        rows.map(|(values, row)| {
            let scale = if row % 3 == 0 { 0.01 } else { 0.02 };
            (i64::from(row % 700) + 1, row / 700, values.to_vec(), scale)
        })
        .collect()
    }

    fn slowly(question: &Quantised, wanted: Wanted, is_allowed: impl Fn(i64) -> bool) -> Vec<Near> {
        let mut notes: HashMap<i64, Vec<(u32, f32)>> = HashMap::new();
        for (note, position, values, scale) in passages() {
            if is_allowed(note) {
                let score = plainly(&values, &question.values) as f32 * (scale * question.scale);
                notes.entry(note).or_default().push((position, score));
            }
        }
        let mut near: Vec<Near> = notes
            .into_iter()
            .map(|(note, mut passages)| {
                passages.sort_by(|a, b| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0)));
                passages.truncate(wanted.per_note);
                Near { note, passages }
            })
            .collect();
        near.sort_by(|a, b| {
            let by_score = b.passages[0].1.total_cmp(&a.passages[0].1);
            by_score.then(a.note.cmp(&b.note))
        });
        near.truncate(wanted.notes);
        near
    }

    #[test]
    fn the_nearest_are_found_in_order_whatever_the_rows() {
        let mut passages = passages();
        let question = Quantised {
            values: passages[0].2.clone(),
            scale: 0.01,
        };
        passages.sort_by_key(|(note, position, ..)| (note * 31 % 701, *position));
        let mut table = Table::new(DIMENSIONS);
        for of_note in passages.chunk_by(|one, other| one.0 == other.0) {
            let bytes: Vec<Vec<u8>> = of_note
                .iter()
                .map(|(_, _, values, _)| values.iter().map(|value| value.cast_unsigned()).collect())
                .collect();
            let rows = of_note.iter().zip(&bytes);
            let rows: Vec<Row<'_>> = rows
                .map(|((_, position, _, scale), bytes)| Row {
                    position: *position,
                    bytes,
                    scale: *scale,
                })
                .collect();
            table.put(of_note[0].0, &rows);
        }
        let rows = table.rows();
        for kernel in Kernel::available() {
            for notes in [1, 10, 50, 699, 700, 5_000] {
                for per_note in [1, 3, 9] {
                    let wanted = Wanted { notes, per_note };
                    let found = rows.nearest_with(kernel, &question, wanted, |_| true);
                    assert_eq!(
                        found,
                        slowly(&question, wanted, |_| true),
                        "{kernel:?} {wanted:?}"
                    );
                    let even = |note: i64| note % 2 == 0;
                    let found = rows.nearest_with(kernel, &question, wanted, even);
                    assert_eq!(
                        found,
                        slowly(&question, wanted, even),
                        "{kernel:?} {wanted:?}"
                    );
                }
            }
        }
        let [first, second] = [0, 1].map(|place| {
            let wanted = Wanted {
                notes: 2,
                per_note: 1,
            };
            rows.nearest(&question, wanted, |_| true)[place].clone()
        });
        assert!(first.passages[0].1 >= second.passages[0].1 && first.note != second.note);
    }

    #[test]
    fn what_cannot_be_compared_finds_nothing() {
        let mut table = Table::new(2);
        table.put(
            1,
            &[Row {
                position: 0,
                bytes: &[1, 2],
                scale: 1.0,
            }],
        );
        let ask = |length, notes, per_note| {
            let question = Quantised {
                values: vec![1; length],
                scale: 1.0,
            };
            let wanted = Wanted { notes, per_note };
            table.rows().nearest(&question, wanted, |_| true).len()
        };
        assert_eq!(ask(2, 1, 1), 1);
        assert_eq!([ask(3, 5, 1), ask(2, 0, 1), ask(2, 5, 0)], [0; 3]);
    }
}
