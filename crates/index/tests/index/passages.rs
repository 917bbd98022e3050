//! Which passages lack vectors, which are near, and what survives what.

mod follow;
mod kept;
mod slow;

use super::*;
use cairn_index::{NearNote, Nearest, Pending};
use cairn_note::chunk::PassageHash;

const DIMENSIONS: usize = 8;

/// A vector that follows from the passage and the model.
fn vector_of(model: &str, hash: &PassageHash) -> Vec<f32> {
    let seed = model
        .bytes()
        .fold(1, |sum, byte| (sum * 31 + u32::from(byte)) % 251 + 1);
    let bytes = hash.as_bytes().iter().take(DIMENSIONS);
    bytes
        .map(|byte| ((u32::from(*byte) * seed) % 255) as f32 - 127.0)
        .collect()
}

/// A text of so many passages, told apart by the word.
fn text(word: &str, passages: usize) -> String {
    (0..passages)
        .map(|number| format!("# Part {number}\n\n{}\n\n", format!("{word} ").repeat(70)))
        .collect()
}

fn hashes(at: &str, text: &str) -> Vec<PassageHash> {
    let (note, outline) = cairn_note::parse_with_outline(text);
    let spans = Span::of(&note, &outline, &path(at), text);
    spans.into_iter().map(|span| span.hash).collect()
}

/// Tells the index of the vectors of these passages of a note.
fn embedded(model: &str, at: &str, hashes: &[PassageHash]) -> Change {
    let vectors = hashes.iter().map(|hash| (*hash, vector_of(model, hash)));
    Change::Embedded {
        path: path(at),
        model: model.to_owned(),
        vectors: vectors.collect(),
    }
}

/// Embeds whatever is pending.
fn embed_all(index: &Index, model: &str) {
    let pending = ask(index, |session| {
        session.pending_notes(1_000).expect("notes")
    });
    for note in pending {
        let change = embedded(model, note.path.as_str(), &note.missing);
        apply_to(index, note.project, vec![change]);
    }
}

fn pending(index: &Index) -> Pending {
    ask(index, |session| session.pending(&[]).expect("counts"))
}

fn nearest(
    index: &Index,
    model: &str,
    vector: &[f32],
    filter: &Filter,
) -> Vec<(String, Vec<usize>)> {
    let Nearest { notes } = ask(index, |session| {
        session
            .nearest(model, vector, filter, 10, 2)
            .expect("it is asked")
    });
    let named = |NearNote { note, passages }: NearNote| {
        let record = ask(index, |session| session.by_id(note).expect("a look-up"));
        let record = record.expect("it is there");
        for (_, cosine) in &passages {
            assert!((-1.0001..=1.0001).contains(cosine), "{cosine}");
        }
        let positions = passages.into_iter().map(|(position, _)| position);
        (record.path.to_string(), positions.collect())
    };
    notes.into_iter().map(named).collect()
}

#[test]
fn passages_are_pending_until_they_are_embedded() {
    let index = index(&[("a.md", &text("tea", 3)), ("b.md", &text("milk", 2))]);
    let counts = |passages, notes| Pending {
        passages,
        notes,
        of: 5,
    };
    assert_eq!(pending(&index), counts(0, 0), "no model is in use");
    assert_eq!(
        ask(&index, |session| session.pending_notes(9).expect("notes")),
        []
    );
    index.use_model("m", DIMENSIONS).expect("it is used");
    assert_eq!(pending(&index), counts(5, 2));
    let of_a = hashes("a.md", &text("tea", 3));
    apply_to(&index, HERE, vec![embedded("m", "a.md", &of_a[..1])]);
    assert_eq!(pending(&index), counts(4, 2));
    let notes = ask(&index, |session| session.pending_notes(9).expect("notes"));
    let missing: Vec<_> = notes
        .iter()
        .map(|note| (note.path.as_str(), note.missing.len()))
        .collect();
    assert_eq!(missing, [("a.md", 2), ("b.md", 2)], "the latest first");
    assert_eq!(notes[0].missing, of_a[1..]);
    apply_to(&index, HERE, vec![embedded("m", "a.md", &of_a)]);
    assert_eq!(pending(&index), counts(2, 1));
    let of = |project| {
        ask(&index, |session| {
            session.pending(&[project]).expect("counts")
        })
    };
    assert_eq!(of(HERE), counts(2, 1));
    assert_eq!(of(OTHER), Pending::default());
    let one = ask(&index, |session| session.pending_notes(1).expect("notes"));
    assert_eq!(one.len(), 1);
}

