//! Where links stand in a text, and giving one of them another target.

use cairn_note::link::{Form, LinkSpan, rewrite, spans};
use cairn_note::parse;
use proptest::prelude::*;

/// The text with `«…»` around the last of each link's names, which is what a rename replaces.
fn marked(text: &str) -> String {
    let places: Vec<_> = spans(text)
        .iter()
        .map(|span| {
            let name = span.names.last().expect("a link has a name").clone();
            let words = format!("«{}»", &text[name.clone()]);
            (name, words)
        })
        .collect();
    rewrite(text, &places)
}

#[test]
fn finds_every_kind_of_link() {
    let cases = [
        ("[[Tea]]", "[[«Tea»]]"),
        (
            "- uses [[ Tea ]] (at [[Noon]])",
            "- uses [[ «Tea» ]] (at [[«Noon»]])",
        ),
        ("# On [[Tea|tea]]", "# On [[«Tea»|tea]]"),
        (
            "> a\n> b [[a/Tea.md#Top | x]]",
            "> a\n> b [[«a/Tea.md»#Top | x]]",
        ),
        (
            "![[pic.png]] and [[work::a/b]]",
            "![[«pic.png»]] and [[work::«a/b»]]",
        ),
        ("[[work::/a]]", "[[work::/«a»]]"),
        ("[[memory://a/tea]]", "[[memory://«a/tea»]]"),
        ("| [[Tea\\|tea]] |\n|---|", "| [[«Tea»\\|tea]] |\n|---|"),
        (
            "[a](b.md) ![c](<d e.png> \"t\")",
            "[a](«b.md») ![c](<«d e.png»> \"t\")",
        ),
        ("[a]( b%20(c).md#d )", "[a]( «b%20(c).md»#d )"),
        ("[[[a]](b.md)](c.md)", "[[«[a»]](«b.md»)](c.md)"),
        (
            "[x](memory://main/tea) <memory://tea#a>",
            "[x](memory://«main/tea») <memory://«tea»#a>",
        ),
        (
            "[see][r]\n\n[r]: <a b.md> 'Tea'",
            "[see][r]\n\n[r]: <«a b.md»> 'Tea'",
        ),
        ("[r]: ../a.md\n", "[r]: «../a.md»\n"),
        ("[![i](i.png)](t.md)", "[![i](«i.png»)](«t.md»)"),
        (
            "\u{feff}---\na: '[[No]]'\n---\r\n\r\n[[茶]] 🍵 [x](茶.md)\r\n",
            "\u{feff}---\na: '[[No]]'\n---\r\n\r\n[[«茶»]] 🍵 [x](«茶.md»)\r\n",
        ),
        ("a <!-- [[Tea]] -->", "a <!-- [[«Tea»]] -->"),
        ("[[A]] then [[Broken", "[[«A»]] then [[Broken"),
    ];
    for (text, expected) in cases {
        assert_eq!(marked(text), expected, "for {text:?}");
    }
}

#[test]
fn finds_no_link_where_there_is_none() {
    for text in [
        "`[[Tea]]` and ``a [[b]] ` c``",
        "```\n[[Tea]] [a](b.md)\n```",
        "a\n\n    [[Tea]]\n",
        "<!-- [[Tea]] [a](b.md) -->",
        "<div>\n[[Tea]]\n</div>",
        "[[]] [[ | x]] [[a\nb]]",
        "[a](https://a.b/c.md) [b](mailto:x@y.z) [c](#here) [d]() <https://x.y> [e](//host/x)",
        "[x] (a.md) \\[x](a.md)",
        "---\nup: \"[[Tea]]\"\n---\n",
        "`[a](b.md)`",
    ] {
        assert_eq!(marked(text), text);
    }
}

#[test]
fn a_name_may_end_before_its_heading() {
    let text = "[[C# notes#Loops]] [x](a.md#b)";
    let names: Vec<Vec<&str>> = spans(text)
        .into_iter()
        .map(|span| span.names.into_iter().map(|name| &text[name]).collect())
        .collect();
    assert_eq!(names, [vec!["C# notes#Loops", "C"], vec!["a.md"]]);
}

