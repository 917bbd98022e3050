//! Notes, files and projects as resources.

use crate::support::{Client, ERAS, Era, Served, refused};
use cairn_server::HostOptions;
use rmcp::model::{
    ErrorCode, PaginatedRequestParams, ReadResourceRequestParams, Resource, ResourceContents,
};
use serde_json::Value;
use std::collections::BTreeSet;
use std::fmt::Write as _;

const NOTES: &str = "\
//- tea/Uji.md
# Uji

- [fact] Shaded #tea
- grown_in [[Kyoto]]
//- with space/Ünïcode & Co 100%.md
Signs.
//- 部署/方案.md
你好
//- info.md
About info.
//- declared.md
---
permalink: elsewhere/entirely
---
Declared.
//- clash/a.md
---
permalink: clash/b
---
Claims to be b.
//- clash/b.md
Is b.
//- data.csv
a,b
1,2
";

async fn read(client: &Client, uri: &str) -> ResourceContents {
    let request = ReadResourceRequestParams::new(uri);
    let result = client.read_resource(request).await;
    let mut contents = result
        .unwrap_or_else(|error| panic!("{uri}: {error}"))
        .contents;
    assert_eq!(contents.len(), 1);
    contents.remove(0)
}

async fn text(client: &Client, uri: &str) -> (String, String) {
    match read(client, uri).await {
        ResourceContents::TextResourceContents {
            text,
            mime_type,
            uri: answered,
            ..
        } => {
            assert_eq!(answered, uri);
            (mime_type.expect("a type"), text)
        }
        other => panic!("text, not {other:?}"),
    }
}

fn shown(resource: &Resource) -> String {
    format!(
        "{} {} {}",
        resource.uri,
        resource.mime_type.as_deref().unwrap_or("?"),
        resource
            .size
            .map_or_else(|| "-".to_owned(), |size| size.to_string())
    )
}

#[tokio::test]
async fn everything_is_listed_and_reads_back() {
    let served = Served::new(&[("main", NOTES)]);
    for era in ERAS {
        let client = served.connect(era).await;
        let listed = client.list_all_resources().await.expect("a list");
        let lines: Vec<String> = listed.iter().map(shown).collect();
        let guide = lines[0].split(' ').next().expect("a URI");
        assert_eq!(guide, "memory://ai_assistant_guide");
        let clash = &lines[2];
        assert!(
            clash.starts_with("memory://main/") && !clash.contains("clash"),
            "{clash}"
        );
        assert_eq!(
            [&lines[1..2], &lines[3..]].concat(),
            [
                "memory://main/info application/json -",
                "memory://main/clash/b text/markdown 6",
                "memory://main/data.csv text/csv 8",
                "memory://main/elsewhere/entirely text/markdown 48",
                "memory://main/info.md text/markdown 12",
                "memory://main/tea/uji text/markdown 49",
                "memory://main/with-space/unicode-co-100 text/markdown 7",
                "memory://main/%E9%83%A8%E7%BD%B2/%E6%96%B9%E6%A1%88 text/markdown 7",
            ],
            "{era:?}"
        );
        let mut texts = BTreeSet::new();
        for resource in &listed[2..] {
            let (_, text) = text(&client, &resource.uri).await;
            assert_eq!(resource.size, Some(text.len() as u64), "{}", resource.uri);
            let modified = resource.annotations.as_ref().expect("annotations");
            assert!(
                modified
                    .last_modified
                    .as_deref()
                    .expect("a time")
                    .ends_with('Z')
            );
            assert!(resource.title.is_some());
            texts.insert(text);
        }
        assert_eq!(texts.len(), 8, "each is another note");
    }
}

#[tokio::test]
async fn a_note_is_read_by_any_exact_name_of_its() {
    let served = Served::new(&[("main", NOTES), ("Other Notes", "//- b.md\nB\n")]);
    let client = served.connect(Era::Legacy).await;
    for (uri, begins) in [
        ("memory://main/tea/uji", "# Uji"),
        ("memory://main/tea/Uji", "# Uji"),
        ("memory://main/tea/Uji.md", "# Uji"),
        ("memory://main/tea%2Fuji", "# Uji"),
        ("memory://main/with space/Ünïcode & Co 100%.md", "Signs."),
        (
            "memory://main/with%20space/%C3%9Cn%C3%AFcode%20&%20Co%20100%25.md",
            "Signs.",
        ),
        ("memory://main/部署/方案", "你好"),
        ("memory://main/info.md", "About info."),
        ("memory://other-notes/b", "B"),
        ("memory://Other%20Notes/b", "B"),
    ] {
        let (media_type, text) = text(&client, uri).await;
        assert_eq!(media_type, "text/markdown");
        assert!(text.starts_with(begins), "{uri}: {text}");
    }
    assert_eq!(text(&client, "memory://main/data.csv").await.0, "text/csv");
}

