//! A text without one of the changes that led to it.
//!
//! Text in, text out, by lines and to the byte. Invariant: no line goes that the change did not bring, and each line it
//! took comes back, or the answer is `None`.

use similar::{Algorithm, DiffTag, capture_diff_slices};
use std::ops::Range;

/// Returns `now` without the change from `before` to `after`; `None` where the lines that change brought were changed
/// since, or the place of those it took cannot be found again.
///
/// Lines beside them may have changed: whoever wrote below the lines of someone else has not changed these.
pub(super) fn without(before: &[u8], after: &[u8], now: &[u8]) -> Option<Vec<u8>> {
    if [before, after, now].iter().any(|text| text.contains(&0)) {
        // What is no text has no lines.
        return None;
    }
    let (old, new, present) = (lines(before), lines(after), lines(now));
    // Whoever writes below a last line gives it an end, and has not changed it.
    let [old_bare, new_bare, present_bare] = [&old, &new, &present].map(|lines| bare(lines));
    let is_other_end = |(old, new): (&&[u8], &&[u8])| old != new;
    if old_bare == new_bare && old.iter().zip(&new).rev().skip(1).any(is_other_end) {
        // Lines were only given other ends, and there are none to be taken back.
        return None;
    }
    let kept = kept(&new_bare, &present_bare);
    let mut result: Vec<&[u8]> = Vec::with_capacity(present.len() + old.len());
    let mut copied = 0;
    for (was, is) in changes(&old_bare, &new_bare) {
        let place = place(&kept, &is, present.len())?;
        // Lines that were moved about have no order to put others between.
        result.extend_from_slice(present.get(copied..place.start)?);
        result.extend_from_slice(&old[was]);
        copied = place.end;
    }
    result.extend_from_slice(&present[copied..]);
    let mut text = joined(&result, now);
    // Where nobody has written below, the text ends as it did.
    let is_last = kept.last().copied().flatten() == present.len().checked_sub(1);
    let is_kept = is_last && has_end(after) == has_end(now);
    if copied == present.len() || is_kept {
        match (has_end(before), has_end(&text)) {
            (true, false) if !text.is_empty() => text.extend_from_slice(end_of(now)),
            (false, true) if !before.is_empty() => without_end(&mut text),
            _ => {}
        }
    }
    Some(text)
}

/// The lines of one text that stand in place of lines of another, in order, with equal lines between them.
fn changes(old: &[&[u8]], new: &[&[u8]]) -> Vec<(Range<usize>, Range<usize>)> {
    let mut changes: Vec<(Range<usize>, Range<usize>)> = Vec::new();
    let (mut old_at, mut new_at) = (0, 0);
    // Lengths and order are counted on; the places the library names are not always those.
    for op in capture_diff_slices(Algorithm::Myers, old, new) {
        let (tag, was, is) = op.as_tag_tuple();
        let (was, is) = (old_at..old_at + was.len(), new_at..new_at + is.len());
        (old_at, new_at) = (was.end, is.end);
        match changes.last_mut() {
            _ if tag == DiffTag::Equal => {}
            Some(last) if (last.0.end, last.1.end) == (was.start, is.start) => {
                (last.0.end, last.1.end) = (was.end, is.end);
            }
            _ => changes.push((was, is)),
        }
    }
    changes
}

/// Where each line of the text after the change is now, if it is there.
fn kept(new: &[&[u8]], present: &[&[u8]]) -> Vec<Option<usize>> {
    let mut kept = Vec::with_capacity(new.len());
    let mut place = 0;
    let end = (new.len()..new.len(), present.len()..present.len());
    for (was, is) in changes(new, present).into_iter().chain([end]) {
        let equal = was.start - kept.len();
        kept.extend((place..place + equal).map(Some));
        kept.resize(was.end, None);
        place = is.end;
    }
    kept
}

/// The lines of the present text that a change brought: all of its lines, with nothing between them.
fn place(kept: &[Option<usize>], brought: &Range<usize>, end: usize) -> Option<Range<usize>> {
    if brought.is_empty() {
        // It took lines only: they were behind the one above, or before the one below.
        let above = brought.start.checked_sub(1).map(|above| kept[above]);
        let below = kept.get(brought.start).copied().flatten();
        let place = match (above, below) {
            (_, Some(below)) => below,
            (Some(Some(above)), None) => above + 1,
            (None, None) if kept.is_empty() => end,
            (None, None) => 0,
            (Some(None), None) => return None,
        };
        return Some(place..place);
    }
    let first = kept[brought.start]?;
    let mut places = kept[brought.clone()].iter().zip(first..);
    places
        .all(|(place, expected)| *place == Some(expected))
        .then(|| first..first + brought.len())
}

fn lines(text: &[u8]) -> Vec<&[u8]> {
    text.split_inclusive(|byte| *byte == b'\n').collect()
}

/// Lines without what ends them.
fn bare<'t>(lines: &[&'t [u8]]) -> Vec<&'t [u8]> {
    let bare = |line: &&'t [u8]| {
        let line = line.strip_suffix(b"\n").unwrap_or(line);
        line.strip_suffix(b"\r").unwrap_or(line)
    };
    lines.iter().map(bare).collect()
}

