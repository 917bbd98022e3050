//! Searches told apart: by words, title, permalink; notes, observations, relations; one project, several.

use crate::support::{main, now, open};
use cairn_engine::{
    Cancel, Engine, ProjectSettings, RowContent, RowKind, RowReply, RowRequest, SearchBy,
    SearchRequest, Settings, Silent,
};
use cairn_testkit::Vault;

const TEA: &str = "//- tea/Green Tea.md\n---\ntags: [hot]\nstatus: done\nmodified: 2025-06-14\n---\n\
    - [fact] Use soft water (always)\n- [fact] Water at eighty degrees\n- [opinion] Best in spring\n\
    - needs [[Soft Water]]\n- pairs_with [[Rice]]\n\n\
    //- Soft Water.md\n---\ntype: Substance\nmodified: 2025-01-01\n---\nWater with few minerals. See [[Green Tea]].\n\n\
    //- zh.md\n---\nmodified: 2024-02-01\n---\n- [决定] 今天讨论了部署方案\n- [决定] 明天休息\n";

fn query(text: &str) -> RowRequest {
    RowRequest {
        search: SearchRequest::new(text, now()),
        kinds: Vec::new(),
    }
}

fn rows(engine: &Engine, request: &RowRequest) -> RowReply {
    engine
        .search_rows(&[main(engine)], request)
        .expect("a search never fails")
}

/// Each row in a few words.
fn told(reply: &RowReply) -> Vec<String> {
    let told = |row: &cairn_engine::SearchRow| match &row.content {
        RowContent::Note => row.hit.note.title.clone(),
        RowContent::Observation { observation, .. } => observation.content.clone(),
        RowContent::Relation {
            relation, target, ..
        } => format!(
            "{} {} {}",
            row.hit.note.title,
            relation.relation_type,
            target.as_ref().map_or_else(
                || format!("({})", relation.target),
                |note| note.title.clone()
            )
        ),
    };
    reply.rows.iter().map(told).collect()
}

fn of_kind(text: &str, kind: RowKind) -> RowRequest {
    RowRequest {
        kinds: vec![kind],
        ..query(text)
    }
}

fn by(text: &str, by: SearchBy) -> RowRequest {
    let mut request = query(text);
    request.search.by = by;
    request
}

#[test]
fn lines_are_found_by_their_own_words() {
    let vault = Vault::new(TEA);
    let engine = open(&vault);
    let observations = |text: &str| told(&rows(&engine, &of_kind(text, RowKind::Observation)));
    assert_eq!(
        observations("soft water"),
        ["Use soft water", "Water at eighty degrees"]
    );
    assert_eq!(observations("always"), ["Use soft water"]);
    assert_eq!(observations("部署"), ["今天讨论了部署方案"]);
    assert!(observations("minerals").is_empty());
    let relations = told(&rows(&engine, &of_kind("rice", RowKind::Relation)));
    assert_eq!(relations, ["Green Tea pairs_with (Rice)"]);
    let relations = told(&rows(&engine, &of_kind("needs", RowKind::Relation)));
    assert_eq!(relations, ["Green Tea needs Soft Water"]);
}

#[test]
fn a_category_narrows_notes_and_lines() {
    let vault = Vault::new(TEA);
    let engine = open(&vault);
    let mut request = of_kind("", RowKind::Observation);
    request.search.categories = vec!["fact".into(), "决定".into()];
    let reply = rows(&engine, &request);
    assert_eq!(
        told(&reply),
        [
            "Use soft water",
            "Water at eighty degrees",
            "今天讨论了部署方案",
            "明天休息"
        ]
    );
    assert!(reply.total == 4 && reply.total_is_exact && !reply.has_more);
    request.search.query = "spring".into();
    assert!(told(&rows(&engine, &request)).is_empty());
    request.search.categories.clear();
    assert_eq!(told(&rows(&engine, &request)), ["Best in spring"]);
}

