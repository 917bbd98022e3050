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
    let folded = |text: &str| text.to_lowercase();
    let texts: Vec<String> = notes
        .iter()
        .map(|note| note.text.map(folded).unwrap_or_default())
        .collect();
    let titles: Vec<Option<String>> = notes
        .iter()
        .map(|note| name(&folded(note.title), &texts))
        .collect();
    let names = |note: usize, text: usize| {
        note != text
            && titles[note]
                .as_ref()
                .is_some_and(|title| stands_in(title, &texts[text]))
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

/// A title that tells where it stands in a text.
fn name(title: &str, texts: &[String]) -> Option<String> {
    let title = title.trim();
    let is_word = !title.contains(|c: char| !c.is_alphanumeric());
    let tells = if is_word {
        let is_long = title.is_ascii() && title.len() >= LEAST_LETTERS;
        let is_long = is_long || (!title.is_ascii() && title.chars().count() > 1);
        let others = texts.iter().filter(|text| stands_in(title, text));
        is_long && others.take(MOST_TEXTS + 2).count() <= MOST_TEXTS + 1
    } else {
        title.chars().filter(|c| c.is_alphanumeric()).count() >= LEAST_LETTERS
    };
    tells.then(|| title.to_owned())
}

/// Whether a name stands in a text as words of its own.
fn stands_in(name: &str, text: &str) -> bool {
    let is_open =
        |neighbour: Option<char>| neighbour.is_none_or(|c| !c.is_alphanumeric() || !c.is_ascii());
    text.match_indices(name).any(|(at, found)| {
        is_open(text[..at].chars().next_back()) && is_open(text[at + found.len()..].chars().next())
    })
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
            ("Reviews", "Of the long voyage: too long.", 0.1),
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
