//! The network itself, run by `rten`.
//!
//! The weights stay where the linker put them; the runtime only copies what it packs for its kernels.
//! Invariant: the weights are those `cargo xtask model` wrote, and are never written to.

use std::sync::Arc;

use rten::{Model, ModelOptions, NodeId, RunOptions, ThreadPool, op_registry};
use rten_tensor::NdTensor;

use crate::{Error, Result};

static GRAPH: &[u8] = include_bytes!("../../assets/all-MiniLM-L6-v2/graph.onnx");

/// A network that can be run by several threads at once.
pub(super) struct Network {
    model: Model,
    ids: NodeId,
    positions: NodeId,
    tokens: NodeId,
}

impl Network {
    pub(super) fn load() -> Result<Self> {
        let weights = rten::include_external_data!("../../assets/all-MiniLM-L6-v2/weights.data");
        let operators = op_registry!(
            Add,
            Cast,
            Div,
            DynamicQuantizeLinear,
            Gather,
            Gelu,
            LayerNormalization,
            MatMul,
            MatMulInteger,
            Max,
            Mul,
            Neg,
            ReduceMax,
            ReduceMin,
            Reshape,
            Softmax,
            Transpose
        );
        let model = ModelOptions::with_ops(operators)
            .prepack_weights(true)
            .external_data_static("weights.data", weights)
            .load_static_slice(GRAPH)
            .map_err(failed)?;
        Ok(Self {
            ids: model.node_id("ids").map_err(failed)?,
            positions: model.node_id("positions").map_err(failed)?,
            tokens: model.node_id("tokens").map_err(failed)?,
            model,
        })
    }

    /// One vector per token, one after the other.
    pub(super) fn run(&self, ids: Vec<i32>, pool: &Arc<ThreadPool>) -> Result<Vec<f32>> {
        let positions: Vec<i32> = (0..).take(ids.len()).collect();
        let ids = NdTensor::from_data([ids.len()], ids);
        let positions = NdTensor::from_data([positions.len()], positions);
        let options = RunOptions::default().with_thread_pool(Some(Arc::clone(pool)));
        let [tokens] = self
            .model
            .run_n(
                vec![(self.ids, ids.into()), (self.positions, positions.into())],
                [self.tokens],
                Some(options),
            )
            .map_err(failed)?;
        let tokens: NdTensor<f32, 2> = tokens.try_into().map_err(failed)?;
        Ok(tokens.into_data())
    }
}

fn failed(error: impl std::fmt::Display) -> Error {
    Error::Builtin {
        reason: error.to_string(),
    }
}
