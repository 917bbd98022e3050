//! The model of search by meaning, as it is configured.
//!
//! Not its work (that is `cairn_embed`), nor what is done with its vectors. Invariant: as long as the configuration says
//! the same, a process has one model, so that it is in memory once however often the configuration is read.

use super::Config;
use super::keys;
use crate::failure::{Failure, Result};
use crate::interrupt::CANCEL;
use cairn_embed::{Builtin, Detour, Embedder, Endpoint, Key, Prefixes, Protocol, Remote};
use cairn_engine::{Meaning, Model, SearchBy};
use std::num::NonZero;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

/// Where Ollama is when nobody says.
const OLLAMA: &str = "http://localhost:11434";

/// The names under which the built-in model may be asked for.
const BUILTIN: [&str; 2] = ["all-MiniLM-L6-v2", "sentence-transformers/all-MiniLM-L6-v2"];

/// How soon a pause ends after Ctrl-C.
const NAP: Duration = Duration::from_millis(100);

/// The models of this process.
static KEPT: Kept = Kept(Mutex::new(None));

/// Returns how the configuration wants texts to be known by what they mean. Nothing is loaded and nobody asked yet.
pub(super) fn meaning(config: &Config) -> Result<Meaning> {
    let made = KEPT.made(config)?;
    let similarity = config.share(&keys::SEMANTIC_MIN_SIMILARITY);
    Ok(Meaning {
        model: made.map(|made| made.model),
        min_similarity: (similarity > 0.0).then_some(similarity as f32),
        by: match config.text(&keys::DEFAULT_SEARCH_TYPE) {
            Some("text") => Some(SearchBy::Text),
            Some("vector") => Some(SearchBy::Meaning),
            Some("hybrid") => Some(SearchBy::Hybrid),
            _ => None,
        },
    })
}

/// Returns what makes the vectors, `None` if nothing is to make any.
pub(crate) fn embedder(config: &Config) -> Result<Option<Arc<dyn Embedder>>> {
    Ok(KEPT.made(config)?.map(|made| made.embedder))
}

/// The model last chosen.
struct Kept(Mutex<Option<Made>>);

/// A model, for those who ask it themselves and for an engine, with what it was made by.
#[derive(Clone)]
struct Made {
    by: Choice,
    embedder: Arc<dyn Embedder>,
    model: Model,
}

impl Kept {
    fn made(&self, config: &Config) -> Result<Option<Made>> {
        let environment = |variable: &str| std::env::var(variable).ok();
        let Some(choice) = Choice::of(config, &environment)? else {
            return Ok(None);
        };
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if kept.as_ref().is_none_or(|made| made.by != choice) {
            let embedder = choice.make()?;
            *kept = Some(Made {
                by: choice,
                model: Model::new(Arc::clone(&embedder)),
                embedder,
            });
        }
        Ok(kept.clone())
    }
}

/// A model, and all that tells it from others.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Choice {
    /// The one in the binary, on so many threads.
    Builtin(NonZero<usize>),
    /// One behind HTTP.
    Remote(Box<Endpoint>),
}

impl Choice {
    /// Reads the choice; the environment tells of proxies, and is given as a look-up.
    fn of(config: &Config, environment: &dyn Fn(&str) -> Option<String>) -> Result<Option<Self>> {
        if !config.boolean(&keys::SEMANTIC_SEARCH_ENABLED) {
            return Ok(None);
        }
        let remote = |protocol| {
            let endpoint = endpoint(config, protocol, environment)?;
            Ok(Some(Self::Remote(Box::new(endpoint))))
        };
        match config.text(&keys::SEMANTIC_EMBEDDING_PROVIDER) {
            Some("openai" | "litellm") => remote(Protocol::OpenAi),
            Some("ollama") => remote(Protocol::Ollama),
            // What the reference runs itself is run by the model there is here, whichever it was.
            Some("fastembed") => Ok(Some(Self::Builtin(threads(config)))),
            _ => match config.text(&keys::SEMANTIC_EMBEDDING_MODEL) {
                Some(model) if !BUILTIN.contains(&model) => Err(no_server(model)),
                _ => Ok(Some(Self::Builtin(threads(config)))),
            },
        }
    }

    fn make(&self) -> Result<Arc<dyn Embedder>> {
        match self {
            Self::Builtin(threads) => Ok(Arc::new(Builtin::new(*threads))),
            Self::Remote(endpoint) => {
                let remote =
                    Remote::new((**endpoint).clone(), Box::new(pause)).map_err(|error| {
                        Failure::invalid(error.to_string())
                            .hint("correct the environment variable that names the proxy")
                    })?;
                Ok(Arc::new(remote))
            }
        }
    }
}

