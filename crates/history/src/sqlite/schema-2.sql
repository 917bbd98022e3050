-- The second format: what an undo took back, and since when a first text is not in use.

-- A baseline greater than 1 was seen to be in use no more at that second since 1970.
DROP INDEX content_baseline;
CREATE INDEX content_baseline ON content (id) WHERE baseline <> 0;

-- What an undo took back, revision by revision. Counts unless the revision that did it never happened, or was itself
-- taken back.
CREATE TABLE taken_back (
    revision INTEGER NOT NULL,
    taken_by INTEGER NOT NULL,         -- the revision that did it
    PRIMARY KEY (revision, taken_by)
) STRICT, WITHOUT ROWID;
