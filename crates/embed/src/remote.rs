//! A model behind HTTP: anything that speaks OpenAI's `/v1/embeddings`, or Ollama's `/api/embed`.
//!
//! Passages are asked for in batches and patiently: it waits and asks again a bounded number of times when the server
//! is busy or gone. A question is asked once and fast, since somebody waits for it. Every answer is checked. It is
//! synchronous, chooses no model, follows no redirection and reads no key from anywhere: all that is given to it.
//! Invariant: it returns one finite vector of the expected length per text, or an error; never a part.

mod endpoint;
mod protocol;

use std::{io, time::Duration};

use serde_json::Value;
use ureq::{
    Agent, Proxy,
    tls::{RootCerts, TlsConfig},
};

pub use self::{
    endpoint::{Detour, Endpoint, Key},
    protocol::Protocol,
};
use crate::{Embedder, Error, ModelId, Result, Role, normalised};

/// An answer is read as far as the texts can make it long, with this much around the vectors.
const AROUND_THE_VECTORS: u64 = 1 << 20;

/// The longest that a number of a vector is written, with what stands around it.
const LONGEST_NUMBER: u64 = 32;

/// Vectors are read up to this length even where shorter ones are expected, so that the error can say how long they are.
const LONGEST_VECTOR: u64 = 8_192;

/// How much of a server's complaint is passed on.
const LONGEST_REASON: usize = 200;

/// A text this short is not cut further when the server refuses it: its length is not what is wrong.
const SHORTEST_CUT: usize = 256;

/// Waits as long as it is told; the caller decides how.
pub type Pause = Box<dyn Fn(Duration) + Send + Sync>;

/// A model behind HTTP.
pub struct Remote {
    endpoint: Endpoint,
    id: ModelId,
    address: String,
    questions: Agent,
    passages: Agent,
    pause: Pause,
}

/// What one attempt came to.
enum Attempt {
    Done(Value),
    /// Worth another attempt, after as long as the server asks for.
    Again(Error, Option<Duration>),
    Failed(Error),
}

impl Remote {
    /// Makes ready to ask; nothing is sent yet. Fails when the proxy's address is none.
    pub fn new(endpoint: Endpoint, pause: Pause) -> Result<Self> {
        let address = endpoint.protocol.address(&endpoint.url);
        let proxy = proxy(&endpoint).map_err(|_| Error::Unreachable {
            url: address.clone(),
            reason: "the address of the proxy is none".to_owned(),
        })?;
        Ok(Self {
            id: ModelId::new(
                &endpoint.model,
                &endpoint.revision,
                endpoint.dimensions,
                &endpoint.prefixes,
            ),
            questions: agent(proxy.clone(), endpoint.question_timeout),
            passages: agent(proxy, endpoint.timeout),
            address,
            endpoint,
            pause,
        })
    }

    /// The vectors of passages that go into one request, or into more where the server finds that too much.
    fn passages(&self, texts: &[&str]) -> Result<Vec<Vec<f32>>> {
        let error = match self.request(texts, Role::Passage) {
            Err(error) if error.may_be_of_length() => error,
            other => return other,
        };
        match texts {
            [text] if text.len() > SHORTEST_CUT => {
                self.passages(&[&text[..text.floor_char_boundary(text.len() / 2)]])
            }
            [] | [_] => Err(error),
            _ => {
                let (first, second) = texts.split_at(texts.len() / 2);
                let mut vectors = self.passages(first)?;
                vectors.extend(self.passages(second)?);
                Ok(vectors)
            }
        }
    }

    /// One vector per text, in one request.
    fn request(&self, texts: &[&str], role: Role) -> Result<Vec<Vec<f32>>> {
        let prefixed: Vec<String> = texts
            .iter()
            .map(|text| self.endpoint.prefixed(text, role))
            .collect();
        let question = self.endpoint.protocol.question(&self.endpoint, &prefixed);
        let answer = self.answer(&question, texts.len(), role)?;
        let vectors = self
            .endpoint
            .protocol
            .vectors(&answer, texts.len())
            .map_err(|reason| self.garbled(reason))?;
        vectors
            .into_iter()
            .map(|vector| self.checked(vector))
            .collect()
    }

