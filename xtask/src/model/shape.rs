//! The sizes of the network, as the published model states them.
//!
//! Invariant: a model of another kind is refused, not read as if it were of this one.

use anyhow::{Context, Result, ensure};
use serde_json::Value;

/// The sizes of the network.
pub struct Shape {
    pub layers: usize,
    pub hidden: usize,
    pub heads: usize,
    pub epsilon: f32,
}

impl Shape {
    /// From the model's `config.json`.
    pub fn read(configuration: &Value) -> Result<Self> {
        let number = |key: &str| -> Result<usize> {
            let number = configuration[key].as_u64().context(key.to_owned())?;
            Ok(usize::try_from(number)?)
        };
        ensure!(configuration["hidden_act"] == "gelu", "not GELU");
        ensure!(
            configuration["position_embedding_type"] == "absolute",
            "positions are not absolute"
        );
        Ok(Self {
            layers: number("num_hidden_layers")?,
            hidden: number("hidden_size")?,
            heads: number("num_attention_heads")?,
            epsilon: configuration["layer_norm_eps"]
                .as_f64()
                .context("layer_norm_eps")? as f32,
        })
    }
}
