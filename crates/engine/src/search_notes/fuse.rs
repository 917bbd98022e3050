//! Several scores of a note as one.
//!
//! Pure arithmetic on what the legs of a search found. Invariant: a fused score is between 0 and 1, and what a leg says
//! of one note never depends on what another leg says of it.

/// What the legs of a search say of one note; `None` where a leg did not find it.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub(super) struct Legs {
    /// Words anywhere in the note.
    pub(super) words: Option<f32>,
    /// Words in its best passage.
    pub(super) passage: Option<f32>,
    /// Cosine of its passage nearest in meaning.
    pub(super) meaning: Option<f32>,
}

/// How much each leg counts. Measured, see `docs/design/retrieval.md`.
const WORDS: f32 = 0.3;
const PASSAGE: f32 = 0.3;
const MEANING: f32 = 0.4;

/// Returns the fused score of each note, in their order.
///
/// Scores of words are divided by the best one, since none at all is a natural zero; cosines are stretched between the
/// least and the best of the list, since theirs is not. What a leg did not find is missing in the score: a note that is
/// only like the question is no sure hit, though it be the best there is.
pub(super) fn fuse(notes: &[Legs]) -> Vec<f32> {
    let words = Scale::from_zero(notes.iter().filter_map(|legs| legs.words));
    let passage = Scale::from_zero(notes.iter().filter_map(|legs| legs.passage));
    let meaning = Scale::from_least(notes.iter().filter_map(|legs| legs.meaning));
    let legs = [(words, WORDS), (passage, PASSAGE), (meaning, MEANING)];
    notes
        .iter()
        .map(|of_note| {
            let scores = [of_note.words, of_note.passage, of_note.meaning];
            let parts =
                legs.iter()
                    .zip(scores)
                    .map(|((scale, weight), score)| match (scale, score) {
                        (Some(scale), Some(score)) => weight * scale.of(score),
                        _ => 0.0,
                    });
            parts.sum()
        })
        .collect()
}

/// What becomes 0 and what becomes 1.
#[derive(Clone, Copy)]
struct Scale {
    least: f32,
    most: f32,
}

impl Scale {
    fn from_zero(scores: impl Iterator<Item = f32>) -> Option<Self> {
        let most = scores.reduce(f32::max).filter(|most| *most > 0.0)?;
        Some(Self { least: 0.0, most })
    }

    fn from_least(scores: impl Iterator<Item = f32>) -> Option<Self> {
        scores.fold(None, |scale: Option<Self>, score| {
            let Self { least, most } = scale.unwrap_or(Self {
                least: score,
                most: score,
            });
            Some(Self {
                least: least.min(score),
                most: most.max(score),
            })
        })
    }

    /// A single score, or several equal ones, are the best there are.
    fn of(self, score: f32) -> f32 {
        if self.most > self.least {
            (score - self.least) / (self.most - self.least)
        } else {
            1.0
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn legs(words: f32, passage: f32, meaning: f32) -> Legs {
        let found = |score: f32| (score > 0.0).then_some(score);
        Legs {
            words: found(words),
            passage: found(passage),
            meaning: found(meaning),
        }
    }

    fn order(notes: &[Legs]) -> Vec<usize> {
        let scores = fuse(notes);
        let mut order: Vec<usize> = (0..notes.len()).collect();
        order.sort_by(|one, other| scores[*other].total_cmp(&scores[*one]));
        order
    }

    #[test]
    fn a_note_all_legs_like_comes_before_one_that_a_single_leg_likes() {
        let notes = [
            legs(1.0, 9.0, 0.0),
            legs(0.9, 8.0, 0.7),
            legs(0.0, 0.0, 0.8),
            legs(0.1, 1.0, 0.2),
        ];
        assert_eq!(order(&notes), [1, 0, 2, 3]);
    }

    #[test]
    fn what_one_leg_alone_found_is_no_sure_hit() {
        let close = |found: Vec<f32>, expected: &[f32]| {
            assert_eq!(found.len(), expected.len());
            let pairs = found.iter().zip(expected);
            assert!(
                pairs
                    .into_iter()
                    .all(|(one, other)| (one - other).abs() < 1e-6),
                "{found:?}"
            );
        };
        close(
            fuse(&[legs(0.5, 0.0, 0.0), legs(0.25, 0.0, 0.0)]),
            &[0.3, 0.15],
        );
        close(
            fuse(&[legs(0.0, 0.0, 0.9), legs(0.0, 0.0, 0.1)]),
            &[0.4, 0.0],
        );
        close(fuse(&[legs(0.0, 0.0, 0.3)]), &[0.4]);
        close(fuse(&[legs(0.9, 5.0, 0.3)]), &[1.0]);
        close(fuse(&[Legs::default()]), &[0.0]);
        assert!(fuse(&[]).is_empty());
    }
}
