//! Where the words of a query stand in a text.
//!
//! Which notes match is decided by the index's terms; this is only about what to show and mark. Invariant: query
//! and text are split by one function, so a word is found wherever it is spelled alike up to case and accents, and
//! in scripts without spaces wherever its characters stand together.

use cairn_note::query::{Expr, Query, Word};
use cairn_note::words::{self, Forms};
use std::borrow::Cow;
use std::ops::Range;

/// The words of a query that a text may show.
#[derive(Debug, Default)]
pub(super) struct Wanted {
    pub(super) words: Vec<WantedWord>,
}

/// One word or phrase.
#[derive(Debug, PartialEq)]
pub(super) struct WantedWord {
    /// Its units, folded, which must follow each other.
    units: Vec<String>,
    /// Whether the last unit may go on.
    prefix: bool,
    /// Its other forms, if they are wanted too.
    forms: Option<Forms>,
    /// How much it tells: long words tell more than short ones.
    pub(super) weight: f32,
    /// As the index is asked for it.
    source: Word,
}

/// A place where a word stands.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Match {
    /// Its index in [`Wanted::words`].
    pub(super) word: usize,
    /// Whether the very word stands here, or another form of it.
    pub(super) is_form: bool,
    /// Bytes of the text.
    pub(super) range: Range<usize>,
    /// The units it spans, to tell what stands side by side.
    pub(super) units: Range<usize>,
}

/// Words looked for; the masks of snippets have a bit for each.
const MOST_WORDS: usize = 64;

impl Wanted {
    /// Returns the words of a query, those after a `NOT` left out.
    pub(super) fn of(query: &Query) -> Self {
        let mut words = Vec::new();
        if let Some(expr) = &query.expr {
            collect(expr, &mut words);
        }
        let mut wanted = Self::default();
        for source in words.into_iter().filter(|word| !word.stop) {
            let folded: Vec<String> = units(&source.text)
                .into_iter()
                .map(|unit| unit.folded().into_owned())
                .collect();
            let length = folded
                .iter()
                .map(|unit| unit.chars().count())
                .sum::<usize>();
            let length = u8::try_from(length.min(10)).unwrap_or(10);
            let word = WantedWord {
                forms: forms(source, &folded),
                units: folded,
                prefix: source.prefix,
                weight: 1.0 + f32::from(length) / 10.0,
                source: source.clone(),
            };
            let is_same =
                |other: &WantedWord| (&other.units, other.prefix) == (&word.units, word.prefix);
            if !word.units.is_empty()
                && wanted.words.len() < MOST_WORDS
                && !wanted.words.iter().any(is_same)
            {
                wanted.words.push(word);
            }
        }
        wanted
    }

    /// Returns the words as the index is asked for them.
    pub(super) fn sources(&self) -> Vec<Word> {
        self.words.iter().map(|word| word.source.clone()).collect()
    }

    /// Returns how much of what is wanted a text has, 0 to 1; all of it when nothing is wanted.
    pub(super) fn share(&self, text: &str) -> f32 {
        let all: f32 = self.words.iter().map(|word| word.weight).sum();
        if all == 0.0 {
            return 1.0;
        }
        let found = self.matches(text);
        let has = |index: usize| found.iter().any(|found| found.word == index);
        let met = self.words.iter().enumerate().filter(|(at, _)| has(*at));
        met.map(|(_, word)| word.weight).sum::<f32>() / all
    }

    /// Returns every place a word stands at, in order.
    pub(super) fn matches(&self, text: &str) -> Vec<Match> {
        if self.words.is_empty() {
            return Vec::new();
        }
        // Most units begin as no word does.
        let mut begins = [false; 256];
        for word in &self.words {
            let first = word.units.first().and_then(|unit| unit.bytes().next());
            begins[usize::from(first.unwrap_or_default())] = true;
        }
        let units = units(text);
        let mut matches = Vec::new();
        for start in 0..units.len() {
            if !begins[usize::from(units[start].first_byte())] {
                continue;
            }
            for (index, word) in self.words.iter().enumerate() {
                let end = start + word.units.len();
                let Some(found) = units.get(start..end) else {
                    continue;
                };
                let is_word = word.is(found);
                if is_word || word.has_form(&found[0]) {
                    let range = units[start].range.start..units[end - 1].range.end;
                    matches.push(Match {
                        word: index,
                        is_form: !is_word,
                        range,
                        units: start..end,
                    });
                }
            }
        }
        matches
    }
}

fn collect<'q>(expr: &'q Expr, words: &mut Vec<&'q Word>) {
    match expr {
        Expr::Any(any) => words.extend(any),
        Expr::Word(word) => words.push(word),
        Expr::And(all) | Expr::Or(all) => all.iter().for_each(|expr| collect(expr, words)),
        Expr::Not(left, _) => left.iter().for_each(|expr| collect(expr, words)),
    }
}

