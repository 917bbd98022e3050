//! One generated note: frontmatter, headings and prose, observations, links.
//!
//! What the words are and which other notes exist, the [`Vault`] says.
//! Invariant: the text depends on the vault's plan and the note's own random sequence only.

use std::fmt::Write as _;

use super::Vault;
use super::random::Random;
use super::vocabulary::capital;

/// A note being written.
pub struct Page<'a> {
    vault: &'a Vault,
    index: usize,
    random: Random,
    text: String,
}

const TYPES: [&str; 5] = ["note", "note", "guide", "decision", "person"];
const CATEGORIES: [&str; 8] = [
    "fact",
    "idea",
    "decision",
    "method",
    "tip",
    "problem",
    "requirement",
    "preference",
];
const RELATIONS: [&str; 8] = [
    "relates_to",
    "depends_on",
    "part_of",
    "implements",
    "extends",
    "contrasts with",
    "inspired_by",
    "documented in",
];

impl<'a> Page<'a> {
    /// Begins note `index` of the vault.
    pub fn new(vault: &'a Vault, index: usize, random: Random) -> Self {
        let text = String::with_capacity(2_500);
        Self {
            vault,
            index,
            random,
            text,
        }
    }

    /// The whole text.
    pub fn written(mut self) -> String {
        self.frontmatter();
        self.body();
        self.observations();
        self.relations();
        self.text
    }

    fn line(&mut self, line: &str) {
        self.text.push_str(line);
        self.text.push('\n');
    }

    fn frontmatter(&mut self) {
        let title = &self.vault.titles[self.index];
        self.line("---");
        self.line(&format!("title: {title}"));
        let kind = self.random.pick(&TYPES);
        self.line(&format!("type: {kind}"));
        let count = self.random.between(0, 4);
        if count > 0 {
            self.line("tags:");
        }
        for _ in 0..count {
            let tag = self.tag();
            self.line(&format!("- {tag}"));
        }
        if self.random.chance(0.4) {
            let permalink = self
                .vault
                .path(self.index)
                .trim_end_matches(".md")
                .to_ascii_lowercase()
                .replace(' ', "-");
            self.line(&format!("permalink: {permalink}"));
        }
        let (year, month, day) = (
            self.random.between(2019, 2025),
            self.random.between(1, 12),
            self.random.between(1, 28),
        );
        self.line(&format!("created: {year}-{month:02}-{day:02}"));
        self.line("---\n");
        self.line(&format!("# {title}\n"));
    }

    fn body(&mut self) {
        // The shortest of three: most notes are short, few are long.
        let mut words = (0..3)
            .map(|_| self.random.between(60, 400))
            .min()
            .unwrap_or(60);
        let mut paragraphs = 0;
        while words > 0 {
            if paragraphs > 0 && self.random.chance(0.4) {
                let heading = self.phrase(2, 4);
                self.line(&format!("## {}\n", capital(&heading)));
            }
            let length = self.random.between(30, 90).min(words);
            self.paragraph(length);
            words -= length;
            paragraphs += 1;
        }
    }

    fn paragraph(&mut self, words: usize) {
        let mut left = words;
        while left > 0 {
            let length = self.random.between(6, 18).min(left);
            let mut sentence = self.phrase(length, length);
            if self.random.chance(0.05) {
                let target = self.target();
                let _ = write!(sentence, " [[{target}]]");
            }
            self.text.push_str(&capital(&sentence));
            self.text
                .push_str(if self.random.chance(0.08) { "? " } else { ". " });
            left -= length;
        }
        self.text.pop();
        self.text.push_str("\n\n");
    }

    fn observations(&mut self) {
        self.line("## Observations\n");
        for _ in 0..self.random.between(2, 6) {
            let (category, content) = (self.random.pick(&CATEGORIES), self.phrase(5, 12));
            let _ = write!(self.text, "- [{category}] {}", capital(&content));
            if self.random.chance(0.5) {
                let tag = self.tag();
                let _ = write!(self.text, " #{tag}");
            }
            if self.random.chance(0.2) {
                let context = self.phrase(1, 3);
                let _ = write!(self.text, " ({context})");
            }
            self.text.push('\n');
        }
    }

    fn relations(&mut self) {
        self.line("\n## Relations\n");
        for _ in 0..self.random.between(2, 6) {
            let target = self.target();
            if self.random.chance(0.15) {
                self.line(&format!("- [[{target}]]"));
            } else {
                let kind = self.random.pick(&RELATIONS);
                self.line(&format!("- {kind} [[{target}]]"));
            }
        }
    }

    /// Words in the order of prose: nearly half of them are function words, some belong to the folder's topic.
    fn phrase(&mut self, least: usize, most: usize) -> String {
        let mut phrase = String::new();
        for _ in 0..self.random.between(least, most) {
            if !phrase.is_empty() {
                phrase.push(' ');
            }
            let words = &self.vault.vocabulary;
            if self.random.chance(0.45) {
                phrase.push_str(words.function_word(&mut self.random));
            } else if self.random.chance(0.2) {
                phrase.push_str(self.topic_word());
            } else {
                phrase.push_str(words.content_word(&mut self.random));
            }
        }
        phrase
    }

    /// One of the thirty words that the notes of this folder share.
    fn topic_word(&mut self) -> &str {
        let words = &self.vault.vocabulary;
        let topic = self.vault.folder(self.index) as u64;
        let which = self.random.below(30) as u64;
        words.rarer_word(&mut Random::new(topic * 30 + which))
    }

    fn tag(&mut self) -> String {
        self.vault.vocabulary.content[self.random.zipf(4.0, 300)].clone()
    }

    /// The title of another note: of this folder, of a popular note, or of one nobody wrote yet.
    fn target(&mut self) -> String {
        let notes = self.vault.titles.len();
        if self.random.chance(0.1) {
            let missing = self.phrase(2, 4);
            return capital(&missing);
        }
        let folders = self.vault.folders.len();
        let neighbour =
            self.vault.folder(self.index) + folders * self.random.below(notes / folders);
        let index = if self.random.chance(0.5) {
            neighbour
        } else {
            self.random.zipf(10.0, notes)
        };
        self.vault.titles[index.min(notes - 1)].clone()
    }
}