/// Whether the last line has an end.
fn has_end(text: &[u8]) -> bool {
    text.ends_with(b"\n")
}

/// What ends the lines of a text.
fn end_of(text: &[u8]) -> &'static [u8] {
    if text.windows(2).any(|pair| pair == b"\r\n") {
        b"\r\n"
    } else {
        b"\n"
    }
}

/// Takes the end of the last line away.
fn without_end(text: &mut Vec<u8>) {
    let end = [&b"\r\n"[..], b"\n"]
        .into_iter()
        .find(|end| text.ends_with(end));
    text.truncate(text.len() - end.map_or(0, <[u8]>::len));
}

/// Joins lines; only the last one may be without its end.
fn joined(lines: &[&[u8]], like: &[u8]) -> Vec<u8> {
    let end = end_of(like);
    let mut text = Vec::new();
    for (number, line) in lines.iter().enumerate() {
        text.extend_from_slice(line);
        if number + 1 < lines.len() && !line.ends_with(b"\n") {
            text.extend_from_slice(end);
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::without;
    use proptest::prelude::*;

    fn taken(before: &str, after: &str, now: &str) -> Option<String> {
        without(before.as_bytes(), after.as_bytes(), now.as_bytes())
            .map(|text| String::from_utf8(text).expect("whole lines of texts are text"))
    }

    #[test]
    fn a_change_goes_and_others_stay() {
        for (before, after, now, expected) in [
            // Lines of someone else above, below and right beside it.
            (
                "a\nb\n",
                "a\nX\nb\n",
                "0\na\nX\nb\nc\n",
                Some("0\na\nb\nc\n"),
            ),
            ("a\n", "a\nX\n", "a\nX\nY\n", Some("a\nY\n")),
            ("a\n", "a\nX\n", "a\nY\nX\n", Some("a\nY\n")),
            ("a\nb\n", "a\nB\n", "A\nB\n", Some("A\nb\n")),
            // What it took comes back.
            ("a\nb\nc\n", "a\nc\n", "a\nc\nd\n", Some("a\nb\nc\nd\n")),
            ("a\nb\n", "a\n", "a\nz\n", Some("a\nb\nz\n")),
            ("a\n", "", "z\n", Some("z\na\n")),
            // Its lines were changed since, parted, or their place is gone.
            ("a\n", "A\n", "B\n", None),
            ("", "X\nY\n", "X\nz\nY\n", None),
            ("a\nb\nc\n", "a\nc\n", "z\n", None),
            // Its lines are gone already.
            ("a\n", "a\nX\n", "a\n", None),
            // Ends of lines.
            ("a", "a\nX\n", "a\nX\nY", Some("a\nY")),
            (
                "a\r\nb\r\n",
                "a\r\nX\r\n",
                "a\r\nX\r\nY\r\n",
                Some("a\r\nb\r\nY\r\n"),
            ),
            ("a\nb", "a\n", "a\nz", Some("a\nb\nz")),
            ("a\n", "a\nX", "a\nX\nY\n", Some("a\nY\n")),
            ("a\nb", "a\nb\n", "a\nb\nc\n", Some("a\nb\nc\n")),
            ("a\nb\n", "X\na\nb", "X\nmine\na\nb", Some("mine\na\nb\n")),
            ("a\nb\n", "X\na\nb", "X\na\nb\nmine", Some("a\nb\nmine")),
            ("a\nb\n", "a\r\nb\r\n", "a\r\nb\r\nc\r\n", None),
            ("a", "a\nX", "0\na\nX", Some("0\na")),
            ("a\r\n", "a\r\nX", "a\r\nX\r\nY", Some("a\r\nY")),
            ("a\0\n", "b\n", "b\nc\n", None),
        ] {
            assert_eq!(
                taken(before, after, now).as_deref(),
                expected,
                "{before:?} to {after:?}, now {now:?}"
            );
        }
    }

    proptest! {
        #[test]
        fn what_nobody_changed_since_is_what_it_was(before in "([abc]\n){0,8}", after in "([abcX]\n){0,8}") {
            prop_assert_eq!(taken(&before, &after, &after), Some(before));
        }

        #[test]
        fn no_line_of_someone_else_is_lost(
            before in "([abc]\n){0,6}",
            after in "([abcX]\n){0,6}",
            inserted in proptest::collection::vec(0..12_usize, 0..4),
        ) {
            let mut now: Vec<String> = after.lines().map(str::to_owned).collect();
            for (number, place) in inserted.iter().enumerate() {
                now.insert(place % (now.len() + 1), format!("mine {number}"));
            }
            let now: String = now.iter().map(|line| format!("{line}\n")).collect();
            if let Some(text) = taken(&before, &after, &now) {
                let mine = |text: &str| text.lines().filter(|line| line.starts_with("mine")).map(str::to_owned).collect::<Vec<_>>();
                prop_assert_eq!(mine(&text), mine(&now));
                let others: String = text.lines().filter(|line| !line.starts_with("mine")).map(|line| format!("{line}\n")).collect();
                prop_assert_eq!(others, before);
            }
        }
    }
}
