//! What is asked and what is answered, in the two languages that embedding servers speak.
//!
//! Invariant: vectors are returned in the order of the texts, whatever order the server answers in.

use serde_json::{Value, json};

use super::Endpoint;

/// The language of an endpoint.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Protocol {
    /// `/v1/embeddings`, as OpenAI and most others have it.
    OpenAi,
    /// `/api/embed` of Ollama.
    Ollama,
}

impl Protocol {
    /// As it is written in a configuration.
    pub fn name(self) -> &'static str {
        match self {
            Self::OpenAi => "openai",
            Self::Ollama => "ollama",
        }
    }

    /// The whole address, from one that may lack its end.
    pub(super) fn address(self, url: &str) -> String {
        let url = url.trim_end_matches('/');
        let (path, shorter) = match self {
            Self::OpenAi => ("/v1/embeddings", "/v1"),
            Self::Ollama => ("/api/embed", "/api"),
        };
        let end = &path[shorter.len()..];
        if url.ends_with(end) {
            url.to_owned()
        } else if url.ends_with(shorter) {
            format!("{url}{end}")
        } else {
            format!("{url}{path}")
        }
    }

    pub(super) fn question(self, endpoint: &Endpoint, texts: &[String]) -> Value {
        let model = &endpoint.model;
        let mut question = match self {
            Self::OpenAi => json!({"model": model, "input": texts, "encoding_format": "float"}),
            Self::Ollama => json!({"model": model, "input": texts, "truncate": true}),
        };
        if endpoint.asks_for_dimensions {
            question["dimensions"] = endpoint.dimensions.into();
        }
        question
    }

    /// `count` vectors, or what is wrong with the answer.
    pub(super) fn vectors(self, answer: &Value, count: usize) -> Result<Vec<Vec<f32>>, String> {
        let field = match self {
            Self::OpenAi => "data",
            Self::Ollama => "embeddings",
        };
        let list = answer[field]
            .as_array()
            .ok_or_else(|| format!("it has no list {field:?}"))?;
        if list.len() != count {
            return Err(format!("{} vectors for {count} texts", list.len()));
        }
        if self == Self::Ollama {
            return list.iter().map(vector).collect();
        }
        let mut vectors = vec![Vec::new(); count];
        for (at, entry) in list.iter().enumerate() {
            let index = match entry["index"].as_u64() {
                Some(index) => usize::try_from(index).unwrap_or(usize::MAX),
                None => at,
            };
            match vectors.get_mut(index) {
                Some(place) if place.is_empty() => *place = vector(&entry["embedding"])?,
                _ => return Err(format!("there is no place for a vector {index}")),
            }
        }
        Ok(vectors)
    }
}

fn vector(value: &Value) -> Result<Vec<f32>, String> {
    value
        .as_array()
        .ok_or("a vector is not a list")?
        .iter()
        .map(|number| {
            let number = number
                .as_f64()
                .ok_or("a vector holds something that is no number")?;
            Ok(number as f32)
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_completed() {
        let cases = [
            (
                Protocol::OpenAi,
                "https://api.example/v1",
                "https://api.example/v1/embeddings",
            ),
            (
                Protocol::OpenAi,
                "http://localhost:1234/",
                "http://localhost:1234/v1/embeddings",
            ),
            (
                Protocol::OpenAi,
                "http://host/x/v1/embeddings",
                "http://host/x/v1/embeddings",
            ),
            (
                Protocol::OpenAi,
                "http://host/custom/embeddings",
                "http://host/custom/embeddings",
            ),
            (
                Protocol::Ollama,
                "http://localhost:11434",
                "http://localhost:11434/api/embed",
            ),
            (
                Protocol::Ollama,
                "http://localhost:11434/api/",
                "http://localhost:11434/api/embed",
            ),
            (
                Protocol::Ollama,
                "http://localhost:11434/api/embed",
                "http://localhost:11434/api/embed",
            ),
        ];
        for (protocol, given, expected) in cases {
            assert_eq!(protocol.address(given), expected);
        }
    }

    #[test]
    fn the_index_decides_the_order() {
        let answer =
            json!({"data": [{"index": 1, "embedding": [2.0]}, {"index": 0, "embedding": [1.0]}]});
        assert_eq!(
            Protocol::OpenAi.vectors(&answer, 2),
            Ok(vec![vec![1.0], vec![2.0]])
        );
        let answer =
            json!({"data": [{"index": 0, "embedding": [2.0]}, {"index": 0, "embedding": [1.0]}]});
        assert!(Protocol::OpenAi.vectors(&answer, 2).is_err());
    }
}
