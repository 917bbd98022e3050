//! A parsed query as FTS5 reads it, with what its phrases weigh.
//!
//! Not running it (`lexical`) nor scoring rows (`score`, `rank`). Invariant: the text of a plan is made of terms and
//! operators written here, and its phrases are listed in the order FTS5 numbers them.
//!
//! The index keeps words as they are written. Other forms of a word are looked up among its terms when they are asked
//! for, and stand in a plan beside the word itself, as phrases that tell less.

use super::Session;
use crate::Result;
use crate::error::StatementContext;
use cairn_note::query::{Expr, Word};
use cairn_note::words::Forms;

/// What another form of a word tells, against 1 for the word itself.
const FORM: f32 = 0.6;
/// What a part of a compound word tells.
const PART: f32 = 0.5;
/// Other forms of a word that are looked for: the most frequent ones.
const FORMS: usize = 8;

/// A phrase of a query with what it weighs.
#[derive(Debug, Clone)]
pub(super) struct Phrase {
    /// As FTS5 reads it.
    pub(super) text: String,
    /// How many terms it has.
    pub(super) terms: u16,
    /// How many notes have it.
    pub(super) notes: u64,
    /// Inverse document frequency.
    pub(super) weight: f32,
    /// Other forms of it, as FTS5 reads them; what they occur in is part of the counts above.
    pub(super) forms: Vec<String>,
}

/// What a phrase of a plan counts for.
#[derive(Debug, Clone, Copy)]
pub(super) struct Counted {
    /// Inverse document frequency of the word it is a form of; 0 if it only finds.
    pub(super) weight: f32,
    /// What an occurrence of it is worth, 1 for the word itself.
    pub(super) share: f32,
    /// How many terms it has.
    pub(super) terms: u16,
    /// Whether it is the word itself, whose other forms follow.
    pub(super) begins_word: bool,
}

impl Counted {
    /// The phrase of a word itself.
    fn word(phrase: &Phrase, counted: bool) -> Self {
        Self {
            weight: if counted { phrase.weight } else { 0.0 },
            share: 1.0,
            terms: phrase.terms,
            begins_word: true,
        }
    }
}

/// A query as FTS5 reads it, and its phrases in the order they stand in it; a phrase that stands there again
/// weighs nothing the second time.
#[derive(Debug, Default)]
pub(super) struct Plan {
    pub(super) text: String,
    pub(super) phrases: Vec<Counted>,
}

impl Plan {
    pub(super) fn any(mut self, phrases: &[Phrase], counted: bool) -> Self {
        for (place, phrase) in phrases.iter().enumerate() {
            if place > 0 {
                self.text.push_str(" OR ");
            }
            self.text.push_str(&phrase.text);
            let word = Counted::word(phrase, counted);
            self.phrases.push(word);
            for form in &phrase.forms {
                self.text.push_str(" OR ");
                self.text.push_str(form);
                self.phrases.push(Counted {
                    share: FORM,
                    begins_word: false,
                    ..word
                });
            }
        }
        self
    }

    pub(super) fn then(mut self, text: &str) -> Self {
        self.text.push_str(text);
        self
    }

    /// The sum of all weights.
    pub(super) fn weight(&self) -> f32 {
        self.words().map(|word| word.weight).sum()
    }

    fn words(&self) -> impl Iterator<Item = &Counted> {
        self.phrases.iter().filter(|phrase| phrase.begins_word)
    }

    /// The words that weigh something, by bit.
    pub(super) fn counted(&self) -> u64 {
        let words = self.words().enumerate();
        let bits = words.filter(|(_, word)| word.weight > 0.0);
        bits.fold(0, |all, (number, _)| all | 1 << (number & 63))
    }
}

