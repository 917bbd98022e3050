//! Passages of a note: what is embedded, and what a hit shows.
//!
//! Whole paragraphs, list items and code blocks are packed across small headings; a passage is a run of whole
//! lines, never a rewritten text. Frontmatter belongs to no passage.
//! Invariant: passages ascend, never overlap, begin and end on characters that are not white space, and
//! together hold everything in the body that is not white space.

mod outline;
mod told;

pub(crate) use outline::Drawing;
pub use outline::Outline;
pub use told::{PassageHash, date_of, hashes, told};

use std::ops::Range;

use crate::blocks::{is_space, trim};
use crate::parse;

/// A passage.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Passage {
    /// The headings above its first block that is not itself a heading, outermost first.
    pub heading_path: Vec<String>,
    /// Its bytes in the given text.
    pub range: Range<usize>,
}

/// Bumped when passages are cut otherwise, or a model is told something else of them.
pub const VERSION: u32 = 1;

// Sizes are in words (see `weight`); 60–100 words to a passage ranked best of what was measured, and one-line
// passages worst.

/// A passage of at least this size takes nothing more.
const FULL: usize = 60;
/// A passage of at least this size is ended by a heading.
const ENOUGH_FOR_SECTION: usize = 40;
/// A passage of at least this size is ended by a block that would carry it over [`ROOMY`].
const ENOUGH: usize = 30;
/// What a passage of several blocks should not exceed.
const ROOMY: usize = 100;
/// What no passage exceeds, headings apart: a single block above it is divided.
const MOST: usize = 200;
/// A last passage below this size joins the one before it.
const SCRAP: usize = 20;

/// Splits a note's text (frontmatter left out) into passages of whole paragraphs and list items, packed to
/// about 60–100 words.
///
/// Only a paragraph, list item or code block that alone exceeds 200 words is divided: a list item at its own
/// blocks, anything else at the ends of sentences and lines.
pub fn passages(text: &str) -> Vec<Passage> {
    let (body_start, outline) = parse::outline(text);
    let body = &text[body_start..];
    pack(&outline.blocks(body))
        .into_iter()
        .map(|(range, heading)| Passage {
            heading_path: outline.path(heading).map(str::to_owned).collect(),
            range: body_start + range.start..body_start + range.end,
        })
        .collect()
}

/// A piece of the body that is not divided further, white space around it left out.
struct Block {
    range: Range<usize>,
    words: usize,
    heading: Option<usize>,
    is_heading: bool,
}

impl Outline {
    /// Everything in `body`, cut into blocks. What stands before the first cut joins the first block, so that
    /// link definitions and empty items, which are no leaves, belong somewhere.
    fn blocks(&self, body: &str) -> Vec<Block> {
        let mut blocks = Vec::with_capacity(self.cuts.len());
        let mut index = 0;
        let mut start = 0;
        while start < body.len() {
            let inner = self.cuts[(index + 1).min(self.cuts.len())..]
                .iter()
                .take_while(|cut| cut.is_inner)
                .count();
            let next = index + 1 + inner;
            let end = self.cuts.get(next).map_or(body.len(), |cut| cut.at);
            let words = weight(&body[start..end]);
            if words > MOST {
                for at in index..next {
                    let end = self.cuts.get(at + 1).map_or(body.len(), |cut| cut.at);
                    self.push_divided(body, start..end, at, &mut blocks);
                    start = end;
                }
            } else {
                self.push(body, start..end, words, index, &mut blocks);
            }
            start = end;
            index = next;
        }
        blocks
    }

    fn push(
        &self,
        body: &str,
        range: Range<usize>,
        words: usize,
        cut: usize,
        blocks: &mut Vec<Block>,
    ) {
        let text = &body[range.clone()];
        let start = range.start + (text.len() - text.trim_start_matches(is_space).len());
        let end = start + trim(text).len();
        if start < end {
            let cut = self.cuts.get(cut);
            blocks.push(Block {
                range: start..end,
                words,
                heading: cut.and_then(|cut| cut.heading),
                is_heading: cut.is_some_and(|cut| cut.is_heading),
            });
        }
    }

    fn push_divided(&self, body: &str, range: Range<usize>, cut: usize, blocks: &mut Vec<Block>) {
        let mut start = range.start;
        for length in division(&body[range]) {
            let end = start + length;
            self.push(body, start..end, weight(&body[start..end]), cut, blocks);
            start = end;
        }
    }
}

/// Packs blocks into ranges, each with the heading in force at its first block that is no heading.
fn pack(blocks: &[Block]) -> Vec<(Range<usize>, Option<usize>)> {
    let mut packed: Vec<Packed> = Vec::new();
    let mut at = 0;
    while at < blocks.len() {
        // Headings stay with the block below them.
        let mut words = 0;
        let headings = blocks[at..]
            .iter()
            .take_while(|block| {
                let is_small = block.is_heading && words < ENOUGH;
                words += block.words;
                is_small
            })
            .count();
        let last = (at + headings).min(blocks.len() - 1);
        let group = &blocks[at..=last];
        let next = Packed {
            range: group[0].range.start..blocks[last].range.end,
            words: group.iter().map(|block| block.words).sum(),
            heading: blocks[last].heading,
        };
        match packed.last_mut() {
            Some(open) if open.takes(&next, headings > 0) => open.join(&next),
            _ => packed.push(next),
        }
        at = last + 1;
    }
    join_scrap(&mut packed);
    packed
        .into_iter()
        .map(|passage| (passage.range, passage.heading))
        .collect()
}

