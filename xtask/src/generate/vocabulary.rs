//! The words of the generated vaults: English function words, and pseudo-words for everything else.

use std::collections::HashSet;

use super::random::Random;

/// How many pseudo-words there are: about the active vocabulary of a large wiki.
pub const CONTENT_WORDS: usize = 40_000;

/// The commonest English function words, the commonest first.
pub const FUNCTION_WORDS: &str = "the of and to a in is that it was for on are as with his they at be this from i have or by one had \
    not but what all were when we there can an your which their if do will each about how up out them \
    then she many some so these would other into has more her two like him no than first been its who \
    now my over down only may little very after just where most through back much before good new write \
    our me man too any day same also around another must because even well such here take why away again \
    off went every still between should own under last never us left along while might next below";

const ONSETS: [&str; 24] = [
    "b", "c", "d", "f", "k", "h", "l", "m", "n", "p", "r", "s", "t", "v", "br", "cl", "dr", "fl",
    "kr", "pl", "st", "tr", "w", "th",
];
const VOWELS: [&str; 9] = ["a", "e", "i", "o", "u", "ai", "ea", "io", "ou"];
const CODAS: [&str; 10] = ["", "", "", "", "n", "r", "s", "l", "nd", "x"];

/// All words; the same in every vault.
pub struct Vocabulary {
    /// Function words by falling frequency.
    pub function: Vec<&'static str>,
    /// Pseudo-words by falling frequency; the common ones are short.
    pub content: Vec<String>,
}

impl Vocabulary {
    /// Builds it.
    pub fn new() -> Self {
        let function: Vec<&str> = FUNCTION_WORDS.split_ascii_whitespace().collect();
        let mut random = Random::new(40_000);
        let mut seen: HashSet<String> = function.iter().map(|word| (*word).to_owned()).collect();
        let mut content = Vec::with_capacity(CONTENT_WORDS);
        while content.len() < CONTENT_WORDS {
            let syllables = match content.len() {
                0..400 => random.between(1, 2),
                400..8_000 => 2,
                _ => random.between(2, 3),
            };
            let word = pseudo_word(&mut random, syllables);
            if word.len() >= 3 && seen.insert(word.clone()) {
                content.push(word);
            }
        }
        Self { function, content }
    }

    /// A function word, as often as it is used.
    pub fn function_word(&self, random: &mut Random) -> &str {
        self.function[random.zipf(1.0, self.function.len())]
    }

    /// A content word, by Zipf's law.
    pub fn content_word(&self, random: &mut Random) -> &str {
        &self.content[random.zipf(8.0, self.content.len())]
    }

    /// A content word that is not among the few hundred commonest.
    pub fn rarer_word(&self, random: &mut Random) -> &str {
        let common = 300;
        &self.content[common + random.below(self.content.len() - common)]
    }
}

fn pseudo_word(random: &mut Random, syllables: usize) -> String {
    let mut word = String::new();
    for _ in 0..syllables {
        word.push_str(random.pick(&ONSETS));
        word.push_str(random.pick(&VOWELS));
    }
    word.push_str(random.pick(&CODAS));
    word
}

/// The word with a capital first letter.
pub fn capital(word: &str) -> String {
    let mut characters = word.chars();
    characters.next().map_or_else(String::new, |first| {
        first.to_ascii_uppercase().to_string() + characters.as_str()
    })
}
