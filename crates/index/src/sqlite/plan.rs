//! A parsed query as FTS5 reads it, with what its phrases weigh.
//!
//! Not running it (`lexical`) nor scoring rows (`score`, `rank`). Invariant: the text of a plan is made of terms and
//! operators written here, and its phrases are listed in the order FTS5 numbers them.

use super::Session;
use crate::Result;
use crate::error::StatementContext;
use cairn_note::query::{Expr, Word};

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
}

/// A query as FTS5 reads it, and its phrases in the order they stand in it; a phrase that stands there again
/// weighs nothing the second time.
#[derive(Debug, Default)]
pub(super) struct Plan {
    pub(super) text: String,
    pub(super) phrases: Vec<(f32, u16)>,
}

impl Plan {
    pub(super) fn any(mut self, phrases: &[Phrase], counted: bool) -> Self {
        for (place, phrase) in phrases.iter().enumerate() {
            if place > 0 {
                self.text.push_str(" OR ");
            }
            self.text.push_str(&phrase.text);
            self.phrases.push(if counted {
                (phrase.weight, phrase.terms)
            } else {
                (0.0, 0)
            });
        }
        self
    }

    pub(super) fn then(mut self, text: &str) -> Self {
        self.text.push_str(text);
        self
    }

    /// The sum of all weights.
    pub(super) fn weight(&self) -> f32 {
        self.phrases.iter().map(|(weight, _)| weight).sum()
    }

    /// The phrases that weigh something, by bit.
    pub(super) fn counted(&self) -> u64 {
        let bits = self
            .phrases
            .iter()
            .enumerate()
            .filter(|(_, (weight, _))| *weight > 0.0);
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
        plan.phrases.push(if counted {
            (phrase.weight, phrase.terms)
        } else {
            (0.0, 0)
        });
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

    fn phrase(&self, word: &Word) -> Result<Phrase> {
        // A single letter begins too many words to be worth a prefix search.
        let prefix = word.prefix && !matches!(word.terms.as_slice(), [term] if term.len() == 1);
        let text = format!(
            "\"{}\"{}",
            word.terms.join(" "),
            if prefix { " *" } else { "" }
        );
        let notes = self.count(&text)?;
        let (all, _) = self.totals()?;
        let weight =
            (1.0 + (all as f64 - notes as f64 + 0.5).max(0.5) / (notes as f64 + 0.5)).ln() as f32;
        Ok(Phrase {
            text,
            terms: u16::try_from(word.terms.len()).unwrap_or(u16::MAX),
            notes,
            weight,
        })
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
