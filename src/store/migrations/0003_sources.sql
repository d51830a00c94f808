-- What a server said of a document, returned to it unchanged; where it moved for good; what its entries were.
ALTER TABLE document ADD COLUMN etag TEXT;
ALTER TABLE document ADD COLUMN last_modified TEXT;
ALTER TABLE document ADD COLUMN moved TEXT;
-- Fingerprints of the entries of a feed, 16 bytes each: what was read once is not read again.
ALTER TABLE document ADD COLUMN entries BYTEA;

-- A host is asked one thing at a time, by whoever holds its lease. A write under an old fence changes nothing.
CREATE TABLE host (
    name         TEXT   NOT NULL PRIMARY KEY,
    next_at      BIGINT NOT NULL,
    lease_by     TEXT   NOT NULL,
    lease_until  BIGINT NOT NULL,
    fence        BIGINT NOT NULL,
    -- What its robots.txt says to us; empty where it says nothing.
    robots       TEXT,
    robots_until BIGINT NOT NULL
);

-- How each source is doing, and when it is to be read next: never earlier, whatever is started anew.
CREATE TABLE standing (
    source     TEXT   NOT NULL PRIMARY KEY,
    -- The document that the source is, where it is one.
    reference  TEXT,
    state      TEXT   NOT NULL,
    since      BIGINT NOT NULL,
    -- The state that the operator knows of.
    told       TEXT   NOT NULL,
    paused     BIGINT NOT NULL,
    strikes    BIGINT NOT NULL,
    -- What it usually brings: articles, and filled fields in a thousand.
    found      BIGINT NOT NULL,
    filled     BIGINT NOT NULL,
    visited_at BIGINT,
    fresh_at   BIGINT,
    reason     TEXT,
    -- What its feed says of when to come (JSON).
    quiet      TEXT,
    -- Our own rhythm, and what its server asked for.
    pace       BIGINT NOT NULL,
    next_at    BIGINT NOT NULL,
    not_before BIGINT NOT NULL
);

-- The history of each source; visits that brought nothing new are not listed.
CREATE TABLE visit (
    at      BIGINT NOT NULL,
    source  TEXT   NOT NULL,
    outcome TEXT   NOT NULL,
    found   BIGINT NOT NULL,
    fresh   BIGINT NOT NULL,
    changed BIGINT NOT NULL,
    filled  BIGINT,
    reason  TEXT,
    PRIMARY KEY (at, source)
);
