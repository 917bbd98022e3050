//! The text of a query as words, quoted phrases, operators and parentheses.
//!
//! Only the shape is read here; what a word's terms are is for the splitter to say.
//! Invariant: every text has tokens, and never more than [`MOST_TOKENS`].

/// What a query is read as; a longer one is cut, which only loses words beyond any useful number.
const MOST_TOKENS: usize = 512;

/// One piece of a query.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Token<'a> {
    /// A bare word; whether it ended with a star.
    Word(&'a str, Starred),
    /// The text between two quotes; whether a star followed.
    Phrase(&'a str, Starred),
    And,
    Or,
    Not,
    Open,
    Close,
}

/// Whether `*` was written at the end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Starred {
    Yes,
    No,
}

/// Reads the tokens of `text`.
///
/// A quote opens a phrase unless it follows a letter or digit (`5" disk`, `צה"ל`) or nothing closes it.
pub(super) fn tokens(text: &str) -> Vec<Token<'_>> {
    let mut tokens = Vec::new();
    let mut rest = text.trim_start_matches(is_blank);
    while let Some(first) = rest.chars().next() {
        if tokens.len() >= MOST_TOKENS {
            break;
        }
        let after = &rest[first.len_utf8()..];
        rest = match first {
            '(' => {
                tokens.push(Token::Open);
                after
            }
            ')' => {
                tokens.push(Token::Close);
                after
            }
            _ if is_quote(first) => match after.split_once(is_quote) {
                None => after,
                Some((inside, after)) => {
                    let starred = after.starts_with('*');
                    tokens.push(Token::Phrase(inside, star(starred)));
                    after.trim_start_matches('*')
                }
            },
            _ => {
                let (word, after) = rest.split_at(word_end(rest));
                tokens.push(read_word(word));
                after
            }
        };
        rest = rest.trim_start_matches(is_blank);
    }
    tokens
}

fn star(starred: bool) -> Starred {
    if starred { Starred::Yes } else { Starred::No }
}

fn read_word(word: &str) -> Token<'_> {
    match word {
        "AND" => Token::And,
        "OR" => Token::Or,
        "NOT" => Token::Not,
        _ => {
            let bare = word.trim_end_matches(['?', '!', ',', '.', ';', ':']);
            // `*emphasis*` is Markdown, not a prefix.
            Token::Word(word, star(bare.ends_with('*') && !bare.starts_with('*')))
        }
    }
}

/// Where the word at the start of `text` ends: at a blank, at a parenthesis it did not open, or at a quote that
/// may open a phrase.
fn word_end(text: &str) -> usize {
    let mut before = ' ';
    let mut open = 0_usize;
    for (at, character) in text.char_indices() {
        match character {
            '(' => open += 1,
            ')' if open == 0 => return at,
            ')' => open -= 1,
            _ if is_blank(character) => return at,
            _ if at > 0 && is_quote(character) && !before.is_alphanumeric() => return at,
            _ => {}
        }
        before = character;
    }
    text.len()
}

/// White space, and the punctuation of scripts that put no spaces around it.
pub(super) fn is_blank(character: char) -> bool {
    character.is_whitespace()
        || matches!(character, '\u{3001}'..='\u{3003}' | '\u{3008}'..='\u{3020}' | '\u{30fb}')
        || matches!(
            character,
            '！' | '（' | '）' | '，' | '－' | '．' | '／' | '：' | '；' | '？' | '～'
        )
}

fn is_quote(character: char) -> bool {
    matches!(character, '"' | '“' | '”' | '„' | '‟' | '＂')
}