#[tokio::test]
async fn files_that_are_no_text_come_as_base64_and_not_too_large() {
    let served = Served::new(&[("main", "")]);
    let vault = served.vault("main");
    std::fs::write(vault.path("dot.png"), [0x89, b'P', 0, 1]).expect("it can be written");
    let large = std::fs::File::create(vault.path("large.bin")).expect("it can be made");
    large.set_len((10 << 20) + 1).expect("it can be made long");
    served.sync();
    let client = served.connect(Era::Legacy).await;
    match read(&client, "memory://main/dot.png").await {
        ResourceContents::BlobResourceContents {
            blob, mime_type, ..
        } => {
            assert_eq!(mime_type.as_deref(), Some("image/png"));
            assert_eq!(blob, "iVAAAQ==");
        }
        other => panic!("bytes, not {other:?}"),
    }
    let request = ReadResourceRequestParams::new("memory://main/large.bin");
    let error = refused(client.read_resource(request).await);
    assert!(
        error.message.contains("large.bin has 10485761 bytes"),
        "{error:?}"
    );
}

#[tokio::test]
async fn pages_follow_one_another() {
    let mut vault = String::new();
    for number in 0..450 {
        // Writing to a String cannot fail.
        let _ = write!(vault, "//- n/{number:03}.md\n{number}\n");
    }
    let served = Served::new(&[("main", &vault), ("other", "//- a.md\nx\n")]);
    let client = served.connect(Era::Legacy).await;
    let mut cursor = None;
    let mut sizes = Vec::new();
    let mut uris = BTreeSet::new();
    loop {
        let request = PaginatedRequestParams::default().with_cursor(cursor);
        let page = client.list_resources(Some(request)).await.expect("a page");
        sizes.push(page.resources.len());
        uris.extend(page.resources.into_iter().map(|resource| resource.uri));
        cursor = page.next_cursor;
        if cursor.is_none() {
            break;
        }
    }
    assert_eq!(sizes, [200, 200, 54]);
    assert_eq!(
        uris.len(),
        454,
        "450 notes, one of the other project, two projects, the guide"
    );
    for bad in ["nonsense", "", "MTIz"] {
        let request = PaginatedRequestParams::default().with_cursor(Some(bad.to_owned()));
        let error = refused(client.list_resources(Some(request)).await);
        assert_eq!(error.code, ErrorCode::INVALID_PARAMS, "{bad}: {error:?}");
    }
}

#[tokio::test]
async fn projects_have_names_in_any_script() {
    let vaults = [
        ("项目", "//- 方案.md\n一\n"),
        ("🎉", "//- a.md\n二\n"),
        ("local", "//- main/info.md\n三\n"),
    ];
    let served = Served::new(&vaults);
    let client = served.connect(Era::Legacy).await;
    let listed = client.list_all_resources().await.expect("a list");
    assert_eq!(listed.len(), 1 + 3 + 3);
    let mut notes = BTreeSet::new();
    for resource in listed.iter().skip(1) {
        let (media_type, text) = text(&client, &resource.uri).await;
        if media_type == "text/markdown" {
            notes.insert(text);
        } else {
            let known: Value = serde_json::from_str(&text).expect("it is JSON");
            let name = known["project_name"].as_str().expect("a name");
            assert_eq!(resource.title, Some(format!("Project {name}")));
        }
    }
    assert_eq!(notes.len(), 3, "{notes:?}");
    assert_eq!(text(&client, "memory://项目/方案").await.1, "一\n");
}

#[tokio::test]
async fn templates_are_listed() {
    let served = Served::new(&[("main", "")]);
    for era in ERAS {
        let client = served.connect(era).await;
        let templates = client.list_all_resource_templates().await.expect("a list");
        let uris: Vec<&str> = templates
            .iter()
            .map(|template| template.uri_template.as_str())
            .collect();
        assert_eq!(
            uris,
            [
                "memory://{project}/{path}",
                "memory://{project}/info",
                "memory://local/{project}/info",
            ],
            "{era:?}"
        );
    }
}

