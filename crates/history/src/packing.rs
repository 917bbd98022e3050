//! Contents made small: compressed, and where one is close to another, as what differs.
//!
//! Not where they are kept. Invariant: what was packed unpacks to the same bytes, given the same base.

use std::cell::RefCell;
use zstd_safe::{CCtx, CParameter, CompressionLevel, DCtx, SafeResult};

/// zstd's own default; more is slower at little gain for texts of a few KiB.
const LEVEL: CompressionLevel = 3;

/// How many times a content may be taken apart before one is kept whole: reading one back unpacks so many.
pub(crate) const LONGEST_CHAIN: i64 = 16;

/// The longest content that is unpacked; a longer one was never written, so its length is damaged.
const LONGEST: usize = 1 << 30;

/// Contents as long as this need no special care to be compared whole.
const SHORT: usize = 512 * 1024;

/// How far back zstd may refer at most, as a power of two: 128 MiB, as much as it unpacks without being told.
const LONGEST_WINDOW: u32 = 27;

/// A base that begins like one of zstd's own dictionaries would be read as one.
const DICTIONARY_MAGIC: [u8; 4] = [0x37, 0xA4, 0x30, 0xEC];

thread_local! {
    static COMPRESS: RefCell<CCtx<'static>> = RefCell::new(CCtx::create());
    static DECOMPRESS: RefCell<DCtx<'static>> = RefCell::new(DCtx::create());
}

/// A packed content.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Packed {
    /// The bytes.
    pub(crate) bytes: Vec<u8>,
    /// Whether they can be unpacked with the base only.
    pub(crate) needs_base: bool,
}

/// Packs a content, as its difference from `base` where that is clearly shorter.
pub(crate) fn pack(content: &[u8], base: Option<&[u8]>) -> Result<Packed, &'static str> {
    let difference = base
        .filter(|base| is_usable(base))
        .map(|base| compress(content, base))
        .transpose()?;
    if let Some(bytes) = difference {
        // So short that the whole need not even be tried.
        if bytes.len() <= content.len() / 8 {
            return Ok(Packed {
                bytes,
                needs_base: true,
            });
        }
        let whole = compress(content, &[])?;
        let needs_base = bytes.len() <= whole.len() / 4 * 3;
        let bytes = if needs_base { bytes } else { whole };
        return Ok(Packed { bytes, needs_base });
    }
    Ok(Packed {
        bytes: compress(content, &[])?,
        needs_base: false,
    })
}

/// Unpacks a content of `size` bytes; `base` is what it was packed against, empty for one kept whole.
pub(crate) fn unpack(packed: &[u8], size: usize, base: &[u8]) -> Option<Vec<u8>> {
    if size > LONGEST {
        return None;
    }
    let mut content = Vec::with_capacity(size);
    DECOMPRESS
        .with_borrow_mut(|context| context.decompress_using_dict(&mut content, packed, base))
        .ok()?;
    (content.len() == size).then_some(content)
}

fn compress(content: &[u8], base: &[u8]) -> Result<Vec<u8>, &'static str> {
    let mut packed = Vec::with_capacity(zstd_safe::compress_bound(content.len()));
    let result = if content.len().max(base.len()) <= SHORT || base.is_empty() {
        COMPRESS.with_borrow_mut(|context| {
            context.compress_using_dict(&mut packed, content, base, LEVEL)
        })
    } else {
        compress_long(&mut packed, content, base)
    };
    result.map_err(zstd_safe::get_error_name)?;
    packed.shrink_to_fit();
    Ok(packed)
}

/// Of long contents zstd would look at the end of the base only.
fn compress_long(packed: &mut Vec<u8>, content: &[u8], base: &[u8]) -> SafeResult {
    let window = (content.len() + base.len())
        .next_power_of_two()
        .ilog2()
        .min(LONGEST_WINDOW);
    let mut context = CCtx::create();
    for parameter in [
        CParameter::CompressionLevel(LEVEL),
        CParameter::WindowLog(window),
        CParameter::EnableLongDistanceMatching(true),
    ] {
        context.set_parameter(parameter)?;
    }
    context.ref_prefix(base)?;
    context.compress2(packed, content)
}

fn is_usable(base: &[u8]) -> bool {
    !base.is_empty() && !base.starts_with(&DICTIONARY_MAGIC)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::fmt::Write as _;

    fn text(words: usize) -> Vec<u8> {
        let mut seed = 7_u32;
        let mut text = String::new();
        for _ in 0..words {
            seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            write!(text, "{:x} ", seed >> 16).expect("it is written to memory");
        }
        text.into_bytes()
    }

    #[test]
    fn a_small_edit_takes_little() {
        let before = text(1_000);
        let mut after = before.clone();
        after.splice(2_000..2_010, *b"a new passage");
        let packed = pack(&after, Some(&before)).expect("it packs");
        assert!(packed.needs_base);
        assert!(packed.bytes.len() < 100, "{}", packed.bytes.len());
        assert_eq!(unpack(&packed.bytes, after.len(), &before), Some(after));
    }

    #[test]
    fn an_edit_at_the_end_of_a_long_note_takes_little() {
        let before = text(600_000);
        let mut after = before.clone();
        after.extend_from_slice(b"one line more\n");
        let packed = pack(&after, Some(&before)).expect("it packs");
        assert!(packed.needs_base);
        assert!(
            packed.bytes.len() < after.len() / 8,
            "{}",
            packed.bytes.len()
        );
        assert_eq!(unpack(&packed.bytes, after.len(), &before), Some(after));
    }

    #[test]
    fn what_has_nothing_in_common_is_kept_whole() {
        let packed = pack(&text(500), Some(b"Something else entirely.")).expect("it packs");
        assert!(!packed.needs_base);
        assert_eq!(unpack(&packed.bytes, text(500).len(), &[]), Some(text(500)));
    }

    #[test]
    fn damaged_bytes_and_lengths_are_seen() {
        let packed = pack(&text(500), None).expect("it packs").bytes;
        let size = text(500).len();
        assert_eq!(unpack(&packed, size - 1, &[]), None);
        assert_eq!(unpack(&packed, size + 1, &[]), None);
        assert_eq!(unpack(&packed, usize::MAX, &[]), None);
        assert_eq!(unpack(&packed[..packed.len() / 2], size, &[]), None);
        assert_eq!(unpack(&[], size, &[]), None);
    }

    proptest! {
        #[test]
        fn everything_reads_back(content: Vec<u8>, base: Vec<u8>, is_dictionary: bool) {
            let mut base = base;
            if is_dictionary {
                base.splice(..0, DICTIONARY_MAGIC);
            }
            let packed = pack(&content, Some(&base)).expect("it packs");
            let base: &[u8] = if packed.needs_base { &base } else { &[] };
            prop_assert_eq!(unpack(&packed.bytes, content.len(), base), Some(content));
        }
    }
}
