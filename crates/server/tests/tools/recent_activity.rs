//! `recent_activity`: one project, or a survey of all.

use crate::harness::Server;
use cairn_server::Body;
use serde_json::{Value, json};

const NOTES: &str = "\
//- tea/Uji.md
---
modified: 2099-01-03
---
- [fact] Shaded for weeks
- [fact] South of Kyoto, on a river that has been sung of in more poems than one line of a list can hold
- [price] High
- grown_in [[Kyoto]]
- served_with [[Sweets]]
//- Kyoto.md
---
modified: 2099-01-02
---
x
//- old/Fix the pump.md
---
modified: 2001-01-01
---
- [fact] Old
";

fn rows(server: &Server, arguments: &Value) -> Vec<Value> {
    match server.reply("recent_activity", arguments).body {
        Body::Json(Value::Array(rows)) => rows,
        other => panic!("a list, not {other:?}"),
    }
}

#[test]
fn what_was_written_lately_in_a_project() {
    let server = Server::new(NOTES);
    let all = ["entity", "observation", "relation"];
    insta::assert_snapshot!(server.transcript(&[
        ("recent_activity", json!({})),
        ("recent_activity", json!({ "output_format": "json" })),
        ("recent_activity", json!({ "type": all })),
        (
            "recent_activity",
            json!({ "type": all, "output_format": "json" })
        ),
        (
            "recent_activity",
            json!({ "type": "relation", "page_size": 1 })
        ),
        (
            "recent_activity",
            json!({ "timeframe": "today", "page_size": 1, "output_format": "json" })
        ),
    ]));
}

/// What two clients did, and a note nobody changed.
fn worked_on() -> Server {
    let notes = "//- drinks/Tea.md\nx\n//- drinks/Milk.md\nx\n//- Still.md\nx\n";
    let server = Server::today(&[("main", notes)], true);
    let does = |client: &str, tool: &str, arguments: Value| {
        server.reply_to(Some(client), tool, &arguments);
    };
    let more = json!({ "identifier": "Tea", "operation": "append", "content": "more\n" });
    does("claude", "edit_note", more);
    does(
        "claude",
        "move_note",
        json!({ "identifier": "Tea", "destination_path": "cellar/Tea.md" }),
    );
    does("cursor", "delete_note", json!({ "identifier": "Milk" }));
    let new = json!({ "title": "Plan", "content": "x", "directory": "" });
    does("cursor", "write_note", new);
    let more = json!({ "identifier": "Plan", "operation": "append", "content": "more\n" });
    does("claude", "edit_note", more);
    let kept = json!({ "title": "Kept", "content": "x", "directory": "" });
    does("codex", "write_note", kept);
    server
}

#[test]
fn who_changed_what() {
    let server = worked_on();
    insta::assert_snapshot!(server.transcript(&[
        ("recent_activity", json!({ "actor": "claude" })),
        (
            "recent_activity",
            json!({ "actor": "cursor", "output_format": "json" })
        ),
        (
            "recent_activity",
            json!({ "actor": "claude", "page_size": 1, "project": "main" })
        ),
        (
            "recent_activity",
            json!({ "actor": "claude", "page_size": 1, "page": 3 })
        ),
        (
            "recent_activity",
            json!({ "actor": "claude", "page_size": 1, "output_format": "json" })
        ),
        ("recent_activity", json!({ "actor": "nobody" })),
        (
            "recent_activity",
            json!({ "actor": "nobody", "output_format": "json" })
        ),
        (
            "recent_activity",
            json!({ "actor": "claude", "type": "relation" })
        ),
    ]));
    server.vault("main").write("Kept.md", "other\n");
    server.call("sync", &json!({}));
    let all = server.call("recent_activity", &json!({}));
    for line in [
        "• Plan (/) [id: ",
        "], edit by claude\n",
        "• Tea (cellar) [id: ",
        "], move by claude\n",
        "• Kept (/) [id: ",
        "], external\n",
    ] {
        assert!(all.contains(line), "{line} is not in\n{all}");
    }
    let told: Vec<_> = rows(&server, &json!({ "output_format": "json" }))
        .iter()
        .map(|row| {
            let word = |key: &str| row[key].as_str().unwrap_or("-").to_owned();
            (word("title"), word("changed_by"), word("operation"))
        })
        .collect();
    let told = |title: &str| {
        let row = told.iter().find(|(row, ..)| row == title);
        row.map(|(_, actor, operation)| format!("{operation} by {actor}"))
    };
    assert_eq!(told("Plan").as_deref(), Some("edit by claude"));
    assert_eq!(told("Tea").as_deref(), Some("move by claude"));
    assert_eq!(told("Still").as_deref(), Some("- by -"));
    assert_eq!(told("Milk"), None);
}

