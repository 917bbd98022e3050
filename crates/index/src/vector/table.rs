//! Many vectors side by side, each with the passage it is of.
//!
//! Not comparing them (`scan`). Invariant: the vectors of a note stand next to each other in one run, and rows nobody has
//! any more belong to note 0 and are all zeros.
//!
//! A table is cut into chunks that whoever scans keeps as they were: a change copies the chunks it touches, where somebody
//! scans them meanwhile, and nobody waits for anybody.

use std::collections::HashMap;
use std::sync::Arc;

/// Rows of a chunk: few enough that copying one takes no time to speak of.
pub(super) const CHUNK: usize = 1_024;

/// When more rows than this share of all are nobody's, the table is packed.
const SLACK: usize = 4;

/// A vector of a passage.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Row<'a> {
    /// The passage's place among those of its note.
    pub(crate) position: u32,
    /// The vector, each byte times the scale.
    pub(crate) bytes: &'a [u8],
    /// What one step is worth.
    pub(crate) scale: f32,
}

/// A table that can be changed.
#[derive(Debug, Default)]
pub(crate) struct Table {
    rows: Rows,
    /// Where each note's run begins, and how long it is.
    runs: HashMap<i64, (u32, u32)>,
    /// Rows that are nobody's.
    dead: usize,
}

/// What a table held at one moment.
#[derive(Debug, Clone, Default)]
pub(crate) struct Rows {
    pub(super) dimensions: usize,
    pub(super) chunks: Vec<Arc<Chunk>>,
    /// How many rows there are.
    pub(super) len: usize,
}

/// Rows one after the other.
#[derive(Debug, Clone)]
pub(super) struct Chunk {
    pub(super) values: Vec<i8>,
    pub(super) scales: Vec<f32>,
    pub(super) notes: Vec<i64>,
    pub(super) positions: Vec<u32>,
}

impl Chunk {
    fn new(dimensions: usize) -> Self {
        Self {
            values: vec![0; CHUNK * dimensions],
            scales: vec![0.0; CHUNK],
            notes: vec![0; CHUNK],
            positions: vec![0; CHUNK],
        }
    }
}

impl Table {
    /// Returns a table without rows.
    pub(crate) fn new(dimensions: usize) -> Self {
        Self {
            rows: Rows {
                dimensions,
                ..Rows::default()
            },
            ..Self::default()
        }
    }

    /// Returns what the table holds now.
    pub(crate) fn rows(&self) -> Rows {
        self.rows.clone()
    }

    /// Makes a run for passages of a note that has none, without their vectors; returns its first row.
    pub(crate) fn begin(&mut self, note: i64, positions: impl IntoIterator<Item = u32>) -> usize {
        let first = self.rows.len;
        for position in positions {
            let (chunk, at) = (self.rows.len / CHUNK, self.rows.len % CHUNK);
            if chunk == self.rows.chunks.len() {
                let chunk = Chunk::new(self.rows.dimensions);
                self.rows.chunks.push(Arc::new(chunk));
            }
            let chunk = Arc::make_mut(&mut self.rows.chunks[chunk]);
            chunk.notes[at] = note;
            chunk.positions[at] = position;
            self.rows.len += 1;
        }
        let count = self.rows.len - first;
        if count > 0 {
            self.runs.insert(note, (short(first), short(count)));
        }
        first
    }

    /// Puts a vector into a row; one of other dimensions is none.
    pub(crate) fn fill(&mut self, row: usize, bytes: &[u8], scale: f32) {
        let dimensions = self.rows.dimensions;
        if bytes.len() != dimensions {
            return;
        }
        let chunk = Arc::make_mut(&mut self.rows.chunks[row / CHUNK]);
        let at = row % CHUNK;
        chunk.scales[at] = scale;
        let values = &mut chunk.values[at * dimensions..(at + 1) * dimensions];
        for (value, byte) in values.iter_mut().zip(bytes) {
            *value = byte.cast_signed();
        }
    }

