//! One character as the splitter sees it: folded, and with its part in words.
//!
//! This is the table behind [`super::terms`]; it knows single characters only, never their neighbours.
//! Invariant: folding is decomposing (NFKD, except Hangul syllables and kana, which stay whole), so composed
//! and decomposed spellings of a word fold to the same characters.

use std::sync::OnceLock;

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

/// The part a folded character plays in words.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Class {
    /// Ends whatever is going on.
    Separator,
    /// Leaves no trace and ends nothing: soft hyphens, joiners, stripped diacritics.
    Ignored,
    /// U+200B: a separator between spaced words, nothing inside a continuous run.
    Spacer,
    /// A letter or digit of a script that puts spaces between words.
    Letter,
    /// Belongs to the character before it, in every script.
    Mark,
    /// Begins a cluster of a script without spaces.
    Cluster,
    /// A Hangul vowel or final consonant, which completes the syllable before it when it can.
    Tail,
    /// A pictograph, a word of its own.
    Symbol,
}

/// What a character folds to.
#[derive(Debug, Clone, Copy)]
pub(super) struct Folded {
    /// The part of `first`.
    pub(super) class: Class,
    /// The first folded character.
    pub(super) first: char,
    /// The second one, of a character that folds to exactly two.
    pub(super) second: Option<char>,
    /// Whether there are more than two: ask [`expansion`].
    pub(super) long: bool,
}

type Page = [Folded; 256];

/// One page for each 256 code points, built when the first of them is met: a run over English text builds one,
/// and no start pays for all of Unicode.
static PAGES: [OnceLock<Box<Page>>; 0x1100] = [const { OnceLock::new() }; 0x1100];

/// Looks a character up.
#[inline]
pub(super) fn folded(character: char) -> Folded {
    let code = u32::from(character);
    let page = PAGES[(code >> 8) as usize].get_or_init(|| page(code & !0xff));
    page[(code & 0xff) as usize]
}

/// Returns everything `character` folds to.
pub(super) fn expansion(character: char) -> String {
    if stays_whole(character) {
        return character.to_string();
    }
    let lower = character.nfkd().flat_map(char::to_lowercase);
    let mut text = String::new();
    for part in lower.nfkd().filter(|part| !is_stripped(*part)) {
        match special(part) {
            Some(letters) => text.push_str(letters),
            None => text.push(ascii_digit(part).unwrap_or(part)),
        }
    }
    text
}

#[cold]
fn page(first: u32) -> Box<Page> {
    Box::new(std::array::from_fn(|offset| {
        let code = first + u32::try_from(offset).unwrap_or(0);
        char::from_u32(code).map_or(NOTHING, compute)
    }))
}

const NOTHING: Folded = Folded {
    class: Class::Separator,
    first: ' ',
    second: None,
    long: false,
};

fn compute(character: char) -> Folded {
    let plain = Folded {
        class: class(character),
        first: character,
        second: None,
        long: false,
    };
    if stays_whole(character) || !is_folded(character) {
        return plain;
    }
    let text = expansion(character);
    let mut parts = text.chars();
    match parts.next() {
        None => Folded {
            class: Class::Ignored,
            ..plain
        },
        Some(first) => {
            let second = parts.next();
            Folded {
                class: class(first),
                first,
                second,
                long: parts.next().is_some(),
            }
        }
    }
}

/// Whether the folding of a character is read at all: `™` is a sign, not the letters "tm" of the word before
/// it, while `㎏` and the fullwidth forms are only other ways to write letters.
fn is_folded(character: char) -> bool {
    character.is_alphanumeric()
        || is_combining_mark(character)
        || matches!(character, '\u{3200}'..='\u{33ff}' | '\u{ff00}'..='\u{ffef}')
}

/// Characters that are left as they are: Han, Hangul syllables and kana, which are kept composed.
fn stays_whole(character: char) -> bool {
    matches!(character,
        '\u{3041}'..='\u{3096}' | '\u{30a1}'..='\u{30fa}' | '\u{3400}'..='\u{9fff}'
        | '\u{ac00}'..='\u{d7a3}' | '\u{20000}'..='\u{2f7ff}')
}

fn class(character: char) -> Class {
    match character {
        '\u{200b}' => Class::Spacer,
        '\u{1160}'..='\u{11ff}' | '\u{d7b0}'..='\u{d7fb}' => Class::Tail,
        // Modifier letters people use as apostrophes: they split as `'` and `’` do.
        '\u{2b9}'..='\u{2bf}' => Class::Separator,
        _ if is_ignored(character) => Class::Ignored,
        _ if is_combining_mark(character) => Class::Mark,
        _ if is_symbol(character) => Class::Symbol,
        _ if !character.is_alphanumeric() => Class::Separator,
        _ if is_continuous(character) => Class::Cluster,
        _ => Class::Letter,
    }
}

