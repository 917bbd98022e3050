//! Which room may know which, and which crate may enter which room.
//!
//! Cargo already forbids circles; this forbids the rest, from what `cargo metadata` says.
//! Invariant: a room that is not in the table is a violation, so the table cannot fall behind.

use anyhow::{Context, Result};
use serde_json::Value;

/// A crate of ours and the crates of ours it may be built on.
const ROOMS: &[(&str, &[&str])] = &[
    ("cairn-note", &[]),
    ("cairn-index", &["cairn-note"]),
    ("cairn-history", &[]),
    ("cairn-embed", &[]),
    (
        "cairn-engine",
        &["cairn-embed", "cairn-history", "cairn-index", "cairn-note"],
    ),
    (
        "cairn-server",
        &["cairn-engine", "cairn-index", "cairn-note"],
    ),
    (
        "cairn",
        &[
            "cairn-server",
            "cairn-engine",
            "cairn-embed",
            "cairn-index",
            "cairn-note",
        ],
    ),
    (TESTKIT, &[]),
    (
        "xtask",
        &[
            "cairn-server",
            "cairn-engine",
            "cairn-embed",
            "cairn-history",
            "cairn-index",
            "cairn-note",
            TESTKIT,
        ],
    ),
];

/// Every room's tests may use it, and no room may be built on it.
const TESTKIT: &str = "cairn-testkit";

/// A room whose tests may also use another one, and why.
const FOR_TESTS: &[(&str, &str)] = &[
    // A model that costs nothing, where the product is given one by the binary.
    ("cairn-server", "cairn-embed"),
];

/// The feature whose points and switches must not be in the product: only `cargo xtask torture` asks for it.
const TORTURE: &str = "torture";

/// Crates from elsewhere that belong to one room, or to two.
const OWNERS: &[(&str, &[&str])] = &[
    ("rusqlite", &["cairn-index", "cairn-history"]),
    ("libsqlite3-sys", &["cairn-index", "cairn-history"]),
    ("zstd-safe", &["cairn-history"]),
    ("rten", &["cairn-embed"]),
    ("rten-tensor", &["cairn-embed"]),
    ("rten-onnx", &["xtask"]),
    ("ureq", &["cairn-embed"]),
    ("clap", &["cairn"]),
    ("etcetera", &["cairn"]),
    ("tokio", &["cairn-server"]),
    ("axum", &["cairn-server"]),
    ("rmcp", &["cairn-server"]),
];

/// All that the room of pure text is built on: none of these opens a file or reads a clock.
const PURE: &[&str] = &[
    "pulldown-cmark",
    "saphyr-parser",
    "serde_json",
    "unicode-segmentation",
    "unicode-normalization",
    "deunicode",
    "jiff",
    "interim",
    "memchr",
    "rust-stemmers",
    "sha2",
    "thiserror",
];

/// Checks every dependency edge of the workspace; one sentence for each that is not allowed.
///
/// # Errors
///
/// When `metadata` is not what `cargo metadata --format-version 1` prints.
pub(super) fn check(metadata: &Value) -> Result<Vec<String>> {
    let mut found = Vec::new();
    for package in array(metadata, "packages")? {
        let room = text(package, "name")?;
        let Some((_, allowed)) = ROOMS.iter().find(|(name, _)| *name == room) else {
            found.push(format!("{room}: no rule says what this room may know"));
            continue;
        };
        for dependency in array(package, "dependencies")? {
            let name = text(dependency, "name")?;
            let for_tests = dependency["kind"] == "dev";
            if let Some(sentence) = edge(room, allowed, name, for_tests) {
                found.push(sentence);
            }
            if has_feature(&dependency["features"], TORTURE) {
                found.push(format!("{room}: turns the feature {TORTURE} of {name} on"));
            }
        }
        if has_feature(&package["features"]["default"], TORTURE) {
            found.push(format!("{room}: has the feature {TORTURE} on by default"));
        }
    }
    Ok(found)
}

fn edge(room: &str, allowed: &[&str], name: &str, for_tests: bool) -> Option<String> {
    if ROOMS.iter().any(|(ours, _)| *ours == name) {
        let fine = allowed.contains(&name)
            || (for_tests && (name == TESTKIT || FOR_TESTS.contains(&(room, name))));
        return (!fine).then(|| format!("{room}: may not depend on {name}"));
    }
    if let Some((_, owners)) = OWNERS.iter().find(|(theirs, _)| *theirs == name)
        && !owners.contains(&room)
    {
        let owners = owners.join(" and ");
        return Some(format!("{room}: {name} belongs in {owners} alone"));
    }
    let impure = room == "cairn-note" && !for_tests && !PURE.contains(&name);
    impure.then(|| format!("{room}: {name} is not on the list of pure crates"))
}

