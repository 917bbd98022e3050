//! Whether two characters of a script without spaces find every note that contains them.
//!
//! Not ranking. Invariant: the truth is read from the files, not from the index.

use super::{request, titles};
use anyhow::Result;
use cairn_engine::Project;
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::path::Path;

/// The language folders asked in, and the first and last character of their scripts (Unicode blocks).
const LANGUAGES: [(&str, &[(char, char)]); 6] = [
    ("zh", &[('\u{4e00}', '\u{9fff}')]),
    ("zh-TW", &[('\u{4e00}', '\u{9fff}')]),
    (
        "ja",
        &[
            ('\u{4e00}', '\u{9fff}'),
            ('\u{3041}', '\u{3096}'),
            ('\u{30a1}', '\u{30fa}'),
        ],
    ),
    ("ko", &[('\u{ac00}', '\u{d7a3}')]),
    // Consonants only, so that two characters are two whole letters.
    ("th", &[('\u{e01}', '\u{e2e}')]),
    ("km", &[('\u{1780}', '\u{17a2}')]),
];

/// Pairs asked for in each language.
const PAIRS: usize = 100;

pub(super) fn measure(project: &Project<'_>, vault: &Path) -> Result<Value> {
    println!("two characters find the notes that contain them (target: all)");
    let mut figures = serde_json::Map::new();
    for (language, script) in LANGUAGES {
        let mut texts = Vec::new();
        for note in titles::notes(project)? {
            if note.path.as_str().starts_with(&format!("{language}/")) {
                let text = std::fs::read_to_string(vault.join(note.path.as_str()))?;
                let body = cairn_note::parse(&text).body_start;
                texts.push((note.path.to_string(), text[body..].to_owned()));
            }
        }
        let pairs = some_pairs(&texts, script);
        let (mut wanted, mut found) = (0, 0);
        let mut missed = Vec::new();
        for pair in &pairs {
            let hits = all_hits(project, pair, language)?;
            for (path, _) in texts
                .iter()
                .filter(|(_, text)| text.contains(pair.as_str()))
            {
                wanted += 1;
                if hits.contains(path) {
                    found += 1;
                } else {
                    missed.push(format!("{pair} in {path}"));
                }
            }
        }
        println!(
            "  {language:<6} {:>4} pairs, {found} of {wanted} notes",
            pairs.len()
        );
        figures.insert(
            language.to_owned(),
            json!({ "pairs": pairs.len(), "wanted": wanted, "found": found, "missed": missed }),
        );
    }
    Ok(Value::Object(figures))
}

/// Pairs of neighbouring characters, spread over the notes, each once.
fn some_pairs(texts: &[(String, String)], script: &[(char, char)]) -> Vec<String> {
    let letter = |character: char| {
        script
            .iter()
            .any(|(first, last)| (*first..=*last).contains(&character))
    };
    let mut pairs = BTreeSet::new();
    for round in 0.. {
        if pairs.len() >= PAIRS || round >= PAIRS {
            break;
        }
        for (_, text) in texts {
            let characters: Vec<char> = text.chars().collect();
            let whole = |place: &usize| {
                let next = characters.get(place + 2).copied().unwrap_or(' ');
                letter(characters[*place])
                    && letter(characters[place + 1])
                    && (letter(next)
                        || next.is_ascii()
                        || !next.is_alphanumeric() && next > '\u{3000}')
            };
            let start = round * 97;
            let pair = (start..characters.len().saturating_sub(1)).find(whole);
            if let Some(place) = pair
                && pairs.len() < PAIRS
            {
                pairs.insert(characters[place..place + 2].iter().collect());
            }
        }
    }
    pairs.into_iter().collect()
}

fn all_hits(project: &Project<'_>, query: &str, folder: &str) -> Result<BTreeSet<String>> {
    let mut hits = BTreeSet::new();
    for page in 1.. {
        let mut request = request(query, Some(folder), 100);
        request.page = page;
        let reply = project.search_notes(&request)?;
        hits.extend(reply.hits.into_iter().map(|hit| hit.note.path.to_string()));
        if !reply.has_more {
            break;
        }
    }
    Ok(hits)
}