/// Invisible format characters: joiners, direction marks, variation selectors, skin tones.
fn is_ignored(character: char) -> bool {
    matches!(character,
        '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{180b}'..='\u{180f}' | '\u{200c}'..='\u{200f}'
        | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{fe00}'..='\u{fe0f}' | '\u{feff}'
        | '\u{1f3fb}'..='\u{1f3ff}' | '\u{e0000}'..='\u{e0fff}')
}

/// Pictographs worth finding; arrows, mathematics and box drawing are not among them.
fn is_symbol(character: char) -> bool {
    matches!(character, '\u{2600}'..='\u{27bf}' | '\u{2b00}'..='\u{2bff}' | '\u{1f000}'..='\u{1f0ff}'
        | '\u{1f1e6}'..='\u{1f1ff}' | '\u{1f300}'..='\u{1faff}')
        && !character.is_alphanumeric()
}

/// Blocks of the scripts that put no spaces between words: Han, kana, Bopomofo, Hangul, Thai, Lao, Khmer,
/// Myanmar.
pub(super) fn is_continuous(character: char) -> bool {
    matches!(character,
        '\u{e00}'..='\u{eff}' | '\u{1000}'..='\u{109f}' | '\u{1100}'..='\u{11ff}' | '\u{1780}'..='\u{17ff}'
        | '\u{19e0}'..='\u{19ff}' | '\u{2e80}'..='\u{2fdf}' | '\u{3005}'..='\u{3007}'
        | '\u{3021}'..='\u{3029}' | '\u{3031}'..='\u{3035}' | '\u{3038}'..='\u{303c}'
        | '\u{3041}'..='\u{31bf}' | '\u{31f0}'..='\u{31ff}' | '\u{3400}'..='\u{4dbf}'
        | '\u{4e00}'..='\u{9fff}' | '\u{a960}'..='\u{a97f}' | '\u{a9e0}'..='\u{a9ff}'
        | '\u{aa60}'..='\u{aa7f}' | '\u{ac00}'..='\u{d7ff}' | '\u{f900}'..='\u{faff}'
        | '\u{ff66}'..='\u{ffdc}' | '\u{1aff0}'..='\u{1b16f}' | '\u{20000}'..='\u{3ffff}')
}

/// Marks that are optional in everyday writing: the diacritics of Latin, Greek and Cyrillic, Hebrew points,
/// Arabic vowel signs and the tatweel. Marks of other scripts are letters in all but name.
fn is_stripped(character: char) -> bool {
    matches!(
        character,
        // Combining diacritics of the alphabets.
        '\u{300}'..='\u{36f}' | '\u{483}'..='\u{489}' | '\u{1ab0}'..='\u{1aff}' | '\u{1dc0}'..='\u{1dff}'
        | '\u{20d0}'..='\u{20ff}' | '\u{fe20}'..='\u{fe2f}'
        // Hebrew points and accents; maqaf, paseq and sof pasuq between them are punctuation.
        | '\u{591}'..='\u{5bd}' | '\u{5bf}' | '\u{5c1}' | '\u{5c2}' | '\u{5c4}' | '\u{5c5}' | '\u{5c7}'
        // Arabic vowel signs, the tatweel and Koranic annotation.
        | '\u{610}'..='\u{61a}' | '\u{640}' | '\u{64b}'..='\u{65f}' | '\u{670}' | '\u{6d6}'..='\u{6dc}'
        | '\u{6df}'..='\u{6e4}' | '\u{6e7}' | '\u{6e8}' | '\u{6ea}'..='\u{6ed}' | '\u{898}'..='\u{89f}'
        | '\u{8ca}'..='\u{8e1}' | '\u{8e3}'..='\u{8ff}'
    )
}

/// Letters that people type as others, beyond what Unicode decomposes.
fn special(character: char) -> Option<&'static str> {
    Some(match character {
        'ß' => "ss",
        'æ' => "ae",
        'œ' => "oe",
        'þ' => "th",
        'đ' | 'ð' => "d",
        'ħ' => "h",
        'ı' => "i",
        'ł' => "l",
        'ø' => "o",
        'ŧ' => "t",
        'ς' => "σ",
        // Arabic alef wasla, alef maqsura and Persian yeh, teh marbuta, Persian kaf.
        '\u{671}' => "\u{627}",
        '\u{649}' | '\u{6cc}' => "\u{64a}",
        '\u{629}' => "\u{647}",
        '\u{6a9}' => "\u{643}",
        _ => return None,
    })
}

/// Zeros of the decimal digits folded to ASCII, so that ۲۰۲۴ and 2024 are one number.
const ZEROS: [u32; 18] = [
    0x660, 0x6f0, 0x7c0, 0x966, 0x9e6, 0xa66, 0xae6, 0xb66, 0xbe6, 0xc66, 0xce6, 0xd66, 0xe50,
    0xed0, 0xf20, 0x1040, 0x17e0, 0x1810,
];

fn ascii_digit(character: char) -> Option<char> {
    let code = u32::from(character);
    let zero = ZEROS
        .iter()
        .find(|&&zero| (zero..zero + 10).contains(&code))?;
    char::from_digit(code - zero, 10)
}