#[test]
fn kinds_come_together_and_pages_are_apart() {
    let vault = Vault::new(TEA);
    let engine = open(&vault);
    let mut request = query("water");
    request.kinds = vec![RowKind::Note, RowKind::Observation, RowKind::Relation];
    let all = rows(&engine, &request);
    assert_eq!(all.total, 6, "{:?}", told(&all));
    let scores: Vec<f32> = all.rows.iter().map(|row| row.hit.score).collect();
    assert!(scores.windows(2).all(|pair| pair[0] >= pair[1]) && scores[0] <= 1.0);
    request.search.page_size = 4;
    let first = rows(&engine, &request);
    request.search.page = 2;
    let second = rows(&engine, &request);
    assert!(first.has_more && !second.has_more);
    assert_eq!([told(&first), told(&second)].concat(), told(&all));
}

#[test]
fn a_title_search_sees_titles_only() {
    let vault = Vault::new(TEA);
    let engine = open(&vault);
    let titles = |text: &str| told(&rows(&engine, &by(text, SearchBy::Title)));
    assert_eq!(titles("water"), ["Soft Water"]);
    assert_eq!(titles("green OR soft"), ["Soft Water", "Green Tea"]);
    assert_eq!(titles("tea NOT green"), Vec::<String>::new());
    assert_eq!(titles("eighty"), Vec::<String>::new());
    assert_eq!(titles("gre*"), ["Green Tea"]);
    assert_eq!(titles("tag:hot tea"), ["Green Tea"]);
}

#[test]
fn a_permalink_is_whole_or_a_pattern() {
    let vault = Vault::new(TEA);
    let engine = open(&vault);
    let named = |text: &str| told(&rows(&engine, &by(text, SearchBy::Permalink)));
    for text in ["main/tea/green-tea", "tea/green-tea", "tea/Green Tea.md"] {
        assert_eq!(named(text), ["Green Tea"], "{text}");
    }
    assert_eq!(named("tea/*"), ["Green Tea"]);
    assert_eq!(named("main/tea/*"), ["Green Tea"]);
    assert_eq!(named("*water"), ["Soft Water"]);
    assert_eq!(named("*").len(), 3);
    assert!(named("tea").is_empty() && named("green*tea").is_empty());
    let mut request = by("*", SearchBy::Permalink);
    request.search.tags = vec!["hot".into()];
    request.kinds = vec![RowKind::Observation];
    assert_eq!(rows(&engine, &request).total, 3);
}

#[test]
fn a_condition_on_the_type_means_the_note_type() {
    let vault = Vault::new(TEA);
    let engine = open(&vault);
    for (condition, expected) in [
        (r#"{"note_type": "substance"}"#, vec!["Soft Water"]),
        (
            r#"{"type": {"$in": ["Substance", "x"]}}"#,
            vec!["Soft Water"],
        ),
        (r#"{"note_type": "note"}"#, vec!["Green Tea", "zh"]),
        (
            r#"{"note_type": "note", "status": "done"}"#,
            vec!["Green Tea"],
        ),
    ] {
        let mut request = query("");
        request.search.metadata = serde_json::from_str(condition).expect("a JSON object");
        assert_eq!(told(&rows(&engine, &request)), expected, "{condition}");
    }
}

#[test]
fn several_projects_are_asked_at_once() {
    let one = Vault::new("//- a.md\nzebra zebra zebra\n\n//- c.md\nnothing\n");
    let other = Vault::new("//- b.md\n# Zebra\n\nzebra\n");
    let mut settings = Settings::in_memory("one", one.root().to_owned());
    settings.projects.push(ProjectSettings {
        name: "other".into(),
        root: other.root().to_owned(),
    });
    let engine = Engine::open(settings).expect("an index in memory opens");
    for project in engine.projects() {
        project
            .sync(&Silent, &Cancel::new())
            .expect("a folder of text files syncs");
    }
    let both: Vec<_> = engine.projects().collect();
    let ask = |projects: &[cairn_engine::Project<'_>]| {
        engine
            .search_rows(projects, &query("zebra"))
            .expect("a search never fails")
    };
    let reply = ask(&both);
    assert!(reply.total == 2 && reply.total_is_exact && reply.is_by_words);
    assert_eq!(told(&reply), ["b", "a"]);
    assert!(
        reply
            .rows
            .iter()
            .all(|row| row.hit.snippet.text.contains("zebra"))
    );
    assert_eq!(told(&ask(&both[..1])), ["a"]);
    assert!(ask(&[]).rows.is_empty());
}
