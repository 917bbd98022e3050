//! The splitter: a table of texts and their terms, and what holds for every text.

use cairn_note::words::{Phrase, is_stop_word, phrase, terms};
use cairn_testkit::unescape;
use proptest::prelude::*;
use unicode_normalization::UnicodeNormalization;

fn split(text: &str) -> Vec<String> {
    let mut out = String::from("kept ");
    let count = terms(text, &mut out);
    let appended = out
        .strip_prefix("kept ")
        .expect("what was in the buffer stays");
    assert!(
        appended.is_empty() || appended.ends_with(' '),
        "{text:?}: {appended:?}"
    );
    let list: Vec<String> = appended.split_terminator(' ').map(str::to_owned).collect();
    assert_eq!(list.len(), count as usize, "{text:?}: {appended:?}");
    list
}

#[test]
fn the_table_of_texts_and_terms() {
    let mut wrong = Vec::new();
    let mut rows = 0;
    for line in include_str!("data/words/terms.txt").lines() {
        if line.starts_with('#') || line.is_empty() {
            continue;
        }
        let (text, expected) = line.split_once(" =>").expect("a row has an arrow");
        let (text, expected) = (unescape(text), unescape(expected));
        let expected: String = expected.trim().nfd().collect::<String>();
        let found = split(&text).join(" ");
        if found.nfd().collect::<String>() != expected {
            wrong.push(format!("{line}\n   found {found}"));
        }
        rows += 1;
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(rows >= 50, "the table has only {rows} rows");
}

#[test]
fn a_phrase_leaves_its_end_open() {
    let list = |text: &str| {
        let Phrase { terms, prefix } = phrase(text);
        (terms.join(" "), prefix)
    };
    assert_eq!(list("部署方案"), ("部署 署方 方案".to_owned(), false));
    assert_eq!(list("部署"), ("部署".to_owned(), false));
    assert_eq!(list("署"), ("署".to_owned(), true));
    assert_eq!(list("部署。"), ("部署".to_owned(), false));
    assert_eq!(list("重跑gen"), ("重跑 跑 gen".to_owned(), false));
    assert_eq!(list("50条"), ("50 条".to_owned(), true));
    assert_eq!(list("gen-itgc"), ("gen itgc".to_owned(), false));
    assert_eq!(list("C++"), ("c++".to_owned(), false));
    assert_eq!(list("..."), (String::new(), false));
}

#[test]
fn a_term_is_at_most_64_bytes() {
    assert_eq!(split(&"a".repeat(1000)), vec!["a".repeat(64)]);
    assert_eq!(split(&"д".repeat(1000)), vec!["д".repeat(32)]);
    assert_eq!(
        split(&format!("a{}", "д".repeat(1000))),
        vec![format!("a{}", "д".repeat(31))]
    );
    let zalgo = format!("ก{}", "\u{e49}".repeat(1000));
    let found = split(&format!("{zalgo}{zalgo}"));
    assert!(found.iter().all(|term| term.len() <= 64), "{found:?}");
}

#[test]
fn many_marks_out_of_order_cost_linear_time() {
    let marks = format!(
        "क{}{}",
        "\u{94d}".repeat(200_000),
        "\u{93c}".repeat(200_000)
    );
    assert_eq!(split(&marks).len(), 1);
}

#[test]
fn stop_words_are_function_words() {
    for word in [
        "the",
        "what",
        "how",
        "does",
        "don t",
        "und",
        "nicht",
        "pourquoi",
        "ou",
        "perche",
        "как",
        "какои",
    ] {
        assert!(is_stop_word(word), "{word}");
    }
    for word in [
        "die", "war", "man", "mit", "comment", "pour", "os", "dos", "sin", "con", "come", "ai",
        "ci", "main", "note", "use", "ton", "vi", "hoe", "dove", "pro", "jest", "su", "hay",
        "sans", "van", "mine", "fur", "den", "door", "met", "est", "var", "uber", "hat", "bin", "",
        "the what", "c++",
    ] {
        assert!(!is_stop_word(word), "{word}");
    }
}

fn contains(haystack: &[String], needle: &Phrase) -> bool {
    let Some((last, before)) = needle.terms.split_last() else {
        return false;
    };
    haystack.windows(needle.terms.len()).any(|window| {
        let (end, start) = window
            .split_last()
            .expect("a window is as long as the phrase");
        start == before && (end == last || needle.prefix && end.starts_with(last.as_str()))
    })
}

/// Clusters of every continuous script, in spellings that fold.
fn cluster() -> impl Strategy<Value = &'static str> {
    prop::sample::select(vec![
        "部",
        "署",
        "方",
        "東",
        "の",
        "が",
        "か\u{3099}",
        "ﾃﾞ",
        "ー",
        "々",
        "서",
        "울",
        "\u{1100}\u{1161}\u{11a8}",
        "ที่",
        "ก",
        "ไ",
        "ກ່",
        "ខ្មែ",
        "ស្រុ",
        "မြ",
        "န်",
        "က္က",
        "\u{f900}",
        "𠮷",
    ])
}

