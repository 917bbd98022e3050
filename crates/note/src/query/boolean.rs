//! A query with `AND`, `OR`, `NOT` and parentheses, as a tree.
//!
//! `NOT` binds closest, then `AND`, then `OR`; words beside each other are joined by `AND`, function words
//! among them dropped. Invariant: broken syntax is read as if the stray operator or parenthesis were not there.

use super::tokens::Token;
use super::{Expr, word};
use crate::words::is_stop_word;

/// How deep parentheses may be nested; deeper ones are ignored.
const DEEPEST: usize = 32;

/// Reads the tokens; `None` if no operand has a term.
pub(super) fn parse(tokens: &[Token<'_>]) -> Option<Expr> {
    let mut parser = Parser { tokens, at: 0 };
    parser.any_of(0)
}

struct Parser<'a> {
    tokens: &'a [Token<'a>],
    at: usize,
}

impl Parser<'_> {
    fn any_of(&mut self, depth: usize) -> Option<Expr> {
        let mut items: Vec<Expr> = self.all_of(depth).into_iter().collect();
        while let Some(Token::Or) = self.tokens.get(self.at) {
            self.at += 1;
            items.extend(self.all_of(depth));
        }
        joined(items, Expr::Or)
    }

    fn all_of(&mut self, depth: usize) -> Option<Expr> {
        let (mut wanted, mut unwanted) = (Vec::new(), Vec::new());
        let mut negated = false;
        while let Some(&token) = self.tokens.get(self.at) {
            let found = match token {
                Token::Or => break,
                Token::Close if depth > 0 => break,
                Token::And | Token::Close => {
                    self.at += 1;
                    continue;
                }
                Token::Not => {
                    self.at += 1;
                    negated = !negated;
                    continue;
                }
                Token::Open => {
                    self.at += 1;
                    if depth >= DEEPEST {
                        continue;
                    }
                    let inside = self.any_of(depth + 1);
                    if self.tokens.get(self.at) == Some(&Token::Close) {
                        self.at += 1;
                    }
                    inside
                }
                Token::Phrase(text, starred) => {
                    self.at += 1;
                    word(text, starred).map(Expr::Word)
                }
                Token::Word(..) if negated => {
                    self.at += 1;
                    operand(&[token])
                }
                Token::Word(..) => {
                    let start = self.at;
                    while let Some(Token::Word(..)) = self.tokens.get(self.at) {
                        self.at += 1;
                    }
                    operand(&self.tokens[start..self.at])
                }
            };
            if negated {
                unwanted.extend(found);
            } else {
                wanted.extend(found);
            }
            negated = false;
        }
        let wanted = joined(wanted, Expr::And);
        match joined(unwanted, Expr::Or) {
            None => wanted,
            Some(unwanted) => Some(Expr::Not(wanted.map(Box::new), Box::new(unwanted))),
        }
    }
}

/// Words beside each other: all of them, but function words only where there is nothing else.
fn operand(tokens: &[Token<'_>]) -> Option<Expr> {
    let words = tokens.iter().filter_map(|token| match *token {
        Token::Word(text, starred) => word(text, starred),
        _ => None,
    });
    let (stop, content): (Vec<_>, Vec<_>) =
        words.partition(|word| !word.prefix && is_stop_word(&word.terms.join(" ")));
    let kept = if content.is_empty() { stop } else { content };
    joined(kept.into_iter().map(Expr::Word).collect(), Expr::And)
}

fn joined(mut items: Vec<Expr>, join: fn(Vec<Expr>) -> Expr) -> Option<Expr> {
    match items.len() {
        0 | 1 => items.pop(),
        _ => Some(join(items)),
    }
}
