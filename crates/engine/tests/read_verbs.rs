//! Naming, reading, listing, searching and walking: questions in, answers out, and no file changed by any of them.

use cairn_engine::{
    Cancel, Context, ContextRequest, Engine, Error, Kind, ListingRequest, ListingRow, Project,
    ReadRequest, RecentRequest, SearchReply, SearchRequest, Settings, Silent, Sort,
};
use cairn_note::{Metadata, NotePath};
use cairn_testkit::Vault;
use jiff::Zoned;

fn open(vault: &Vault) -> Engine {
    let engine = Engine::open(Settings::in_memory("main", vault.root().to_owned()))
        .expect("an index in memory opens");
    main(&engine)
        .sync(&Silent, &Cancel::new())
        .expect("a folder of text files syncs");
    engine
}

fn main(engine: &Engine) -> Project<'_> {
    engine.project(None).expect("there is a default project")
}

fn now() -> Zoned {
    "2025-06-15T12:00:00[UTC]".parse().expect("a time")
}

// --- identify ---

const NAMES: &str = "//- notes/Tea.md\n---\npermalink: custom/Tea-Link\n---\n//- notes/deep/Milk.md\nx\n\
    //- archive/Milk.md\nx\n//- My_File.md\nx\n//- Meeting Notes.md\n---\ntitle: Weekly Meeting\n---\n//- a/pic.png\nx\n";

fn path(engine: &Engine, identifier: &str) -> Result<String, Error> {
    main(engine)
        .identify(identifier, None)
        .map(|record| record.path.to_string())
}

#[test]
fn every_spelling_of_a_name_is_one_note() {
    let vault = Vault::new(NAMES);
    let engine = open(&vault);
    let id = main(&engine)
        .identify("Tea", None)
        .expect("it is there")
        .external_id;
    for (identifier, expected) in [
        ("Tea", "notes/Tea.md"),
        (" [[Tea]] ", "notes/Tea.md"),
        ("Tea#Brewing", "notes/Tea.md"),
        ("custom/Tea-Link", "notes/Tea.md"),
        ("memory://custom/Tea-Link", "notes/Tea.md"),
        ("notes/Tea", "notes/Tea.md"),
        ("notes/Tea.md", "notes/Tea.md"),
        ("./notes/Tea.md", "notes/Tea.md"),
        ("main/notes/deep/milk", "notes/deep/Milk.md"),
        ("memory://main/archive/milk", "archive/Milk.md"),
        ("my-file", "My_File.md"),
        ("Weekly Meeting", "Meeting Notes.md"),
        ("a/pic.png", "a/pic.png"),
        (id.as_str(), "notes/Tea.md"),
        (&id.to_uppercase(), "notes/Tea.md"),
        (&id.replace('-', ""), "notes/Tea.md"),
    ] {
        assert_eq!(
            path(&engine, identifier).expect("it is there"),
            expected,
            "{identifier}"
        );
    }
    let source = NotePath::parse("archive/x.md").expect("a path");
    let near = main(&engine)
        .identify("Milk", Some(&source))
        .expect("the nearest is meant");
    assert_eq!(near.path.as_str(), "archive/Milk.md");
}

#[test]
fn an_ambiguous_name_answers_with_candidates_and_a_miss_with_near_names() {
    let vault = Vault::new(NAMES);
    let engine = open(&vault);
    match path(&engine, "Milk").expect_err("two notes have that title") {
        Error::Ambiguous { candidates, .. } => {
            assert_eq!(candidates, ["archive/Milk.md", "notes/deep/Milk.md"])
        }
        other => panic!("{other}"),
    }
    let near = |identifier: &str| match path(&engine, identifier).expect_err("it is not there") {
        Error::NotFound { near, .. } => near,
        other => panic!("{other}"),
    };
    assert_eq!(near("Weekly Meetng"), ["Weekly Meeting"]);
    assert_eq!(near("Meeting"), ["Weekly Meeting"]);
    assert_eq!(near("notes/Teaa"), ["Tea"]);
    assert_eq!(near("qqqq xxxx"), Vec::<String>::new());
    assert_eq!(
        path(&engine, "qqqq")
            .expect_err("it is not there")
            .hint()
            .as_deref(),
        Some("search for it with `cairn search`")
    );
    assert_eq!(
        path(&engine, " ").expect_err("it names nothing").kind(),
        Kind::Invalid
    );
}

