//! Metadata filters, from a table of filters and the notes they let through.

use cairn_note::Metadata;
use cairn_note::filter::MetadataFilter;
use cairn_note::frontmatter;

/// `{filter}` lines, each followed by `yes:`, `no:` (frontmatter in braces) or `refused:` lines.
const CASES: &str = include_str!("data/filter/filters.txt");

#[test]
fn filters_let_the_right_notes_through() {
    let mut filter = Err(String::new());
    let mut count = 0;
    for line in CASES
        .lines()
        .filter(|line| !line.is_empty() && !line.starts_with('#'))
    {
        let verdict = line
            .split_once(": ")
            .filter(|(verdict, _)| matches!(*verdict, "yes" | "no" | "refused"));
        let Some((verdict, rest)) = verdict else {
            let parsed: Metadata = serde_json::from_str(line).expect("a filter is a JSON object");
            filter = MetadataFilter::parse(&parsed).map_err(|error| error.to_string());
            continue;
        };
        count += 1;
        if verdict == "refused" {
            assert_eq!(filter.as_ref().map(|_| ()), Err(&rest.to_owned()), "{line}");
            continue;
        }
        let read = frontmatter::read(&format!("---\n{rest}\n---\n"));
        assert_eq!(read.warnings, [], "{line}");
        let filter = filter
            .as_ref()
            .unwrap_or_else(|error| panic!("{line}: the filter was refused: {error}"));
        assert_eq!(
            filter.matches(&read.metadata),
            verdict == "yes",
            "{line}: {filter:?}"
        );
    }
    assert!(count > 50, "the cases are cut short");
}