fn word() -> impl Strategy<Value = String> {
    prop_oneof![
        "[a-zA-Z]{1,12}",
        "[a-z]{1,4}[-_./'][a-z0-9]{1,4}",
        "[A-Z](\\+\\+|#|\\+)[0-9a-z]{0,2}",
        "[а-яА-Яё]{1,10}",
        "[ά-ώ]{1,8}",
        "\\PC{1,6}",
        prop::collection::vec(cluster(), 1..8).prop_map(|clusters| clusters.concat()),
    ]
    .prop_filter("words hold no blanks", |word| {
        !word.contains(char::is_whitespace)
    })
}

proptest! {
    #[test]
    fn terms_are_clean(text in any::<String>()) {
        for term in split(&text) {
            prop_assert!(!term.is_empty() && term.len() <= 64, "{term:?}");
            for character in term.chars() {
                let allowed = matches!(character, 'a'..='z' | '0'..='9' | '+' | '#') || !character.is_ascii();
                prop_assert!(allowed && !character.is_control() && !character.is_whitespace(), "{term:?}");
            }
        }
    }

    #[test]
    fn composed_and_decomposed_texts_are_one(text in "\\PC{0,40}") {
        prop_assert_eq!(split(&text), split(&text.nfd().collect::<String>()));
        prop_assert_eq!(split(&text), split(&text.nfc().collect::<String>()));
    }

    #[test]
    fn terms_are_stable(text in "\\PC{0,40}") {
        // What a term is does not change when terms are split again, apart from a run's overlaps.
        for term in split(&text) {
            let again = split(&term);
            prop_assert_eq!(again.first(), Some(&term));
        }
    }

    #[test]
    fn a_word_between_blanks_has_its_own_terms(words in prop::collection::vec(word(), 1..8)) {
        let apart: Vec<String> = words.iter().flat_map(|word| split(word)).collect();
        prop_assert_eq!(split(&words.join(" ")), apart.clone());
        prop_assert_eq!(split(&words.join("\r\n")), apart.clone());
        for word in &words {
            let phrase = phrase(word);
            prop_assert!(phrase.terms.is_empty() || contains(&apart, &phrase), "{word:?} in {apart:?}");
        }
    }

    #[test]
    fn any_part_of_a_continuous_run_is_found(
        clusters in prop::collection::vec(cluster(), 1..12),
        around in ("[a-z ]{0,3}", "[a-z ,。]{0,3}"),
        from in any::<prop::sample::Index>(),
        length in 1..12_usize,
    ) {
        let text = format!("{}{}{}", around.0, clusters.concat(), around.1);
        let from = from.index(clusters.len());
        let part = clusters[from..clusters.len().min(from + length)].concat();
        let (found, wanted) = (split(&text), phrase(&part));
        prop_assert!(contains(&found, &wanted), "{part:?} {wanted:?} in {found:?}");
    }
}