    /// Gives a note these vectors in the place of those it has.
    pub(crate) fn put(&mut self, note: i64, rows: &[Row<'_>]) {
        let (first, count) = self.runs.remove(&note).unwrap_or_default();
        let (first, count) = (first as usize, count as usize);
        let first = if rows.len() <= count {
            self.kill(first + rows.len()..first + count);
            for (at, row) in (first..).zip(rows) {
                let chunk = Arc::make_mut(&mut self.rows.chunks[at / CHUNK]);
                chunk.positions[at % CHUNK] = row.position;
            }
            if !rows.is_empty() {
                self.runs.insert(note, (short(first), short(rows.len())));
            }
            first
        } else {
            self.kill(first..first + count);
            self.begin(note, rows.iter().map(|row| row.position))
        };
        for (at, row) in (first..).zip(rows) {
            self.fill(at, row.bytes, row.scale);
        }
        if self.dead > self.rows.len / SLACK + CHUNK {
            self.pack();
        }
    }

    fn kill(&mut self, rows: std::ops::Range<usize>) {
        let dimensions = self.rows.dimensions;
        self.dead += rows.len();
        for row in rows {
            let chunk = Arc::make_mut(&mut self.rows.chunks[row / CHUNK]);
            let at = row % CHUNK;
            chunk.notes[at] = 0;
            chunk.scales[at] = 0.0;
            chunk.values[at * dimensions..(at + 1) * dimensions].fill(0);
        }
    }

    /// Leaves out the rows that are nobody's.
    fn pack(&mut self) {
        let mut packed = Self::new(self.rows.dimensions);
        let len = std::mem::take(&mut self.rows.len);
        let mut run: Option<(i64, usize)> = None;
        // Each chunk goes as soon as its rows are in the new ones.
        for (number, chunk) in std::mem::take(&mut self.rows.chunks)
            .into_iter()
            .enumerate()
        {
            for at in 0..CHUNK.min(len - number * CHUNK) {
                let note = chunk.notes[at];
                if note != 0 {
                    packed.add(&chunk, at, &mut run);
                }
            }
        }
        *self = packed;
    }

    /// Adds a row of another table; `run` is the note of the row added before and where its run begins.
    fn add(&mut self, chunk: &Chunk, at: usize, run: &mut Option<(i64, usize)>) {
        let note = chunk.notes[at];
        let row = self.begin(note, [chunk.positions[at]]);
        let first = match *run {
            Some((before, first)) if before == note => first,
            _ => row,
        };
        *run = Some((note, first));
        self.runs
            .insert(note, (short(first), short(row + 1 - first)));
        let dimensions = self.rows.dimensions;
        let to = Arc::make_mut(&mut self.rows.chunks[row / CHUNK]);
        let place = row % CHUNK;
        to.scales[place] = chunk.scales[at];
        to.values[place * dimensions..(place + 1) * dimensions]
            .copy_from_slice(&chunk.values[at * dimensions..(at + 1) * dimensions]);
    }
}

/// Row numbers fit: memory ends before four thousand million vectors do.
fn short(number: usize) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}

impl Rows {
    /// The chunks with the number of rows in each.
    pub(super) fn chunks(&self) -> impl Iterator<Item = (&Chunk, usize)> {
        let left = |number: usize| self.len - number * CHUNK;
        let chunks = self.chunks.iter().enumerate();
        chunks.map(move |(number, chunk)| (&**chunk, CHUNK.min(left(number))))
    }

    /// The rows of the run a row is in.
    pub(super) fn run(&self, row: usize) -> std::ops::Range<usize> {
        let note = self.note(row);
        let mut run = row..row + 1;
        while run.start > 0 && self.note(run.start - 1) == note {
            run.start -= 1;
        }
        while run.end < self.len && self.note(run.end) == note {
            run.end += 1;
        }
        run
    }