// --- read ---

const LONG: &str = "---\ntitle: Tea\n---\n\n# Tea\nintro\n## Brewing\nhot\n### Water\nsoft\n```\n## Not a heading\n```\n## Serving\ncold\n";

fn read(engine: &Engine, request: ReadRequest) -> Result<String, Error> {
    main(engine)
        .read_note(&ReadRequest {
            identifier: "Tea".into(),
            ..request
        })
        .map(|read| read.text)
}

#[test]
fn a_note_is_read_whole_or_in_part() {
    let vault = Vault::new(&format!("//- Tea.md\n{LONG}"));
    let engine = open(&vault);
    let section = |section: &str| ReadRequest {
        section: Some(section.into()),
        ..ReadRequest::default()
    };
    for (request, expected) in [
        (ReadRequest::default(), LONG),
        (
            ReadRequest {
                body_only: true,
                ..ReadRequest::default()
            },
            &LONG["---\ntitle: Tea\n---\n".len()..],
        ),
        (
            section("Brewing"),
            "## Brewing\nhot\n### Water\nsoft\n```\n## Not a heading\n```\n",
        ),
        (
            section("## brewing"),
            "## Brewing\nhot\n### Water\nsoft\n```\n## Not a heading\n```\n",
        ),
        (section("Serving"), "## Serving\ncold\n"),
        (
            ReadRequest {
                lines: Some((2, 3)),
                ..ReadRequest::default()
            },
            "title: Tea\n---\n",
        ),
        (
            ReadRequest {
                lines: Some((14, 99)),
                ..ReadRequest::default()
            },
            "## Serving\ncold\n",
        ),
        (
            ReadRequest {
                lines: Some((2, 2)),
                ..section("Serving")
            },
            "cold\n",
        ),
    ] {
        assert_eq!(
            read(&engine, request.clone()).expect("it is there"),
            expected,
            "{request:?}"
        );
    }
    for (request, message) in [
        (
            section("Not a heading"),
            "Tea.md has no section 'Not a heading'",
        ),
        (section("# Brewing"), "Tea.md has no section '# Brewing'"),
        (
            ReadRequest {
                lines: Some((3, 2)),
                ..ReadRequest::default()
            },
            "lines 3 to 2 are no range; the first line is 1",
        ),
        (
            ReadRequest {
                lines: Some((0, 2)),
                ..ReadRequest::default()
            },
            "lines 0 to 2 are no range; the first line is 1",
        ),
        (
            ReadRequest {
                lines: Some((16, 20)),
                ..ReadRequest::default()
            },
            "line 16 is beyond the last line, which is 15",
        ),
    ] {
        let error = read(&engine, request).expect_err("it is not there");
        assert_eq!(
            (error.to_string().as_str(), error.kind()),
            (message, Kind::Invalid)
        );
    }
    let error = read(&engine, section("Brewin")).expect_err("it is not there");
    assert_eq!(error.hint().as_deref(), Some("did you mean Brewing?"));
}

#[test]
fn the_file_is_read_and_not_the_index() {
    let vault = Vault::new("//- Tea.md\nold\n");
    let engine = open(&vault);
    let request = ReadRequest {
        identifier: "Tea".into(),
        ..ReadRequest::default()
    };
    let before = main(&engine).read_note(&request).expect("it is there");
    assert_eq!(before.checksum, before.note.fingerprint.checksum_hex());
    vault.write("Tea.md", "new\n");
    let after = main(&engine).read_note(&request).expect("it is there");
    assert_eq!(after.text, "new\n");
    assert_ne!(after.checksum, before.checksum);
    vault.remove("Tea.md");
    assert!(matches!(
        main(&engine).read_note(&request),
        Err(Error::NotFound { .. })
    ));
}

