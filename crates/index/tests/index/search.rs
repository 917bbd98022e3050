//! Queries, filters and pages.

use super::*;

#[test]
fn all_terms_the_title_and_the_phrase_count_most() {
    let index = index(&[
        ("long.md", "tomato tomato tomato tomato tomato seed"),
        ("title.md", "---\ntitle: Tomato seed\n---\nHow to keep it."),
        ("both.md", "Sow the seed of a tomato in March."),
        ("none.md", "Beans and peas."),
    ]);
    assert_eq!(
        found(&index, "tomato seed"),
        ["title.md", "long.md", "both.md"]
    );
    assert_eq!(
        found(&index, "the seed of a tomato"),
        ["title.md", "both.md", "long.md"]
    );
}

#[test]
fn other_forms_of_a_word_are_found_after_the_word_itself() {
    let index = index(&[
        ("1-other.md", "We were out gardening all the day."),
        ("2-itself.md", "We were in the garden all day."),
        ("3-more.md", "We saw many gardens all the day."),
        ("4-none.md", "Gardenias do not count."),
        ("5-title.md", "---\ntitle: Runs\n---\nOf a river."),
    ]);
    let sorted = |query| {
        let mut found = found(&index, query);
        found.sort();
        found
    };
    let cases: [(&str, &[&str]); 7] = [
        ("garden", &["1-other.md", "2-itself.md", "3-more.md"]),
        ("gardened", &["1-other.md", "2-itself.md", "3-more.md"]),
        (
            "gardening river",
            &["1-other.md", "2-itself.md", "3-more.md", "5-title.md"],
        ),
        ("running", &["5-title.md"]),
        // What is written so is meant so.
        ("\"garden\"", &["2-itself.md"]),
        ("garden AND day", &["2-itself.md"]),
        ("gardening*", &["1-other.md"]),
    ];
    for (query, wanted) in cases {
        assert_eq!(sorted(query), wanted, "{query}");
    }
    assert_eq!(found(&index, "garden")[0], "2-itself.md");
    assert_eq!(found(&index, "gardening")[0], "1-other.md");
}

#[test]
fn the_parts_of_a_compound_word_are_found_after_the_whole() {
    let index = index(&[
        ("1-part.md", "A low fence."),
        ("2-whole.md", "A low-dose test."),
        ("3-none.md", "A fence around it."),
    ]);
    assert_eq!(
        found(&index, "low-dose aspirin"),
        ["2-whole.md", "1-part.md"]
    );
    assert_eq!(
        found(&index, "low-dose"),
        ["2-whole.md"],
        "alone it is a name"
    );
}

#[test]
fn every_script_is_found_by_its_words() {
    let index = index(&[
        ("zh.md", "今天讨论了部署方案"),
        ("ja.md", "データベースの設計"),
        ("ko.md", "서울입니다"),
        ("th.md", "ภาษาไทยง่ายมาก"),
        ("de.md", "Grüße aus Köln"),
        ("ru.md", "Ёлка и ёж"),
    ]);
    for (query, note) in [
        ("部署", "zh.md"),
        ("署", "zh.md"),
        ("データ", "ja.md"),
        ("서울", "ko.md"),
        ("ไทย", "th.md"),
        ("grusse", "de.md"),
        ("GRÜSSE", "de.md"),
        ("елка", "ru.md"),
    ] {
        assert_eq!(found(&index, query), [note], "{query}");
    }
}

#[test]
fn operators_quotes_and_prefixes_narrow() {
    let index = index(&[
        ("a.md", "red green"),
        ("b.md", "green blue"),
        ("c.md", "blue redwood"),
    ]);
    let cases: [(&str, &[&str]); 9] = [
        ("red AND green", &["a.md"]),
        ("red OR blue", &["a.md", "b.md", "c.md"]),
        ("green NOT blue", &["a.md"]),
        ("NOT blue", &["a.md"]),
        ("\"green blue\"", &["b.md"]),
        ("\"green blue\" redwood", &[]),
        ("redw*", &["c.md"]),
        ("(red OR blue) AND green", &["a.md", "b.md"]),
        ("purple", &[]),
    ];
    for (query, wanted) in cases {
        let mut found = found(&index, query);
        found.sort();
        assert_eq!(found, wanted, "{query}");
    }
}

#[test]
fn no_query_is_an_error() {
    let index = index(&[("a.md", "C++ array[index] email@domain.com say \"hello\"")]);
    for query in [
        "C++",
        "array[index]",
        "email@domain.com",
        "say \"hello\"",
        "\"",
        "AND",
        "NOT",
        "(",
        "*",
        "a*b*",
        "col:x",
        "-",
        "^",
    ] {
        found(&index, query);
    }
    assert_eq!(found(&index, "@#$%^&()"), Vec::<String>::new());
    assert_eq!(found(&index, "C++"), ["a.md"]);
    assert_eq!(found(&index, "*"), ["a.md"]);
}