fn threads(config: &Config) -> NonZero<usize> {
    let asked = usize::try_from(config.number(&keys::SEMANTIC_EMBEDDING_THREADS)).unwrap_or(0);
    let all_but_one = || {
        let cores = std::thread::available_parallelism().map_or(1, NonZero::get);
        NonZero::new(cores - 1).unwrap_or(NonZero::<usize>::MIN)
    };
    NonZero::new(asked).unwrap_or_else(all_but_one)
}

fn endpoint(
    config: &Config,
    protocol: Protocol,
    environment: &dyn Fn(&str) -> Option<String>,
) -> Result<Endpoint> {
    let model = config
        .text(&keys::SEMANTIC_EMBEDDING_MODEL)
        .ok_or_else(|| missing(protocol, &keys::SEMANTIC_EMBEDDING_MODEL, "bge-m3"))?;
    let url = match (config.text(&keys::SEMANTIC_EMBEDDING_API_BASE), protocol) {
        (Some(url), _) => url,
        (None, Protocol::Ollama) => OLLAMA,
        (None, Protocol::OpenAi) => {
            let example = "https://api.openai.com/v1";
            let key = &keys::SEMANTIC_EMBEDDING_API_BASE;
            return Err(missing(protocol, key, example));
        }
    };
    let dimensions = usize::try_from(config.number(&keys::SEMANTIC_EMBEDDING_DIMENSIONS))
        .ok()
        .filter(|dimensions| *dimensions > 0)
        .ok_or_else(|| missing(protocol, &keys::SEMANTIC_EMBEDDING_DIMENSIONS, "1024"))?;
    let prefix = |key| config.text(key).unwrap_or_default().to_owned();
    Ok(Endpoint {
        asks_for_dimensions: config.boolean(&keys::SEMANTIC_EMBEDDING_FORWARD_DIMENSIONS),
        prefixes: Prefixes {
            query: prefix(&keys::SEMANTIC_EMBEDDING_QUERY_PREFIX),
            passage: prefix(&keys::SEMANTIC_EMBEDDING_DOCUMENT_PREFIX),
        },
        key: config
            .secret(&keys::SEMANTIC_EMBEDDING_API_KEY)
            .map(Key::new),
        detour: detour(url, environment),
        batch: usize::try_from(config.number(&keys::SEMANTIC_EMBEDDING_BATCH_SIZE)).unwrap_or(1),
        ..Endpoint::new(protocol, url, model, dimensions)
    })
}

fn missing(protocol: Protocol, key: &keys::Key, example: &str) -> Failure {
    Failure::invalid(format!(
        "the embedding provider {} needs {}",
        protocol.name(),
        key.name
    ))
    .hint(format!(
        "set it with `cairn config set {} …`, for instance {example}",
        key.name
    ))
}

fn no_server(model: &str) -> Failure {
    let provider = keys::SEMANTIC_EMBEDDING_PROVIDER.name;
    Failure::invalid(format!(
        "the built-in model is {}, so {model} needs a server",
        BUILTIN[0]
    ))
    .hint(format!(
        "name its kind with `cairn config set {provider} ollama` (or openai), or unset {}",
        keys::SEMANTIC_EMBEDDING_MODEL.name
    ))
}

/// The proxy that other programs would use for an address. This machine is reached without one.
fn detour(url: &str, environment: &dyn Fn(&str) -> Option<String>) -> Option<Detour> {
    let set = |names: &[&str]| {
        let values = names.iter().filter_map(|name| environment(name));
        values.into_iter().find(|value| !value.is_empty())
    };
    // HTTP_PROXY in capitals may come from a request, where programs serve CGI; nobody else reads it either.
    let proxy = match url.starts_with("https:") {
        true => set(&["https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY"]),
        false => set(&["http_proxy", "all_proxy", "ALL_PROXY"]),
    };
    let except = set(&["no_proxy", "NO_PROXY"]).unwrap_or_default();
    Some(Detour {
        proxy: proxy?,
        except: format!("localhost,127.0.0.1,[::1],{except}"),
    })
}

