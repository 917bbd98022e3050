//! Neighbourhoods, and what changed lately.

use crate::support::{main, now, open};
use cairn_engine::{
    Context, ContextItem, ContextRequest, Engine, Error, Kind, ReadRequest, RecentRequest,
};
use cairn_testkit::Vault;

const GRAPH: &str = "//- foo_bar/A.md\n---\nmodified: 2025-06-14\n---\n- [fact] one\n- uses [[B]]\n- wants [[Nowhere]]\n\
    //- foo_bar/B.md\n---\nmodified: 2025-06-13\n---\n[[C]]\n[[A]]\n//- C.md\n---\nmodified: 2024-06-01\n---\nx\n\
    //- D.md\n---\nmodified: 2025-06-01\ntype: My Type\n---\n[[A]]\n[[C]]\n";

fn context(url: &str) -> ContextRequest {
    ContextRequest {
        url: url.into(),
        depth: 1,
        timeframe: None,
        page: 1,
        page_size: 10,
        max_related: 10,
        now: now(),
    }
}

/// `note: related …` for each item.
fn walked(context: &Context) -> Vec<String> {
    let item = |item: &ContextItem| {
        let around: Vec<&str> = item
            .around
            .notes
            .iter()
            .map(|(_, note)| note.title.as_str())
            .collect();
        format!("{}: {}", item.note.title, around.join(" "))
    };
    context.items.iter().map(item).collect()
}

fn gathered(engine: &Engine, request: &ContextRequest) -> Context {
    main(engine).build_context(request).expect("it makes sense")
}

#[test]
fn a_context_is_a_note_and_its_neighbours() {
    let vault = Vault::new(GRAPH);
    let engine = open(&vault);
    for url in [
        "memory://main/foo-bar/a",
        "memory://foo_bar/A",
        "foo-bar/a",
        "A",
    ] {
        let found = gathered(&engine, &context(url));
        assert_eq!(walked(&found), ["A: B D"], "{url}");
        assert_eq!(found.items[0].observations.len(), 1);
        let relations: Vec<(&str, bool)> = found.items[0]
            .relations
            .iter()
            .map(|one| (one.target.as_str(), one.resolved.is_some()))
            .collect();
        assert_eq!(relations, [("B", true), ("Nowhere", false)]);
    }
    assert_eq!(
        walked(&gathered(
            &engine,
            &ContextRequest {
                depth: 2,
                ..context("A")
            }
        )),
        ["A: B D C"]
    );
    assert_eq!(
        walked(&gathered(
            &engine,
            &ContextRequest {
                depth: 0,
                ..context("A")
            }
        )),
        ["A: "]
    );
    assert_eq!(
        walked(&gathered(
            &engine,
            &ContextRequest {
                max_related: 1,
                ..context("A")
            }
        )),
        ["A: B"]
    );
    let week = ContextRequest {
        timeframe: Some("7d".into()),
        ..context("A")
    };
    assert_eq!(walked(&gathered(&engine, &week)), ["A: B"]);
    assert!(
        gathered(&engine, &context("memory://nothing/here"))
            .items
            .is_empty()
    );
}

#[test]
fn a_pattern_gives_every_note_once_and_shares_the_related() {
    let vault = Vault::new(GRAPH);
    let engine = open(&vault);
    for url in ["memory://foo_bar/*", "main/foo-bar/*", "*foo-bar*"] {
        let found = gathered(&engine, &context(url));
        let titles: Vec<&str> = found
            .items
            .iter()
            .map(|item| item.note.title.as_str())
            .collect();
        assert_eq!(titles, ["A", "B"], "{url}");
        let mut related: Vec<&str> = found
            .items
            .iter()
            .flat_map(|item| &item.around.notes)
            .map(|(_, note)| note.title.as_str())
            .collect();
        let count = related.len();
        related.sort_unstable();
        related.dedup();
        assert_eq!(related.len(), count, "{url}");
        let most = gathered(
            &engine,
            &ContextRequest {
                max_related: 2,
                ..context(url)
            },
        );
        assert_eq!(
            most.items
                .iter()
                .map(|item| item.around.notes.len())
                .sum::<usize>(),
            2,
            "{url}"
        );
    }
    let page = |page| {
        gathered(
            &engine,
            &ContextRequest {
                page,
                page_size: 1,
                ..context("foo-bar/*")
            },
        )
    };
    assert_eq!(
        (page(1).has_more, page(2).has_more, page(3).items.len()),
        (true, false, 0)
    );
    assert_eq!(page(2).items[0].note.title, "B");
    assert!(gathered(&engine, &context("nothing/*")).items.is_empty());
}

#[test]
fn contexts_that_make_no_sense() {
    let engine = open(&Vault::new(""));
    for request in [
        context(""),
        context("memory://"),
        context("memory://a//b"),
        context("https://example.org"),
        ContextRequest {
            depth: 6,
            ..context("a")
        },
        ContextRequest {
            max_related: 1001,
            ..context("a")
        },
        ContextRequest {
            page: 0,
            ..context("a")
        },
        ContextRequest {
            page_size: 101,
            ..context("a")
        },
        ContextRequest {
            timeframe: Some("gobbledygook".into()),
            ..context("a")
        },
    ] {
        let error = main(&engine)
            .build_context(&request)
            .expect_err("it makes no sense");
        assert_eq!(error.kind(), Kind::Invalid, "{request:?}");
    }
}

#[test]
fn what_changed_lately_comes_latest_first() {
    let vault = Vault::new(GRAPH);
    let engine = open(&vault);
    let request = |timeframe: &str| RecentRequest {
        timeframe: timeframe.into(),
        note_types: Vec::new(),
        page: 1,
        page_size: 10,
        now: now(),
    };
    let titles = |request: &RecentRequest| -> Vec<String> {
        main(&engine)
            .recent_activity(request)
            .expect("it makes sense")
            .into_iter()
            .map(|note| note.title)
            .collect()
    };
    assert_eq!(titles(&request("7d")), ["A", "B"]);
    assert_eq!(titles(&request("30d")), ["A", "B", "D"]);
    assert_eq!(
        titles(&RecentRequest {
            note_types: vec!["my_type".into()],
            ..request("30d")
        }),
        ["D"]
    );
    assert_eq!(
        titles(&RecentRequest {
            page: 2,
            page_size: 2,
            ..request("30d")
        }),
        ["D"]
    );
    assert!(matches!(
        main(&engine).recent_activity(&request("gobbledygook")),
        Err(Error::Timeframe(_))
    ));
    assert!(matches!(
        main(&engine).recent_activity(&request("3 years ago")),
        Err(Error::Timeframe(_))
    ));
    let error = main(&engine).recent_activity(&RecentRequest {
        page_size: 101,
        ..request("7d")
    });
    assert_eq!(
        error.expect_err("it is too much").to_string(),
        "page_size must be <= 100, got 101"
    );
}

#[test]
fn asking_changes_no_file() {
    let vault = Vault::new(GRAPH);
    let engine = open(&vault);
    let before = vault.snapshot();
    drop(gathered(&engine, &context("*")));
    let request = ReadRequest {
        identifier: "A".into(),
        ..ReadRequest::default()
    };
    drop(main(&engine).read_note(&request).expect("it is there"));
    drop(main(&engine).status().expect("the folder can be read"));
    assert_eq!(before, vault.snapshot());
}