fn has_feature(features: &Value, name: &str) -> bool {
    let ends = |feature: &Value| {
        let feature = feature.as_str().unwrap_or_default();
        feature.rsplit('/').next() == Some(name)
    };
    features.as_array().is_some_and(|all| all.iter().any(ends))
}

fn array<'a>(value: &'a Value, key: &str) -> Result<&'a Vec<Value>> {
    value[key]
        .as_array()
        .with_context(|| format!("cargo metadata has no list {key:?}"))
}

fn text<'a>(value: &'a Value, key: &str) -> Result<&'a str> {
    value[key]
        .as_str()
        .with_context(|| format!("cargo metadata has no text {key:?}"))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    /// Edges as `room -> crate`, with `test` after those for tests only.
    fn found(edges: &[&str]) -> Vec<String> {
        let packages: Vec<Value> = edges
            .iter()
            .map(|edge| {
                let mut words = edge.split_whitespace();
                let room = words.next();
                let name = words.nth(1);
                let kind = words.next().map(|_| "dev");
                json!({"name": room, "dependencies": [{"name": name, "kind": kind}]})
            })
            .collect();
        check(&json!({ "packages": packages })).expect("the shape is right")
    }

    #[test]
    fn the_plan_is_allowed() {
        let edges = [
            "cairn -> cairn-embed",
            "cairn -> cairn-engine",
            "cairn -> clap",
            "cairn-embed -> rten",
            "cairn-embed -> ureq",
            "cairn-engine -> cairn-embed",
            "cairn-engine -> cairn-history",
            "cairn-engine -> cairn-index",
            "cairn-engine -> rayon",
            "cairn-history -> cairn-testkit test",
            "cairn-history -> rusqlite",
            "cairn-index -> cairn-note",
            "cairn-index -> rusqlite",
            "cairn-note -> jiff",
            "cairn-note -> cairn-testkit test",
            "cairn-note -> proptest test",
            "cairn-server -> cairn-embed test",
        ];
        assert_eq!(found(&edges), [""; 0]);
    }

    #[test]
    fn each_way_around_it_is_named() {
        let edges = [
            "cairn-note -> cairn-index",
            "cairn-embed -> cairn-note",
            "cairn-index -> cairn-embed",
            "cairn-server -> cairn-embed",
            "cairn-server -> ureq",
            "cairn-index -> cairn-engine test",
            "cairn-index -> cairn-history",
            "cairn-history -> cairn-note",
            "cairn-engine -> cairn-testkit",
            "cairn-engine -> rusqlite",
            "cairn-engine -> clap test",
            "cairn-note -> tempfile",
            "cairn-cellar -> cairn-note",
        ];
        let sentences = [
            "cairn-note: may not depend on cairn-index",
            "cairn-embed: may not depend on cairn-note",
            "cairn-index: may not depend on cairn-embed",
            "cairn-server: may not depend on cairn-embed",
            "cairn-server: ureq belongs in cairn-embed alone",
            "cairn-index: may not depend on cairn-engine",
            "cairn-index: may not depend on cairn-history",
            "cairn-history: may not depend on cairn-note",
            "cairn-engine: may not depend on cairn-testkit",
            "cairn-engine: rusqlite belongs in cairn-index and cairn-history alone",
            "cairn-engine: clap belongs in cairn alone",
            "cairn-note: tempfile is not on the list of pure crates",
            "cairn-cellar: no rule says what this room may know",
        ];
        assert_eq!(found(&edges), sentences);
    }

    #[test]
    fn the_product_is_not_tortured() {
        let dependency = json!({"name": "cairn-engine", "features": ["torture"]});
        let metadata = json!({"packages": [
            {"name": "cairn", "dependencies": [dependency]},
            {"name": "xtask", "dependencies": [], "features": {"default": ["cairn-engine/torture"]}},
            {"name": "xtask", "dependencies": [], "features": {"torture": ["cairn-engine/torture"]}},
        ]});
        assert_eq!(
            check(&metadata).expect("the shape is right"),
            [
                "cairn: turns the feature torture of cairn-engine on",
                "xtask: has the feature torture on by default"
            ]
        );
    }

    #[test]
    fn a_shape_that_is_not_cargos_is_an_error() {
        assert!(check(&json!({"packages": [{"dependencies": []}]})).is_err());
        assert!(check(&json!([])).is_err());
    }
}
