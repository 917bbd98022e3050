//! What a writer notes down before and after each verb, in a file that outlives it.
//!
//! One line is one `write(2)`, which a killed process has made or has not. Invariant: a line is written before the
//! verb begins, and another one after it was answered, so that whoever reads them knows what was promised.

use anyhow::{Context, Result};
use cairn_history::Hash;
use std::collections::BTreeMap;
use std::fs::{File, OpenOptions};
use std::io::Write;
use std::path::Path;
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};

/// What a file is known to be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Known {
    pub(super) hash: Hash,
    /// A word that stands in it and nowhere else.
    pub(super) word: String,
    /// Whether only its owner may read it.
    pub(super) private: bool,
}

/// Files that become something at once: all of them, or none. `None` is no file.
pub(super) type Step = Vec<(String, Option<Known>)>;

/// What is known of every file.
pub(super) type Model = BTreeMap<String, Known>;

/// A verb as it was begun.
#[derive(Debug, Clone)]
pub(super) struct Intent {
    pub(super) verb: String,
    pub(super) steps: Vec<Step>,
}

/// A line of a journal.
#[derive(Debug, Clone)]
pub(super) enum Line {
    /// It begins.
    Begun(u64, Intent),
    /// A line is about to be added to a note that all share.
    Shared(u64, String, String),
    /// It was answered.
    Done(u64),
    /// It was refused, and so changed nothing.
    Refused(u64, String),
    /// It was answered as it must not be.
    Wrong(String),
}

/// A journal being written.
pub(super) struct Journal {
    file: Mutex<File>,
    next: AtomicU64,
}

impl Journal {
    /// Begins a new one.
    pub(super) fn begin(path: &Path) -> Result<Self> {
        drop(File::create(path)?);
        Ok(Self {
            file: Mutex::new(OpenOptions::new().append(true).open(path)?),
            next: AtomicU64::new(1),
        })
    }

    /// Returns a number for a verb.
    pub(super) fn number(&self) -> u64 {
        self.next.fetch_add(1, Ordering::Relaxed)
    }

    /// Writes a line.
    pub(super) fn write(&self, line: &Line) {
        let text = format!("{}\n", written(line));
        let mut file = self.file.lock().expect("nobody panics while writing");
        file.write_all(text.as_bytes())
            .expect("the journal can be written");
    }
}

/// Reads a journal; a last line that was not finished was not written.
pub(super) fn read(path: &Path) -> Result<Vec<Line>> {
    let text = std::fs::read_to_string(path).unwrap_or_default();
    let whole = text.rfind('\n').map_or("", |end| &text[..end]);
    whole.lines().map(line).collect()
}

/// Writes what is known.
pub(super) fn write_model(path: &Path, model: &Model) -> Result<()> {
    let lines: Vec<String> = model
        .iter()
        .map(|(path, known)| file(path, Some(known)))
        .collect();
    Ok(std::fs::write(path, lines.join("\n"))?)
}

/// Reads what is known.
pub(super) fn read_model(path: &Path) -> Result<Model> {
    let text = std::fs::read_to_string(path).unwrap_or_default();
    let mut model = Model::new();
    for line in text.lines() {
        let (path, known) = known(line)?;
        model.insert(path, known.context("a model knows only files")?);
    }
    Ok(model)
}

/// A line as people and programs read it.
pub(super) fn written(line: &Line) -> String {
    match line {
        Line::Begun(number, intent) => {
            let steps: Vec<String> = intent
                .steps
                .iter()
                .map(|step| {
                    let files: Vec<String> = step
                        .iter()
                        .map(|(path, known)| file(path, known.as_ref()))
                        .collect();
                    files.join(",")
                })
                .collect();
            format!("begun\t{number}\t{}\t{}", intent.verb, steps.join(";"))
        }
        Line::Shared(number, path, text) => format!("shared\t{number}\t{path}\t{text}"),
        Line::Done(number) => format!("done\t{number}"),
        Line::Refused(number, why) => format!("refused\t{number}\t{}", one_line(why)),
        Line::Wrong(why) => format!("wrong\t{}", one_line(why)),
    }
}

fn one_line(text: &str) -> String {
    text.replace(['\n', '\t'], " ")
}

fn file(path: &str, known: Option<&Known>) -> String {
    match known {
        Some(known) => format!(
            "{path}={}:{}:{}",
            known.hash,
            known.word,
            u8::from(known.private)
        ),
        None => format!("{path}=-"),
    }
}

fn line(text: &str) -> Result<Line> {
    let mut parts = text.split('\t');
    let mut part = || {
        parts
            .next()
            .with_context(|| format!("a line ends early: {text}"))
    };
    Ok(match part()? {
        "begun" => {
            let (number, verb, steps) = (part()?.parse()?, part()?.to_owned(), part()?);
            let steps = steps
                .split(';')
                .map(|step| step.split(',').map(known).collect())
                .collect::<Result<Vec<Step>>>()?;
            Line::Begun(number, Intent { verb, steps })
        }
        "shared" => Line::Shared(part()?.parse()?, part()?.to_owned(), part()?.to_owned()),
        "done" => Line::Done(part()?.parse()?),
        "refused" => Line::Refused(part()?.parse()?, part()?.to_owned()),
        _ => Line::Wrong(part()?.to_owned()),
    })
}

fn known(text: &str) -> Result<(String, Option<Known>)> {
    let (path, state) = text.split_once('=').context("PATH=STATE")?;
    if state == "-" {
        return Ok((path.to_owned(), None));
    }
    let mut parts = state.split(':');
    let mut part = || parts.next().context("HASH:WORD:PRIVATE");
    let known = Known {
        hash: part()?.parse()?,
        word: part()?.to_owned(),
        private: part()? == "1",
    };
    Ok((path.to_owned(), Some(known)))
}