#[tokio::test]
async fn what_is_known_of_a_project_is_json() {
    let served = Served::new(&[("main", NOTES), ("other", "")]);
    let client = served.connect(Era::Legacy).await;
    let (media_type, known) = text(&client, "memory://main/info").await;
    assert_eq!(media_type, "application/json");
    let known: Value = serde_json::from_str(&known).expect("it is JSON");
    let keys: Vec<&String> = known.as_object().expect("an object").keys().collect();
    assert_eq!(
        keys,
        [
            "project_name",
            "project_path",
            "external_id",
            "available_projects",
            "default_project",
            "statistics",
            "activity",
            "system",
            "embedding_status",
            "indexing",
            "faults",
        ]
    );
    assert_eq!(known["project_name"], "main");
    assert_eq!(known["default_project"], "main");
    assert_eq!(known["available_projects"]["other"]["is_default"], false);
    let statistics = &known["statistics"];
    assert_eq!(statistics["total_entities"], 8);
    assert_eq!(statistics["total_observations"], 1);
    assert_eq!(statistics["total_unresolved_relations"], 1);
    assert_eq!(statistics["observation_categories"]["fact"], 1);
    assert_eq!(statistics["relation_types"]["grown_in"], 1);
    assert_eq!(statistics["most_connected_entities"][0]["title"], "Uji");
    assert_eq!(statistics["isolated_entities"], 6);
    assert_eq!(known["activity"]["monthly_growth"], Value::Null);
    let embedding = &known["embedding_status"];
    assert_eq!(embedding["semantic_search_enabled"], false);
    assert_eq!(embedding["embedding_model"], Value::Null);
    assert!(
        embedding["total_chunks"]
            .as_u64()
            .is_some_and(|chunks| chunks > 0)
    );
    assert_eq!(embedding["reindex_recommended"], false);
    assert_eq!(known["faults"], serde_json::json!([]));
    let (_, same) = text(&client, "memory://local/main/info").await;
    let same: Value = serde_json::from_str(&same).expect("it is JSON");
    assert_eq!(same["statistics"], known["statistics"]);
}

#[tokio::test]
async fn the_guide_tells_how_the_tools_go_together() {
    let served = Served::new(&[("main", "")]);
    let client = served.connect(Era::Stateless).await;
    let (media_type, guide) = text(&client, "memory://ai_assistant_guide").await;
    assert_eq!(media_type, "text/markdown");
    assert!(guide.starts_with("# AI Assistant Guide\n"));
    for fragment in [
        "recent_activity",
        "list_memory_projects",
        "project_id",
        "Quiet is not empty",
        "Search before creating",
        "Read before editing",
        "`directory`",
    ] {
        assert!(guide.contains(fragment), "{fragment}");
    }
}

#[tokio::test]
async fn what_is_not_there_is_an_error() {
    let served = Served::new(&[("main", NOTES)]);
    std::fs::remove_file(served.vault("main").path("data.csv")).expect("it can be removed");
    for era in ERAS {
        let client = served.connect(era).await;
        for uri in [
            "memory://main/nothing",
            "memory://nowhere/a",
            "memory://nowhere/info",
            "memory://main",
            "memory://",
            "memory://main/../../etc/passwd",
            "memory://main/%2e%2e/%2e%2e/etc/passwd",
            "memory://main/tea/uj",
            "memory://main/data.csv",
            "file:///etc/passwd",
            "",
        ] {
            let request = ReadResourceRequestParams::new(uri);
            let error = refused(client.read_resource(request).await);
            assert_eq!(
                error.message,
                format!("Resource not found: '{uri}'"),
                "{era:?}"
            );
            let code = match era {
                Era::Legacy => ErrorCode::RESOURCE_NOT_FOUND,
                Era::Stateless => ErrorCode::INVALID_PARAMS,
            };
            assert_eq!(error.code, code, "{era:?}");
            assert_eq!(error.data, Some(serde_json::json!({ "uri": uri })));
        }
    }
}

#[tokio::test]
async fn a_constrained_server_shows_one_project() {
    let options = HostOptions {
        project: Some("main".to_owned()),
        ..HostOptions::default()
    };
    let vaults = [("main", "//- a.md\nx\n"), ("other", "//- secret.md\nx\n")];
    let served = Served::with(&vaults, options, true);
    let client = served.connect(Era::Legacy).await;
    let listed = client.list_all_resources().await.expect("a list");
    let uris: Vec<&str> = listed
        .iter()
        .map(|resource| resource.uri.as_str())
        .collect();
    assert_eq!(
        uris,
        [
            "memory://ai_assistant_guide",
            "memory://main/info",
            "memory://main/a"
        ]
    );
    for uri in ["memory://other/secret", "memory://other/info"] {
        let request = ReadResourceRequestParams::new(uri);
        let error = refused(client.read_resource(request).await);
        assert_eq!(error.code, ErrorCode::RESOURCE_NOT_FOUND, "{uri}");
    }
    let (_, known) = text(&client, "memory://main/info").await;
    assert!(!known.contains("other"), "{known}");
}