#[test]
fn what_somebody_did_in_every_project_when_none_is_meant() {
    let server = Server::today(&[("one", "//- a.md\nx\n"), ("two", "//- b.md\nx\n")], false);
    for (project, identifier) in [("one", "a"), ("two", "b")] {
        let delete = json!({ "identifier": identifier, "project": project });
        server.reply_to(Some("claude"), "delete_note", &delete);
    }
    let said = server.call("recent_activity", &json!({ "actor": "claude" }));
    assert!(
        said.contains("## Recent Activity: all projects (7d), by claude\n")
            && said.contains("• b.md (gone), delete, in two\n  • a.md (gone), delete, in one\n"),
        "{said}"
    );
    let rows = rows(
        &server,
        &json!({ "actor": "claude", "output_format": "json" }),
    );
    assert_eq!(rows.len(), 2);
    assert!(rows.iter().all(|row| row["deleted"] == true));
    let said = server.call("recent_activity", &json!({ "actor": "nobody" }));
    assert_eq!(
        said,
        "Nothing by 'nobody' within 7d. Changes are by: claude"
    );
}

#[test]
fn nothing_was_written_lately() {
    let server = Server::new("//- old.md\n---\nmodified: 2001-01-01\n---\nx\n");
    insta::assert_snapshot!(server.transcript(&[
        ("recent_activity", json!({})),
        ("recent_activity", json!({ "page": 2 })),
        ("recent_activity", json!({ "type": "observation" })),
        ("recent_activity", json!({ "output_format": "json" })),
    ]));
    let empty = server.call("recent_activity", &json!({}));
    assert!(empty.contains("wait for them to agree"), "{empty}");
}

#[test]
fn what_is_refused() {
    let server = Server::new("");
    insta::assert_snapshot!(server.transcript(&[
        ("recent_activity", json!({ "type": "note" })),
        ("recent_activity", json!({ "type": ["entity", "things"] })),
        ("recent_activity", json!({ "timeframe": "gobbledygook" })),
        ("recent_activity", json!({ "timeframe": "3 years ago" })),
        ("recent_activity", json!({ "page": 0 })),
        ("recent_activity", json!({ "page_size": 101 })),
        ("recent_activity", json!({ "page_size": 0 })),
        ("recent_activity", json!({ "project": "nowhere" })),
        ("recent_activity", json!({ "project_id": "nowhere" })),
        ("recent_activity", json!({ "depth": "deep" })),
        ("recent_activity", json!({ "query": "x" })),
    ]));
}

#[test]
fn fragment_36_pages_of_recent_activity() {
    let server = Server::new(NOTES);
    let first = server.call("recent_activity", &json!({ "page_size": 1 }));
    assert!(first.contains("Use page=2 to see more"), "{first}");
    let last = server.call("recent_activity", &json!({ "page_size": 1, "page": 2 }));
    assert!(
        last.contains("items found") && !last.contains("Use page="),
        "{last}"
    );
    let rows = rows(&server, &json!({ "output_format": "json" }));
    assert_eq!(rows.len(), 2);
    for row in rows {
        let keys: Vec<&String> = row.as_object().expect("an object").keys().collect();
        assert_eq!(
            keys,
            ["type", "title", "permalink", "file_path", "created_at"]
        );
    }
}

