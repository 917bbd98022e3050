//! The built-in model against the published one, and against itself.

use std::num::NonZero;

use cairn_embed::{Builtin, Embedder, Role};
use sha2::{Digest, Sha256};

static TEXTS: &str = include_str!("data/golden.jsonl");
/// What the published f32 model gives for these texts: 384 numbers each, times 32,767, as little-endian i16.
static VECTORS: &[u8] = include_bytes!("data/golden.i16");

fn texts() -> Vec<String> {
    TEXTS
        .lines()
        .map(|line| serde_json::from_str(line).expect("a line of the table is a JSON string"))
        .collect()
}

fn golden() -> Vec<Vec<f32>> {
    let numbers: Vec<f32> = VECTORS
        .as_chunks::<2>()
        .0
        .iter()
        .map(|bytes| f32::from(i16::from_le_bytes(*bytes)) / 32_767.0)
        .collect();
    numbers.chunks(384).map(<[f32]>::to_vec).collect()
}

fn builtin(threads: usize) -> Builtin {
    Builtin::new(NonZero::new(threads).expect("not zero"))
}

fn embed(model: &Builtin, texts: &[String], role: Role) -> Vec<Vec<f32>> {
    let texts: Vec<&str> = texts.iter().map(String::as_str).collect();
    model.embed(&texts, role).expect("the built-in model runs")
}

fn cosine(a: &[f32], b: &[f32]) -> f32 {
    let dot = |a: &[f32], b: &[f32]| -> f32 { a.iter().zip(b).map(|(a, b)| a * b).sum() };
    dot(a, b) / (dot(a, a) * dot(b, b)).sqrt()
}

#[test]
fn vectors_are_those_of_the_published_model() {
    let (texts, golden) = (texts(), golden());
    assert!(texts.len() >= 100 && texts.len() == golden.len());
    let vectors = embed(&builtin(2), &texts, Role::Passage);
    let cosines: Vec<f32> = vectors
        .iter()
        .zip(&golden)
        .map(|(a, b)| cosine(a, b))
        .collect();
    let mean = cosines.iter().sum::<f32>() / cosines.len() as f32;
    let (worst, text) = cosines
        .iter()
        .zip(&texts)
        .min_by(|a, b| a.0.total_cmp(b.0))
        .expect("not empty");
    assert!(mean >= 0.993, "mean {mean}, worst {worst} for {text:?}");
    assert!(*worst >= 0.975, "mean {mean}, worst {worst} for {text:?}");
}

#[test]
fn a_vector_depends_on_nothing_but_its_text() {
    let texts = texts();
    let model = builtin(3);
    let together = embed(&model, &texts, Role::Passage);
    let mut backwards = texts.clone();
    backwards.reverse();
    let mut turned = embed(&model, &backwards, Role::Passage);
    turned.reverse();
    assert_eq!(together, turned);
    let other = builtin(1);
    for (text, vector) in texts.iter().zip(&together).step_by(7) {
        assert_eq!(
            embed(&other, std::slice::from_ref(text), Role::Query),
            std::slice::from_ref(vector),
            "{text:?}"
        );
    }
}

#[test]
fn meaning_is_found_without_a_shared_word() {
    let passages = [
        "Copper tape around the bed stops most snails.",
        "The central bank raised its rates again.",
        "Our flight leaves at six from terminal two.",
    ];
    let question = "How do I keep slugs off my lettuce?";
    let model = builtin(1);
    let rows = model.embed(&passages, Role::Passage).expect("runs");
    let asked = &model.embed(&[question], Role::Query).expect("runs")[0];
    let near: Vec<f32> = rows.iter().map(|row| cosine(row, asked)).collect();
    assert!(
        near[0] > near[1] + 0.1 && near[0] > near[2] + 0.1,
        "{near:?}"
    );
}

#[test]
fn tokens_are_those_the_mean_is_made_of() {
    let model = builtin(1);
    let of = |text| {
        let tokens = model.tokens(text, Role::Passage).expect("runs");
        tokens.expect("it has tokens")
    };
    let tokens = of("unaffable tea");
    // un, ##aff, ##able, tea; neither [CLS] nor [SEP].
    assert_eq!(tokens.len(), 4);
    for token in &tokens {
        assert_eq!(token.len(), model.dimensions());
        assert!((token.iter().map(|value| value * value).sum::<f32>() - 1.0).abs() < 1e-4);
    }
    let brew = of("brewing tea");
    let pump = of("fixing pumps");
    let best = |question: &[Vec<f32>], passage: &[Vec<f32>]| -> f32 {
        let nearest = |token| passage.iter().map(move |other| cosine(token, other));
        let most = question
            .iter()
            .map(|token| nearest(token).fold(-1.0, f32::max));
        most.sum::<f32>() / question.len() as f32
    };
    let question = of("how to make tea");
    assert!(best(&question, &brew) > best(&question, &pump));
    assert_eq!(of(""), Vec::<Vec<f32>>::new());
    assert_eq!(of(&"tea ".repeat(1_000)).len(), 254);
}

#[test]
fn it_is_loaded_by_the_first_text_and_again_after_unloading() {
    let model = builtin(1);
    assert_eq!(
        model.embed(&[], Role::Passage).expect("nothing to do"),
        Vec::<Vec<f32>>::new()
    );
    assert!(!model.is_loaded());
    let before = model.embed(&["tea"], Role::Query).expect("runs");
    assert!(model.is_loaded());
    model.unload();
    assert!(!model.is_loaded());
    assert_eq!(model.embed(&["tea"], Role::Query).expect("runs"), before);
    assert_eq!(model.id().as_str(), "all-MiniLM-L6-v2@53aa51172d14/384");
    assert_eq!(before[0].len(), model.dimensions());
}

#[test]
fn the_asset_is_the_one_whose_checksums_are_recorded() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/assets/all-MiniLM-L6-v2/");
    let sums = std::fs::read_to_string(format!("{folder}SHA256SUMS")).expect("it is committed");
    assert_eq!(sums.lines().count(), 3);
    for line in sums.lines() {
        let (sum, name) = line.split_once("  ").expect("a checksum and a name");
        let bytes = std::fs::read(format!("{folder}{name}")).expect("it is committed");
        let found: String = Sha256::digest(bytes)
            .iter()
            .map(|byte| format!("{byte:02x}"))
            .collect();
        assert_eq!(found, sum, "{name}");
    }
}
