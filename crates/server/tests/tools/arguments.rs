//! How arguments are read, and what every tool's declaration must hold.

use cairn_server::{
    Arguments, Declaration, Effect, Kind, Need, Parameter, Produces, Profile, Reply, TOOLS, ToolSet,
};
use serde_json::{Map, Value, json};
use std::collections::BTreeSet;

const fn parameter(name: &'static str, kind: Kind, need: Need) -> Parameter {
    Parameter {
        name,
        kind,
        need,
        aliases: &[],
        description: "what it means",
    }
}

/// A tool with a parameter of every kind.
const TOOL: Declaration = Declaration {
    name: "brew",
    title: "Brew",
    description: "Brews.",
    parameters: &[
        Parameter {
            aliases: &["label", "heading"],
            ..parameter("title", Kind::Text, Need::Required)
        },
        parameter("sort", Kind::Choice(&["name", "Newest"]), Need::Optional),
        parameter(
            "page",
            Kind::Integer {
                least: 1,
                most: 100,
            },
            Need::Default("1"),
        ),
        parameter(
            "threshold",
            Kind::Number {
                least: 0.0,
                most: 1.0,
            },
            Need::Optional,
        ),
        parameter("overwrite", Kind::Boolean, Need::Default("false")),
        parameter("tags", Kind::List, Need::Optional),
        parameter("metadata", Kind::Object, Need::Optional),
    ],
    effect: Effect::ReadOnly,
    idempotent: true,
    tags: &[],
    profile: Profile::Full,
    produces: Produces::Wrapped,
    call: |_| Ok(Reply::text("")),
};

fn object(value: Value) -> Map<String, Value> {
    match value {
        Value::Object(object) => object,
        other => panic!("{other} is no object"),
    }
}

/// Reads arguments beside the required one.
fn read(more: Value) -> Arguments {
    let mut given = object(json!({ "title": "t" }));
    given.extend(object(more));
    Arguments::read(&TOOL, given).unwrap_or_else(|error| panic!("{error}"))
}

/// The message and the hint of a refusal, as one text.
fn refusal(given: Value) -> String {
    let error = Arguments::read(&TOOL, object(given)).expect_err("it makes no sense");
    match error.hint() {
        Some(hint) => format!("{error} | {hint}"),
        None => error.to_string(),
    }
}

#[test]
fn a_parameter_is_known_by_its_aliases() {
    for name in ["title", "label", "heading"] {
        let mut given = Map::new();
        given.insert(name.to_owned(), json!("Tea"));
        let arguments = Arguments::read(&TOOL, given).expect("it is an alias");
        assert_eq!(arguments.text("title"), "Tea", "{name}");
    }
}

#[test]
fn what_was_not_given_is_absent_or_has_its_default() {
    let arguments = read(json!({ "sort": null, "page": null, "tags": null, "metadata": null }));
    assert_eq!(arguments.optional_text("sort"), None);
    assert_eq!((arguments.integer("page"), arguments.count("page")), (1, 1));
    assert_eq!(arguments.optional_number("threshold"), None);
    assert_eq!(arguments.optional_flag("overwrite"), Some(false));
    assert_eq!(arguments.list("tags"), Vec::<String>::new());
    assert!(arguments.object("metadata").is_empty());
    assert!(arguments.has("page") && !arguments.has("sort"));
    assert_eq!(arguments, read(json!({})));
}

#[test]
fn texts_and_choices() {
    for (given, text) in [
        (json!("x"), "x"),
        (json!(" x "), " x "),
        (json!(12), "12"),
        (json!(1.5), "1.5"),
        (json!(true), "true"),
        (json!(""), ""),
        (json!("null"), "null"),
    ] {
        let arguments = Arguments::read(&TOOL, object(json!({ "title": given })));
        assert_eq!(
            arguments.expect("it is text").text("title"),
            text,
            "{given}"
        );
    }
    for (given, word) in [("name", "name"), (" NEWEST ", "Newest")] {
        let arguments = read(json!({ "sort": given }));
        assert_eq!(arguments.optional_text("sort"), Some(word));
    }
}

#[test]
fn numbers_come_as_numbers_and_as_texts() {
    for (given, number) in [
        (json!(2), 2),
        (json!("2"), 2),
        (json!(" 2 "), 2),
        (json!(2.0), 2),
        (json!(100), 100),
    ] {
        assert_eq!(
            read(json!({ "page": given })).integer("page"),
            number,
            "{given}"
        );
    }
    for given in [json!(0.25), json!("0.25"), json!(" 0.25 ")] {
        let arguments = read(json!({ "threshold": given }));
        assert_eq!(
            arguments.optional_number("threshold"),
            Some(0.25),
            "{given}"
        );
    }
    for given in [json!(1), json!("1")] {
        let arguments = read(json!({ "threshold": given }));
        assert_eq!(arguments.optional_number("threshold"), Some(1.0), "{given}");
    }
}

