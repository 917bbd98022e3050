//! `tag:x` inside a query.
//!
//! It only takes a text apart; what a tag filter means is the index's. Invariant: a query without such a token comes
//! back as it is, and one inside quotes is words.

/// Tags of one query; a text is never an error, so what is more is left out.
const MOST_TAGS: usize = 64;

/// Returns the tags that `tag:x` and `tag:x,y` tokens ask for, and the query without those tokens.
///
/// An `AND` or `OR` that stood beside a token goes with it, since tags are always all required. What `NOT` takes away
/// stays in the query, as a word: tags are among the words of a note.
pub(super) fn split(query: &str) -> (Vec<String>, String) {
    let tokens = tokens(query);
    if !tokens.iter().any(|token| named(token).is_some()) {
        return (Vec::new(), query.to_owned());
    }
    let mut tags: Vec<String> = Vec::new();
    let mut rest: Vec<String> = Vec::new();
    let mut after_tag = false;
    for token in tokens {
        match named(token) {
            Some(names) if rest.last().is_some_and(|last| last == "NOT") => {
                rest.push(format!("\"{}\"", names.join(" ")));
                after_tag = false;
            }
            Some(names) => {
                if rest.last().is_some_and(|last| is_joint(last)) {
                    rest.pop();
                }
                for name in names {
                    if tags.len() < MOST_TAGS && !tags.contains(&name) {
                        tags.push(name);
                    }
                }
                after_tag = true;
            }
            None => {
                if !(after_tag && is_joint(token)) {
                    rest.push(token.to_owned());
                }
                after_tag = false;
            }
        }
    }
    (tags, rest.join(" "))
}

fn is_joint(token: &str) -> bool {
    matches!(token, "AND" | "OR")
}

/// The tags of a token; `None` if it is no tag token.
fn named(token: &str) -> Option<Vec<String>> {
    let (scheme, list) = token.split_at_checked("tag:".len())?;
    if !scheme.eq_ignore_ascii_case("tag:") {
        return None;
    }
    let names: Vec<String> = list
        .trim_matches('"')
        .split(',')
        .map(|name| name.trim().trim_start_matches('#').to_owned())
        .filter(|name| !name.is_empty())
        .collect();
    (!names.is_empty()).then_some(names)
}

/// The pieces between blanks that are in no quotes.
fn tokens(query: &str) -> Vec<&str> {
    let mut is_quoted = false;
    query
        .split(|character: char| {
            if character == '"' {
                is_quoted = !is_quoted;
            }
            character.is_whitespace() && !is_quoted
        })
        .filter(|token| !token.is_empty())
        .collect()
}

#[cfg(test)]
mod tests {
    use super::split;

    #[test]
    fn tags_are_taken_out_of_a_query() {
        for (query, tags, rest) in [
            ("oauth flow", vec![], "oauth flow"),
            ("tag:security", vec!["security"], ""),
            ("tag:a,#b  oauth", vec!["a", "b"], "oauth"),
            ("oauth Tag:a flow tag:a", vec!["a"], "oauth flow"),
            (
                "tag:\"two words\" AND oauth OR jwt",
                vec!["two words"],
                "oauth OR jwt",
            ),
            ("tag:a OR tag:b", vec!["a", "b"], ""),
            ("oauth NOT tag:a", vec![], "oauth NOT \"a\""),
            ("\"a tag:b c\"", vec![], "\"a tag:b c\""),
            ("tag: x", vec![], "tag: x"),
            ("stage:x ", vec![], "stage:x "),
        ] {
            let (found, left) = split(query);
            assert_eq!(found, tags, "{query}");
            assert_eq!(left, rest, "{query}");
        }
    }
}