#[test]
fn text_that_is_no_note_is_read_and_other_files_are_not() {
    let vault = Vault::new("//- a.txt\ntext\n");
    vault.write_bytes("pic.png", &[0x89, 0x50, 0xff]);
    vault.write_bytes("zero.bin", b"a\0b");
    vault.write("big.txt", &"x".repeat((1 << 20) + 1));
    let engine = open(&vault);
    let read = |identifier: &str| {
        main(&engine).read_note(&ReadRequest {
            identifier: identifier.into(),
            ..ReadRequest::default()
        })
    };
    assert_eq!(read("a.txt").expect("it is text").text, "text\n");
    for identifier in ["pic.png", "zero.bin", "big.txt"] {
        let error = read(identifier).expect_err("it is no text to read");
        assert_eq!(error.kind(), Kind::Invalid, "{identifier}");
        assert!(error.hint().is_some(), "{identifier}");
    }
}

// --- list ---

const TREE: &str = "//- Root.md\n---\nmodified: 2025-01-03\n---\n//- b_c/One.md\n---\ntitle: zeta\nmodified: 2025-01-02\n---\n\
    //- b_c/two.md\n---\ntitle: Alpha\nmodified: 2025-01-02\n---\n//- b_c/deep/Three.md\n---\nmodified: 2025-01-01\n---\n\
    //- bxc/four.txt\nx\n//- Archive/five.md\nx\n";

fn listing(folder: &str, depth: usize) -> ListingRequest {
    ListingRequest {
        folder: folder.into(),
        depth,
        glob: None,
        sort: Sort::Name,
        page: 1,
        page_size: 200,
    }
}

fn rows(engine: &Engine, request: &ListingRequest) -> Vec<String> {
    let listing = main(engine)
        .list_directory(request)
        .expect("a listing never fails");
    let row = |row: ListingRow| match row {
        ListingRow::Folder { path } => format!("{path}/"),
        ListingRow::File(record) => record.path.to_string(),
    };
    listing.rows.into_iter().map(row).collect()
}

#[test]
fn a_folder_is_listed_to_a_depth_and_by_exact_name() {
    let vault = Vault::new(TREE);
    let engine = open(&vault);
    for folder in ["", "/", ".", "./"] {
        assert_eq!(
            rows(&engine, &listing(folder, 1)),
            ["Archive/", "b_c/", "bxc/", "Root.md"],
            "{folder:?}"
        );
    }
    for folder in ["b_c", "/b_c/", "./b_c/"] {
        assert_eq!(
            rows(&engine, &listing(folder, 1)),
            ["b_c/deep/", "b_c/One.md", "b_c/two.md"],
            "{folder:?}"
        );
    }
    assert_eq!(
        rows(&engine, &listing("", 3)),
        [
            "Archive/",
            "b_c/",
            "bxc/",
            "b_c/deep/",
            "Archive/five.md",
            "bxc/four.txt",
            "b_c/One.md",
            "Root.md",
            "b_c/deep/Three.md",
            "b_c/two.md"
        ]
    );
    assert_eq!(rows(&engine, &listing("unknown", 1)), Vec::<String>::new());
    let glob = ListingRequest {
        glob: Some("T*.md".into()),
        ..listing("", 3)
    };
    assert_eq!(rows(&engine, &glob), ["b_c/deep/Three.md"]);
}

