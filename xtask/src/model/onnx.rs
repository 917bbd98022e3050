//! The words of ONNX the graph is written with.
//!
//! Invariant: nothing here depends on anything but its arguments.

use std::ops::Range;

use rten_onnx::onnx::{
    AttributeProto, AttributeType, DataLocation, DataType, Dimension, StringStringEntryProto,
    TensorProto, TensorShapeProto, TypeProto, TypeProtoTensor, ValueInfoProto,
};

/// An attribute that is a fraction.
pub fn fraction(name: &str, value: f32) -> AttributeProto {
    AttributeProto {
        name: Some(name.to_owned()),
        f: Some(value),
        r#type: Some(AttributeType::FLOAT),
        ..AttributeProto::default()
    }
}

/// An attribute that is a whole number.
pub fn number(name: &str, value: i64) -> AttributeProto {
    AttributeProto {
        name: Some(name.to_owned()),
        i: Some(value),
        r#type: Some(AttributeType::INT),
        ..AttributeProto::default()
    }
}

/// An attribute that is a list of whole numbers.
pub fn numbers(name: &str, values: &[i64]) -> AttributeProto {
    AttributeProto {
        name: Some(name.to_owned()),
        ints: values.to_vec(),
        r#type: Some(AttributeType::INTS),
        ..AttributeProto::default()
    }
}

/// A value going in or out: one row per token, and these further sizes.
pub fn value(name: &str, kind: DataType, sizes: &[i64]) -> ValueInfoProto {
    let tokens = Dimension {
        dim_param: Some("tokens".to_owned()),
        ..Dimension::default()
    };
    let sizes = sizes.iter().map(|size| Dimension {
        dim_value: Some(*size),
        ..Dimension::default()
    });
    ValueInfoProto {
        name: Some(name.to_owned()),
        r#type: Some(TypeProto {
            tensor_type: Some(TypeProtoTensor {
                elem_type: Some(kind),
                shape: Some(TensorShapeProto {
                    dim: std::iter::once(tokens).chain(sizes).collect(),
                }),
            }),
            ..TypeProto::default()
        }),
    }
}

/// A constant list of whole numbers, within the graph.
pub fn integers(name: &str, values: &[i64]) -> TensorProto {
    TensorProto {
        name: Some(name.to_owned()),
        data_type: Some(DataType::INT64),
        dims: vec![values.len() as i64],
        int64_data: values.to_vec(),
        ..TensorProto::default()
    }
}

/// A constant whose bytes lie in another file.
pub fn outside(
    name: &str,
    kind: DataType,
    shape: &[usize],
    file: &str,
    range: Range<usize>,
) -> TensorProto {
    let entry = |key: &str, value: String| StringStringEntryProto {
        key: Some(key.to_owned()),
        value: Some(value),
    };
    TensorProto {
        name: Some(name.to_owned()),
        data_type: Some(kind),
        dims: shape.iter().map(|size| *size as i64).collect(),
        data_location: Some(DataLocation::EXTERNAL),
        external_data: vec![
            entry("location", file.to_owned()),
            entry("offset", range.start.to_string()),
            entry("length", range.len().to_string()),
        ],
        ..TensorProto::default()
    }
}
