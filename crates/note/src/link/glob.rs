//! Shell-like patterns over permalinks and paths.
//!
//! Not a regular expression, and not a walk through folders: `*` crosses `/`.
//! Invariant: building and matching are total, and matching takes at most time proportional to pattern times text.

/// A pattern: `*` any run (`/` included), `?` one character, `[...]` a set; everything else literal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Glob {
    pattern: String,
    /// Bytes of the pattern before its first wildcard.
    literal: usize,
    tokens: Vec<Token>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Token {
    Run,
    One,
    Literal(char),
    Set {
        negated: bool,
        ranges: Vec<(char, char)>,
    },
}

impl Token {
    fn takes(&self, character: char) -> bool {
        match self {
            Self::Run => false,
            Self::One => true,
            Self::Literal(literal) => *literal == character,
            Self::Set { negated, ranges } => {
                ranges
                    .iter()
                    .any(|(first, last)| (*first..=*last).contains(&character))
                    != *negated
            }
        }
    }
}

impl Glob {
    /// Reads a pattern; an unclosed `[` is literal, `[!a-z]` and `[^a-z]` are what `[a-z]` is not.
    pub fn new(pattern: &str) -> Self {
        let mut tokens = Vec::new();
        let mut literal = None;
        // Sets without an end are looked for once: where one `[` has none, no later one has.
        let mut closable = true;
        let mut rest = pattern;
        while let Some(character) = rest.chars().next() {
            let here = pattern.len() - rest.len();
            rest = &rest[character.len_utf8()..];
            let token = match character {
                '*' => Token::Run,
                '?' => Token::One,
                '[' if closable => match set(rest) {
                    Some((token, after)) => {
                        rest = after;
                        token
                    }
                    None => {
                        closable = false;
                        Token::Literal('[')
                    }
                },
                other => Token::Literal(other),
            };
            if !matches!(token, Token::Literal(_)) {
                literal.get_or_insert(here);
            }
            if token != Token::Run || tokens.last() != Some(&Token::Run) {
                tokens.push(token);
            }
        }
        Self {
            pattern: pattern.to_owned(),
            literal: literal.unwrap_or(pattern.len()),
            tokens,
        }
    }

    /// Returns whether the whole of `text` matches.
    pub fn matches(&self, text: &str) -> bool {
        let mut rest = text;
        let mut at = 0;
        // Where to go on when a guess fails: the last run takes one character more. Earlier runs need no second try.
        let mut retry: Option<(usize, &str)> = None;
        loop {
            let next = rest.chars().next();
            match (self.tokens.get(at), next) {
                (Some(Token::Run), _) => {
                    at += 1;
                    retry = Some((at, rest));
                    continue;
                }
                (None, None) => return true,
                (Some(token), Some(character)) if token.takes(character) => {
                    at += 1;
                    rest = &rest[character.len_utf8()..];
                    continue;
                }
                _ => {}
            }
            let Some((after_run, taken)) = retry else {
                return false;
            };
            let Some(character) = taken.chars().next() else {
                return false;
            };
            at = after_run;
            rest = &taken[character.len_utf8()..];
            retry = Some((at, rest));
        }
    }

    /// Returns the pattern as written.
    pub fn as_str(&self) -> &str {
        &self.pattern
    }

    /// Returns the literal text before the first wildcard; all of the pattern when it has none.
    pub fn literal_prefix(&self) -> &str {
        &self.pattern[..self.literal]
    }
}

/// Reads a set from behind its `[`; returns it and what follows its `]`.
fn set(text: &str) -> Option<(Token, &str)> {
    let negated = text.starts_with(['!', '^']);
    let inner = &text[usize::from(negated)..];
    // A `]` in the first place stands for itself.
    let first = inner.chars().next()?.len_utf8();
    let end = first + inner[first..].find(']')?;
    let mut characters = inner[..end].chars().peekable();
    let mut ranges = Vec::new();
    while let Some(first) = characters.next() {
        let mut ahead = characters.clone();
        match (ahead.next(), ahead.next()) {
            (Some('-'), Some(last)) => {
                ranges.push((first, last));
                characters = ahead;
            }
            _ => ranges.push((first, first)),
        }
    }
    Some((Token::Set { negated, ranges }, &inner[end + 1..]))
}