#[test]
fn yes_and_no_are_said_in_many_ways() {
    for (given, flag) in [
        (json!(true), true),
        (json!("true"), true),
        (json!("Yes"), true),
        (json!("on"), true),
        (json!("1"), true),
        (json!(1), true),
        (json!(false), false),
        (json!("FALSE"), false),
        (json!("no"), false),
        (json!("off"), false),
        (json!("0"), false),
        (json!(0), false),
    ] {
        assert_eq!(
            read(json!({ "overwrite": given })).flag("overwrite"),
            flag,
            "{given}"
        );
    }
}

#[test]
fn a_list_is_a_list_or_json_or_one_text_with_commas() {
    for (given, items) in [
        (json!(["a", "b"]), vec!["a", "b"]),
        (json!("a, b"), vec!["a", "b"]),
        (json!("[\"a\", \"b\"]"), vec!["a", "b"]),
        (json!(["a,b", " c "]), vec!["a", "b", "c"]),
        (json!("a"), vec!["a"]),
        (json!(7), vec!["7"]),
        (json!([7, true]), vec!["7", "true"]),
        (json!("[broken"), vec!["[broken"]),
        (json!(" , "), vec![]),
        (json!([]), vec![]),
        (json!("[]"), vec![]),
    ] {
        assert_eq!(
            read(json!({ "tags": given })).list("tags"),
            items,
            "{given}"
        );
    }
}

#[test]
fn an_object_may_be_json() {
    for given in [json!({ "a": [1] }), json!("{\"a\": [1]}")] {
        let arguments = read(json!({ "metadata": given }));
        assert_eq!(
            Value::Object(arguments.object("metadata")),
            json!({ "a": [1] }),
            "{given}"
        );
    }
}

#[test]
fn what_makes_no_sense_is_named() {
    let long = "x".repeat(200);
    let refusals: Vec<String> = [
        json!({}),
        json!({ "title": null }),
        json!({ "titel": "t" }),
        json!({ "title": "t", "zzz": 1 }),
        json!({ "title": "t", "zzz": null }),
        json!({ "title": "t", "label": "u" }),
        json!({ "title": ["t"] }),
        json!({ "title": { "a": 1 } }),
        json!({ "title": "t", "sort": "size" }),
        json!({ "title": "t", "sort": long }),
        json!({ "title": "t", "sort": 3 }),
        json!({ "title": "t", "page": 0 }),
        json!({ "title": "t", "page": 101 }),
        json!({ "title": "t", "page": "two" }),
        json!({ "title": "t", "page": 1.5 }),
        json!({ "title": "t", "page": true }),
        json!({ "title": "t", "page": u64::MAX }),
        json!({ "title": "t", "threshold": 1.1 }),
        json!({ "title": "t", "threshold": "NaN" }),
        json!({ "title": "t", "threshold": "inf" }),
        json!({ "title": "t", "overwrite": "maybe" }),
        json!({ "title": "t", "overwrite": 2 }),
        json!({ "title": "t", "tags": [["a"]] }),
        json!({ "title": "t", "tags": { "a": 1 } }),
        json!({ "title": "t", "tags": [null] }),
        json!({ "title": "t", "metadata": "a: 1" }),
        json!({ "title": "t", "metadata": "[1]" }),
        json!({ "title": "t", "metadata": [1, 2, 3, 4, 5, 6] }),
    ]
    .map(refusal)
    .to_vec();
    insta::assert_snapshot!(refusals.join("\n"));
}

#[test]
fn null_and_a_spelling_beside_it_are_one_argument() {
    let arguments = Arguments::read(&TOOL, object(json!({ "title": null, "label": "t" })));
    assert_eq!(arguments.expect("null is not given").text("title"), "t");
}

/// A value a parameter takes.
fn sample(kind: Kind) -> Value {
    match kind {
        Kind::Text | Kind::List => json!("x"),
        Kind::Choice(words) => json!(words[0]),
        Kind::Integer { least, .. } => json!(least),
        Kind::Number { least, .. } => json!(least),
        Kind::Boolean => json!(true),
        Kind::Object => json!({ "a": 1 }),
    }
}

/// A value for every required parameter of a tool.
fn required(tool: &Declaration) -> Map<String, Value> {
    let required = tool
        .parameters
        .iter()
        .filter(|parameter| parameter.need == Need::Required);
    required
        .map(|parameter| (parameter.name.to_owned(), sample(parameter.kind)))
        .collect()
}

fn properties(tool: &Value) -> &Map<String, Value> {
    tool["inputSchema"]["properties"]
        .as_object()
        .expect("a schema has properties")
}

fn listed(tools: ToolSet) -> Vec<Value> {
    cairn_server::listed(tools)
        .iter()
        .map(|tool| serde_json::to_value(tool).expect("a tool is JSON"))
        .collect()
}

