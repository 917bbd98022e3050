//! The keys of search by meaning.
//!
//! Not the model they choose (that is `settings::model`). Invariant: a key the reference has too means the same here,
//! and those of it that mean nothing here are named, so that nobody takes them for slips.

use super::{Form, Key};

/// Whether there is search by meaning.
pub(crate) static SEMANTIC_SEARCH_ENABLED: Key = Key {
    name: "semantic_search_enabled",
    form: Form::Boolean,
    default: "true",
    about: "whether notes are searched by meaning too",
};

/// Where the model is. The reference's names for two of them are understood.
pub(crate) static SEMANTIC_EMBEDDING_PROVIDER: Key = Key {
    name: "semantic_embedding_provider",
    form: Form::OneOf(&["builtin", "openai", "ollama", "fastembed", "litellm"]),
    default: "builtin",
    about: "where the model of search by meaning is",
};

/// Which model of a server.
pub(crate) static SEMANTIC_EMBEDDING_MODEL: Key = Key {
    name: "semantic_embedding_model",
    form: Form::Line,
    default: "",
    about: "the model's name at its server",
};

/// Which server.
pub(crate) static SEMANTIC_EMBEDDING_API_BASE: Key = Key {
    name: "semantic_embedding_api_base",
    form: Form::Address,
    default: "",
    about: "the address of the model's server",
};

/// What the server wants to be shown.
pub(crate) static SEMANTIC_EMBEDDING_API_KEY: Key = Key {
    name: "semantic_embedding_api_key",
    form: Form::Secret,
    default: "",
    about: "the secret the model's server wants; never shown",
};

/// How long the vectors of a server's model are. More than this no index is made for.
pub(crate) static SEMANTIC_EMBEDDING_DIMENSIONS: Key = Key {
    name: "semantic_embedding_dimensions",
    form: Form::Number {
        least: 1,
        most: 8192,
    },
    default: "",
    about: "how many numbers a vector of the server's model has",
};

/// Whether the server is asked for vectors of that length.
pub(crate) static SEMANTIC_EMBEDDING_FORWARD_DIMENSIONS: Key = Key {
    name: "semantic_embedding_forward_dimensions",
    form: Form::Boolean,
    default: "false",
    about: "whether the server is asked for vectors of that length",
};

/// Passages in one request; no server takes more than 2048.
pub(crate) static SEMANTIC_EMBEDDING_BATCH_SIZE: Key = Key {
    name: "semantic_embedding_batch_size",
    form: Form::Number {
        least: 1,
        most: 2048,
    },
    default: "32",
    about: "passages in one request to the model's server",
};

/// What a server's model wants before a question.
pub(crate) static SEMANTIC_EMBEDDING_QUERY_PREFIX: Key = Key {
    name: "semantic_embedding_query_prefix",
    form: Form::Prefix,
    default: "",
    about: "what the server's model wants before a question",
};

/// What a server's model wants before a passage.
pub(crate) static SEMANTIC_EMBEDDING_DOCUMENT_PREFIX: Key = Key {
    name: "semantic_embedding_document_prefix",
    form: Form::Prefix,
    default: "",
    about: "what the server's model wants before a passage",
};

/// Passages the built-in model reads at once.
pub(crate) static SEMANTIC_EMBEDDING_THREADS: Key = Key {
    name: "semantic_embedding_threads",
    form: Form::Number {
        least: 0,
        most: 256,
    },
    default: "0",
    about: "cores the built-in model uses for passages; 0 is all but one",
};

/// How near a note must be to be found by meaning alone.
pub(crate) static SEMANTIC_MIN_SIMILARITY: Key = Key {
    name: "semantic_min_similarity",
    form: Form::Share,
    default: "0",
    about: "how near in meaning a note must be to be found by it",
};

/// How is searched where nobody says.
pub(crate) static DEFAULT_SEARCH_TYPE: Key = Key {
    name: "default_search_type",
    form: Form::OneOf(&["text", "hybrid", "vector"]),
    default: "",
    about: "how is searched where nobody says",
};

/// Keys of the reference about models and their vectors that mean nothing here.
const FOREIGN: [&str; 22] = [
    "semantic_vector_index",
    "semantic_vector_k",
    "semantic_embedding_request_concurrency",
    "semantic_embedding_document_input_type",
    "semantic_embedding_query_input_type",
    "semantic_embedding_sync_batch_size",
    "semantic_embedding_cache_dir",
    "semantic_embedding_parallel",
    "semantic_postgres_prepare_concurrency",
    "milvus_uri",
    "milvus_token",
    "milvus_timeout_seconds",
    "milvus_collection_prefix",
    "milvus_database",
    "reranker_enabled",
    "reranker_provider",
    "reranker_model",
    "reranker_max_document_chars",
    "reranker_timeout",
    "reranker_api_base",
    "reranker_api_key",
    "reranker_candidates",
];

/// Whether a key is one of the reference's that means nothing here, and so no slip.
pub(crate) fn is_foreign(name: &str) -> bool {
    FOREIGN.contains(&name)
}
