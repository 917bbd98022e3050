-- The whole index but for vectors (`kept.sql`). Everything here is made from the files and can be made again.
-- Times are microseconds since 1970, UTC. `project` is a number the registry chose; there is no table of projects.

-- Counters of the whole index: how many notes have words, and how many words they have together.
CREATE TABLE total (
    name  TEXT PRIMARY KEY,
    value INTEGER NOT NULL
) WITHOUT ROWID;
INSERT INTO total VALUES ('notes', 0), ('words', 0);

-- Every file: a note, or a file known by its name only.
CREATE TABLE note (
    id               INTEGER PRIMARY KEY AUTOINCREMENT,
    project          INTEGER NOT NULL,
    path             TEXT    NOT NULL,
    is_note          INTEGER NOT NULL,
    title            TEXT    NOT NULL,
    type             TEXT    NOT NULL,  -- as its author spelled it
    canonical_type   TEXT    NOT NULL,  -- the form types are compared in
    claim            TEXT,              -- the permalink it asks for; NULL for a plain file
    ground           INTEGER NOT NULL,  -- why it asks: 2 the file says it, 1 it was given it, 0 its path gives it
    permalink        TEXT,              -- the permalink it has: the claim, with a suffix where it is taken
    external_id      BLOB    NOT NULL,  -- stable id, the 16 bytes of a UUID
    alias            TEXT    NOT NULL,  -- the path, as look-alikes are compared
    path_bucket      TEXT    NOT NULL,  -- coarse keys by which links are found again
    title_bucket     TEXT,              -- NULL when equal to the one before
    permalink_bucket TEXT,              -- NULL when equal to one before
    checksum         BLOB    NOT NULL,  -- SHA-256 of the file
    size             INTEGER NOT NULL,  -- bytes
    modified_ns      INTEGER NOT NULL,  -- the file's own time, nanoseconds
    created          INTEGER NOT NULL,
    modified         INTEGER NOT NULL,
    words            INTEGER NOT NULL,  -- its row in `words`
    length           INTEGER NOT NULL,  -- how many terms its body has
    metadata         TEXT    NOT NULL,  -- the frontmatter, as JSON
    UNIQUE (project, path)
);
CREATE UNIQUE INDEX note_permalink ON note (project, permalink) WHERE permalink IS NOT NULL;
CREATE INDEX note_claim ON note (project, claim) WHERE claim IS NOT NULL;
CREATE INDEX note_modified ON note (modified);
CREATE UNIQUE INDEX note_external_id ON note (external_id);
CREATE INDEX note_path_bucket ON note (path_bucket);
CREATE INDEX note_title_bucket ON note (title_bucket) WHERE title_bucket IS NOT NULL;
CREATE INDEX note_permalink_bucket ON note (permalink_bucket) WHERE permalink_bucket IS NOT NULL;

CREATE TABLE observation (
    note     INTEGER NOT NULL,
    position INTEGER NOT NULL,
    category TEXT    NOT NULL,
    content  TEXT    NOT NULL,
    context  TEXT,
    tags     TEXT    NOT NULL,          -- a JSON list
    PRIMARY KEY (note, position)
) WITHOUT ROWID;
CREATE INDEX observation_category ON observation (category);

-- A typed edge. `resolved` is the note it points to, NULL as long as there is none.
CREATE TABLE relation (
    note      INTEGER NOT NULL,
    position  INTEGER NOT NULL,
    type      TEXT    NOT NULL,
    target    TEXT    NOT NULL,         -- as written
    qualified INTEGER NOT NULL,         -- written `project::note`
    context   TEXT,
    resolved  INTEGER,
    PRIMARY KEY (note, position)
) WITHOUT ROWID;

-- The coarse keys of each relation's target, by which it is found again when a note with that key comes or goes,
-- and by which a note finds the relations that point to it.
CREATE TABLE link_bucket (
    bucket   TEXT    NOT NULL,
    note     INTEGER NOT NULL,
    position INTEGER NOT NULL,
    PRIMARY KEY (bucket, note, position)
) WITHOUT ROWID;

-- Frontmatter values by dotted key, a list's items one by one, and tags one by one under `tags`. Title, type and
-- permalink have columns of their own. What a note put here follows from its `metadata`.
CREATE TABLE property (
    key   TEXT    NOT NULL,
    value TEXT    NOT NULL,
    note  INTEGER NOT NULL,
    PRIMARY KEY (key, value, note)
) WITHOUT ROWID;

-- What the last scan could not read.
CREATE TABLE fault (
    project INTEGER NOT NULL,
    path    TEXT    NOT NULL,
    message TEXT    NOT NULL,
    PRIMARY KEY (project, path, message)
) WITHOUT ROWID;

-- Terms, already split (note::words). The row number holds the note's id, its title's and its body's length
-- (see rank.rs), so that ranking looks nothing up. `ascii` never splits what is not ASCII.
CREATE VIRTUAL TABLE words USING fts5 (
    title, headings, names, body,
    content = '', contentless_delete = 1, tokenize = "ascii tokenchars '+#_'"
);

-- The terms in `words`, in order, and how many rows have each: where other forms of a word are looked up.
CREATE VIRTUAL TABLE vocabulary USING fts5vocab (words, row);

-- The passages of each note that has any, in one row: for each its hash (16 bytes), where it starts and where it ends
-- (bytes of the text, 4 bytes each, least significant first). `pending` is how many of them have no vector of the model
-- in use; 0 when none is.
CREATE TABLE passages (
    note    INTEGER PRIMARY KEY,
    spans   BLOB    NOT NULL,
    pending INTEGER NOT NULL
);
CREATE INDEX passages_pending ON passages (note) WHERE pending > 0;

-- What `passages` comes to in each project: passages, those of them that are pending, and notes with any such.
CREATE TABLE passage_total (
    project  INTEGER PRIMARY KEY,
    passages INTEGER NOT NULL,
    pending  INTEGER NOT NULL,
    notes    INTEGER NOT NULL
);

-- The notes whose vectors changed, in the order in which they did; only the last ones are kept.
CREATE TABLE passage_log (
    seq  INTEGER PRIMARY KEY,
    note INTEGER NOT NULL
);
