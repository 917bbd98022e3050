//! A vector in one byte per dimension.
//!
//! A quarter of the memory of f32, and a dot product of whole numbers, which every processor computes alike.
//! Invariant: a vector and its quantised form differ by at most half a step in each dimension.

/// An int8 vector and what one step of it is worth.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Quantised {
    /// −127..=127 each.
    pub(crate) values: Vec<i8>,
    /// The value of one step.
    pub(crate) scale: f32,
}

impl Quantised {
    /// Rounds the direction of a vector: what comes out has length one, up to the rounding of its scale. What has no
    /// direction is all zeros.
    pub(crate) fn direction(vector: &[f32]) -> Self {
        let largest = vector
            .iter()
            .fold(0f32, |most, value| most.max(value.abs()));
        let is_one = largest.is_normal() && vector.iter().all(|value| value.is_finite());
        if !is_one {
            return Self {
                values: vec![0; vector.len()],
                scale: 0.0,
            };
        }
        let step = largest / 127.0;
        let values: Vec<i8> = vector
            .iter()
            .map(|value| (value / step).round_ties_even() as i8)
            .collect();
        Self {
            scale: scale_of(values.iter().copied()),
            values,
        }
    }

    /// Returns the scale that goes with the bytes of a direction.
    pub(crate) fn scale_of(bytes: &[u8]) -> f32 {
        scale_of(bytes.iter().map(|byte| byte.cast_signed()))
    }
}

/// What each step is worth so that the length is one; nothing, where there is no direction.
fn scale_of(values: impl Iterator<Item = i8>) -> f32 {
    let square: i32 = values
        .map(|value| i32::from(value) * i32::from(value))
        .sum();
    if square == 0 {
        0.0
    } else {
        1.0 / (square as f32).sqrt()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_vector_keeps_its_direction_and_has_length_one() {
        let vector = [0.5, -0.25, 0.0, 0.127, -0.4999, 1e-9];
        let quantised = Quantised::direction(&vector);
        assert_eq!(quantised.values[..3], [127, -64, 0]);
        let again: Vec<f32> = quantised
            .values
            .iter()
            .map(|value| f32::from(*value) * quantised.scale)
            .collect();
        let dot = |a: &[f32], b: &[f32]| -> f32 { a.iter().zip(b).map(|(a, b)| a * b).sum() };
        let length = dot(&vector, &vector).sqrt();
        assert!((dot(&again, &again) - 1.0).abs() < 1e-6);
        assert!(dot(&again, &vector) / length > 0.9999);
        let longer: Vec<f32> = vector.iter().map(|value| value * 8.0).collect();
        assert_eq!(Quantised::direction(&longer), quantised);
    }

    #[test]
    fn a_vector_without_direction_is_nothing() {
        for vector in [
            [0.0, 0.0],
            [f32::NAN, 0.0],
            [f32::NAN, 1.0],
            [f32::INFINITY, 1.0],
        ] {
            let quantised = Quantised::direction(&vector);
            assert_eq!((quantised.values, quantised.scale), (vec![0, 0], 0.0));
        }
    }
}
