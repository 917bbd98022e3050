//! One character to ASCII, as Python's `unidecode` does it.
//!
//! The base is `deunicode`; [`super::exceptions`] lists where that differs.
//! Invariant: equal to `unidecode` in everything a slug can see, for every code point.

use super::exceptions::{DIFFERENT, EMPTY};

/// What a slug makes of one character beyond ASCII.
pub(super) enum Letter {
    /// It stays as it is: Chinese characters and the punctuation that goes with them.
    Kept,
    /// Its transliteration, empty when it has none.
    Ascii(&'static str),
}

/// What becomes of a character beyond ASCII.
pub(super) fn letter(character: char) -> Letter {
    match character {
        '\u{3000}'..='\u{303f}' | '\u{3400}'..='\u{4dbf}' | '\u{4e00}'..='\u{9fff}' => Letter::Kept,
        '\u{ff00}'..='\u{ffef}' => Letter::Ascii(""),
        _ => Letter::Ascii(transliterate(character)),
    }
}

fn transliterate(character: char) -> &'static str {
    let code = u32::from(character);
    // Accented Latin letters, much the commonest, agree but for the three fractions.
    if (0xc0..0x14a).contains(&code) {
        return deunicode::deunicode_char(character).unwrap_or("");
    }
    let runs = EMPTY.partition_point(|(first, _)| *first <= code);
    if runs > 0 && code <= EMPTY[runs - 1].1 {
        return "";
    }
    let runs = DIFFERENT.partition_point(|(first, _)| *first <= code);
    let listed = runs.checked_sub(1).and_then(|run| {
        let (first, texts) = DIFFERENT[run];
        texts.split('|').nth((code - first) as usize)
    });
    listed.unwrap_or_else(|| deunicode::deunicode_char(character).unwrap_or(""))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tables_are_sorted_and_clear_of_the_short_cut() {
        assert!(EMPTY.is_sorted());
        assert!(DIFFERENT.is_sorted());
        let inside = |code: u32| (0xc0..0x14a).contains(&code);
        assert!(
            !EMPTY
                .iter()
                .any(|(first, last)| inside(*first) || inside(*last))
        );
        assert!(!DIFFERENT.iter().any(|(first, _)| inside(*first)));
    }
}