#[test]
fn every_declaration_is_whole() {
    let mut names = BTreeSet::new();
    for tool in TOOLS {
        let name = tool.name;
        assert!(names.insert(name), "{name} is there twice");
        assert!(!tool.title.is_empty(), "{name} has no title");
        assert!(
            !tool.description.trim().is_empty(),
            "{name} is not described"
        );
        assert!(tool.tags.is_sorted(), "the tags of {name} are not sorted");
        let mut spellings = BTreeSet::new();
        for parameter in tool.parameters {
            assert!(
                !parameter.description.trim().is_empty(),
                "{name}.{} is not described",
                parameter.name
            );
            for spelling in parameter.aliases.iter().chain([&parameter.name]) {
                assert!(
                    spellings.insert(spelling),
                    "{name}: '{spelling}' is there twice"
                );
            }
        }
    }
}

#[test]
fn every_default_reads_back_as_itself() {
    for tool in TOOLS {
        let given = required(tool);
        let without = Arguments::read(tool, given.clone()).expect("every sample is of its kind");
        for parameter in tool.parameters {
            let Need::Default(default) = parameter.need else {
                continue;
            };
            let mut with = given.clone();
            let default = serde_json::from_str(default).expect("a default is JSON");
            with.insert(parameter.name.to_owned(), default);
            let with = Arguments::read(tool, with).unwrap_or_else(|error| panic!("{error}"));
            assert_eq!(with, without, "{}.{}", tool.name, parameter.name);
        }
    }
}

#[test]
fn every_parameter_is_reached_by_every_spelling() {
    for tool in TOOLS {
        for parameter in tool.parameters {
            for spelling in parameter.aliases.iter().chain([&parameter.name]) {
                let mut given = required(tool);
                given.remove(parameter.name);
                given.insert((*spelling).to_owned(), sample(parameter.kind));
                let arguments =
                    Arguments::read(tool, given).unwrap_or_else(|error| panic!("{error}"));
                assert!(arguments.has(parameter.name), "{}.{spelling}", tool.name);
            }
        }
    }
}

#[test]
fn fragment_45_schemas_have_the_canonical_names_alone() {
    let listed = listed(ToolSet::Full);
    assert_eq!(listed.len(), TOOLS.len());
    for (tool, wire) in TOOLS.iter().zip(&listed) {
        assert_eq!(wire["name"], tool.name);
        assert_eq!(wire["annotations"]["title"], wire["title"]);
        assert_eq!(wire["inputSchema"]["additionalProperties"], false);
        let properties = properties(wire);
        let names: Vec<&str> = tool
            .parameters
            .iter()
            .map(|parameter| parameter.name)
            .collect();
        let in_schema: BTreeSet<&str> = properties.keys().map(String::as_str).collect();
        assert_eq!(in_schema, names.into_iter().collect(), "{}", tool.name);
        for parameter in tool.parameters {
            for alias in parameter.aliases {
                assert!(!properties.contains_key(*alias), "{}.{alias}", tool.name);
            }
            let property = &properties[parameter.name];
            assert!(
                property["type"].is_string(),
                "{}.{}",
                tool.name,
                parameter.name
            );
            assert_eq!(property["description"], parameter.description);
        }
    }
}

#[test]
fn fragment_45_overwrite_is_boolean_and_operations_are_listed() {
    let listed = listed(ToolSet::Full);
    let tool = |name: &str| {
        let tool = listed.iter().find(|tool| tool["name"] == name);
        properties(tool.expect("the tool is listed"))
    };
    assert_eq!(tool("write_note")["overwrite"]["type"], "boolean");
    assert_eq!(
        tool("edit_note")["operation"]["enum"],
        json!([
            "append",
            "prepend",
            "find_replace",
            "replace_section",
            "insert_before_section",
            "insert_after_section"
        ])
    );
    assert!(tool("list_directory")["sort"]["enum"].is_array());
}

#[test]
fn every_set_of_tools_is_what_it_says() {
    for tool in listed(ToolSet::ReadOnly) {
        assert_eq!(
            tool["annotations"]["readOnlyHint"], true,
            "{}",
            tool["name"]
        );
    }
    let core = listed(ToolSet::Core);
    assert!(core.len() <= 12, "{} tools are core", core.len());
    let bytes = json!({ "tools": core }).to_string().len();
    assert!(
        bytes <= 6_000 * 4,
        "the core tools take {bytes} bytes, about {} tokens",
        bytes / 4
    );
}

/// Change a description, and this shows what every client is sent.
#[test]
fn the_list_of_tools_is_what_was_meant() {
    let listed = Value::Array(listed(ToolSet::Full));
    let listed = serde_json::to_string_pretty(&listed).expect("a value is JSON");
    insta::assert_snapshot!(listed);
}