#[test]
fn reads_and_writes_targets() {
    let cases = [
        (Form::Wiki, "a b", "Ü (1)#x", Some("Ü (1)#x")),
        (Form::Wiki, "a", "b|c", None),
        (Form::Wiki, "a", "b]]c", None),
        (Form::Wiki, "a", "b]", None),
        (
            Form::Markdown,
            "a%20b.md",
            "c (d).md",
            Some("c%20%28d%29.md"),
        ),
        (Form::Markdown, "a.md", "50%#?.md", Some("50%25%23%3F.md")),
        (Form::Markdown, "a.md", "x: y.md", Some("x%3A%20y.md")),
        (Form::Markdown, "a.md", "茶.md", Some("茶.md")),
        (Form::Markdown, "%E8%8C%B6.md", "é.md", Some("%C3%A9.md")),
        (Form::Angled, "a b.md", "c (d).md", Some("c (d).md")),
        (Form::Angled, "a%20b.md", "c d.md", Some("c%20d.md")),
        (Form::Angled, "a", "<b>", Some("%3Cb%3E")),
    ];
    for (form, like, name, expected) in cases {
        let written = form.write(name, like);
        assert_eq!(written.as_deref(), expected, "{name}");
        if let Some(written) = written {
            assert_eq!(form.read(&written), name, "{written}");
        }
    }
    assert_eq!(Form::Markdown.read("a\\_b\\c%2g%ff"), "a\\_b\\c%2g%ff");
    assert_eq!(Form::Markdown.read("a\\_b%20c"), "a_b c");
}

/// Pieces that make links, code and their neighbours likely.
fn texts() -> impl Strategy<Value = String> {
    let piece = prop::sample::select(vec![
        "[[",
        "]]",
        "Tea",
        "[[Tea]]",
        "[x](a.md)",
        "[[a/b#c|d]] ",
        "a/Tea.md",
        "|x",
        "#h",
        "`",
        "```\n",
        "\n",
        "\r\n",
        "\n\n",
        "- ",
        "> ",
        "[x](",
        ")",
        "<",
        ">",
        "!",
        "[r]: ",
        "memory://",
        "p::",
        "茶",
        "🍵",
        "\\",
        "%20",
        "    ",
        "<!-- ",
        " -->",
        "\u{feff}",
        "---\n",
        "a: b\n",
        "\0",
        " ",
        "(c)",
        "&amp;",
    ]);
    prop::collection::vec(piece, 0..40).prop_map(|pieces| pieces.concat())
}

fn check(text: &str, found: &[LinkSpan]) -> Result<(), TestCaseError> {
    let mut end = 0;
    for span in found {
        prop_assert!(span.range.start >= end && span.range.end <= text.len());
        end = span.range.end;
        prop_assert!(!span.names.is_empty());
        for name in span.names.iter().chain(&span.project) {
            prop_assert!(name.start >= span.range.start && name.end <= span.range.end);
            prop_assert!(text.is_char_boundary(name.start) && text.is_char_boundary(name.end));
        }
    }
    Ok(())
}

proptest! {
    #[test]
    fn spans_are_in_order_and_replacing_nothing_changes_nothing(text in texts()) {
        let found = spans(&text);
        check(&text, &found)?;
        let places: Vec<_> = found
            .iter()
            .map(|span| (span.range.clone(), text[span.range.clone()].to_owned()))
            .collect();
        prop_assert_eq!(rewrite(&text, &places), text);
    }

    #[test]
    fn one_new_target_changes_no_other_byte(text in texts(), pick in any::<prop::sample::Index>()) {
        let found = spans(&text);
        if found.is_empty() {
            return Ok(());
        }
        let span = &found[pick.index(found.len())];
        let name = span.names.last().expect("a link has a name").clone();
        let new = span.form.write("new/Name", &text[name.clone()]).expect("it can be written");
        let edited = rewrite(&text, &[(name.clone(), new.clone())]);
        prop_assert!(edited.starts_with(&text[..name.start]));
        prop_assert!(edited.ends_with(&text[name.end..]));
        prop_assert_eq!(edited.len(), text.len() - name.len() + new.len());
    }

    #[test]
    fn what_is_a_relation_outside_code_is_a_span(words in "[a-z]{1,8}", before in "([a-z][a-z ]{0,8})?", quote in "(> |- |)") {
        let text = format!("{quote}{before}[[{words}]]\n");
        let note = parse(&text);
        let found = spans(&text);
        prop_assert_eq!(note.relations.len(), found.len());
        prop_assert_eq!(&note.relations[0].target, &text[found[0].names[0].clone()]);
    }
}
