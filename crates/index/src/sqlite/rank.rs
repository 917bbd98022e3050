//! Scoring rows of the full-text table while SQLite finds them.
//!
//! Not which rows are asked for, nor how pages are cut. Invariant: all `unsafe` of the room is in this file, and
//! a row's score depends on that row, the query's weights and nothing else.
//!
//! FTS5's own `bm25()` looks up every row's length in a table, which costs more than finding the row. Here the
//! lengths are part of the row number, and the function adds what it computes to a list instead of returning it.

#![allow(unsafe_code)]

use super::plan::Counted;
use rusqlite::{Connection, ffi};
use std::cell::RefCell;
use std::ffi::{c_int, c_void};
use std::rc::Rc;

/// BM25's saturation and length normalisation, as in Robertson & Zaragoza, "The Probabilistic Relevance
/// Framework" (2009), and what a place beside the body counts for there: as so many occurrences in a body of usual
/// length.
pub(super) const K1: f32 = 1.2;
const B: f32 = 0.75;
const IN_TITLE: f32 = 2.0;
const IN_HEADINGS: f32 = 0.3;
const IN_NAMES: f32 = 0.5;

/// The columns of `words`.
const TITLE: c_int = 0;
const HEADINGS: c_int = 1;
const NAMES: c_int = 2;

/// Packs a note's id and its lengths (in terms) into its row number in `words`.
pub(super) fn row_number(note: i64, title_length: u32, body_length: u32) -> i64 {
    (note << 16) | (i64::from(title_length.min(255)) << 8) | i64::from(length_code(body_length))
}

/// Returns the note's id.
pub(super) fn note_of(row: i64) -> i64 {
    row >> 16
}

/// Returns the title's length, at most 255.
pub(super) fn title_length(row: i64) -> u8 {
    row.to_le_bytes()[1]
}

/// A length on a logarithmic scale with eight steps to the doubling.
fn length_code(length: u32) -> u8 {
    let code = (f64::from(length) + 1.0).log2() * 8.0;
    // At most 8 × 32 = 256 for the longest possible body.
    code.min(255.0) as u8
}

fn length_of_code(code: u8) -> f32 {
    (f32::from(code) / 8.0).exp2() - 1.0
}

/// One row, scored.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Scored {
    /// The row number.
    pub(super) row: i64,
    /// BM25 over the body.
    pub(super) body: f32,
    /// What the headings, then the names and the title, add to that.
    pub(super) headings: f32,
    pub(super) title: f32,
    /// Inverse document frequencies of the words met in the title, summed.
    pub(super) in_title: f32,
    /// How many terms of the title the words cover.
    pub(super) title_terms: u16,
    /// The words met anywhere, by bit.
    pub(super) met: u64,
}

/// What a query's phrases weigh.
#[derive(Debug, Clone, Default)]
pub(super) struct Weights {
    /// What each phrase counts for, in the order they stand in the query.
    pub(super) phrases: Vec<Counted>,
    /// The mean length of a body, in terms.
    pub(super) mean_length: f32,
}

#[derive(Default)]
struct Collector {
    weights: Weights,
    /// BM25's length factor for each length code.
    factors: Vec<f32>,
    scored: Vec<Scored>,
}

/// The rank function of one connection: `rank_row(words)` scores the row SQLite stands on.
pub(super) struct Ranker(Rc<RefCell<Collector>>);

// The collector is reached from the connection's own calls only, and a connection and its ranker move between
// threads together (`pool::Link`); SQLite runs a connection on one thread at a time.
unsafe impl Send for Ranker {}

impl Ranker {
    /// Registers the function; it lives as long as the connection.
    pub(super) fn register(connection: &Connection) -> rusqlite::Result<Self> {
        let collector = Rc::new(RefCell::new(Collector::default()));
        let api = fts5_api(connection)?;
        let context = Rc::into_raw(Rc::clone(&collector))
            .cast_mut()
            .cast::<c_void>();
        // SAFETY: `api` is the connection's live FTS5 interface, and `context` is released by `release` when the
        // connection is closed.
        let code = unsafe {
            let create = (*api)
                .xCreateFunction
                .expect("every FTS5 version has xCreateFunction");
            create(
                api,
                c"rank_row".as_ptr(),
                context,
                Some(rank_row),
                Some(release),
            )
        };
        if code == ffi::SQLITE_OK {
            Ok(Self(collector))
        } else {
            Err(failure(code))
        }
    }

    /// Sets the weights of the query that runs next and forgets earlier rows.
    pub(super) fn prepare(&self, weights: Weights) {
        let mut collector = self.0.borrow_mut();
        let mean = weights.mean_length.max(1.0);
        collector.factors = (0..=u8::MAX)
            .map(|code| 1.0 - B + B * length_of_code(code) / mean)
            .collect();
        collector.weights = weights;
        collector.scored.clear();
    }

    /// Takes the rows scored since.
    pub(super) fn take(&self) -> Vec<Scored> {
        std::mem::take(&mut self.0.borrow_mut().scored)
    }
}

fn failure(code: c_int) -> rusqlite::Error {
    rusqlite::Error::SqliteFailure(ffi::Error::new(code), None)
}

