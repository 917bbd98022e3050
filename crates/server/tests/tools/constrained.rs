//! A server that was started for one project, asked in every way for what is in another.

use crate::harness::Server;
use cairn_server::HostOptions;
use serde_json::{Value, json};

const MAIN: &str = "//- a.md\n---\ntitle: Asking\ntags: [own]\n---\n# Asking\n\n- [fact] mine\n- leads_to [[other::zz]]\n\
    //- b.md\n# Below\n\nRead after it.\n";

/// Everything of the other project that could be shown has one word in it, which nobody asks for.
const OTHER: &str = "//- zz.md\n---\ntitle: Quagga Title\ntags: [quagga]\ntype: quagga\nstatus: quagga\n---\n\
    # Quagga Title\n\n- [quagga] quagga words\n- leads_to [[main::Asking]]\n- quagga_of [[main::Below]]\n\
    //- deep/named.md\n# Named\n\nquagga\n";

#[test]
fn nothing_of_another_project_is_shown() {
    let only_main = || HostOptions {
        project: Some("main".to_owned()),
        ..HostOptions::default()
    };
    // Whoever indexes, the link to the other project is known: an open server walks along it.
    let vaults = [("main", MAIN), ("other", OTHER)];
    let open = Server::with(&vaults, HostOptions::default());
    let context = json!({"url": "Asking", "depth": 3, "timeframe": "1y"});
    assert!(open.call("build_context", &context).contains("Quagga"));

    let closed = Server::with(&vaults, only_main());
    for (tool, arguments) in asked() {
        for format in ["text", "json"] {
            let mut arguments = arguments.clone();
            let declaration = cairn_server::tool(tool).expect("the tool exists");
            if declaration
                .parameters
                .iter()
                .any(|parameter| parameter.name == "output_format")
            {
                arguments["output_format"] = json!(format);
            }
            let answer = closed.call(tool, &arguments);
            assert!(
                !answer.to_lowercase().contains("quagga"),
                "{tool} {arguments}\n{answer}"
            );
        }
    }
}

/// Calls of every tool that shows notes.
fn asked() -> Vec<(&'static str, Value)> {
    let mut asked = Vec::new();
    let names = [
        "other/zz",
        "other/zz.md",
        "other::zz",
        "memory://other/zz",
        "Other/zz",
        "[[other::zz]]",
        "[[other/zz]]",
        "Named",
        "zz",
        "other/deep/named",
        "other/*",
        "memory://*/zz",
        "Asking",
    ];
    for name in names {
        for (tool, parameter) in [
            ("read_note", "identifier"),
            ("view_note", "identifier"),
            ("read_content", "path"),
            ("fetch", "id"),
            ("search", "query"),
            ("search_notes", "query"),
            ("build_context", "url"),
            ("schema_validate", "identifier"),
            ("note_history", "identifier"),
            ("diff_note", "identifier"),
            ("restore_note", "identifier"),
            ("delete_note", "identifier"),
            ("list_directory", "dir_name"),
        ] {
            for project in [None, Some("other")] {
                let mut arguments = json!({ parameter: name });
                let takes_one = cairn_server::tool(tool).is_some_and(|tool| {
                    let mut parameters = tool.parameters.iter();
                    parameters.any(|parameter| parameter.name == "project")
                });
                if tool == "delete_note" && name == "Asking" {
                    continue;
                }
                if let (Some(project), true) = (project, takes_one) {
                    arguments["project"] = json!(project);
                }
                if tool == "build_context" {
                    arguments["depth"] = json!(5);
                    arguments["timeframe"] = json!("1y");
                }
                asked.push((tool, arguments));
            }
        }
        asked.push((
            "edit_note",
            json!({"identifier": name, "operation": "find_replace", "find_text": "Q", "content": "q"}),
        ));
        asked.push((
            "move_note",
            json!({"identifier": name, "destination_path": "Asking/x.md"}),
        ));
    }
    for kinds in [
        json!(["entity"]),
        json!(["observation"]),
        json!(["relation"]),
    ] {
        asked.push((
            "search_notes",
            json!({"entity_types": kinds, "search_all_projects": true}),
        ));
        asked.push((
            "recent_activity",
            json!({ "type": kinds, "project": "other" }),
        ));
    }
    for tool in ["schema_infer", "schema_diff"] {
        asked.push((tool, json!({"note_type": "note", "project": "other"})));
    }
    asked.push(("recent_activity", json!({})));
    asked.push(("schema_validate", json!({})));
    asked
}

#[test]
fn a_relation_that_leaves_the_project_is_an_open_one() {
    let only_main = HostOptions {
        project: Some("main".to_owned()),
        ..HostOptions::default()
    };
    let closed = Server::with(&[("main", MAIN), ("other", OTHER)], only_main);
    insta::assert_snapshot!(closed.transcript(&[
        (
            "build_context",
            json!({"url": "Asking", "depth": 5, "timeframe": "1y", "output_format": "text"})
        ),
        ("recent_activity", json!({"type": "relation"})),
        (
            "search_notes",
            json!({"query": "leads", "entity_types": ["relation"], "output_format": "json"})
        ),
    ]));
}