/// The other forms that are wanted with a word, which is a single unit.
fn forms(source: &Word, units: &[String]) -> Option<Forms> {
    match units {
        [unit] if !source.exact && !source.prefix => Forms::of(unit),
        _ => None,
    }
}

impl WantedWord {
    fn has_form(&self, unit: &Unit<'_>) -> bool {
        let (Some(forms), Text::Ascii(text)) = (&self.forms, &unit.text) else {
            return false;
        };
        // Most words begin with another letter.
        let first = |text: &str| text.bytes().next().map(|byte| byte.to_ascii_lowercase());
        first(text) == first(&self.units[0]) && forms.has(&text.to_ascii_lowercase())
    }

    fn is(&self, units: &[Unit<'_>]) -> bool {
        let last = self.units.len() - 1;
        self.units
            .iter()
            .zip(units)
            .enumerate()
            .all(|(at, (wanted, unit))| {
                if self.prefix && at == last {
                    unit.begins(wanted)
                } else {
                    unit.is(wanted)
                }
            })
    }
}

/// What is compared as a whole: a word, or one character of a script without spaces.
#[derive(Debug)]
struct Unit<'t> {
    range: Range<usize>,
    text: Text<'t>,
}

#[derive(Debug)]
enum Text<'t> {
    /// As it is, compared without case.
    Ascii(&'t str),
    /// Case and accents gone.
    Folded(String),
}

impl Unit<'_> {
    fn folded(&self) -> Cow<'_, str> {
        match &self.text {
            Text::Ascii(text) => Cow::Owned(text.to_ascii_lowercase()),
            Text::Folded(text) => Cow::Borrowed(text),
        }
    }

    /// The first byte, case and accents gone.
    fn first_byte(&self) -> u8 {
        let first = match &self.text {
            Text::Ascii(text) => text.bytes().next().map(|byte| byte.to_ascii_lowercase()),
            Text::Folded(text) => text.bytes().next(),
        };
        first.unwrap_or_default()
    }

    fn is(&self, wanted: &str) -> bool {
        match &self.text {
            Text::Ascii(text) => text.eq_ignore_ascii_case(wanted),
            Text::Folded(text) => text == wanted,
        }
    }

    fn begins(&self, wanted: &str) -> bool {
        match &self.text {
            Text::Ascii(text) => text
                .get(..wanted.len())
                .is_some_and(|start| start.eq_ignore_ascii_case(wanted)),
            Text::Folded(text) => text.starts_with(wanted),
        }
    }
}

/// What a character is to the splitter.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Class {
    Word,
    /// A unit of its own.
    Alone,
    Separator,
}

fn class(character: char) -> Class {
    if character.is_ascii() {
        return if character.is_ascii_alphanumeric() {
            Class::Word
        } else {
            Class::Separator
        };
    }
    match character {
        // Pictographs are words of their own, as the index has them.
        _ if is_continuous(character)
            || matches!(character, '\u{2600}'..='\u{27bf}' | '\u{1f000}'..='\u{1faff}') =>
        {
            Class::Alone
        }
        _ if character.is_alphanumeric() || is_mark(character) => Class::Word,
        _ => Class::Separator,
    }
}

/// Splits a text as [`words::terms`] does, but keeps where each piece stands.
fn units(text: &str) -> Vec<Unit<'_>> {
    let mut units = Vec::with_capacity(text.len() / 5);
    let mut characters = text.char_indices().peekable();
    while let Some((start, character)) = characters.next() {
        let mut end = start + character.len_utf8();
        match class(character) {
            Class::Separator => continue,
            Class::Alone => {
                units.push(Unit {
                    range: start..end,
                    text: Text::Folded(character.to_string()),
                });
                continue;
            }
            Class::Word => {}
        }
        while let Some((at, next)) = characters.next_if(|(_, next)| class(*next) == Class::Word) {
            end = at + next.len_utf8();
        }
        end += sign(text, start, end);
        while characters.next_if(|(at, _)| *at < end).is_some() {}
        let run = &text[start..end];
        let text = if run.is_ascii() {
            Text::Ascii(run)
        } else {
            Text::Folded(folded(run))
        };
        units.push(Unit {
            range: start..end,
            text,
        });
    }
    units
}

/// The length of the `++` or `#` that belongs to a word of one letter: `c++` and `c#` are words.
fn sign(text: &str, start: usize, end: usize) -> usize {
    let bytes = text.as_bytes();
    if end - start != 1 || !bytes[start].is_ascii_alphabetic() {
        return 0;
    }
    let length = match &bytes[end..] {
        [b'+', b'+', ..] => 2,
        [b'#', ..] => 1,
        _ => 0,
    };
    let goes_on = text[end + length..]
        .chars()
        .next()
        .is_some_and(|next| class(next) != Class::Separator);
    if goes_on { 0 } else { length }
}

fn folded(run: &str) -> String {
    let mut terms = String::with_capacity(run.len() + 1);
    words::terms(run, &mut terms);
    terms.retain(|character| character != ' ');
    terms
}

