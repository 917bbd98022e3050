//! The network as an ONNX graph beside its weights.
//!
//! One text at a time, so there is no mask and no padding: `ids` and `positions` (both int32, one per token) go in,
//! `tokens` (one vector per token) comes out; the mean and its length are left to the caller. Matrix products are
//! int8 × uint8 with activations quantised as they come; attention, normalisation and GELU stay f32.
//! Invariant: what the graph computes is the published model up to rounding, and any ONNX runtime agrees.

use anyhow::Result;
use rten_onnx::onnx::{
    AttributeProto, DataType, GraphProto, ModelProto, NodeProto, OperatorSetIdProto, TensorProto,
};

use super::{
    onnx, quantise,
    safetensors::{Safetensors, Tensor},
    shape::Shape,
};

/// The file the graph refers to for its weights.
pub const WEIGHTS: &str = "weights.data";

/// As many tokens as the model was trained to read at once.
const POSITIONS: usize = 256;

/// Word vectors are only looked up, so they may use the whole of int8.
const MOST_OF_WORDS: i8 = 127;

/// Weights that are multiplied keep one bit free: two products of uint8 with −64..=63 fit in 16 bits, and so the
/// kernel for AVX2, which adds pairs in 16 bits, never saturates and agrees with every other.
const MOST_OF_WEIGHTS: i8 = 63;

/// Both files.
pub struct Model {
    pub graph: Vec<u8>,
    pub weights: Vec<u8>,
}

/// Writes the graph and its weights.
pub fn build(shape: &Shape, tensors: &Safetensors) -> Result<Model> {
    let mut network = Network {
        shape,
        tensors,
        nodes: Vec::new(),
        initializers: Vec::new(),
        weights: Vec::new(),
    };
    let mut hidden = network.embeddings()?;
    for layer in 0..shape.layers {
        hidden = network.layer(layer, hidden)?;
    }
    let graph = GraphProto {
        node: network.nodes,
        initializer: network.initializers,
        input: vec![
            onnx::value("ids", DataType::INT32, &[]),
            onnx::value("positions", DataType::INT32, &[]),
        ],
        output: vec![onnx::value(
            &hidden,
            DataType::FLOAT,
            &[shape.hidden as i64],
        )],
        ..GraphProto::default()
    };
    let model = ModelProto {
        ir_version: Some(9),
        producer_name: Some("cairn".to_owned()),
        graph: Some(graph),
        opset_import: vec![OperatorSetIdProto {
            domain: Some(String::new()),
            version: Some(20),
        }],
        ..ModelProto::default()
    };
    Ok(Model {
        graph: model
            .write_buf()
            .map_err(|error| anyhow::anyhow!("{error}"))?,
        weights: network.weights,
    })
}

struct Network<'a> {
    shape: &'a Shape,
    tensors: &'a Safetensors<'a>,
    nodes: Vec<NodeProto>,
    initializers: Vec<TensorProto>,
    weights: Vec<u8>,
}

/// Names of values: the quantised activations, their scale, their zero point.
struct Activations {
    values: String,
    scale: String,
    zero: String,
    /// What each row was divided by beforehand.
    rows: Option<String>,
}

