//! `cargo xtask generate`: vaults and questions of any size, for benchmarks and trials, and the page of the tools.
//!
//! The texts mean nothing but are shaped as notes are: word frequencies, titles, frontmatter, observations, links.
//! Invariant: equal arguments give equal bytes, on every machine.

mod page;
pub(crate) mod random;
mod vocabulary;

use std::collections::HashSet;
use std::fs;
use std::path::Path;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};

use anyhow::{Context, Result, bail, ensure};

use page::Page;
use random::Random;
use vocabulary::{Vocabulary, capital};

const USAGE: &str = "generate vault DIR --notes N [--seed S] | generate questions --notes N --count N [--seed S] | generate tools";

/// Writes what the arguments ask for.
///
/// # Errors
///
/// When the arguments are not understood, the folder is not empty, or a file cannot be written.
pub fn run(arguments: &[String]) -> Result<()> {
    let notes =
        || number(arguments, "--notes")?.with_context(|| format!("--notes is missing: {USAGE}"));
    let seed = number(arguments, "--seed")?.unwrap_or(1) as u64;
    match arguments.first().map(String::as_str) {
        Some("vault") => {
            let folder = arguments.get(1).filter(|folder| !folder.starts_with("--"));
            let folder = Path::new(folder.context("vault needs a folder")?);
            let (notes, start) = (notes()?, std::time::Instant::now());
            let bytes = write(&Vault::new(notes, seed), folder)?;
            let seconds = start.elapsed().as_secs_f64();
            println!(
                "{notes} notes, {bytes} bytes in {} after {seconds:.1} s",
                folder.display()
            );
        }
        Some("questions") => {
            let count = number(arguments, "--count")?.unwrap_or(100);
            for question in questions(notes()?, seed, count) {
                println!("{question}");
            }
        }
        Some("tools") => crate::tools::write()?,
        _ => bail!("what to generate? {USAGE}"),
    }
    Ok(())
}

fn number(arguments: &[String], option: &str) -> Result<Option<usize>> {
    let Some(at) = arguments.iter().position(|argument| argument == option) else {
        return Ok(None);
    };
    let value = arguments
        .get(at + 1)
        .with_context(|| format!("{option} needs a number"))?;
    Ok(Some(value.replace('_', "").parse().with_context(|| {
        format!("{option} {value} is no number")
    })?))
}

/// Makes `count` questions about the vault of `notes` notes and `seed`: 3 to 8 words, all of one note, function
/// words, common and rare ones mixed.
pub fn questions(notes: usize, seed: u64, count: usize) -> Vec<String> {
    let vault = Vault::new(notes, seed);
    let mut random = Random::new(seed ^ 0x5175_6573_7469_6f6e);
    let function: HashSet<&str> = vault.vocabulary.function.iter().copied().collect();
    let question = |_| {
        let note = vault.note(random.below(notes));
        let (_, body) = note.split_once("\n# ").unwrap_or(("", &note));
        let words: Vec<String> = body
            .split(|character: char| !character.is_ascii_alphabetic())
            .filter(|word| !word.is_empty())
            .map(str::to_ascii_lowercase)
            .collect();
        let (small, large): (Vec<&str>, Vec<&str>) = words
            .iter()
            .map(String::as_str)
            .partition(|word| function.contains(word));
        let length = random.between(3, 8);
        let meaning = random.between(1 + length / 3, length - 1);
        let mut chosen: Vec<&str> = (0..length - meaning).map(|_| random.pick(&small)).collect();
        for _ in 0..meaning {
            let at = random.below(chosen.len() + 1);
            chosen.insert(at, random.pick(&large));
        }
        chosen.join(" ")
    };
    (0..count).map(question).collect()
}

/// Writes every note below `root`, on all cores; returns the bytes written.
///
/// # Errors
///
/// When the folder has something in it, or a file cannot be written.
pub fn write(vault: &Vault, root: &Path) -> Result<u64> {
    let is_empty = fs::read_dir(root).map_or(true, |mut entries| entries.next().is_none());
    ensure!(is_empty, "{} is not empty", root.display());
    for folder in &vault.folders {
        fs::create_dir_all(root.join(folder)).with_context(|| folder.clone())?;
    }
    let (next, bytes) = (AtomicUsize::new(0), AtomicU64::new(0));
    let work = || -> Result<()> {
        loop {
            let index = next.fetch_add(1, Ordering::Relaxed);
            if index >= vault.titles.len() {
                return Ok(());
            }
            let (path, text) = (root.join(vault.path(index)), vault.note(index));
            fs::write(&path, &text).with_context(|| path.display().to_string())?;
            bytes.fetch_add(text.len() as u64, Ordering::Relaxed);
        }
    };
    let threads = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
    std::thread::scope(|scope| {
        let threads: Vec<_> = (0..threads).map(|_| scope.spawn(work)).collect();
        threads
            .into_iter()
            .try_for_each(|thread| match thread.join() {
                Ok(result) => result,
                Err(panic) => std::panic::resume_unwind(panic),
            })
    })?;
    Ok(bytes.into_inner())
}

