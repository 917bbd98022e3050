//! Hits, filters, pages and snippets.

use crate::support::{main, now, open};
use cairn_engine::{Engine, Error, SearchReply, SearchRequest, Snippet};
use cairn_note::Metadata;
use cairn_testkit::Vault;

const LIBRARY: &str = "//- tea/Green.md\n---\ntitle: Green Tea\ntype: Chapter\ntags: [hot, drink]\nstatus: done\nmodified: 2025-06-14\n---\n\
    # Green Tea\n\n## Brewing\n\n- [fact] Use **soft** water from [[Spring|the spring]]\n\n\
    //- tea/Black.md\n---\ntags: [hot]\nmodified: 2024-01-01\n---\nBlack tea wants boiling water.\n\
    //- zh.md\n---\nmodified: 2024-02-01\n---\n今天讨论了部署方案。\n";

fn query(query: &str) -> SearchRequest {
    SearchRequest::new(query, now())
}

fn search(engine: &Engine, request: &SearchRequest) -> SearchReply {
    main(engine)
        .search_notes(request)
        .expect("a search never fails")
}

fn paths(engine: &Engine, request: &SearchRequest) -> Vec<String> {
    let mut paths: Vec<String> = search(engine, request)
        .hits
        .into_iter()
        .map(|hit| hit.note.path.to_string())
        .collect();
    paths.sort();
    paths
}

#[test]
fn a_hit_shows_why_it_is_one() {
    let engine_vault = Vault::new(LIBRARY);
    let engine = open(&engine_vault);
    let marked = |text: &str| {
        let hit = search(&engine, &query(text)).hits.swap_remove(0);
        let mut marked = hit.snippet.text.clone();
        for range in hit.snippet.highlights.iter().rev() {
            marked.insert(range.end, '›');
            marked.insert(range.start, '‹');
        }
        (marked, hit.snippet.heading_path, hit.score)
    };
    let (text, headings, score) = marked("soft WATER");
    assert_eq!(text, "[fact] Use ‹soft› ‹water› from the spring");
    assert_eq!(headings, ["Green Tea", "Brewing"]);
    assert!(score > 0.0 && score <= 1.0);
    assert_eq!(marked("部署").0, "今天讨论了‹部署›方案。");
    engine_vault.remove("zh.md");
    let hit = search(&engine, &query("部署")).hits.swap_remove(0);
    assert_eq!(hit.snippet, Snippet::default());
}

#[test]
fn filters_narrow_and_must_all_hold() {
    let vault = Vault::new(LIBRARY);
    let engine = open(&vault);
    let (green, black) = ("tea/Green.md", "tea/Black.md");
    let metadata = |json: &str| serde_json::from_str::<Metadata>(json).expect("a JSON object");
    for (request, expected) in [
        (query("water"), vec![black, green]),
        (
            SearchRequest {
                folder: Some("/tea/".into()),
                ..query("water")
            },
            vec![black, green],
        ),
        (
            SearchRequest {
                folder: Some("te".into()),
                ..query("water")
            },
            vec![],
        ),
        (
            SearchRequest {
                note_types: vec!["chapter".into()],
                ..query("water")
            },
            vec![green],
        ),
        (
            SearchRequest {
                tags: vec!["#hot".into(), "drink".into()],
                ..query("")
            },
            vec![green],
        ),
        (query("tag:hot,drink"), vec![green]),
        (query("tag:hot"), vec![black, green]),
        (
            SearchRequest {
                categories: vec!["fact".into()],
                ..query("")
            },
            vec![green],
        ),
        (
            SearchRequest {
                metadata: metadata(r#"{"status": "done"}"#),
                ..query("*")
            },
            vec![green],
        ),
        (
            SearchRequest {
                after: Some("2 weeks ago".into()),
                ..query("water")
            },
            vec![green],
        ),
        (
            SearchRequest {
                after: Some("2024-01-15".into()),
                ..query("*")
            },
            vec![green, "zh.md"],
        ),
        (query("*"), vec![black, green, "zh.md"]),
        (query(""), vec![]),
        (query("@#$%^&*()"), vec![]),
    ] {
        assert_eq!(paths(&engine, &request), expected, "{request:?}");
    }
}

#[test]
fn pages_of_hits_follow_each_other() {
    let notes: String = (0..7)
        .map(|number| format!("//- {number}.md\nzebra {}\n", "x ".repeat(number)))
        .collect();
    let vault = Vault::new(&notes);
    let engine = open(&vault);
    let page = |page| {
        search(
            &engine,
            &SearchRequest {
                page,
                page_size: 3,
                ..query("zebra")
            },
        )
    };
    let pages: Vec<SearchReply> = (1..=4).map(page).collect();
    assert_eq!(
        pages.iter().map(|page| page.hits.len()).collect::<Vec<_>>(),
        [3, 3, 1, 0]
    );
    assert_eq!(
        pages.iter().map(|page| page.has_more).collect::<Vec<_>>(),
        [true, true, false, false]
    );
    assert!(pages[0].total_is_exact && pages[0].total == 7);
    let mut seen: Vec<&str> = pages
        .iter()
        .flat_map(|page| &page.hits)
        .map(|hit| hit.note.path.as_str())
        .collect();
    seen.sort_unstable();
    seen.dedup();
    assert_eq!(seen.len(), 7);
}

#[test]
fn searches_that_make_no_sense_say_why() {
    let engine = open(&Vault::new(""));
    for (request, message) in [
        (
            SearchRequest {
                page: 0,
                ..query("x")
            },
            "page must be >= 1, got 0",
        ),
        (
            SearchRequest {
                page_size: 0,
                ..query("x")
            },
            "page_size must be >= 1, got 0",
        ),
        (
            SearchRequest {
                page_size: 101,
                ..query("x")
            },
            "page_size must be <= 100, got 101",
        ),
    ] {
        let error = main(&engine)
            .search_notes(&request)
            .expect_err("it makes no sense");
        assert_eq!(error.to_string(), message);
    }
    let after = SearchRequest {
        after: Some("gobbledygook".into()),
        ..query("x")
    };
    assert!(matches!(
        main(&engine).search_notes(&after),
        Err(Error::Timeframe(_))
    ));
    let metadata = serde_json::from_str(r#"{"a": {"$near": 1}}"#).expect("a JSON object");
    assert!(matches!(
        main(&engine).search_notes(&SearchRequest {
            metadata,
            ..query("x")
        }),
        Err(Error::Filter(_))
    ));
}