    fn checked(&self, vector: Vec<f32>) -> Result<Vec<f32>> {
        if vector.is_empty() {
            return Err(self.garbled("a vector is empty".to_owned()));
        }
        if vector.len() != self.endpoint.dimensions {
            return Err(Error::WrongDimension {
                url: self.address.clone(),
                model: self.endpoint.model.clone(),
                expected: self.endpoint.dimensions,
                found: vector.len(),
            });
        }
        normalised(vector).ok_or_else(|| self.garbled("a vector has no direction".to_owned()))
    }

    /// Sends a question until it is answered or no attempt is left.
    fn answer(&self, question: &Value, texts: usize, role: Role) -> Result<Value> {
        let attempts = match role {
            Role::Query => 1,
            Role::Passage => self.endpoint.attempts.max(1),
        };
        let mut pause = self.endpoint.pause;
        for attempt in 1.. {
            match self.attempt(question, texts, role, attempt) {
                Attempt::Done(answer) => return Ok(answer),
                Attempt::Failed(error) => return Err(error),
                Attempt::Again(error, _) if attempt >= attempts => return Err(error),
                Attempt::Again(_, asked) => {
                    (self.pause)(asked.unwrap_or(pause).min(self.endpoint.longest_pause));
                    pause = pause.saturating_mul(2);
                }
            }
        }
        unreachable!("the last attempt returns")
    }

    fn attempt(&self, question: &Value, texts: usize, role: Role, attempts: u32) -> Attempt {
        let agent = match role {
            Role::Query => &self.questions,
            Role::Passage => &self.passages,
        };
        let mut request = agent
            .post(&self.address)
            .header("content-type", "application/json");
        if let Some(key) = &self.endpoint.key {
            request = request.header("authorization", key.header());
        }
        let mut response = match request.send(question.to_string()) {
            Ok(response) => response,
            Err(error) => return self.broken(&error),
        };
        let status = response.status().as_u16();
        let after = response
            .headers()
            .get("retry-after")
            .and_then(|value| value.to_str().ok()?.trim().parse().ok())
            .map(Duration::from_secs);
        let body = match response
            .body_mut()
            .with_config()
            .limit(self.longest_answer(texts))
            .read_to_vec()
        {
            Ok(body) => body,
            Err(error) => return self.broken(&error),
        };
        self.judged(status, after, &body, attempts)
    }

    /// What a status means: an answer, a reason to ask again, or the end.
    fn judged(&self, status: u16, after: Option<Duration>, body: &[u8], attempts: u32) -> Attempt {
        let url = self.address.clone();
        match status {
            200..=299 => match serde_json::from_slice(body) {
                Ok(answer) => Attempt::Done(answer),
                Err(error) => Attempt::Failed(self.garbled(format!("not JSON: {error}"))),
            },
            401 | 403 => Attempt::Failed(Error::BadKey { url, status }),
            404 => Attempt::Failed(Error::NoSuchModel {
                url,
                model: self.endpoint.model.clone(),
                reason: reason(body),
            }),
            429 => Attempt::Again(Error::RateLimited { url, attempts }, after),
            408 | 500.. => Attempt::Again(
                Error::Failing {
                    url,
                    status,
                    attempts,
                    reason: reason(body),
                },
                after,
            ),
            _ => Attempt::Failed(Error::Refused {
                url,
                status,
                reason: reason(body),
            }),
        }
    }

    fn longest_answer(&self, texts: usize) -> u64 {
        let length = (self.endpoint.dimensions as u64).max(LONGEST_VECTOR);
        AROUND_THE_VECTORS + texts as u64 * length * LONGEST_NUMBER
    }

    fn broken(&self, error: &ureq::Error) -> Attempt {
        match error {
            ureq::Error::BodyExceedsLimit(_) => {
                Attempt::Failed(self.garbled("it is longer than any answer can be".to_owned()))
            }
            ureq::Error::BadUri(_) | ureq::Error::Http(_) | ureq::Error::Rustls(_) => {
                Attempt::Failed(self.unreachable(error))
            }
            // This is how a certificate that is not trusted arrives.
            ureq::Error::Io(cause) if cause.kind() == io::ErrorKind::InvalidData => {
                Attempt::Failed(self.unreachable(error))
            }
            _ => Attempt::Again(self.unreachable(error), None),
        }
    }

    fn unreachable(&self, error: &ureq::Error) -> Error {
        Error::Unreachable {
            url: self.address.clone(),
            reason: match error {
                ureq::Error::Io(cause) => cause.to_string(),
                _ => error.to_string(),
            },
        }
    }

