//! As much of a page as fits into the tokens a client has for it.
//!
//! First passages become shorter, then rows fewer. Invariant: rows that are left out begin a page of their own, which
//! the answer names, so that nothing is skipped.

use super::Told;
use crate::mcp::budget::tokens;
use crate::mcp::reply::{Body, Reply};

/// What an answer holds of a page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Cut {
    /// How many rows.
    pub(super) rows: usize,
    /// Characters of a passage.
    pub(super) passage: usize,
    /// The limit that made it so; `None` when nothing is left out.
    pub(super) limit: Option<usize>,
    /// The page on which the rows left out begin, and its size.
    pub(super) next: Option<(usize, usize)>,
}

/// What a link costs besides its texts.
const LINK: usize = 30;

/// Returns the largest answer within the limit; one row at least, when there is one.
pub(super) fn fitted(
    told: &Told<'_>,
    limit: Option<usize>,
    answer: impl Fn(Cut) -> Reply,
) -> Reply {
    let all = told.reply.rows.len();
    let whole = answer(Cut {
        rows: all,
        passage: usize::MAX,
        limit: None,
        next: None,
    });
    let Some(limit) = limit.filter(|limit| cost(&whole) > *limit) else {
        return whole;
    };
    let fits = |reply: &Reply| cost(reply) <= limit;
    let cut = |rows, passage| Cut {
        rows,
        passage,
        limit: Some(limit),
        next: None,
    };
    for passage in [100, 40, 0] {
        let shorter = answer(cut(all, passage));
        if fits(&shorter) {
            return shorter;
        }
    }
    let search = &told.ask.request.search;
    let offset = (search.page - 1) * search.page_size;
    let fewer = |rows: usize| Cut {
        next: (rows < all).then(|| (offset / rows.max(1) + 2, rows)),
        ..cut(rows, 0)
    };
    // Only so many rows that the next ones begin a page.
    let numbers: Vec<usize> = (1..=all)
        .filter(|rows| offset.is_multiple_of(*rows))
        .collect();
    let fitting = numbers.partition_point(|rows| fits(&answer(fewer(*rows))));
    answer(fewer(match fitting.checked_sub(1) {
        Some(last) => numbers[last],
        None => all.min(1),
    }))
}

fn cost(reply: &Reply) -> usize {
    let body = match &reply.body {
        Body::Text(text) => tokens(text),
        Body::Json(value) => tokens(&value.to_string()),
    };
    let links = reply.links.iter();
    body + links
        .map(|link| tokens(&link.uri) + 2 * tokens(&link.name) + LINK)
        .sum::<usize>()
}