struct Packed {
    range: Range<usize>,
    words: usize,
    heading: Option<usize>,
}

impl Packed {
    fn takes(&self, next: &Self, begins_section: bool) -> bool {
        let together = self.words + next.words;
        let enough = if begins_section {
            ENOUGH_FOR_SECTION
        } else {
            FULL
        };
        let fits = together <= ROOMY || self.words < ENOUGH;
        self.words < enough && fits && together <= MOST
    }

    fn join(&mut self, next: &Self) {
        self.range.end = next.range.end;
        self.words += next.words;
    }
}

fn join_scrap(packed: &mut Vec<Packed>) {
    if let [.., before, last] = packed.as_slice()
        && last.words < SCRAP
        && before.words + last.words <= MOST
        && let Some(last) = packed.pop()
        && let Some(before) = packed.last_mut()
    {
        before.join(&last);
    }
}

/// A sixth of a word, so that one and a half characters of a script without spaces make a word exactly.
const SIXTHS: usize = 6;
/// Characters of one unbroken run that count as a word, so that addresses and encoded data have a size.
const RUN: usize = 24;

/// What one more character adds, in sixths of a word, and whether it belongs to a run of letters.
fn step(c: char, run: &mut usize) -> usize {
    if is_space(c) {
        *run = 0;
        return 0;
    }
    match c {
        // Ideographs and kana.
        '\u{2e80}'..='\u{a4cf}' | '\u{f900}'..='\u{faff}' | '\u{20000}'..='\u{3ffff}' => {
            *run = 0;
            4
        }
        // Thai, Lao, Myanmar, Khmer: about three characters to a word.
        '\u{e00}'..='\u{eff}' | '\u{1000}'..='\u{109f}' | '\u{1780}'..='\u{17ff}' => {
            *run = 0;
            2
        }
        _ => {
            *run += 1;
            if *run % RUN == 1 { SIXTHS } else { 0 }
        }
    }
}

/// The size of `text` in words.
pub fn weight(text: &str) -> usize {
    if text.is_ascii() {
        return weight_of_ascii(text.as_bytes());
    }
    let mut run = 0;
    let sixths: usize = text.chars().map(|c| step(c, &mut run)).sum();
    sixths.div_ceil(SIXTHS)
}

/// What [`step`] comes to, much faster.
fn weight_of_ascii(text: &[u8]) -> usize {
    let (mut words, mut left) = (0, 0);
    for byte in text {
        if matches!(byte, b' ' | 0x09..=0x0d | 0x1c..=0x1f) {
            left = 0;
        } else if left == 0 {
            words += 1;
            left = RUN - 1;
        } else {
            left -= 1;
        }
    }
    words
}

/// The lengths of the parts an overlong text is divided into: at the end of a sentence or line once a part is
/// [`FULL`], at any white space once it is [`ROOMY`], anywhere at one and a half times that.
fn division(text: &str) -> Vec<usize> {
    if weight(text) <= MOST {
        return vec![text.len()];
    }
    let mut lengths = Vec::new();
    let mut start = 0;
    let mut sixths = 0;
    let mut run = 0;
    let mut previous = ' ';
    for (at, c) in text.char_indices() {
        let good = c == '\n' || ends_sentence(previous, c);
        let is_end = (good && sixths >= FULL * SIXTHS)
            || (is_space(c) && sixths >= ROOMY * SIXTHS)
            || sixths >= (ROOMY + ROOMY / 2) * SIXTHS;
        if is_end {
            lengths.push(at - start);
            start = at;
            sixths = 0;
            run = 0;
        }
        sixths += step(c, &mut run);
        previous = c;
    }
    lengths.push(text.len() - start);
    lengths
}

fn ends_sentence(previous: char, c: char) -> bool {
    match previous {
        '.' | '!' | '?' | '…' => is_space(c),
        '。' | '！' | '？' | '।' | '။' | '։' | '؟' | '۔' => true,
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ascii_weighs_what_its_characters_weigh() {
        let long = "x".repeat(100);
        for text in [
            "",
            " ",
            "a",
            "one two\tthree\x1cfour\x0bfive\n",
            "a\0b",
            &long,
        ] {
            let (mut run, mut sixths) = (0, 0);
            for c in text.chars() {
                sixths += step(c, &mut run);
            }
            assert_eq!(
                weight_of_ascii(text.as_bytes()) * SIXTHS,
                sixths,
                "{text:?}"
            );
        }
        for byte in 0..128_u8 {
            let text = format!("a{}b", char::from(byte));
            assert_eq!(
                weight(&text),
                1 + usize::from(is_space(char::from(byte))),
                "{byte}"
            );
        }
    }
}