    fn garbled(&self, reason: String) -> Error {
        Error::Garbled {
            url: self.address.clone(),
            reason,
        }
    }
}

impl Embedder for Remote {
    fn id(&self) -> &ModelId {
        &self.id
    }

    fn dimensions(&self) -> usize {
        self.endpoint.dimensions
    }

    fn embed(&self, texts: &[&str], role: Role) -> Result<Vec<Vec<f32>>> {
        let mut vectors = Vec::with_capacity(texts.len());
        for texts in batches(texts, self.endpoint.batch, self.endpoint.batch_bytes) {
            vectors.extend(match role {
                Role::Query => self.request(texts, role)?,
                Role::Passage => self.passages(texts)?,
            });
        }
        Ok(vectors)
    }
}

/// Cuts a list where so many texts, or so many bytes of them, are reached. Each part has at least one text.
fn batches<'a, 'b>(
    mut rest: &'a [&'b str],
    count: usize,
    bytes: usize,
) -> impl Iterator<Item = &'a [&'b str]> {
    std::iter::from_fn(move || {
        let mut room = bytes;
        let fitting = rest.iter().take(count.max(1)).take_while(|text| {
            let fits = text.len() <= room;
            room = room.saturating_sub(text.len());
            fits
        });
        let (batch, others) = rest.split_at(fitting.count().max(1).min(rest.len()));
        rest = others;
        (!batch.is_empty()).then_some(batch)
    })
}

fn agent(proxy: Option<Proxy>, timeout: Duration) -> Agent {
    // What the system trusts, so that a company's own authority is trusted too.
    let trust = TlsConfig::builder()
        .root_certs(RootCerts::PlatformVerifier)
        .build();
    Agent::config_builder()
        .timeout_global(Some(timeout))
        .http_status_as_error(false)
        // Texts go to the address somebody configured and nowhere else.
        .max_redirects(0)
        .max_redirects_will_error(false)
        .tls_config(trust)
        .proxy(proxy)
        .user_agent("cairn")
        .build()
        .into()
}

fn proxy(endpoint: &Endpoint) -> std::result::Result<Option<Proxy>, ureq::Error> {
    let Some(Detour { proxy, except }) = &endpoint.detour else {
        return Ok(None);
    };
    let plain = Proxy::new(proxy)?;
    let mut built = Proxy::builder(plain.protocol())
        .host(plain.host())
        .port(plain.port());
    if let Some(name) = plain.username() {
        built = built.username(name);
    }
    if let Some(password) = plain.password() {
        built = built.password(password);
    }
    for host in except
        .split(',')
        .map(str::trim)
        .filter(|host| !host.is_empty())
    {
        // As elsewhere, a name stands for what is below it too.
        built = built.no_proxy(host).no_proxy(&format!(".{host}"));
    }
    built.build().map(Some)
}

/// What a server says is wrong, short enough to be shown.
fn reason(body: &[u8]) -> String {
    let said = match serde_json::from_slice::<Value>(body) {
        Ok(answer) => {
            let error = &answer["error"];
            let text = error.as_str().or_else(|| error["message"].as_str());
            text.map_or_else(|| answer.to_string(), ToOwned::to_owned)
        }
        Err(_) => String::from_utf8_lossy(body).into_owned(),
    };
    let said = said.split_whitespace().collect::<Vec<_>>().join(" ");
    match said.char_indices().nth(LONGEST_REASON) {
        Some((end, _)) => format!("{}…", &said[..end]),
        None if said.is_empty() => "no reason given".to_owned(),
        None => said,
    }
}

#[cfg(test)]
mod tests {
    use super::batches;

    #[test]
    fn a_batch_is_bounded_by_texts_and_by_bytes() {
        let texts = ["aaa", "bb", "c", "dddddddd", "e", "f", "g"];
        let lengths = |count, bytes| -> Vec<usize> {
            let batches = batches(&texts, count, bytes);
            batches.map(<[&str]>::len).collect()
        };
        assert_eq!(lengths(3, 100), [3, 3, 1]);
        assert_eq!(lengths(3, 5), [2, 1, 1, 3]);
        assert_eq!(lengths(0, 0), [1; 7]);
        assert_eq!(batches(&[], 3, 5).count(), 0);
    }
}
