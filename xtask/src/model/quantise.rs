//! f32 rows to int8 rows with one scale each.
//!
//! Invariant: zero stays zero, and no value is more than half a step away from where it was.

/// A matrix of int8, each row with its own scale.
pub struct Rows {
    pub values: Vec<i8>,
    pub scales: Vec<f32>,
}

/// Quantises each row of a matrix of `width` columns to −`most`..=`most`.
pub fn rows(matrix: &[f32], width: usize, most: i8) -> Rows {
    let most = f32::from(most);
    let mut quantised = Rows {
        values: Vec::with_capacity(matrix.len()),
        scales: Vec::with_capacity(matrix.len() / width),
    };
    for row in matrix.chunks_exact(width) {
        let largest = row.iter().fold(0f32, |most, value| most.max(value.abs()));
        let scale = if largest == 0.0 { 1.0 } else { largest / most };
        quantised.scales.push(scale);
        quantised.values.extend(
            row.iter()
                .map(|value| (value / scale).round_ties_even() as i8),
        );
    }
    quantised
}
