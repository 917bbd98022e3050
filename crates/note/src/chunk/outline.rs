//! The headings of a body and where it may be cut, drawn while its blocks are walked.
//!
//! Not what becomes a passage. Invariant: cuts ascend, and each but the first is the start of a line.

use crate::blocks::{Kind, Leaf, line_start};

/// Characters of a heading that a path keeps: the path is repeated in every passage below it.
const LONGEST_HEADING: usize = 200;

/// The headings of a note's body and the places where it may be cut: what is left to be known of a text that is parsed
/// when it is cut into passages.
#[derive(Debug, Default)]
pub struct Outline {
    headings: Vec<OutlineHeading>,
    /// Starts of lines on which a block begins, ascending.
    pub(super) cuts: Vec<Cut>,
}

#[derive(Debug)]
struct OutlineHeading {
    text: String,
    level: u8,
    parent: Option<usize>,
}

#[derive(Debug)]
pub(super) struct Cut {
    /// A byte of the body.
    pub(super) at: usize,
    /// The innermost heading in force, the block itself included.
    pub(super) heading: Option<usize>,
    pub(super) is_heading: bool,
    /// Begins inside a list item, so that only a big item is cut here.
    pub(super) is_inner: bool,
}

impl Outline {
    fn add(&mut self, level: u8, text: &str, previous: Option<usize>) -> usize {
        let mut parent = previous;
        while let Some(above) = parent
            && self.headings[above].level >= level
        {
            parent = self.headings[above].parent;
        }
        let text = text.replace('\n', " ");
        self.headings.push(OutlineHeading {
            text: text.chars().take(LONGEST_HEADING).collect(),
            level,
            parent,
        });
        self.headings.len() - 1
    }

    /// The texts of the headings above something, outermost first.
    pub(super) fn path(&self, heading: Option<usize>) -> impl Iterator<Item = &str> {
        let mut path = Vec::new();
        let mut next = heading;
        while let Some(index) = next {
            path.push(self.headings[index].text.as_str());
            next = self.headings[index].parent;
        }
        path.into_iter().rev()
    }
}

/// An outline in the making.
#[derive(Default)]
pub(crate) struct Drawing {
    outline: Outline,
    /// The innermost heading so far.
    current: Option<usize>,
    /// The outermost list item of the leaf before.
    item: Option<usize>,
}

impl Drawing {
    /// Adds the next leaf of `body`.
    pub(crate) fn leaf(&mut self, leaf: &Leaf<'_>, body: &str) {
        if let Kind::Heading(level) = leaf.kind {
            let heading = self.outline.add(level, &leaf.text(), self.current);
            self.current = Some(heading);
        }
        let is_inner = leaf.outer_item.is_some() && leaf.outer_item == self.item;
        self.item = leaf.outer_item;
        let begin = if is_inner { None } else { leaf.outer_item };
        let at = line_start(body, begin.unwrap_or(leaf.range.start));
        let cuts = &mut self.outline.cuts;
        if cuts.last().is_none_or(|cut| cut.at < at) {
            cuts.push(Cut {
                at,
                heading: self.current,
                is_heading: matches!(leaf.kind, Kind::Heading(_)),
                is_inner,
            });
        }
    }

    /// Returns the outline, with its places moved to where they stand in the text that was given.
    pub(crate) fn finish(mut self, place: impl Fn(usize) -> usize) -> Outline {
        for cut in &mut self.outline.cuts {
            cut.at = place(cut.at);
        }
        self.outline
    }
}
