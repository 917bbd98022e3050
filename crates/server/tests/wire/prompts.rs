//! The four prompts.

use crate::support::{Client, ERAS, Era, Served, refused};
use cairn_server::HostOptions;
use rmcp::model::{ContentBlock, ErrorCode, GetPromptRequestParams, Role};
use serde_json::{Value, json};

const NOTES: &str = "\
//- tea/Uji.md
# Uji

- [fact] Shaded for weeks before the harvest
- [price] High
//- tea/Sencha.md
# Sencha

Steamed, from the first harvest.
";

async fn filled(client: &Client, name: &str, arguments: Value) -> String {
    let mut request = GetPromptRequestParams::new(name);
    request.arguments = arguments.as_object().cloned();
    let result = client.get_prompt(request).await.expect("it is filled in");
    assert!(result.description.is_some());
    let [message] = result.messages.as_slice() else {
        panic!("one message");
    };
    assert_eq!(message.role, Role::User);
    let ContentBlock::Text(text) = &message.content else {
        panic!("text");
    };
    text.text.clone()
}

fn has(text: &str, parts: &[&str]) {
    for part in parts {
        assert!(text.contains(part), "{part} is not in\n{text}");
    }
    // A template's own indentation must not show.
    assert!(!text.contains("\n     "), "{text}");
}

#[tokio::test]
async fn prompts_are_listed_with_their_arguments() {
    let served = Served::new(&[("main", NOTES)]);
    for era in ERAS {
        let client = served.connect(era).await;
        let prompts = client.list_all_prompts().await.expect("a list");
        let mut lines = Vec::new();
        for prompt in prompts {
            let arguments = prompt.arguments.unwrap_or_default().into_iter();
            let arguments: Vec<String> = arguments
                .map(|argument| {
                    let mark = if argument.required == Some(true) {
                        "!"
                    } else {
                        "?"
                    };
                    format!("{}{mark}", argument.name)
                })
                .collect();
            assert!(prompt.description.is_some() && prompt.title.is_some());
            lines.push(format!("{}: {}", prompt.name, arguments.join(" ")));
        }
        assert_eq!(
            lines,
            [
                "continue_conversation: topic? timeframe?",
                "getting_started: project?",
                "recent_activity: timeframe? project?",
                "search_knowledge_base: query! timeframe?",
            ],
            "{era:?}"
        );
    }
}

#[tokio::test]
async fn continue_conversation_shows_what_is_known() {
    let served = Served::new(&[("main", NOTES)]);
    let client = served.connect(Era::Legacy).await;
    let known = filled(
        &client,
        "continue_conversation",
        json!({ "topic": "harvest" }),
    )
    .await;
    has(
        &known,
        &[
            "# Continuing conversation on: 'harvest'\n",
            "This is a memory retrieval session.",
            "## Previous Context for 'harvest'\n",
            "### Uji\n",
            "permalink: main/tea/uji\n",
            "Read with: `read_note(\"main/tea/uji\")`",
            "\n---\n\n## Next Steps\n",
            "## Knowledge Capture",
        ],
    );
    let unknown = filled(
        &client,
        "continue_conversation",
        json!({ "topic": "zeppelin" }),
    )
    .await;
    has(
        &unknown,
        &["No previous context found for 'zeppelin'.", "## Next Steps"],
    );
    let any = filled(
        &client,
        "continue_conversation",
        json!({ "timeframe": "1d" }),
    )
    .await;
    has(
        &any,
        &[
            "# Continuing conversation on: recent activity\n",
            "## Recent Activity: main (1d)",
            "## Next Steps",
        ],
    );
}

#[tokio::test]
async fn recent_activity_names_the_project_it_looked_at() {
    let served = Served::new(&[("main", NOTES), ("other", "")]);
    let client = served.connect(Era::Stateless).await;
    let said = filled(&client, "recent_activity", json!({})).await;
    has(
        &said,
        &[
            "# Recent Activity Context\n",
            "showing recent activity from main.",
            "## Recent Activity: main (7d)",
            "## Next Steps",
            "## Capture Opportunity",
            "write_note(title=\"...\", content=\"...\", directory=\"insights\")",
        ],
    );
    let said = filled(
        &client,
        "recent_activity",
        json!({ "project": "other", "timeframe": "2 days" }),
    )
    .await;
    has(
        &said,
        &[
            "from other.",
            "No recent activity in 'other' within 2d.",
            "wait for them to agree",
        ],
    );
    let none = Served::with(
        &[("one", NOTES), ("two", "")],
        HostOptions::default(),
        false,
    );
    let said = filled(
        &none.connect(Era::Legacy).await,
        "recent_activity",
        json!({}),
    )
    .await;
    has(
        &said,
        &["from all projects.", "## Recent Activity Summary (7d)"],
    );
}

