-- What is kept when the rest is made anew, since making it again takes long: vectors, by what was told of a passage.
-- A change here is a new version in `open.rs`, and loses them.

-- `version` of these tables, and `generation`: another one after so much changed that it is not told note by note.
CREATE TABLE IF NOT EXISTS kept (
    name  TEXT PRIMARY KEY,
    value INTEGER NOT NULL
) WITHOUT ROWID;

CREATE TABLE IF NOT EXISTS model (
    id         INTEGER PRIMARY KEY,
    name       TEXT    NOT NULL UNIQUE,
    dimensions INTEGER NOT NULL,
    in_use     INTEGER NOT NULL,
    vectors    INTEGER NOT NULL           -- how many it has
);

-- A vector of length one in whole numbers: each times `scale`.
CREATE TABLE IF NOT EXISTS vector (
    id     INTEGER PRIMARY KEY,
    model  INTEGER NOT NULL,
    hash   BLOB    NOT NULL,
    scale  REAL    NOT NULL,
    bytes  BLOB    NOT NULL               -- a signed byte for each dimension
);
CREATE UNIQUE INDEX IF NOT EXISTS vector_hash ON vector (model, hash);
