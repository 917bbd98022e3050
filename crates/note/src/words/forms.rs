//! The other forms of a word: `gardens` and `gardening` of `garden`.
//!
//! The index keeps words as they are written; whoever wants a word's forms too looks among its terms for those that
//! begin as [`Forms::ranges`] says and are [`Forms::has`]. English only: stems are those of Porter's second stemmer
//! ("The English (Porter2) stemming algorithm", snowballstem.org), for words of three ASCII letters or more.
//! Invariant: a word is a form of itself, and forms are told by the two words alone.

use std::ops::Range;

use rust_stemmers::{Algorithm, Stemmer};

/// Letters of the shortest word that has other forms.
const SHORTEST: usize = 3;
/// Letters of the longest one; what is longer is no word of a language.
const LONGEST: usize = 32;

/// The forms of a word.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Forms {
    stem: String,
    /// All of them begin with one of these, or are the stem itself.
    beginnings: Vec<String>,
}

impl Forms {
    /// Returns the forms of a term of [`terms`](super::terms); `None` of one that has no others.
    pub fn of(term: &str) -> Option<Self> {
        let stem = stem(term)?;
        let beginnings = beginnings(&stem);
        Some(Self { stem, beginnings })
    }

    /// Whether `term`, in lowercase, is one of them.
    pub fn has(&self, term: &str) -> bool {
        let begins = |beginning: &String| term.starts_with(beginning.as_str());
        // Cheaper to know than its stem, which most words need not be asked for.
        (term == self.stem || self.beginnings.iter().any(begins))
            && stem(term).is_some_and(|stem| stem == self.stem)
    }

    /// Ranges of terms, each with its end left out, in which all of them are.
    ///
    /// A short stem begins many words that are no forms of it, so its ranges are narrower.
    pub fn ranges(&self) -> Vec<Range<String>> {
        let itself = self.stem.clone()..format!("{}\0", self.stem);
        let has_itself = self.beginnings.contains(&self.stem);
        let beginnings = self.beginnings.iter().map(|text| beginning(text));
        beginnings.chain((!has_itself).then_some(itself)).collect()
    }
}

/// What all forms of a stem begin with, besides the stem itself.
fn beginnings(stem: &str) -> Vec<String> {
    let (rest, last) = stem.split_at(stem.len() - 1);
    match last {
        // citi: city, cities.
        "i" => vec![format!("{rest}y"), stem.to_owned()],
        // come: comes, coming.
        "e" => vec![stem.to_owned(), format!("{rest}i")],
        // run: runs, running.
        _ if stem.len() <= SHORTEST => vec![
            format!("{stem}s"),
            format!("{stem}e"),
            format!("{stem}i"),
            format!("{stem}{last}"),
        ],
        _ => vec![stem.to_owned()],
    }
}

/// Everything that begins so.
fn beginning(text: &str) -> Range<String> {
    // The character after `z`.
    text.to_owned()..format!("{text}{{")
}

fn stem(term: &str) -> Option<String> {
    let is_word = (SHORTEST..=LONGEST).contains(&term.len())
        && term.bytes().all(|byte| byte.is_ascii_lowercase());
    let stem = is_word.then(|| Stemmer::create(Algorithm::English).stem(term).into_owned())?;
    (stem.len() > 1).then_some(stem)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_that_differ_by_grammar_are_forms_of_each_other() {
        for family in [
            "garden gardens gardened gardening",
            "run runs running",
            "use uses used using",
            "come comes coming",
            "city cities",
            "study studies studied studying",
            "relate relates related relating relation relations",
            "cat cats",
            "fix fixes fixed fixing",
        ] {
            let words: Vec<&str> = family.split(' ').collect();
            let pairs = words
                .iter()
                .flat_map(|one| words.iter().map(move |other| (*one, *other)));
            for (one, other) in pairs {
                let forms = Forms::of(one).expect("an English word has forms");
                assert!(forms.has(other), "{one} {other}");
                let is_inside = |range: &Range<String>| range.contains(&other.to_owned());
                assert!(forms.ranges().iter().any(is_inside), "{one} {other}");
            }
        }
    }

    #[test]
    fn other_words_and_other_scripts_are_left_alone() {
        for (one, other) in [("car", "care"), ("garden", "gardenia"), ("new", "news")] {
            let forms = Forms::of(one).expect("an English word has forms");
            assert!(!forms.has(other), "{one} {other}");
        }
        for word in ["go", "größe", "b12", "c++", "сады", "部署"] {
            assert_eq!(Forms::of(word), None, "{word}");
        }
    }
}