impl Session<'_> {
    /// Renders a tree; `None` when it only excludes.
    pub(super) fn render(
        &self,
        expr: &Expr,
        plan: &mut Plan,
        counted: bool,
    ) -> Result<Option<String>> {
        Ok(match expr {
            Expr::Word(word) => Some(self.render_word(word, plan, counted)?),
            Expr::Any(words) => {
                let mut parts = Vec::new();
                for word in words {
                    parts.push(self.render_word(word, plan, counted && !word.stop)?);
                }
                joined(&parts, " OR ")
            }
            Expr::Or(exprs) => {
                let mut parts = Vec::new();
                for expr in exprs {
                    parts.extend(self.render(expr, plan, counted)?);
                }
                joined(&parts, " OR ")
            }
            Expr::And(exprs) => self.render_all(exprs, plan, counted)?,
            Expr::Not(Some(wanted), excluded) => match self.render(wanted, plan, counted)? {
                Some(wanted) => Some(match self.render(excluded, plan, false)? {
                    Some(excluded) => format!("({wanted} NOT {excluded})"),
                    None => wanted,
                }),
                None => None,
            },
            Expr::Not(None, _) => None,
        })
    }

    /// Everything must match; what only excludes is taken away at the end.
    fn render_all(&self, exprs: &[Expr], plan: &mut Plan, counted: bool) -> Result<Option<String>> {
        let mut required = Vec::new();
        for expr in exprs
            .iter()
            .filter(|expr| !matches!(expr, Expr::Not(None, _)))
        {
            required.extend(self.render(expr, plan, counted)?);
        }
        let Some(mut text) = joined(&required, " AND ") else {
            return Ok(None);
        };
        for expr in exprs {
            if let Expr::Not(None, excluded) = expr
                && let Some(excluded) = self.render(excluded, plan, false)?
            {
                text = format!("({text} NOT {excluded})");
            }
        }
        Ok(Some(text))
    }

    fn render_word(&self, word: &Word, plan: &mut Plan, counted: bool) -> Result<String> {
        let phrase = self.phrase(word)?;
        plan.phrases.push(Counted::word(&phrase, counted));
        Ok(phrase.text)
    }

    /// The phrases of some words that occur at all.
    pub(super) fn phrases(&self, words: &[&Word]) -> Result<Vec<Phrase>> {
        let mut phrases = Vec::new();
        for word in words {
            let phrase = self.phrase(word)?;
            if phrase.notes > 0 {
                phrases.push(phrase);
            }
        }
        Ok(phrases)
    }

    /// The phrases of some words of a plain query that occur at all, or other forms of which do.
    pub(super) fn asked(&self, words: &[&Word]) -> Result<Vec<Phrase>> {
        let mut phrases = Vec::new();
        for word in words {
            let mut phrase = self.phrase(word)?;
            let forms = self.forms(word)?;
            if !forms.is_empty() {
                let any = [std::slice::from_ref(&phrase.text), &forms].concat();
                phrase.notes = self.count(&any.join(" OR "))?;
                phrase.weight = self.weight(word, phrase.notes)?;
                phrase.forms = forms;
            }
            if phrase.notes > 0 {
                phrases.push(phrase);
            }
        }
        Ok(phrases)
    }

    /// Other forms of a word that notes have.
    fn forms(&self, word: &Word) -> Result<Vec<String>> {
        let [term] = word.terms.as_slice() else {
            return Ok(Vec::new());
        };
        let Some(forms) = Forms::of(term).filter(|_| !word.exact && !word.prefix) else {
            return Ok(Vec::new());
        };
        let mut found: Vec<(i64, String)> = Vec::new();
        for range in forms.ranges() {
            let terms: Vec<(i64, String)> = self.rows(
                "look other forms of a word up",
                "SELECT doc, term FROM vocabulary WHERE term >= ?1 AND term < ?2",
                [range.start, range.end],
                |row| Ok((row.get(0)?, row.get(1)?)),
            )?;
            found.extend(terms);
        }
        found.retain(|(_, other)| other != term && forms.has(other));
        found.sort_unstable_by(|(one_count, one), (count, other)| {
            count.cmp(one_count).then_with(|| one.cmp(other))
        });
        found.dedup();
        found.truncate(FORMS);
        let quoted = found.into_iter().map(|(_, term)| format!("\"{term}\""));
        Ok(quoted.collect())
    }

    fn phrase(&self, word: &Word) -> Result<Phrase> {
        // A single letter begins too many words to be worth a prefix search.
        let prefix = word.prefix && !matches!(word.terms.as_slice(), [term] if term.len() == 1);
        let text = format!(
            "\"{}\"{}",
            word.terms.join(" "),
            if prefix { " *" } else { "" }
        );
        let notes = self.count(&text)?;
        Ok(Phrase {
            text,
            terms: u16::try_from(word.terms.len()).unwrap_or(u16::MAX),
            notes,
            weight: self.weight(word, notes)?,
            forms: Vec::new(),
        })
    }

    /// What a word weighs that so many notes have.
    fn weight(&self, word: &Word, notes: u64) -> Result<f32> {
        let (all, _) = self.totals()?;
        let weight =
            (1.0 + (all as f64 - notes as f64 + 0.5).max(0.5) / (notes as f64 + 0.5)).ln() as f32;
        Ok(if word.part { PART * weight } else { weight })
    }

    fn count(&self, text: &str) -> Result<u64> {
        self.lease
            .connection()
            .prepare_cached("SELECT count(*) FROM words WHERE words MATCH ?1")
            .and_then(|mut statement| statement.query_row([text], |row| row.get::<_, i64>(0)))
            .map(i64::cast_unsigned)
            .action("count a word")
    }

    /// How many notes have words, and how many words they have together.
    pub(super) fn totals(&self) -> Result<(u64, u64)> {
        self.lease
            .connection()
            .prepare_cached("SELECT (SELECT value FROM total WHERE name = 'notes'), (SELECT value FROM total WHERE name = 'words')")
            .and_then(|mut statement| {
                statement.query_row([], |row| {
                    Ok((row.get::<_, i64>(0)?.cast_unsigned(), row.get::<_, i64>(1)?.cast_unsigned()))
                })
            })
            .action("read the totals")
    }
}

fn joined(parts: &[String], operator: &str) -> Option<String> {
    match parts {
        [] => None,
        [only] => Some(only.clone()),
        several => Some(format!("({})", several.join(operator))),
    }
}

/// What a tree of exclusions excludes.
pub(super) fn exclusions(expr: &Expr) -> Vec<&Expr> {
    match expr {
        Expr::Not(_, excluded) => vec![excluded],
        Expr::And(parts) | Expr::Or(parts) => parts.iter().flat_map(exclusions).collect(),
        Expr::Any(_) | Expr::Word(_) => Vec::new(),
    }
}
