//! How arguments are read, and what every tool's declaration must hold.

use cairn_server::{
    Arguments, Declaration, Effect, Kind, Need, Parameter, Produces, Profile, Reply,
};
use serde_json::{Map, Value, json};

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