#[test]
fn filters_hold_together() {
    let index = index(&[
        (
            "a/1.md",
            "---\ntype: Guide\ntags: [x, y]\nstatus: draft\n---\ntea\n- [fact] hot",
        ),
        (
            "a/2.md",
            "---\ntype: guide\ntags: [x]\nstatus: final\n---\ntea with milk",
        ),
        ("b/3.md", "tea and more tea"),
        ("tea.png", ""),
    ]);
    let with = |change: &dyn Fn(&mut Filter)| {
        let mut filter = Filter::default();
        change(&mut filter);
        let mut found = search(&index, "tea", &filter);
        found.sort();
        found
    };
    assert_eq!(with(&|_| {}), ["a/1.md", "a/2.md", "b/3.md", "tea.png"]);
    assert_eq!(
        with(&|filter| filter.folder = Some("a".to_owned())),
        ["a/1.md", "a/2.md"]
    );
    assert_eq!(
        with(&|filter| filter.note_types = vec!["GUIDE".to_owned()]),
        ["a/1.md", "a/2.md"]
    );
    assert_eq!(
        with(&|filter| filter.tags = vec!["x".to_owned(), "y".to_owned()]),
        ["a/1.md"]
    );
    assert_eq!(
        with(&|filter| filter.categories = vec!["fact".to_owned()]),
        ["a/1.md"]
    );
    assert_eq!(
        with(&|filter| filter.notes_only = true),
        ["a/1.md", "a/2.md", "b/3.md"]
    );
    assert_eq!(
        with(&|filter| filter.projects = vec![OTHER]),
        Vec::<String>::new()
    );
    let status = |value: serde_json::Value| {
        let mut filters = Metadata::new();
        filters.insert("status".to_owned(), value);
        with(&|filter| filter.metadata = MetadataFilter::parse(&filters).expect("a valid filter"))
    };
    assert_eq!(status("final".into()), ["a/2.md"]);
    assert_eq!(
        status(serde_json::json!({"$in": ["draft", "final"]})),
        ["a/1.md", "a/2.md"]
    );
    assert_eq!(status(serde_json::json!({"$gt": "e"})), ["a/2.md"]);
    let mut tagged = found(&index, "tag:x");
    tagged.sort();
    assert_eq!(tagged, ["a/1.md", "a/2.md"]);
}

#[test]
fn pages_neither_repeat_nor_skip() {
    let notes: Vec<(String, String)> = (0..25)
        .map(|number| {
            (
                format!("{number:02}.md"),
                format!("tea {}", "cup ".repeat(number)),
            )
        })
        .collect();
    let notes: Vec<(&str, &str)> = notes
        .iter()
        .map(|(at, text)| (at.as_str(), text.as_str()))
        .collect();
    let index = index(&notes);
    let query = Query::parse("tea");
    let mut all: Vec<String> = Vec::new();
    for page in 0..5 {
        let hits = ask(&index, |session| {
            session
                .lexical(&query, &Filter::default(), 6, page * 6)
                .expect("a page of hits")
        });
        assert_eq!((hits.total, hits.total_is_exact), (25, true));
        all.extend(hits.hits.into_iter().map(|hit| hit.note.path.to_string()));
    }
    assert_eq!(all.len(), 25);
    all.sort();
    all.dedup();
    assert_eq!(all.len(), 25);
}

#[test]
fn leaving_common_words_out_first_changes_no_hit() {
    // More occurrences than are scored without a second thought, and one rare word.
    let notes: Vec<(String, String)> = (0..12_000)
        .map(|number| {
            let rare = if number % 4_000 == 7 { "zebra" } else { "" };
            (
                format!("{number:05}.md"),
                format!("common usual {rare} w{}", number % 97),
            )
        })
        .collect();
    let notes: Vec<(&str, &str)> = notes
        .iter()
        .map(|(at, text)| (at.as_str(), text.as_str()))
        .collect();
    let index = index(&notes);
    let hits = ask(&index, |session| {
        session
            .lexical(
                &Query::parse("zebra common usual"),
                &Filter::default(),
                3,
                0,
            )
            .expect("hits")
    });
    let paths: Vec<String> = hits
        .hits
        .iter()
        .map(|hit| hit.note.path.to_string())
        .collect();
    assert_eq!(paths, ["00007.md", "04007.md", "08007.md"]);
    assert!(
        !hits.total_is_exact,
        "only the notes with the rare word were looked at"
    );
    let all = ask(&index, |session| {
        session
            .lexical(
                &Query::parse("zebra common usual"),
                &Filter::default(),
                20,
                0,
            )
            .expect("hits")
    });
    assert_eq!(
        (all.total, all.total_is_exact),
        (12_000, true),
        "more are wanted than have the rare word"
    );
    assert_eq!(
        all.hits
            .iter()
            .take(3)
            .map(|hit| hit.note.path.to_string())
            .collect::<Vec<_>>(),
        paths
    );
}
