//! How good a list of hits is, and how long answers took, in numbers.
//!
//! Pure: documents are numbers here, and grades are how relevant a document is, 1 or more. Invariant: every measure of
//! a list lies between 0 and 1, and looks at its first ten hits at most.

use std::collections::HashMap;
use std::time::Duration;

/// How relevant which documents are; what is not in it is not relevant.
pub(super) type Grades = HashMap<usize, u32>;

/// Hits that are looked at.
pub(super) const DEPTH: usize = 10;

/// What is said of the hits for a question, or of many questions on average.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub(super) struct Measures {
    /// Share of the relevant documents among the first five hits.
    pub(super) recall_5: f64,
    /// Share of the relevant documents among the first ten hits.
    pub(super) recall_10: f64,
    /// One divided by the place of the first relevant hit; 0 when there is none.
    pub(super) mrr: f64,
    /// Gain, discounted by place, as a share of the most it could be.
    pub(super) ndcg_10: f64,
    /// 1 when a relevant document is among the first five hits, else 0.
    pub(super) success_5: f64,
}

impl Measures {
    /// Looks at the hits for one question.
    pub(super) fn of(hits: &[usize], grades: &Grades) -> Self {
        let hits = &hits[..hits.len().min(DEPTH)];
        let found = |depth: usize| {
            hits.iter()
                .take(depth)
                .filter(|hit| grades.contains_key(hit))
                .count()
        };
        let share = |depth: usize| found(depth) as f64 / grades.len().max(1) as f64;
        let first = hits.iter().position(|hit| grades.contains_key(hit));
        Self {
            recall_5: share(5),
            recall_10: share(DEPTH),
            mrr: first.map_or(0.0, |place| 1.0 / (place + 1) as f64),
            ndcg_10: ndcg(hits, grades),
            success_5: if found(5) > 0 { 1.0 } else { 0.0 },
        }
    }

    /// Returns the average.
    pub(super) fn mean(all: &[Self]) -> Self {
        let mean = |of: fn(&Self) -> f64| all.iter().map(of).sum::<f64>() / all.len().max(1) as f64;
        Self {
            recall_5: mean(|one| one.recall_5),
            recall_10: mean(|one| one.recall_10),
            mrr: mean(|one| one.mrr),
            ndcg_10: mean(|one| one.ndcg_10),
            success_5: mean(|one| one.success_5),
        }
    }
}

/// The gain of a hit is its grade, divided by the logarithm of its place, as `trec_eval` has it.
fn ndcg(hits: &[usize], grades: &Grades) -> f64 {
    let gain = |grades: &mut dyn Iterator<Item = u32>| -> f64 {
        let gains = grades.take(DEPTH).enumerate();
        gains
            .map(|(place, grade)| f64::from(grade) / ((place + 2) as f64).log2())
            .sum()
    };
    let mut best: Vec<u32> = grades.values().copied().collect();
    best.sort_unstable_by(|one, other| other.cmp(one));
    let most = gain(&mut best.into_iter());
    if most > 0.0 {
        gain(&mut hits.iter().map(|hit| grades.get(hit).copied().unwrap_or(0))) / most
    } else {
        0.0
    }
}

/// Returns the time that this share of the samples did not exceed; zero when there are none.
pub(super) fn percentile(samples: &[Duration], share: f64) -> Duration {
    let mut sorted = samples.to_vec();
    sorted.sort_unstable();
    // The nearest rank: the smallest sample that at least this share of them does not exceed.
    let rank = (sorted.len() as f64 * share).ceil() as usize;
    sorted
        .get(rank.saturating_sub(1))
        .copied()
        .unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn grades(grades: &[(usize, u32)]) -> Grades {
        grades.iter().copied().collect()
    }

    fn assert_near(found: f64, expected: f64) {
        assert!((found - expected).abs() < 1e-9, "{found} is not {expected}");
    }

    #[test]
    fn graded_documents_out_of_order() {
        // Gains 0, 3, 0, 1, 0, 2 at places 1 to 6: 3/log2(3) + 1/log2(5) + 2/log2(7) = 1.892789261 + 0.430676558
        // + 0.712414374; at best 3/1 + 2/log2(3) + 1/2 + 1/log2(5) = 3 + 1.261859507 + 0.5 + 0.430676558.
        let measures = Measures::of(
            &[9, 1, 8, 2, 7, 3],
            &grades(&[(1, 3), (2, 1), (3, 2), (4, 1)]),
        );
        assert_near(measures.ndcg_10, 3.035_880_193_303_6 / 5.192_536_065_503_6);
        assert_near(measures.recall_5, 0.5);
        assert_near(measures.recall_10, 0.75);
        assert_near(measures.mrr, 0.5);
        assert_near(measures.success_5, 1.0);
    }

    #[test]
    fn the_best_order_is_1_and_another_one_is_less() {
        let grades = grades(&[(1, 2), (2, 1)]);
        assert_near(Measures::of(&[1, 2, 3], &grades).ndcg_10, 1.0);
        // (1 + 2/log2(3)) / (2 + 1/log2(3))
        assert_near(
            Measures::of(&[2, 1, 3], &grades).ndcg_10,
            2.261_859_507_142_9 / 2.630_929_753_571_5,
        );
    }

    #[test]
    fn only_ten_hits_count_and_only_five_for_success() {
        let hits: Vec<usize> = (0..20).collect();
        assert_eq!(
            Measures::of(&hits, &grades(&[(10, 1)])),
            Measures::default()
        );
        let sixth = Measures::of(&hits, &grades(&[(5, 1)]));
        assert_near(sixth.success_5, 0.0);
        assert_near(sixth.recall_5, 0.0);
        assert_near(sixth.recall_10, 1.0);
        assert_near(sixth.mrr, 1.0 / 6.0);
        assert_near(sixth.ndcg_10, 0.356_207_187_108_02);
        // More documents are relevant than can be among ten: the best possible list is 1.
        let many = grades(&(0..30).map(|document| (document, 1)).collect::<Vec<_>>());
        assert_near(Measures::of(&hits, &many).ndcg_10, 1.0);
        assert_near(Measures::of(&hits, &many).recall_10, 1.0 / 3.0);
    }

    #[test]
    fn nothing_found_is_0() {
        assert_eq!(Measures::of(&[], &grades(&[(1, 1)])), Measures::default());
        assert_eq!(Measures::of(&[2], &grades(&[(1, 1)])), Measures::default());
    }

    #[test]
    fn the_mean_counts_every_question_once() {
        let one = Measures::of(&[1], &grades(&[(1, 1)]));
        let mean = Measures::mean(&[one, Measures::default(), Measures::default(), one]);
        assert_near(mean.recall_5, 0.5);
        assert_near(mean.mrr, 0.5);
        assert_eq!(Measures::mean(&[]), Measures::default());
    }

    #[test]
    fn percentiles_are_nearest_ranks() {
        let samples: Vec<Duration> = (1..=20).rev().map(Duration::from_millis).collect();
        assert_eq!(percentile(&samples, 0.5), Duration::from_millis(10));
        assert_eq!(percentile(&samples, 0.95), Duration::from_millis(19));
        assert_eq!(percentile(&samples[..1], 0.95), Duration::from_millis(20));
        assert_eq!(percentile(&[], 0.5), Duration::ZERO);
    }
}
