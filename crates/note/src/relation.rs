//! `- type [[Target]] (context)`, and links in prose: the relations in the raw text of a paragraph or heading.
//!
//! A list item of exactly that shape is a typed relation; every other `[[link]]` is a `links_to`, wherever it
//! stands. What a target means is not decided here (see `link`).
//! Invariant: one pass; an unclosed `[[` ends the reading, it never spoils the links before it.

use std::collections::HashSet;

use memchr::memmem;

use crate::Relation;
use crate::blocks::{is_space, trim};
use crate::observation::balanced;

/// Appends the relations in the text of one paragraph, heading or list item.
pub(crate) fn read(text: &str, in_item: bool, relations: &mut Vec<Relation>) {
    match in_item.then(|| explicit(text)).flatten() {
        Some(relation) => relations.push(relation),
        None => inline(text, relations),
    }
}

/// Keeps the first of the relations that agree in type and target.
pub(crate) fn keep_first(relations: &mut Vec<Relation>) {
    let mut seen = HashSet::with_capacity(relations.len());
    let first: Vec<bool> = relations
        .iter()
        .map(|relation| seen.insert((relation.relation_type.as_str(), relation.target.as_str())))
        .collect();
    let mut first = first.into_iter();
    relations.retain(|_| first.next().unwrap_or(true));
}

/// `TYPE [[target]]`, then nothing or one parenthesised context.
fn explicit(text: &str) -> Option<Relation> {
    let text = trim(text);
    let open = memmem::find(text.as_bytes(), b"[[")?;
    let relation_type = relation_type(trim(&text[..open]))?;
    let inside = &text[open + 2..];
    let close = memmem::find(inside.as_bytes(), b"]]")?;
    let target = trim(&inside[..close]);
    let tail = &inside[close + 2..];
    if target.is_empty() || tail.contains('\n') {
        return None;
    }
    let tail = trim(tail);
    let context = match balanced(tail, b'(', b')') {
        Some(length) if length == tail.len() => trim(&tail[1..length - 1]),
        _ if tail.is_empty() => "",
        _ => return None,
    };
    Some(relation(relation_type, target, context))
}

/// One word, or anything inside one pair of quotes.
fn relation_type(text: &str) -> Option<&str> {
    for quote in ['"', '\''] {
        let quoted = text
            .strip_prefix(quote)
            .and_then(|rest| rest.strip_suffix(quote));
        if let Some(inner) = quoted
            && !inner.contains(quote)
        {
            let inner = trim(inner);
            return (!inner.is_empty()).then_some(inner);
        }
    }
    (!text.is_empty() && !text.contains(is_space)).then_some(text)
}

/// Every outermost `[[ … ]]`.
fn inline(text: &str, relations: &mut Vec<Relation>) {
    let bytes = text.as_bytes();
    let mut from = 0;
    while let Some(open) = memmem::find(&bytes[from..], b"[[") {
        let start = from + open + 2;
        let Some(end) = outermost_end(bytes, start) else {
            return;
        };
        let target = trim(&text[start..end]);
        if !target.is_empty() {
            relations.push(relation(Relation::LINKS_TO, target, ""));
        }
        from = end + 2;
    }
}

/// Where the `]]` stands that closes the `[[` before `start`.
pub(crate) fn outermost_end(bytes: &[u8], start: usize) -> Option<usize> {
    let mut depth = 1;
    let mut at = start;
    loop {
        at += memchr::memchr2(b'[', b']', &bytes[at..])?;
        match &bytes[at..] {
            [b'[', b'[', ..] => depth += 1,
            [b']', b']', ..] if depth == 1 => return Some(at),
            [b']', b']', ..] => depth -= 1,
            _ => {
                at += 1;
                continue;
            }
        }
        at += 2;
    }
}

fn relation(relation_type: &str, target: &str, context: &str) -> Relation {
    let qualified = qualified(target);
    Relation {
        relation_type: relation_type.to_owned(),
        qualified: qualified.is_some(),
        target: qualified.unwrap_or_else(|| target.to_owned()),
        context: (!context.is_empty()).then(|| context.to_owned()),
    }
}

/// `project::rest` as `project/rest`; a `::` inside an alias qualifies nothing.
fn qualified(target: &str) -> Option<String> {
    let (project, rest) = target.split_once("::")?;
    let rest = rest.trim_start_matches('/');
    let names_both = !project.is_empty() && !rest.is_empty() && !project.contains('|');
    names_both.then(|| format!("{project}/{rest}"))
}

#[cfg(test)]
mod tests {
    use super::{keep_first, read};

    /// `type>target(context)`, a `*` before a qualified target.
    fn shown(text: &str, in_item: bool) -> String {
        let mut relations = Vec::new();
        read(text, in_item, &mut relations);
        keep_first(&mut relations);
        let shown: Vec<String> = relations
            .iter()
            .map(|relation| {
                let mark = if relation.qualified { "*" } else { "" };
                let context = relation
                    .context
                    .as_ref()
                    .map_or_else(String::new, |context| format!("({context})"));
                format!(
                    "{}>{mark}{}{context}",
                    relation.relation_type, relation.target
                )
            })
            .collect();
        shown.join(" ; ")
    }

    #[test]
    fn reads_list_items() {
        let cases = [
            ("uses [[T]]", "uses>T"),
            ("links: [[T]]", "links:>T"),
            ("uses [[T]](c)", "uses>T(c)"),
            (
                "uses [[ T | alias ]] (see (this) one)",
                "uses>T | alias(see (this) one)",
            ),
            ("uses [[T]] (a) b", "links_to>T"),
            ("uses [[T]] (a) (b)", "links_to>T"),
            ("uses [[T]] (a", "links_to>T"),
            ("uses [[T]]\nmore", "links_to>T"),
            ("uses [[T]]\n(more)", "links_to>T"),
            ("\"a b\" [[T]]", "a b>T"),
            ("\"\" [[T]]", "links_to>T"),
            ("\"a\" and \"b\" [[T]]", "links_to>T"),
            ("two words [[T]]", "links_to>T"),
            ("[[T]]", "links_to>T"),
            ("![[image.png]]", "!>image.png"),
            ("uses [[p::/a/b]]", "uses>*p/a/b"),
            ("uses [[::b]]", "uses>::b"),
            ("uses [[p::]]", "uses>p::"),
            ("uses [[a|b::c]]", "uses>a|b::c"),
            ("uses [[A]] (see [[B]])", "uses>A(see [[B]])"),
            ("uses [[]]", ""),
        ];
        for (text, expected) in cases {
            assert_eq!(shown(text, true), expected, "for {text:?}");
        }
    }

    #[test]
    fn reads_prose() {
        let cases = [
            ("uses [[T]] (c)", "links_to>T"),
            ("[[A]] and [[B]] and [[A]]", "links_to>A ; links_to>B"),
            ("[[Outer [[Inner]] Link]]", "links_to>Outer [[Inner]] Link"),
            ("[[A]] then [[Broken", "links_to>A"),
            ("[[A] ]] x", "links_to>A]"),
            ("[[[A]]]", "links_to>[A"),
        ];
        for (text, expected) in cases {
            assert_eq!(shown(text, false), expected, "for {text:?}");
        }
    }
}