#[tokio::test]
async fn search_knowledge_base_shows_hits() {
    let served = Served::new(&[("main", NOTES)]);
    let client = served.connect(Era::Legacy).await;
    let said = filled(
        &client,
        "search_knowledge_base",
        json!({ "query": "harvest" }),
    )
    .await;
    has(
        &said,
        &[
            "# Search Results: \"harvest\"\n",
            "Found 2 results:\n",
            "- **Uji** (score: 0.",
            "  permalink: main/tea/uji\n",
            "## Next Steps",
            "Based on these 2 results",
        ],
    );
    let said = filled(
        &client,
        "search_knowledge_base",
        json!({ "query": "zeppelin", "timeframe": "1 month" }),
    )
    .await;
    has(
        &said,
        &["No results found for 'zeppelin'.", "## Next Steps"],
    );
}

#[tokio::test]
async fn getting_started_picks_one_project() {
    let served = Served::new(&[("main", NOTES), ("Other Notes", "")]);
    let client = served.connect(Era::Legacy).await;
    let said = filled(&client, "getting_started", json!({})).await;
    has(
        &said,
        &[
            "# Getting started with Cairn\n",
            "## Recent Activity: main (30d)",
            "**If they have no notes yet**",
            "Wait for them to say yes before writing",
            "**If they already have notes**",
            "project_id=\"",
        ],
    );
    assert!(!said.contains('{'), "everything is filled in: {said}");
    for name in ["Other Notes", "other-notes"] {
        let said = filled(&client, "getting_started", json!({ "project": name })).await;
        has(&said, &["No recent activity in 'Other Notes' within 30d."]);
    }
    let said = filled(&client, "getting_started", json!({ "project": "nowhere" })).await;
    has(
        &said,
        &[
            "# Choose a Cairn project\n",
            "The requested project \"nowhere\" did not identify one unique project.",
            "- `main` (`project_id=\"",
            "- `Other Notes` (`project_id=\"",
        ],
    );
}

#[tokio::test]
async fn getting_started_asks_where_no_project_is_meant_and_keeps_to_the_constraint() {
    let vaults = [("one", NOTES), ("two", "")];
    let none = Served::with(&vaults, HostOptions::default(), false);
    let said = filled(
        &none.connect(Era::Legacy).await,
        "getting_started",
        json!({}),
    )
    .await;
    has(
        &said,
        &["No single default project could be selected.", "- `two` ("],
    );
    let options = HostOptions {
        project: Some("two".to_owned()),
        ..HostOptions::default()
    };
    let only = Served::with(&vaults, options, true);
    let client = only.connect(Era::Legacy).await;
    let said = filled(&client, "getting_started", json!({ "project": "one" })).await;
    has(
        &said,
        &["in the project `two`", "No recent activity in 'two'"],
    );
}

#[tokio::test]
async fn what_is_refused() {
    let served = Served::new(&[("main", NOTES)]);
    for era in ERAS {
        let client = served.connect(era).await;
        let ask = async |name: &str, arguments: Value| {
            let mut request = GetPromptRequestParams::new(name);
            request.arguments = arguments.as_object().cloned();
            refused(client.get_prompt(request).await)
        };
        for (name, arguments, message) in [
            ("nothing", json!({}), "Unknown prompt: 'nothing'"),
            (
                "search_knowledge_base",
                json!({}),
                "Missing required arguments: {'query'}",
            ),
            (
                "search_knowledge_base",
                json!({ "query": " " }),
                "Missing required arguments: {'query'}",
            ),
            (
                "recent_activity",
                json!({ "timeframe": "gobble" }),
                "Could not parse timeframe: gobble",
            ),
            (
                "search_knowledge_base",
                json!({ "query": "zebra", "timeframe": "gobble" }),
                "Error searching for 'zebra': 'gobble' is not a time",
            ),
            (
                "continue_conversation",
                json!({ "topic": "zebra", "timeframe": "gobble" }),
                "Error searching for 'zebra': 'gobble' is not a time",
            ),
            (
                "recent_activity",
                json!({ "project": "nowhere" }),
                "there is no project 'nowhere'",
            ),
        ] {
            let error = ask(name, arguments).await;
            assert_eq!(error.code, ErrorCode::INVALID_PARAMS, "{error:?}");
            assert!(error.message.starts_with(message), "{era:?}: {error:?}");
        }
    }
}
