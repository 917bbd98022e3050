//! Lines of bytes, none larger than is good.
//!
//! It knows no JSON. Invariant: a line that is too long costs no more memory than the longest that is not, and the
//! lines after it are read.

use std::io;
use tokio_util::bytes::{Bytes, BytesMut};
use tokio_util::codec::Decoder;

/// A line.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Line {
    /// A line without its end.
    Whole(Bytes),
    /// A line that was thrown away.
    TooLong,
}

/// Cuts bytes into lines; the last one needs no end.
#[derive(Debug)]
pub(super) struct Lines {
    longest: usize,
    /// How many bytes were looked at in vain.
    looked: usize,
    is_discarding: bool,
}

impl Lines {
    pub(super) fn new(longest: usize) -> Self {
        Self {
            longest,
            looked: 0,
            is_discarding: false,
        }
    }
}

impl Decoder for Lines {
    type Item = Line;
    type Error = io::Error;

    fn decode(&mut self, bytes: &mut BytesMut) -> io::Result<Option<Line>> {
        loop {
            let end = bytes[self.looked..]
                .iter()
                .position(|byte| *byte == b'\n')
                .map(|at| self.looked + at);
            match end {
                Some(end) => {
                    let line = bytes.split_to(end + 1).freeze().slice(..end);
                    self.looked = 0;
                    if std::mem::take(&mut self.is_discarding) {
                        continue;
                    }
                    if line.len() > self.longest {
                        return Ok(Some(Line::TooLong));
                    }
                    return Ok(Some(Line::Whole(line)));
                }
                None if self.is_discarding => {
                    bytes.clear();
                    self.looked = 0;
                    return Ok(None);
                }
                None if bytes.len() > self.longest => {
                    bytes.clear();
                    self.looked = 0;
                    self.is_discarding = true;
                    return Ok(Some(Line::TooLong));
                }
                None => {
                    self.looked = bytes.len();
                    return Ok(None);
                }
            }
        }
    }

    fn decode_eof(&mut self, bytes: &mut BytesMut) -> io::Result<Option<Line>> {
        if let Some(line) = self.decode(bytes)? {
            return Ok(Some(line));
        }
        self.looked = 0;
        let rest = bytes.split().freeze();
        Ok((!rest.is_empty()).then_some(Line::Whole(rest)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The lines of bytes that come in pieces; `!` for one that is too long.
    fn lines(pieces: &[&str]) -> Vec<String> {
        let (mut decoder, mut bytes, mut lines) = (Lines::new(5), BytesMut::new(), Vec::new());
        let shown = |line| match line {
            Line::Whole(bytes) => String::from_utf8_lossy(&bytes).into_owned(),
            Line::TooLong => "!".to_owned(),
        };
        for piece in pieces {
            bytes.extend_from_slice(piece.as_bytes());
            while let Some(line) = decoder.decode(&mut bytes).expect("it has no errors") {
                lines.push(shown(line));
            }
        }
        while let Some(line) = decoder.decode_eof(&mut bytes).expect("it has no errors") {
            lines.push(shown(line));
        }
        lines
    }

    #[test]
    fn lines_come_whole_however_they_are_cut() {
        assert_eq!(lines(&["a\nb", "b\n\nc"]), ["a", "bb", "", "c"]);
        assert_eq!(lines(&["12345\n"]), ["12345"]);
        assert_eq!(lines(&[]), Vec::<String>::new());
    }

    #[test]
    fn a_long_line_is_thrown_away_and_the_next_is_read() {
        assert_eq!(lines(&["123456\nb\n"]), ["!", "b"]);
        assert_eq!(lines(&["123", "456", "789", "0\nb\n"]), ["!", "b"]);
        assert_eq!(lines(&["1234567"]), ["!"]);
    }
}