#[test]
fn other_names_and_forms_are_understood() {
    let server = Server::new(NOTES);
    let expected = rows(
        &server,
        &json!({ "type": ["observation", "relation"], "timeframe": "30d", "page_size": 3, "output_format": "json" }),
    );
    assert_eq!(expected.len(), 3);
    for arguments in [
        json!({ "types": "Observation,RELATION", "since": "30 days ago", "limit": "3", "output_format": "json" }),
        json!({ "kind": "[\"observation\", \"relation\"]", "time_range": "1 month", "per_page": 3, "output_format": "JSON" }),
        json!({ "type": "observation, relation", "lookback": "4 weeks", "page_size": 3, "page_number": "1", "depth": "2",
                "project": "Main", "output_format": "json" }),
    ] {
        assert_eq!(rows(&server, &arguments), expected, "{arguments}");
    }
}

#[test]
fn a_window_is_named_as_it_is_understood() {
    let server = Server::new(NOTES);
    for (given, named) in [
        ("24h", "(1d)"),
        ("2 weeks", "(14d)"),
        ("today", "(today)"),
        ("tomorrow", "(1d)"),
        ("", "(7d)"),
    ] {
        let said = server.call("recent_activity", &json!({ "timeframe": given }));
        assert!(
            said.lines().next().unwrap_or_default().ends_with(named),
            "{given}: {said}"
        );
    }
}

#[test]
fn an_answer_is_cut_and_says_how_to_go_on() {
    let server = Server::new(NOTES);
    let text = server.call("recent_activity", &json!({ "max_tokens": 30 }));
    assert!(
        text.contains("[Cut at max_tokens. Repeat with a larger max_tokens"),
        "{text}"
    );
    let reply = server.reply(
        "recent_activity",
        &json!({ "max_tokens": 50, "output_format": "json" }),
    );
    let Body::Json(Value::Array(kept)) = &reply.body else {
        panic!("a list");
    };
    assert_eq!(kept.len(), 1);
    assert!(
        reply
            .notice
            .expect("it says so")
            .starts_with("Cut at max_tokens after 1 rows")
    );
    let more = server.reply(
        "recent_activity",
        &json!({ "page_size": 1, "output_format": "json" }),
    );
    assert_eq!(more.notice.as_deref(), Some("Use page=2 to see more."));
}

#[test]
fn all_projects_are_surveyed_when_none_is_meant() {
    let fixes =
        "//- work/Fix the pump.md\nx\n//- work/Spec of the mill.md\nx\n//- garden/Beans.md\nx\n";
    let server =
        Server::without_default(&[("one", "//- a.md\nx\n"), ("two", fixes), ("still", "")]);
    insta::assert_snapshot!(server.transcript(&[
        (
            "recent_activity",
            json!({ "page_size": 1, "output_format": "json", "type": "observation" })
        ),
        ("recent_activity", json!({ "project": "one" })),
    ]));
    let survey = server.call("recent_activity", &json!({}));
    for part in [
        "## Recent Activity Summary (7d)",
        "**Most Active Project:** two (3 items)",
        "- 🔧 **Latest:** ",
        "(just now)",
        "- 📋 **Focus areas:** work, garden",
        "**Other Active Projects:**\n- one (1 items)",
        "**Key Developments:**",
        "- ✅ Fix the pump\n",
        "- 🧪 Spec of the mill\n",
        "**Summary:** 2 active projects, 4 recent items",
        "────────────────────────────────────────\nSuggested project: 'two' (most active with 3 items)",
        "Ask user: '",
        "Session reminder: ",
    ] {
        assert!(survey.contains(part), "{part} is not in\n{survey}");
    }
    let rows = rows(&server, &json!({ "output_format": "json" }));
    assert_eq!(rows.len(), 4);
    assert!(rows.iter().any(|row| row["project"] == "one"));
    let quiet = Server::without_default(&[("one", ""), ("two", "")]);
    let said = quiet.call("recent_activity", &json!({}));
    assert!(
        said.contains("No recent activity found in any project."),
        "{said}"
    );
}
