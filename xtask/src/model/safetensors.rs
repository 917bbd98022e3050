//! Reading the weights as they were published: a length, a JSON header, then floats.
//!
//! It reads f32 tensors only, which is what this model has.
//! Invariant: a tensor it returns has exactly as many values as its shape says.

use anyhow::{Context, Result, ensure};
use serde_json::Value;

/// The tensors of one file.
pub struct Safetensors<'a> {
    header: Value,
    data: &'a [u8],
}

/// One tensor, row by row.
pub struct Tensor {
    pub shape: Vec<usize>,
    pub values: Vec<f32>,
}

impl<'a> Safetensors<'a> {
    /// Reads the header.
    pub fn parse(bytes: &'a [u8]) -> Result<Self> {
        let (length, rest) = bytes.split_first_chunk::<8>().context("too short")?;
        let length = usize::try_from(u64::from_le_bytes(*length))?;
        let (header, data) = rest.split_at_checked(length).context("too short")?;
        Ok(Self {
            header: serde_json::from_slice(header)?,
            data,
        })
    }

    /// The tensor of that name.
    pub fn tensor(&self, name: &str) -> Result<Tensor> {
        let entry = self
            .header
            .get(name)
            .with_context(|| format!("{name} is missing"))?;
        ensure!(entry["dtype"] == "F32", "{name} is not f32");
        let shape = numbers(&entry["shape"])?;
        let offsets = numbers(&entry["data_offsets"])?;
        let [start, end] = offsets[..] else {
            anyhow::bail!("{name} has no range")
        };
        let bytes = self.data.get(start..end).context("outside of the file")?;
        let values: Vec<f32> = bytes
            .as_chunks::<4>()
            .0
            .iter()
            .map(|bytes| f32::from_le_bytes(*bytes))
            .collect();
        ensure!(
            values.len() == shape.iter().product::<usize>(),
            "{name} has the wrong size"
        );
        Ok(Tensor { shape, values })
    }
}

fn numbers(value: &Value) -> Result<Vec<usize>> {
    value
        .as_array()
        .context("not a list")?
        .iter()
        .map(|number| Ok(usize::try_from(number.as_u64().context("not a number")?)?))
        .collect()
}