impl Network<'_> {
    /// Word, position and type, normalised.
    fn embeddings(&mut self) -> Result<String> {
        let width = self.shape.hidden;
        let words = self.tensor("embeddings.word_embeddings.weight")?;
        let count = words.shape[0];
        let words = quantise::rows(&words.values, width, MOST_OF_WORDS);
        let table = self.bytes("words", &[count, width], &words.values);
        let scales = self.floats("words.scale", &[count, 1], &words.scales);

        let types = self.tensor("embeddings.token_type_embeddings.weight")?;
        let places = self.tensor("embeddings.position_embeddings.weight")?;
        let places: Vec<f32> = places.values[..POSITIONS * width]
            .iter()
            .zip(types.values[..width].iter().cycle())
            .map(|(place, first)| place + first)
            .collect();
        let places = self.floats("positions.weight", &[POSITIONS, width], &places);

        let word = self.node("Gather", &[&table, "ids"], "word", vec![]);
        let word = self.cast(&word, "word.float");
        let scale = self.node("Gather", &[&scales, "ids"], "word.scale", vec![]);
        let word = self.node("Mul", &[&word, &scale], "word.scaled", vec![]);
        let place = self.node("Gather", &[&places, "positions"], "place", vec![]);
        let sum = self.node("Add", &[&word, &place], "sum", vec![]);
        self.normalise(&sum, "embeddings.LayerNorm", "embeddings")
    }

    fn layer(&mut self, layer: usize, hidden: String) -> Result<String> {
        let name = format!("encoder.layer.{layer}");
        let last = layer + 1 == self.shape.layers;
        let attended = self.attention(&name, &hidden)?;
        let input = self.quantise(&attended, &format!("{name}.context"));
        let output = self.dense(&input, &format!("{name}.attention.output.dense"), 1.0)?;
        let sum = self.node("Add", &[&output, &hidden], &format!("{name}.sum1"), vec![]);
        let between = self.normalise(
            &sum,
            &format!("{name}.attention.output.LayerNorm"),
            &format!("{name}.between"),
        )?;

        let input = self.quantise_rows(&between, &format!("{name}.between"));
        let wide = self.dense(&input, &format!("{name}.intermediate.dense"), 1.0)?;
        let wide = self.node("Gelu", &[&wide], &format!("{name}.gelu"), vec![]);
        let input = self.quantise_rows(&wide, &format!("{name}.gelu"));
        let output = self.dense(&input, &format!("{name}.output.dense"), 1.0)?;
        let sum = self.node("Add", &[&output, &between], &format!("{name}.sum2"), vec![]);
        let result = if last {
            "tokens".to_owned()
        } else {
            name.clone()
        };
        self.normalise(&sum, &format!("{name}.output.LayerNorm"), &result)
    }

    fn attention(&mut self, name: &str, hidden: &str) -> Result<String> {
        let heads = self.shape.heads as i64;
        let width = (self.shape.hidden / self.shape.heads) as i64;
        let input = self.quantise(hidden, &format!("{name}.hidden"));
        // Dividing the query's weights beforehand spares dividing every attention score.
        let scale = 1.0 / (width as f32).sqrt();
        let mut head = |part: &str, scale: f32, order: &[i64]| -> Result<String> {
            let flat = self.dense(&input, &format!("{name}.attention.self.{part}"), scale)?;
            let split = self.shape_of(&format!("{name}.{part}.split"), &[0, heads, width]);
            let split = self.node(
                "Reshape",
                &[&flat, &split],
                &format!("{name}.{part}.heads"),
                vec![],
            );
            Ok(self.node(
                "Transpose",
                &[&split],
                &format!("{name}.{part}"),
                vec![onnx::numbers("perm", order)],
            ))
        };
        let query = head("query", scale, &[1, 0, 2])?;
        let key = head("key", 1.0, &[1, 2, 0])?;
        let value = head("value", 1.0, &[1, 0, 2])?;
        let scores = self.node("MatMul", &[&query, &key], &format!("{name}.scores"), vec![]);
        let shares = self.node(
            "Softmax",
            &[&scores],
            &format!("{name}.shares"),
            vec![onnx::number("axis", -1)],
        );
        let mixed = self.node(
            "MatMul",
            &[&shares, &value],
            &format!("{name}.mixed"),
            vec![],
        );
        let mixed = self.node(
            "Transpose",
            &[&mixed],
            &format!("{name}.mixed.rows"),
            vec![onnx::numbers("perm", &[1, 0, 2])],
        );
        let flat = self.shape_of(&format!("{name}.flat"), &[0, heads * width]);
        Ok(self.node(
            "Reshape",
            &[&mixed, &flat],
            &format!("{name}.attended"),
            vec![],
        ))
    }

    fn quantise(&mut self, input: &str, name: &str) -> Activations {
        let activations = Activations {
            values: format!("{name}.q"),
            scale: format!("{name}.q.scale"),
            zero: format!("{name}.q.zero"),
            rows: None,
        };
        self.nodes.push(NodeProto {
            op_type: Some("DynamicQuantizeLinear".to_owned()),
            name: Some(format!("{name}.quantise")),
            input: vec![input.to_owned()],
            output: vec![
                activations.values.clone(),
                activations.scale.clone(),
                activations.zero.clone(),
            ],
            ..NodeProto::default()
        });
        activations
    }

    /// Quantises after dividing each row by its largest value, so that one loud token does not blur the others.
    fn quantise_rows(&mut self, input: &str, name: &str) -> Activations {
        let axis = self.shape_of(&format!("{name}.axis"), &[-1]);
        let most = self.node(
            "ReduceMax",
            &[input, &axis],
            &format!("{name}.most"),
            vec![],
        );
        let least = self.node(
            "ReduceMin",
            &[input, &axis],
            &format!("{name}.least"),
            vec![],
        );
        let least = self.node("Neg", &[&least], &format!("{name}.lowest"), vec![]);
        let rows = self.node("Max", &[&most, &least], &format!("{name}.rows"), vec![]);
        let even = self.node("Div", &[input, &rows], &format!("{name}.even"), vec![]);
        Activations {
            rows: Some(rows),
            ..self.quantise(&even, name)
        }
    }

    /// A matrix product with its bias, both times `factor`.
    fn dense(&mut self, input: &Activations, name: &str, factor: f32) -> Result<String> {
        let weight = self.tensor(&format!("{name}.weight"))?;
        let [rows, columns] = weight.shape[..] else {
            anyhow::bail!("{name} is not a matrix")
        };
        let quantised = quantise::rows(&weight.values, columns, MOST_OF_WEIGHTS);
        let mut turned = vec![0i8; rows * columns];
        for (row, values) in quantised.values.chunks_exact(columns).enumerate() {
            for (column, value) in values.iter().enumerate() {
                turned[column * rows + row] = *value;
            }
        }
        let scales: Vec<f32> = quantised
            .scales
            .iter()
            .map(|scale| scale * factor)
            .collect();
        let bias = self.tensor(&format!("{name}.bias"))?;
        let bias: Vec<f32> = bias.values.iter().map(|value| value * factor).collect();

        let weights = self.bytes(&format!("{name}.weight"), &[columns, rows], &turned);
        let zero = self.bytes(&format!("{name}.weight.zero"), &[], &[0]);
        let scales = self.floats(&format!("{name}.weight.scale"), &[rows], &scales);
        let bias = self.floats(&format!("{name}.bias"), &[rows], &bias);
        let product = self.node(
            "MatMulInteger",
            &[&input.values, &weights, &input.zero, &zero],
            &format!("{name}.product"),
            vec![],
        );
        let product = self.cast(&product, &format!("{name}.float"));
        let scale = self.node(
            "Mul",
            &[&input.scale, &scales],
            &format!("{name}.scale"),
            vec![],
        );
        let scaled = self.node(
            "Mul",
            &[&product, &scale],
            &format!("{name}.scaled"),
            vec![],
        );
        let scaled = match &input.rows {
            Some(rows) => self.node("Mul", &[&scaled, rows], &format!("{name}.rows"), vec![]),
            None => scaled,
        };
        Ok(self.node("Add", &[&scaled, &bias], name, vec![]))
    }

    fn normalise(&mut self, input: &str, weights: &str, result: &str) -> Result<String> {
        let width = self.shape.hidden;
        let scale = self.tensor(&format!("{weights}.weight"))?;
        let bias = self.tensor(&format!("{weights}.bias"))?;
        let scale = self.floats(&format!("{weights}.weight"), &[width], &scale.values);
        let bias = self.floats(&format!("{weights}.bias"), &[width], &bias.values);
        let epsilon = onnx::fraction("epsilon", self.shape.epsilon);
        Ok(self.node(
            "LayerNormalization",
            &[input, &scale, &bias],
            result,
            vec![onnx::number("axis", -1), epsilon],
        ))
    }

    fn cast(&mut self, input: &str, result: &str) -> String {
        let to = onnx::number("to", i64::from(DataType::FLOAT.0));
        self.node("Cast", &[input], result, vec![to])
    }

    fn node(
        &mut self,
        kind: &str,
        input: &[&str],
        result: &str,
        attribute: Vec<AttributeProto>,
    ) -> String {
        self.nodes.push(NodeProto {
            op_type: Some(kind.to_owned()),
            name: Some(format!("{result}/{kind}")),
            input: input.iter().map(|name| (*name).to_owned()).collect(),
            output: vec![result.to_owned()],
            attribute,
            ..NodeProto::default()
        });
        result.to_owned()
    }

    fn tensor(&self, name: &str) -> Result<Tensor> {
        self.tensors.tensor(name)
    }

    fn shape_of(&mut self, name: &str, dimensions: &[i64]) -> String {
        self.initializers.push(onnx::integers(name, dimensions));
        name.to_owned()
    }

    fn bytes(&mut self, name: &str, shape: &[usize], values: &[i8]) -> String {
        let bytes: Vec<u8> = values.iter().map(|value| value.cast_unsigned()).collect();
        self.constant(name, DataType::INT8, shape, &bytes)
    }

    fn floats(&mut self, name: &str, shape: &[usize], values: &[f32]) -> String {
        let bytes: Vec<u8> = values
            .iter()
            .flat_map(|value| value.to_le_bytes())
            .collect();
        self.constant(name, DataType::FLOAT, shape, &bytes)
    }

    /// Puts a tensor into the file of weights, where a runtime may use it in place.
    fn constant(&mut self, name: &str, kind: DataType, shape: &[usize], bytes: &[u8]) -> String {
        self.weights
            .resize(self.weights.len().next_multiple_of(64), 0);
        let range = self.weights.len()..self.weights.len() + bytes.len();
        self.initializers
            .push(onnx::outside(name, kind, shape, WEIGHTS, range));
        self.weights.extend_from_slice(bytes);
        name.to_owned()
    }
}