#[test]
fn what_is_not_of_the_model_in_use_is_not_taken() {
    let index = index(&[("a.md", &text("tea", 1))]);
    index.use_model("m", DIMENSIONS).expect("it is used");
    let of_a = hashes("a.md", &text("tea", 1));
    let short = Change::Embedded {
        path: path("a.md"),
        model: "m".to_owned(),
        vectors: vec![(of_a[0], vec![1.0; DIMENSIONS - 1])],
    };
    let gone = hashes("a.md", &text("coffee", 1));
    for change in [
        short,
        embedded("another", "a.md", &of_a),
        embedded("m", "b.md", &of_a),
        embedded("m", "a.md", &gone),
    ] {
        apply_to(&index, HERE, vec![change]);
        assert_eq!(pending(&index).passages, 1);
    }
    let nothing = nearest(&index, "m", &vector_of("m", &of_a[0]), &Filter::default());
    assert_eq!(nothing, []);
    let swept = index.sweep_vectors().expect("it is swept");
    assert_eq!(swept, 0, "nothing was taken that would have to go");
}

#[test]
fn the_nearest_are_those_the_filter_lets_through() {
    let tagged = format!("---\ntags: [x]\n---\n{}", text("milk", 2));
    let index = index(&[("a.md", &text("tea", 3)), ("b.md", &tagged)]);
    apply_to(&index, OTHER, vec![put("c.md", &text("rice", 1))]);
    index.use_model("m", DIMENSIONS).expect("it is used");
    embed_all(&index, "m");
    let asked = vector_of("m", &hashes("a.md", &text("tea", 3))[1]);
    let all = nearest(&index, "m", &asked, &Filter::default());
    assert_eq!(all.len(), 3);
    assert_eq!((all[0].0.as_str(), all[0].1[0]), ("a.md", 1));
    assert_eq!(all[0].1.len(), 2, "two of each note were asked for");
    let only = |filter: Filter| nearest(&index, "m", &asked, &filter);
    let of_project = Filter {
        projects: vec![OTHER],
        ..Filter::default()
    };
    assert_eq!(only(of_project), [("c.md".to_owned(), vec![0])]);
    let tagged = Filter {
        tags: vec!["x".to_owned()],
        ..Filter::default()
    };
    assert_eq!(only(tagged)[0].0, "b.md");
    assert_eq!(nearest(&index, "another", &asked, &Filter::default()), []);
    assert_eq!(nearest(&index, "m", &asked[1..], &Filter::default()), []);
    let best = ask(&index, |session| {
        let Nearest { notes } = session
            .nearest("m", &asked, &Filter::default(), 1, 1)
            .expect("it is asked");
        notes[0].passages[0].1
    });
    assert!(
        (best - 1.0).abs() < 1e-6,
        "a passage is nearest to itself: {best}"
    );
}

#[test]
fn words_weigh_more_the_fewer_notes_have_them() {
    let index = index(&[
        ("a.md", "tea milk"),
        ("b.md", "tea"),
        ("c.md", "tea rice rice"),
    ]);
    let Some(cairn_note::query::Expr::Any(words)) = Query::parse("tea milk coffee").expr else {
        panic!("plain words are any of them");
    };
    let weights = ask(&index, |session| session.weights(&words).expect("weights"));
    assert!(weights[1] > weights[0] && weights[0] > 0.0, "{weights:?}");
    assert_eq!(weights[2].to_bits(), 0, "nobody has it");
    let mean = ask(&index, |session| session.mean_length().expect("a length"));
    assert!((mean - 2.0).abs() < 1e-6, "{mean}");
}
