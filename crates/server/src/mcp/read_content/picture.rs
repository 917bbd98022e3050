//! A picture made small enough to send.
//!
//! Invariant: what a file claims to be is checked before memory is taken for it.

use image::codecs::jpeg::JpegEncoder;
use image::{DynamicImage, ImageDecoder as _, ImageReader, Limits, RgbImage};
use std::io::Cursor;

/// Pixels of a picture at most.
const MOST_PIXELS: u64 = 64_000_000;
/// Bytes taken to decode one at most.
const MOST_MEMORY: u64 = 256 << 20;

/// Quality and longest side beyond which a picture is not made worse.
const WORST: (u8, u32) = (20, 300);

/// Returns the picture as a JPEG of at most `most` bytes, or why there is none.
pub(super) fn made_small(bytes: &[u8], most: usize) -> Result<Vec<u8>, String> {
    let times = bytes.len() / most.max(1);
    let (mut quality, mut side) = match times {
        0 | 1 => (70, 1_000),
        2 | 3 => (60, 800),
        _ => (50, 600),
    };
    let mut picture = decoded(bytes)?;
    loop {
        if picture.width() > side || picture.height() > side {
            picture = picture.thumbnail(side, side);
        }
        let jpeg = encoded(&picture, quality)?;
        if jpeg.len() <= most {
            return Ok(jpeg);
        }
        if (quality, side) == WORST {
            return Err(format!("it still has {} bytes", jpeg.len()));
        }
        quality = (quality - 10).max(WORST.0);
        side = (side * 4 / 5).max(WORST.1);
    }
}

fn decoded(bytes: &[u8]) -> Result<DynamicImage, String> {
    // What decoders say is about bytes nobody here can see.
    let damaged = || "it cannot be decoded".to_owned();
    let mut reader = ImageReader::new(Cursor::new(bytes))
        .with_guessed_format()
        .map_err(|_| damaged())?;
    let mut limits = Limits::default();
    limits.max_alloc = Some(MOST_MEMORY);
    reader.limits(limits);
    let mut decoder = reader.into_decoder().map_err(|_| damaged())?;
    let (width, height) = decoder.dimensions();
    let pixels = u64::from(width) * u64::from(height);
    if pixels > MOST_PIXELS || decoder.total_bytes() > MOST_MEMORY {
        return Err(format!("it has {width} by {height} pixels"));
    }
    let orientation = decoder.orientation();
    let mut picture = DynamicImage::from_decoder(decoder).map_err(|_| damaged())?;
    if let Ok(orientation) = orientation {
        picture.apply_orientation(orientation);
    }
    Ok(picture)
}

/// A JPEG knows no transparency: what is behind is white.
fn encoded(picture: &DynamicImage, quality: u8) -> Result<Vec<u8>, String> {
    let opaque = if picture.color().has_alpha() {
        let rgba = picture.to_rgba8();
        RgbImage::from_fn(rgba.width(), rgba.height(), |x, y| {
            let [red, green, blue, alpha] = rgba.get_pixel(x, y).0;
            image::Rgb([red, green, blue].map(|value| over_white(value, alpha)))
        })
    } else {
        picture.to_rgb8()
    };
    let mut jpeg = Vec::new();
    JpegEncoder::new_with_quality(&mut jpeg, quality)
        .encode_image(&opaque)
        .map_err(|error| error.to_string())?;
    Ok(jpeg)
}

fn over_white(value: u8, alpha: u8) -> u8 {
    let (value, alpha) = (u32::from(value), u32::from(alpha));
    u8::try_from((value * alpha + 255 * (255 - alpha)) / 255).unwrap_or(u8::MAX)
}

#[cfg(test)]
mod tests {
    use super::{made_small, over_white};
    use image::{ImageFormat, Rgba, RgbaImage};
    use std::io::Cursor;

    /// A picture no codec can make small: its neighbours have nothing to do with each other.
    fn noise(side: u32) -> Vec<u8> {
        let mut state = 1_u32;
        let picture = RgbaImage::from_fn(side, side, |_, _| {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            Rgba(state.to_be_bytes())
        });
        let mut png = Cursor::new(Vec::new());
        picture
            .write_to(&mut png, ImageFormat::Png)
            .expect("a picture can be written");
        png.into_inner()
    }

    #[test]
    fn a_large_picture_becomes_a_small_jpeg() {
        let png = noise(400);
        for most in [100_000, 40_000] {
            let jpeg = made_small(&png, most).expect("it can be made small");
            assert!(jpeg.len() <= most);
            assert_eq!(
                image::guess_format(&jpeg).expect("it is a picture"),
                ImageFormat::Jpeg
            );
        }
        assert!(made_small(&png, 100).is_err());
    }

    #[test]
    fn a_picture_that_claims_to_be_huge_is_refused_unread() {
        let mut png = noise(4);
        // The width and height of the header, and its checksum.
        png[16..24].copy_from_slice(&[0, 1, 0, 0, 0, 1, 0, 0]);
        let checksum = crc(&png[12..29]);
        png[29..33].copy_from_slice(&checksum.to_be_bytes());
        let why = made_small(&png, 1).expect_err("65,536 by 65,536 pixels are too many");
        assert_eq!(why, "it has 65536 by 65536 pixels");
    }

    #[test]
    fn what_is_transparent_is_white() {
        assert_eq!((over_white(7, 0), over_white(7, 255)), (255, 7));
    }

    /// The checksum of a PNG's chunks.
    fn crc(bytes: &[u8]) -> u32 {
        !bytes.iter().fold(u32::MAX, |crc, byte| {
            (0..8).fold(crc ^ u32::from(*byte), |crc, _| {
                (crc >> 1) ^ (0xedb8_8320 & 0_u32.wrapping_sub(crc & 1))
            })
        })
    }
}