    pub(super) fn note(&self, row: usize) -> i64 {
        self.chunks[row / CHUNK].notes[row % CHUNK]
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeMap;

    /// Note and position, and the value of its vector.
    type Content = BTreeMap<(i64, u32), i8>;

    fn content(rows: &Rows) -> Content {
        let mut content = Content::new();
        let mut rows_of: BTreeMap<i64, Vec<usize>> = BTreeMap::new();
        for row in 0..rows.len {
            let chunk = &rows.chunks[row / CHUNK];
            let at = row % CHUNK;
            let value = chunk.values[at * rows.dimensions];
            if chunk.notes[at] == 0 {
                assert_eq!((value, chunk.scales[at].to_bits()), (0, 0), "nobody's");
            } else {
                let key = (chunk.notes[at], chunk.positions[at]);
                assert_eq!(content.insert(key, value), None, "{key:?} is there once");
                rows_of.entry(key.0).or_default().push(row);
            }
        }
        for (note, rows_of) in rows_of {
            let run: Vec<usize> = rows.run(rows_of[0]).collect();
            assert_eq!(run, rows_of, "{note} is in one run");
        }
        content
    }

    fn put(table: &mut Table, expected: &mut Content, note: i64, values: &[i8]) {
        let bytes: Vec<Vec<u8>> = values
            .iter()
            .map(|value| vec![value.cast_unsigned(); 3])
            .collect();
        let rows: Vec<Row<'_>> = (0..)
            .zip(&bytes)
            .map(|(position, bytes)| Row {
                position: position * 2,
                bytes,
                scale: 1.0,
            })
            .collect();
        table.put(note, &rows);
        expected.retain(|(other, _), _| *other != note);
        expected.extend(
            (0..)
                .zip(values)
                .map(|(position, value)| ((note, position * 2), *value)),
        );
    }

    #[test]
    fn a_table_holds_what_was_put_last_whatever_was_before() {
        let (mut table, mut expected) = (Table::new(3), Content::new());
        let mut state = 7_u32;
        let mut next = |below: u32| {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            (state >> 16) % below
        };
        let mut longest = 0;
        for step in 0..6_000 {
            let note = i64::from(next(700)) + 1;
            let values: Vec<i8> = (0..next(6)).map(|_| next(100) as i8 + 1).collect();
            put(&mut table, &mut expected, note, &values);
            longest = longest.max(table.rows.len);
            if step % 500 == 0 {
                assert_eq!(content(&table.rows()), expected, "step {step}");
            }
        }
        assert_eq!(content(&table.rows()), expected);
        assert!(longest < 5_000, "it is packed now and then: {longest}");
        let runs: usize = table.runs.values().map(|(_, count)| *count as usize).sum();
        assert_eq!(runs, expected.len());
        assert_eq!(table.rows.len - table.dead, expected.len());
    }

    #[test]
    fn who_scans_sees_what_there_was() {
        let (mut table, mut expected) = (Table::new(3), Content::new());
        for note in 1..=2_000 {
            put(&mut table, &mut expected, note, &[1, 2]);
        }
        let (before, seen) = (table.rows(), expected.clone());
        put(&mut table, &mut expected, 5, &[9]);
        put(&mut table, &mut expected, 6, &[]);
        put(&mut table, &mut expected, 3_000, &[3, 4, 5]);
        assert_eq!(content(&before), seen);
        assert_eq!(content(&table.rows()), expected);
        let shared = before.chunks.iter().zip(&table.rows.chunks);
        let same = shared
            .filter(|(one, other)| Arc::ptr_eq(one, other))
            .count();
        assert_eq!(same, 2, "what did not change is not copied");
    }

    #[test]
    fn a_vector_of_other_dimensions_is_none() {
        let mut table = Table::new(3);
        table.put(
            1,
            &[Row {
                position: 0,
                bytes: &[1, 2],
                scale: 1.0,
            }],
        );
        assert_eq!(content(&table.rows()), Content::from([((1, 0), 0)]));
    }
}