/// Waits, but not beyond a Ctrl-C.
fn pause(mut left: Duration) {
    while !left.is_zero() && !CANCEL.is_cancelled() {
        let nap = left.min(NAP);
        std::thread::sleep(nap);
        left -= nap;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SERVER: &str = "semantic_embedding_provider = 'openai'\n\
        semantic_embedding_model = 'text-embedding-3-small'\n\
        semantic_embedding_api_base = 'https://api.openai.com/v1'\n\
        semantic_embedding_dimensions = 1536\n";

    fn config(text: &str) -> Config {
        let document = text.parse().expect("the test writes TOML");
        super::super::config::check(&document).expect("its values fit");
        Config::read(&document, &|_| None).expect("its values fit")
    }

    fn choice(text: &str) -> Result<Option<Choice>> {
        Choice::of(&config(text), &|_| None)
    }

    #[test]
    fn the_built_in_model_is_the_default_and_can_be_turned_off() {
        let cores = threads(&config(""));
        assert_eq!(choice("").expect("fits"), Some(Choice::Builtin(cores)));
        assert_eq!(
            choice("semantic_search_enabled = false\n").expect("fits"),
            None
        );
        let three = NonZero::new(3).map(Choice::Builtin);
        let text = "semantic_embedding_provider = 'fastembed'\n\
            semantic_embedding_model = 'bge-small-en-v1.5'\nsemantic_embedding_threads = 3\n";
        assert_eq!(choice(text).expect("fits"), three);
    }

    #[test]
    fn a_server_is_described_by_the_keys() {
        let text = format!(
            "{SERVER}semantic_embedding_api_key = 'sk-1'\nsemantic_embedding_batch_size = 7\n\
            semantic_embedding_forward_dimensions = true\nsemantic_embedding_query_prefix = 'query: '\n"
        );
        let Some(Choice::Remote(endpoint)) = choice(&text).expect("fits") else {
            panic!("it is a server");
        };
        assert!(!format!("{endpoint:?}").contains("sk-1"));
        let plain = Endpoint::new(
            Protocol::OpenAi,
            "https://api.openai.com/v1",
            "text-embedding-3-small",
            1536,
        );
        let expected = Endpoint {
            key: Some(Key::new("sk-1")),
            batch: 7,
            asks_for_dimensions: true,
            prefixes: Prefixes {
                query: "query: ".to_owned(),
                passage: String::new(),
            },
            ..plain
        };
        assert_eq!(*endpoint, expected);

        let text = "semantic_embedding_provider = 'ollama'\nsemantic_embedding_model = 'bge-m3'\n\
            semantic_embedding_dimensions = 1024\n";
        let expected = Endpoint::new(Protocol::Ollama, OLLAMA, "bge-m3", 1024);
        assert_eq!(
            choice(text).expect("fits"),
            Some(Choice::Remote(Box::new(expected)))
        );
    }

    #[test]
    fn what_a_server_needs_is_named_when_it_is_missing() {
        let without = |key: &str| {
            let lines = SERVER.lines().filter(|line| !line.contains(key));
            let text: String = lines.map(|line| format!("{line}\n")).collect();
            let failure = choice(&text).expect_err("something is missing");
            format!("{}: {}", failure.message, failure.hint.unwrap_or_default())
        };
        assert_eq!(
            without("api_base"),
            "the embedding provider openai needs semantic_embedding_api_base: set it with `cairn config set \
            semantic_embedding_api_base …`, for instance https://api.openai.com/v1"
        );
        assert!(without("_model").contains("needs semantic_embedding_model"));
        assert!(without("dimensions").contains("needs semantic_embedding_dimensions"));
        assert_eq!(
            without("provider"),
            "the built-in model is all-MiniLM-L6-v2, so text-embedding-3-small needs a server: name its kind with \
            `cairn config set semantic_embedding_provider ollama` (or openai), or unset semantic_embedding_model"
        );
    }

    #[test]
    fn one_model_is_made_until_the_configuration_changes() {
        let kept = Kept(Mutex::new(None));
        let made = |text: &str| {
            let made = kept.made(&config(text)).expect("it can be made");
            made.expect("there is a model").embedder
        };
        let first = made("semantic_embedding_threads = 1\n");
        let again = made("semantic_embedding_threads = 1\nkebab_filenames = true\n");
        assert!(Arc::ptr_eq(&first, &again));
        let server = made(SERVER);
        assert_eq!(server.dimensions(), 1536);
        assert!(Arc::ptr_eq(&server, &made(SERVER)));
        assert!(!Arc::ptr_eq(
            &first,
            &made("semantic_embedding_threads = 1\n")
        ));
    }

    #[test]
    fn how_near_is_near_enough_is_left_to_the_ranking_unless_it_is_set() {
        let least = |text| meaning(&config(text)).expect("fits").min_similarity;
        assert_eq!(least(""), None);
        assert_eq!(least("semantic_min_similarity = 0.5\n"), Some(0.5));
        assert_eq!(least("semantic_min_similarity = 1\n"), Some(1.0));
    }

    #[test]
    fn the_usual_proxy_is_used() {
        let environment = |name: &str| {
            let value = match name {
                "HTTPS_PROXY" => "http://proxy:8080",
                "HTTP_PROXY" => "http://forged:8080",
                "NO_PROXY" => "inside.example",
                _ => return None,
            };
            Some(value.to_owned())
        };
        let expected = Detour {
            proxy: "http://proxy:8080".to_owned(),
            except: "localhost,127.0.0.1,[::1],inside.example".to_owned(),
        };
        assert_eq!(
            detour("https://api.openai.com/v1", &environment),
            Some(expected)
        );
        assert_eq!(detour("http://host", &environment), None);
    }
}
