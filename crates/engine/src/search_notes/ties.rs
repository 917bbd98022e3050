//! What notes have to do with each other: a note that one of the best hits names, or that names one of them, may hold
//! the other half of an answer.
//!
//! Only what the texts say, and a wiki link says its target's title. Invariant: a tie only ever adds to a score, and a
//! note is not tied to itself.

/// Hits whose ties count.
const BEST: usize = 5;
/// How much of the score of the best note it is tied to a note is given. Measured, see `docs/design/retrieval.md`.
const SHARE: f32 = 0.2;
/// The shortest title of one word that ties, in characters.
const LEAST_LETTERS: usize = 4;
/// Notes whose texts may have a title of one word: what stands in more of them is a word and not a name.
const MOST_TEXTS: usize = 3;
/// Or one of so many, where that is more.
const MOST_OF: usize = 16;

/// A note among the hits.
pub(super) struct Tied<'a> {
    pub(super) title: &'a str,
    /// What it says, if that is known.
    pub(super) text: Option<&'a str>,
    pub(super) score: f32,
}

/// Returns the scores with ties counted, in the order of the notes, none above 1 if none was before.
pub(super) fn tie(notes: &[Tied<'_>]) -> Vec<f32> {
    let mut order: Vec<usize> = (0..notes.len()).collect();
    order.sort_by(|one, other| notes[*other].score.total_cmp(&notes[*one].score));
    order.truncate(BEST);
    let texts: Vec<String> = notes
        .iter()
        .map(|note| note.text.map(spaced).unwrap_or_default())
        .collect();
    let titles: Vec<Option<String>> = notes.iter().map(|note| name(note.title, &texts)).collect();
    let names = |note: usize, text: usize| {
        note != text
            && titles[note]
                .as_ref()
                .is_some_and(|title| texts[text].contains(title))
    };
    (0..notes.len())
        .map(|note| {
            let tied = order
                .iter()
                .filter(|best| names(note, **best) || names(**best, note));
            let given = tied.map(|best| notes[*best].score).fold(0.0, f32::max);
            (notes[note].score + SHARE * given) / (1.0 + SHARE)
        })
        .collect()
}

/// A title, as it stands in a text, if it tells something there.
fn name(title: &str, texts: &[String]) -> Option<String> {
    let title = spaced(title);
    let words = title.trim();
    if words.chars().count() < LEAST_LETTERS && words.is_ascii() || words.chars().count() < 2 {
        return None;
    }
    // No space stands around a name in a script without spaces.
    let title = if words.is_ascii() {
        title
    } else {
        words.to_owned()
    };
    let is_word = !title.trim().contains(' ');
    let most = MOST_TEXTS.max(texts.len() / MOST_OF);
    let is_common = || {
        let having = texts.iter().filter(|text| text.contains(&title));
        having.take(most + 2).count() > most + 1
    };
    (!is_word || !is_common()).then_some(title)
}

/// The words of a text in lowercase, each between two spaces.
fn spaced(text: &str) -> String {
    let mut spaced = String::with_capacity(text.len() + 2);
    spaced.push(' ');
    for character in text.chars() {
        if character.is_alphanumeric() {
            spaced.extend(character.to_lowercase());
        } else if !spaced.ends_with(' ') {
            spaced.push(' ');
        }
    }
    if !spaced.ends_with(' ') {
        spaced.push(' ');
    }
    spaced
}

#[cfg(test)]
mod tests {
    use super::*;

    fn scores(notes: &[(&str, &str, f32)]) -> Vec<f32> {
        let notes: Vec<_> = notes
            .iter()
            .map(|(title, text, score)| Tied {
                title,
                text: Some(text),
                score: *score,
            })
            .collect();
        tie(&notes)
            .into_iter()
            .map(|score| (score * 120.0).round() / 100.0)
            .collect()
    }

    #[test]
    fn what_a_good_hit_names_and_what_names_it_is_raised() {
        let notes = [
            ("The Long Voyage", "A film by [[Ada Stone]].", 1.0),
            ("Ada Stone", "Born in Leeds.", 0.2),
            ("Reviews", "Of *The Long* Voyage: too long.", 0.1),
            ("Gardens", "Stone walls.", 0.3),
        ];
        assert_eq!(scores(&notes), [1.04, 0.4, 0.3, 0.3]);
    }

    #[test]
    fn common_words_and_parts_of_words_tie_nothing() {
        let notes = [
            ("Tea", "A hot drink.", 1.0),
            ("Drinks", "Steam, team and steak.", 0.5),
            ("Teak", "A wood.", 0.5),
        ];
        assert_eq!(scores(&notes), [1.0, 0.5, 0.5]);
        let common: Vec<_> = (0..6).map(|_| ("Water", "Water here.", 0.5)).collect();
        assert_eq!(scores(&common), [0.5; 6]);
    }
}