/// Asks SQLite for its FTS5 interface, in the way its manual gives ("Extending FTS5").
fn fts5_api(connection: &Connection) -> rusqlite::Result<*mut ffi::fts5_api> {
    let mut api: *mut ffi::fts5_api = std::ptr::null_mut();
    let mut statement: *mut ffi::sqlite3_stmt = std::ptr::null_mut();
    // SAFETY: the handle is live for the whole call; the statement is finalised on every path; the pointer bound
    // has the type name FTS5 asks for and outlives the statement.
    let code = unsafe {
        let mut code = ffi::sqlite3_prepare_v2(
            connection.handle(),
            c"SELECT fts5(?1)".as_ptr(),
            -1,
            &raw mut statement,
            std::ptr::null_mut(),
        );
        if code == ffi::SQLITE_OK {
            ffi::sqlite3_bind_pointer(
                statement,
                1,
                (&raw mut api).cast::<c_void>(),
                c"fts5_api_ptr".as_ptr(),
                None,
            );
            ffi::sqlite3_step(statement);
            code = ffi::sqlite3_finalize(statement);
        }
        code
    };
    if code != ffi::SQLITE_OK {
        return Err(failure(code));
    }
    if api.is_null() {
        Err(failure(ffi::SQLITE_ERROR))
    } else {
        Ok(api)
    }
}

/// Releases the collector's pointer that `register` gave away.
unsafe extern "C" fn release(context: *mut c_void) {
    // SAFETY: `context` came from `Rc::into_raw` in `register` and is released once.
    drop(unsafe { Rc::from_raw(context.cast::<RefCell<Collector>>().cast_const()) });
}

/// Scores the current row and adds it to the collector.
unsafe extern "C" fn rank_row(
    api: *const ffi::Fts5ExtensionApi,
    fts: *mut ffi::Fts5Context,
    context: *mut ffi::sqlite3_context,
    _argument_count: c_int,
    _arguments: *mut *mut ffi::sqlite3_value,
) {
    // SAFETY: SQLite calls this with its own live pointers, and the user data is the collector of `register`.
    let code = unsafe {
        let user_data = (*api).xUserData.expect("every FTS5 version has xUserData");
        let collector = &*user_data(fts).cast::<RefCell<Collector>>();
        match collector.try_borrow_mut() {
            Ok(mut collector) => score(&*api, fts, &mut collector),
            Err(_) => ffi::SQLITE_MISUSE,
        }
    };
    if code != ffi::SQLITE_OK {
        // SAFETY: `context` is the live context of this call.
        unsafe { ffi::sqlite3_result_error_code(context, code) };
    }
}

/// # Safety
/// `api` and `fts` must be the live pointers of a rank call.
unsafe fn score(
    api: &ffi::Fts5ExtensionApi,
    fts: *mut ffi::Fts5Context,
    collector: &mut Collector,
) -> c_int {
    let (Some(row_of), Some(first), Some(next)) = (api.xRowid, api.xPhraseFirst, api.xPhraseNext)
    else {
        return ffi::SQLITE_ERROR;
    };
    // SAFETY: as promised by the caller.
    let row = unsafe { row_of(fts) };
    let factor = collector.factors[usize::from(row.to_le_bytes()[0])];
    let mut scored = Scored {
        row,
        ..Scored::default()
    };
    let mut word = Word::default();
    let mut words = 0;
    for (number, phrase) in collector.weights.phrases.iter().enumerate() {
        if phrase.begins_word {
            word.add_to(&mut scored, factor);
            word = Word::new(words, *phrase);
            words += 1;
        }
        let mut iterator = ffi::Fts5PhraseIter {
            a: std::ptr::null(),
            b: std::ptr::null(),
        };
        let (mut column, mut offset) = (0, 0);
        // SAFETY: as promised by the caller; phrases are numbered as the query has them.
        unsafe {
            let code = first(
                fts,
                number as c_int,
                &raw mut iterator,
                &raw mut column,
                &raw mut offset,
            );
            if code != ffi::SQLITE_OK {
                return code;
            }
            while column >= 0 {
                word.meet(column, phrase.share);
                next(fts, &raw mut iterator, &raw mut column, &raw mut offset);
            }
        }
    }
    word.add_to(&mut scored, factor);
    collector.scored.push(scored);
    ffi::SQLITE_OK
}

/// A word of the query on one row, with its other forms.
#[derive(Clone, Copy, Default)]
struct Word {
    /// Its place among the words.
    number: u32,
    weight: f32,
    terms: u16,
    is_met: bool,
    /// Occurrences in the body, each worth its form's share.
    body: f32,
    /// The best form met in each other place.
    title: f32,
    headings: f32,
    names: f32,
}

impl Word {
    fn new(number: u32, phrase: Counted) -> Self {
        Self {
            number,
            weight: phrase.weight,
            terms: phrase.terms,
            ..Self::default()
        }
    }

    fn meet(&mut self, column: c_int, share: f32) {
        self.is_met = true;
        match column {
            TITLE => self.title = self.title.max(share),
            HEADINGS => self.headings = self.headings.max(share),
            NAMES => self.names = self.names.max(share),
            _ => self.body += share,
        }
    }

    /// Adds what the word makes of the row, whose length factor is given.
    fn add_to(self, scored: &mut Scored, factor: f32) {
        if !self.is_met {
            return;
        }
        scored.met |= 1 << (self.number & 63);
        let saturated = |frequency: f32| self.weight * frequency * (K1 + 1.0) / (frequency + K1);
        let frequency = self.body / factor;
        let body = saturated(frequency);
        let frequency = frequency + IN_HEADINGS * self.headings;
        let with_headings = saturated(frequency);
        let frequency = frequency + IN_NAMES * self.names + IN_TITLE * self.title;
        scored.body += body;
        scored.headings += with_headings - body;
        scored.title += saturated(frequency) - with_headings;
        if self.title > 0.0 {
            scored.in_title += self.weight * self.title;
            scored.title_terms += self.terms;
        }
    }
}