/// The plan of a vault; each note is made when asked for.
pub struct Vault {
    seed: u64,
    vocabulary: Vocabulary,
    folders: Vec<String>,
    titles: Vec<String>,
}

/// About this many notes share a folder, and a topic.
const NOTES_IN_A_FOLDER: usize = 50;

impl Vault {
    /// Plans a vault of `notes` notes.
    pub fn new(notes: usize, seed: u64) -> Self {
        let vocabulary = Vocabulary::new();
        let mut random = Random::new(seed);
        let count = (notes / NOTES_IN_A_FOLDER).max(1);
        let shelves = (count as f64).sqrt().ceil() as usize;
        let shelf = |index: usize| vocabulary.content[1_000 + index].as_str();
        let folders = (0..count)
            .map(|index| format!("{}/{}", shelf(index % shelves), shelf(shelves + index)))
            .collect();
        let mut seen = HashSet::with_capacity(notes);
        let mut titles = Vec::with_capacity(notes);
        while titles.len() < notes {
            let words = random.between(2, 5);
            let title: Vec<String> = (0..words)
                .map(|at| {
                    let rare = at + 1 == words || random.chance(0.3);
                    let word = if rare {
                        vocabulary.rarer_word(&mut random)
                    } else {
                        vocabulary.content_word(&mut random)
                    };
                    capital(word)
                })
                .collect();
            let title = title.join(" ");
            if seen.insert(title.clone()) {
                titles.push(title);
            }
        }
        Self {
            seed,
            vocabulary,
            folders,
            titles,
        }
    }

    /// The note's path below the root.
    pub fn path(&self, index: usize) -> String {
        format!(
            "{}/{}.md",
            self.folders[self.folder(index)],
            self.titles[index]
        )
    }

    fn folder(&self, index: usize) -> usize {
        index % self.folders.len()
    }

    /// The note's text.
    pub fn note(&self, index: usize) -> String {
        let random = Random::new(self.seed.rotate_left(32) ^ index as u64);
        Page::new(self, index, random).written()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equal_arguments_give_equal_notes() {
        let (one, two) = (Vault::new(300, 7), Vault::new(300, 7));
        for index in [0, 1, 150, 299] {
            assert_eq!(one.path(index), two.path(index));
            assert_eq!(one.note(index), two.note(index));
        }
        assert_ne!(one.note(0), Vault::new(300, 8).note(0));
        assert_eq!(questions(300, 7, 20), questions(300, 7, 20));
    }

    #[test]
    fn notes_are_about_one_and_a_half_kilobytes() {
        let vault = Vault::new(500, 1);
        let bytes: usize = (0..500).map(|index| vault.note(index).len()).sum();
        assert!((1_300..1_800).contains(&(bytes / 500)), "{}", bytes / 500);
    }

    #[test]
    fn paths_are_unique_and_two_folders_deep() {
        let vault = Vault::new(2_000, 1);
        let paths: HashSet<String> = (0..2_000)
            .map(|index| vault.path(index).to_ascii_lowercase())
            .collect();
        assert_eq!(paths.len(), 2_000);
        assert!(paths.iter().all(|path| path.matches('/').count() == 2));
        assert_eq!(vault.folders.len(), 40);
    }

    #[test]
    fn most_links_lead_somewhere() {
        let vault = Vault::new(500, 1);
        let titles: HashSet<&str> = vault.titles.iter().map(String::as_str).collect();
        let (mut known, mut unknown) = (0, 0);
        for index in 0..500 {
            let note = vault.note(index);
            for link in note.split("[[").skip(1) {
                let title = link.split("]]").next().expect("split gives one part");
                *(if titles.contains(title) {
                    &mut known
                } else {
                    &mut unknown
                }) += 1;
            }
        }
        assert!(
            unknown * 4 < known && unknown * 20 > known,
            "{known} known, {unknown} unknown"
        );
    }

    #[test]
    fn a_question_is_of_three_to_eight_words_of_a_note() {
        let vault = Vault::new(100, 3);
        let notes: Vec<String> = (0..100)
            .map(|index| vault.note(index).to_ascii_lowercase())
            .collect();
        for question in questions(100, 3, 50) {
            let words: Vec<&str> = question.split(' ').collect();
            assert!((3..=8).contains(&words.len()), "{question}");
            assert!(
                notes
                    .iter()
                    .any(|note| words.iter().all(|word| note.contains(word))),
                "{question}"
            );
        }
    }

    #[test]
    fn a_vault_is_written_once() {
        let folder = std::env::temp_dir().join(format!("cairn-generate-{}", std::process::id()));
        let vault = Vault::new(120, 1);
        let bytes = write(&vault, &folder).expect("the temporary folder is writable");
        let read =
            fs::read_to_string(folder.join(vault.path(119))).expect("the last note was written");
        let again = write(&vault, &folder);
        fs::remove_dir_all(&folder).expect("the temporary folder can be removed");
        assert_eq!(read, vault.note(119));
        assert!(bytes > 120_000);
        assert!(again.is_err());
    }
}
