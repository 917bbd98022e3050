//! Paths people and agents ask for, and the names of new files.

use cairn_note::path::{FileNameStyle, NotePath, PathError, file_name_for_title, sanitize_folder};
use cairn_testkit::{rows, unescape};
use proptest::prelude::*;

fn name(error: &PathError) -> String {
    let debug = format!("{error:?}");
    debug
        .split(['(', ' '])
        .next()
        .unwrap_or_default()
        .to_owned()
}

#[test]
fn parse() {
    for [asked, wanted] in rows(include_str!("data/path/parse.tsv")) {
        let got = match NotePath::parse(&unescape(asked)) {
            Ok(path) => format!("= {path}"),
            Err(error) => name(&error),
        };
        assert_eq!(got, unescape(wanted), "{asked}");
    }
    let longest = "é".repeat(127);
    assert!(NotePath::parse(&format!("a/{longest}")).is_ok());
    assert!(matches!(
        NotePath::parse(&format!("a/{longest}é")),
        Err(PathError::TooLong(_))
    ));
}

#[test]
fn an_error_says_what_and_why() {
    let said = |text| NotePath::parse(text).expect_err("refused").to_string();
    assert_eq!(
        said("a/../b.md"),
        "the path 'a/../b.md' leads out of a folder with '..'"
    );
    assert_eq!(
        said("a/con.md"),
        "the path 'a/con.md' has the component 'con.md', which Windows reserves"
    );
    assert_eq!(said("a\0b"), "the path 'a\\0b' has a control character");
}

#[test]
fn from_disk_takes_what_a_folder_can_hold() {
    for text in [
        "a.md",
        "~x/CON.md",
        "a./b .md",
        "...",
        "a\\b",
        ".. ",
        "x\ty",
        "C:x",
    ] {
        assert_eq!(
            NotePath::from_disk(text).as_ref().map(NotePath::as_str),
            Ok(text)
        );
    }
    for (text, error) in [
        ("", "Empty"),
        ("/a", "Absolute"),
        ("a//b", "Nameless"),
        ("a/", "Nameless"),
        ("./a", "Nameless"),
        ("a/..", "Parent"),
        ("a\0", "Control"),
    ] {
        assert_eq!(
            NotePath::from_disk(text).as_ref().map_err(name),
            Err(error.to_owned()).as_ref().map_err(String::clone),
            "{text:?}"
        );
    }
}

#[test]
fn parts() {
    let parts = |text| {
        let path = NotePath::from_disk(text).expect("a path");
        let extension = path.extension().unwrap_or("none").to_owned();
        format!(
            "{}|{}|{}|{extension}|{}",
            path.parent(),
            path.file_name(),
            path.stem(),
            path.is_markdown()
        )
    };
    assert_eq!(parts("a/b/Tea.md"), "a/b|Tea.md|Tea|md|true");
    assert_eq!(parts("Tea.MarkDown"), "|Tea.MarkDown|Tea|MarkDown|true");
    assert_eq!(parts("a/x.tar.gz"), "a|x.tar.gz|x.tar|gz|false");
    assert_eq!(parts(".hidden"), "|.hidden|.hidden|none|false");
    assert_eq!(parts(".md"), "|.md|.md|none|false");
    assert_eq!(parts("a.b/README"), "a.b|README|README|none|false");
}

#[test]
fn folders() {
    let path = NotePath::parse("a/b/c.md").expect("a path");
    for folder in ["", "/", "a", "a/", "/a", "a/b", "/a/b/"] {
        assert!(path.starts_with_folder(folder), "{folder}");
    }
    for folder in ["b", "a/b/c.md", "A", "a/bc"] {
        assert!(!path.starts_with_folder(folder), "{folder}");
    }
    for (folder, wanted) in [
        ("", "x.md"),
        ("/", "x.md"),
        ("a", "a/x.md"),
        ("/a/b/", "a/b/x.md"),
    ] {
        assert_eq!(
            NotePath::join(folder, "x.md")
                .as_ref()
                .map(NotePath::as_str),
            Ok(wanted)
        );
    }
    assert!(matches!(
        NotePath::join("../a", "x.md"),
        Err(PathError::Parent(_))
    ));
}

#[test]
fn titles_and_folders() {
    for [title, plain, kebab] in rows(include_str!("data/path/title.tsv")) {
        assert_eq!(
            file_name_for_title(title, FileNameStyle::Title),
            plain,
            "{title}"
        );
        assert_eq!(
            file_name_for_title(title, FileNameStyle::Kebab),
            kebab,
            "{title}"
        );
    }
    for [folder, wanted] in rows(include_str!("data/path/folder.tsv")) {
        assert_eq!(sanitize_folder(folder), wanted, "{folder:?}");
    }
}

#[test]
fn look_alikes() {
    for [one, other, alike] in rows(include_str!("data/path/alias.tsv")) {
        let key = |text| NotePath::from_disk(text).expect("a path").alias_key();
        assert_eq!(
            key(one) == key(other),
            alike == "same",
            "{one} {other}: {} {}",
            key(one),
            key(other)
        );
        assert_eq!(key(&key(one)), key(one), "{one}");
    }
}

proptest! {
    #[test]
    fn a_parsed_path_parses_to_itself(text in "[a-zé./ ~:\\\\]{0,12}") {
        if let Ok(path) = NotePath::parse(&text) {
            let again = NotePath::parse(path.as_str());
            prop_assert_eq!(again.as_ref(), Ok(&path));
            prop_assert_eq!(NotePath::from_disk(path.as_str()), Ok(path));
        }
    }

    #[test]
    fn any_title_names_a_file(title in any::<String>(), repeat in 1_usize..200) {
        for style in [FileNameStyle::Title, FileNameStyle::Kebab] {
            let file = file_name_for_title(&title.repeat(repeat), style);
            prop_assert!(file.len() <= 255 - ".tmp-0123456789abcdef".len(), "{}", file);
            let parsed = NotePath::parse(&file);
            prop_assert!(parsed.is_ok(), "{:?}", parsed);
        }
    }

    #[test]
    fn sanitizing_a_folder_is_idempotent(folder in any::<String>()) {
        let once = sanitize_folder(&folder);
        prop_assert_eq!(sanitize_folder(&once), once);
    }
}
