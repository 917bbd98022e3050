//! What may follow what was typed.

use crate::support::{Client, ERAS, Era, Served, refused};
use cairn_server::HostOptions;
use rmcp::model::{CompletionContext, CompletionInfo, ErrorCode};
use std::collections::HashMap;
use std::fmt::Write as _;

const NOTES: &str = "\
//- tea/Uji.md
---
tags: [tea, travel]
type: Place
---
x
//- tea/Sencha.md
---
tags: [tea]
---
x
//- Kyoto tea houses.md
---
title: Houses of Kyoto
---
x
";
const NOTE: &str = "memory://{project}/{path}";

async fn prompt(client: &Client, name: &str, argument: &str, typed: &str) -> Vec<String> {
    let values = client.complete_prompt_simple(name, argument, typed).await;
    values.expect("it answers")
}

async fn template(
    client: &Client,
    argument: &str,
    typed: &str,
    project: Option<&str>,
) -> CompletionInfo {
    let context = project.map(|project| {
        CompletionContext::with_arguments(HashMap::from([(
            "project".to_owned(),
            project.to_owned(),
        )]))
    });
    let info = client
        .complete_resource_argument(NOTE, argument, typed, context)
        .await;
    info.expect("it answers")
}

#[tokio::test]
async fn arguments_of_prompts() {
    let served = Served::new(&[("main", NOTES), ("My Notes", "")]);
    for era in ERAS {
        let client = served.connect(era).await;
        let projects = prompt(&client, "getting_started", "project", "").await;
        assert_eq!(projects, ["main", "My Notes"], "{era:?}");
        let projects = prompt(&client, "recent_activity", "project", "my").await;
        assert_eq!(projects, ["My Notes"]);
        let projects = prompt(&client, "recent_activity", "project", "notes").await;
        assert_eq!(projects, ["My Notes"]);
        let frames = prompt(&client, "recent_activity", "timeframe", "last").await;
        assert_eq!(frames, ["last week", "last month"]);
        let topics = prompt(&client, "continue_conversation", "topic", "k").await;
        assert_eq!(topics, ["Houses of Kyoto"], "begins with nothing, holds it");
        let queries = prompt(&client, "search_knowledge_base", "query", "SEN").await;
        assert_eq!(queries, ["Sencha"]);
        assert!(
            prompt(&client, "getting_started", "nothing", "")
                .await
                .is_empty()
        );
    }
}

#[tokio::test]
async fn variables_of_templates() {
    let served = Served::new(&[("main", NOTES), ("My Notes", "//- tea/Oolong.md\n#wet\n")]);
    let client = served.connect(Era::Legacy).await;
    let values = async |argument: &str, typed: &str, project: Option<&str>| {
        template(&client, argument, typed, project).await.values
    };
    assert_eq!(values("project", "m", None).await, ["main", "my-notes"]);
    let mut tea = values("path", "tea", None).await;
    tea.sort();
    assert_eq!(tea, ["kyoto-tea-houses", "tea/sencha", "tea/uji"]);
    // What begins with it comes first, by title or by permalink.
    assert_eq!(values("path", "houses", None).await, ["kyoto-tea-houses"]);
    assert_eq!(values("identifier", "uji", None).await, ["tea/uji"]);
    for project in ["my-notes", "My Notes", "My%20Notes"] {
        assert_eq!(
            values("path", "tea", Some(project)).await,
            ["tea/oolong"],
            "{project}"
        );
    }
    assert!(values("path", "tea", Some("nowhere")).await.is_empty());
    assert_eq!(values("tag", "", None).await, ["tea", "travel"]);
    assert_eq!(values("tags", "tr", None).await, ["travel"]);
    assert_eq!(values("note_type", "pl", None).await, ["Place"]);
    assert_eq!(values("type", "", None).await, ["note", "Place"]);
}

#[tokio::test]
async fn never_more_than_a_hundred() {
    let mut vault = String::new();
    for number in 0..150 {
        // Writing to a String cannot fail.
        let _ = write!(vault, "//- n/{number}.md\nx\n");
    }
    let served = Served::new(&[("main", &vault)]);
    let client = served.connect(Era::Legacy).await;
    let info = template(&client, "path", "n/", None).await;
    assert_eq!(info.values.len(), 100);
    assert_eq!((info.total, info.has_more), (Some(150), Some(true)));
    let info = template(&client, "path", "n/14", None).await;
    assert_eq!(info.values.len(), 11);
    assert_eq!((info.total, info.has_more), (Some(11), Some(false)));
}

#[tokio::test]
async fn a_constrained_server_completes_from_one_project() {
    let options = HostOptions {
        project: Some("main".to_owned()),
        ..HostOptions::default()
    };
    let vaults = [("main", NOTES), ("other", "//- secret.md\nx\n")];
    let served = Served::with(&vaults, options, true);
    let client = served.connect(Era::Legacy).await;
    let projects = prompt(&client, "getting_started", "project", "").await;
    assert_eq!(projects, ["main"]);
    let info = template(&client, "path", "secret", Some("other")).await;
    assert!(info.values.is_empty());
}

#[tokio::test]
async fn a_prompt_that_is_none_is_an_error() {
    let served = Served::new(&[("main", NOTES)]);
    for era in ERAS {
        let client = served.connect(era).await;
        let error = refused(client.complete_prompt_simple("nothing", "topic", "").await);
        assert_eq!(error.code, ErrorCode::INVALID_PARAMS, "{era:?}");
        assert_eq!(error.message, "Unknown prompt: 'nothing'");
    }
}