/// Scripts that put no spaces between words: Han, kana, Bopomofo, Hangul, Thai, Lao, Khmer, Myanmar.
fn is_continuous(character: char) -> bool {
    matches!(character,
        '\u{e00}'..='\u{eff}' | '\u{1000}'..='\u{109f}' | '\u{1100}'..='\u{11ff}' | '\u{1780}'..='\u{17ff}'
        | '\u{2e80}'..='\u{2fdf}' | '\u{3005}'..='\u{3007}' | '\u{3041}'..='\u{31bf}'
        | '\u{31f0}'..='\u{31ff}' | '\u{3400}'..='\u{4dbf}' | '\u{4e00}'..='\u{9fff}'
        | '\u{a960}'..='\u{a97f}' | '\u{aa60}'..='\u{aa7f}' | '\u{ac00}'..='\u{d7ff}'
        | '\u{f900}'..='\u{faff}' | '\u{ff66}'..='\u{ffdc}' | '\u{20000}'..='\u{3ffff}')
}

/// Marks that stand on the letter before them, and joiners; by block, without the punctuation in those blocks.
pub(super) fn is_mark(character: char) -> bool {
    let is_punctuation = matches!(
        character,
        '\u{60c}' | '\u{61b}' | '\u{61e}' | '\u{61f}' | '\u{66a}'
            ..='\u{66d}'
                | '\u{6d4}'
                | '\u{5be}'
                | '\u{5c0}'
                | '\u{5c3}'
                | '\u{5c6}'
                | '\u{5f3}'
                | '\u{5f4}'
                | '\u{964}'
                | '\u{965}'
                | '\u{970}'
    );
    let is_near_marks = matches!(character,
        '\u{300}'..='\u{36f}' | '\u{483}'..='\u{489}' | '\u{591}'..='\u{109f}' | '\u{1780}'..='\u{17d3}'
        | '\u{1ab0}'..='\u{1cff}' | '\u{1dc0}'..='\u{1dff}' | '\u{200c}' | '\u{200d}' | '\u{20d0}'..='\u{20ff}'
        | '\u{3099}' | '\u{309a}' | '\u{fe00}'..='\u{fe0f}' | '\u{fe20}'..='\u{fe2f}');
    is_near_marks && !is_punctuation && !character.is_alphanumeric()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The text with brackets around what a query marks.
    fn marked(query: &str, text: &str) -> String {
        let matches = Wanted::of(&Query::parse(query)).matches(text);
        let mut marked = String::new();
        let mut end = 0;
        for found in matches {
            if found.range.start >= end {
                let (before, inside) = (&text[end..found.range.start], &text[found.range.clone()]);
                marked.extend([before, "‹", inside, "›"]);
                end = found.range.end;
            }
        }
        marked + &text[end..]
    }

    #[test]
    fn a_word_is_marked_however_it_is_cased_and_accented() {
        for (query, text, expected) in [
            ("tea", "Tea, teapot: TEA.", "‹Tea›, teapot: ‹TEA›."),
            ("tea*", "Tea, teapot", "‹Tea›, ‹teapot›"),
            ("cafe", "Un café, Ｃａｆｅ", "Un ‹café›, ‹Ｃａｆｅ›"),
            ("café", "a cafe", "a ‹cafe›"),
            (
                "\"green tea\"",
                "green tea, green and tea",
                "‹green tea›, green and tea",
            ),
            (
                "foo_bar",
                "foo-bar foo bar foobar",
                "‹foo-bar› ‹foo bar› foobar",
            ),
            ("c++", "C, C++ and C#", "C, ‹C++› and C#"),
            ("c#", "C# a#b", "‹C#› a#b"),
            ("tea AND NOT milk", "tea milk", "‹tea› milk"),
            ("the tea", "the tea", "the ‹tea›"),
            (
                "gardening",
                "A garden, Gardens; gardenia",
                "A ‹garden›, ‹Gardens›; gardenia",
            ),
            (
                "\"gardening\"",
                "a garden, gardening",
                "a garden, ‹gardening›",
            ),
            (
                "low-dose test",
                "tests of a low dose, a dose",
                "‹tests› of a ‹low dose›, a ‹dose›",
            ),
            ("हिन्दी", "यह हिन्दी है।", "यह ‹हिन्दी› है।"),
            ("", "tea", "tea"),
        ] {
            assert_eq!(marked(query, text), expected, "{query}");
        }
    }

    #[test]
    fn scripts_without_spaces_are_marked_inside_words() {
        for (query, text, expected) in [
            ("部署", "今天讨论了部署方案", "今天讨论了‹部署›方案"),
            ("署", "部署方案", "部‹署›方案"),
            ("データ", "データベース", "‹データ›ベース"),
            ("itgc", "重跑gen-itgc后50条", "重跑gen-‹itgc›后50条"),
            ("ภาษา", "เรียนภาษาไทย", "เรียน‹ภาษา›ไทย"),
        ] {
            assert_eq!(marked(query, text), expected, "{query}");
        }
    }
}
