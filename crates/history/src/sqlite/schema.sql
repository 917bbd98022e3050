-- Format 1 of the history. Later formats are steps from the one before, in open.rs.

-- Every content once, under its hash. A content with a base is packed as its difference from it.
CREATE TABLE content (
    id       INTEGER PRIMARY KEY,
    hash     BLOB    NOT NULL UNIQUE,  -- the 32 bytes of its SHA-256
    size     INTEGER NOT NULL,         -- bytes, unpacked
    base     INTEGER REFERENCES content (id),
    depth    INTEGER NOT NULL,         -- how many bases are below it
    baseline INTEGER NOT NULL,         -- 1: kept without a revision that needs it
    packed   BLOB    NOT NULL          -- zstd
) STRICT;
CREATE INDEX content_base ON content (base) WHERE base IS NOT NULL;
CREATE INDEX content_baseline ON content (id) WHERE baseline = 1;

-- What was done, in the order in which it was recorded. Numbers are never used again.
CREATE TABLE revision (
    id        INTEGER PRIMARY KEY AUTOINCREMENT,
    change    INTEGER NOT NULL,        -- the number of the first revision of the change
    project   INTEGER NOT NULL,
    note      TEXT    NOT NULL,        -- external id
    path      TEXT    NOT NULL,
    former    TEXT,                    -- the path before, if another
    operation TEXT    NOT NULL,
    actor     TEXT    NOT NULL,
    time      INTEGER NOT NULL,        -- nanoseconds since 1970
    before    INTEGER REFERENCES content (id),
    after     INTEGER REFERENCES content (id),
    permalink TEXT,                    -- given where the file declares none
    outcome   TEXT                     -- 'done', 'undone', or not known yet
) STRICT;
CREATE INDEX revision_note ON revision (project, note);
CREATE INDEX revision_path ON revision (project, path);
CREATE INDEX revision_former ON revision (project, former) WHERE former IS NOT NULL;
CREATE INDEX revision_time ON revision (time);
CREATE INDEX revision_change ON revision (change);
CREATE INDEX revision_before ON revision (before) WHERE before IS NOT NULL;
CREATE INDEX revision_after ON revision (after) WHERE after IS NOT NULL;
CREATE INDEX revision_pending ON revision (project) WHERE outcome IS NULL;

-- Where each note is, by its newest revision that was not undone.
CREATE TABLE identity (
    project    INTEGER NOT NULL,
    note       TEXT    NOT NULL,
    path       TEXT    NOT NULL,
    permalink  TEXT,
    revision   INTEGER NOT NULL,
    is_present INTEGER NOT NULL,       -- 0: in the trash
    PRIMARY KEY (project, note)
) STRICT, WITHOUT ROWID;
CREATE INDEX identity_path ON identity (project, path);

-- Where each note was; stays when the revision that brought it there is pruned.
CREATE TABLE place (
    project  INTEGER NOT NULL,
    note     TEXT    NOT NULL,
    revision INTEGER NOT NULL,         -- which brought it there, or found it there
    path     TEXT    NOT NULL,
    since    INTEGER,                  -- nanoseconds since 1970; not known where it was found there
    PRIMARY KEY (project, note, revision, path)
) STRICT, WITHOUT ROWID;