#[test]
fn orders_and_pages_are_stable() {
    let vault = Vault::new(TREE);
    let engine = open(&vault);
    for (sort, expected) in [
        (
            Sort::TitleAscending,
            ["b_c/deep/", "b_c/two.md", "b_c/deep/Three.md", "b_c/One.md"],
        ),
        (
            Sort::TitleDescending,
            ["b_c/deep/", "b_c/One.md", "b_c/deep/Three.md", "b_c/two.md"],
        ),
        (
            Sort::UpdatedAscending,
            ["b_c/deep/", "b_c/deep/Three.md", "b_c/One.md", "b_c/two.md"],
        ),
        (
            Sort::UpdatedDescending,
            ["b_c/deep/", "b_c/One.md", "b_c/two.md", "b_c/deep/Three.md"],
        ),
    ] {
        let all = ListingRequest {
            sort,
            ..listing("b_c", 2)
        };
        assert_eq!(rows(&engine, &all), expected, "{sort:?}");
        let paged: Vec<String> = (1..=5)
            .flat_map(|page| {
                rows(
                    &engine,
                    &ListingRequest {
                        page,
                        page_size: 1,
                        ..all.clone()
                    },
                )
            })
            .collect();
        assert_eq!(paged, expected, "{sort:?}");
    }
    let page = |page| {
        main(&engine).list_directory(&ListingRequest {
            page,
            page_size: 3,
            ..listing("b_c", 2)
        })
    };
    let (first, second, third) = (
        page(1).expect("a page"),
        page(2).expect("a page"),
        page(3).expect("a page"),
    );
    assert_eq!(
        (first.total, first.has_more, second.has_more),
        (4, true, false)
    );
    assert_eq!(
        (third.rows.len(), third.total, third.has_more),
        (0, 4, false)
    );
}

#[test]
fn listings_that_make_no_sense() {
    let engine = open(&Vault::new(""));
    for request in [
        listing("", 0),
        listing("", 11),
        listing("../up", 1),
        ListingRequest {
            page: 0,
            ..listing("", 1)
        },
        ListingRequest {
            page_size: 0,
            ..listing("", 1)
        },
        ListingRequest {
            page_size: 201,
            ..listing("", 1)
        },
        ListingRequest {
            page: usize::MAX,
            ..listing("", 1)
        },
    ] {
        let error = main(&engine)
            .list_directory(&request)
            .expect_err("it makes no sense");
        assert_eq!(error.kind(), Kind::Invalid, "{request:?}");
    }
}

// --- search ---

const LIBRARY: &str = "//- tea/Green.md\n---\ntitle: Green Tea\ntype: Chapter\ntags: [hot, drink]\nstatus: done\nmodified: 2025-06-14\n---\n\
    # Green Tea\n\n## Brewing\n\n- [fact] Use **soft** water from [[Spring|the spring]]\n\n\
    //- tea/Black.md\n---\ntags: [hot]\nmodified: 2024-01-01\n---\nBlack tea wants boiling water.\n\
    //- zh.md\n---\nmodified: 2024-02-01\n---\n今天讨论了部署方案。\n";

fn query(query: &str) -> SearchRequest {
    SearchRequest {
        query: query.into(),
        folder: None,
        note_types: Vec::new(),
        tags: Vec::new(),
        categories: Vec::new(),
        metadata: Metadata::new(),
        after: None,
        page: 1,
        page_size: 10,
        now: now(),
    }
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
    assert_eq!(hit.snippet, cairn_engine::Snippet::default());
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

// --- context and recent activity ---

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
    let item = |item: &cairn_engine::ContextItem| {
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
fn reading_changes_no_file() {
    let vault = Vault::new(GRAPH);
    let engine = open(&vault);
    let before = vault.snapshot();
    drop(gathered(&engine, &context("*")));
    drop(search(&engine, &query("one")));
    drop(rows(&engine, &listing("", 10)));
    drop(main(&engine).read_note(&ReadRequest {
        identifier: "A".into(),
        ..ReadRequest::default()
    }));
    assert_eq!(before, vault.snapshot());
}
