-- Times are microseconds since 1970 UTC, bound by the program; ids are made by the program; JSON is text.
-- One text serves SQLite and PostgreSQL (BYTEA, BIGINT, no serial, no now()).

-- What was fetched, so that equal bytes need no work.
CREATE TABLE document (
    source     TEXT   NOT NULL,
    reference  TEXT   NOT NULL,
    digest     TEXT   NOT NULL,
    article    TEXT   NOT NULL,
    fetched_at BIGINT NOT NULL,
    PRIMARY KEY (source, reference)
);

CREATE TABLE article (
    id          TEXT   NOT NULL PRIMARY KEY,
    source      TEXT   NOT NULL,
    first_seen  BIGINT NOT NULL,
    changed     BIGINT NOT NULL,
    -- When readers shall find it in a list: its publication where known to the day, else its first sight.
    sort_at     BIGINT NOT NULL,
    body        TEXT   NOT NULL
);
CREATE INDEX article_by_time ON article (sort_at, id);

-- When each schedule is due next. The fingerprint is of expression, zone and jitter: next_at is re-derived only when it changes.
CREATE TABLE schedule (
    name        TEXT   NOT NULL PRIMARY KEY,
    fingerprint TEXT   NOT NULL,
    next_at     BIGINT NOT NULL
);

-- One row a slot, whatever was decided: a slot cannot be decided twice.
CREATE TABLE slot (
    schedule   TEXT   NOT NULL,
    at         BIGINT NOT NULL,
    decision   TEXT   NOT NULL,
    reason     TEXT,
    decided_at BIGINT NOT NULL,
    PRIMARY KEY (schedule, at)
);

CREATE TABLE edition (
    id          TEXT   NOT NULL PRIMARY KEY,
    digest      TEXT   NOT NULL,
    cadence     TEXT   NOT NULL,
    slot        BIGINT NOT NULL,
    composed_at BIGINT NOT NULL,
    body        TEXT   NOT NULL,
    UNIQUE (digest, cadence, slot)
);

-- What a cadence has had already: an article goes out once in each.
CREATE TABLE edition_article (
    digest  TEXT NOT NULL,
    cadence TEXT NOT NULL,
    article TEXT NOT NULL,
    edition TEXT NOT NULL,
    PRIMARY KEY (digest, cadence, article)
);

CREATE TABLE message (
    id         TEXT   NOT NULL PRIMARY KEY,
    kind       TEXT   NOT NULL,
    subject    TEXT   NOT NULL,
    language   TEXT   NOT NULL,
    list       TEXT,
    text       TEXT   NOT NULL,
    html       TEXT   NOT NULL,
    created_at BIGINT NOT NULL
);

-- The outbox: a row a recipient, committed before the body is handed over and after the verdict.
CREATE TABLE delivery (
    message    TEXT   NOT NULL REFERENCES message (id),
    address    TEXT   NOT NULL,
    state      TEXT   NOT NULL,
    attempts   BIGINT NOT NULL,
    doubts     BIGINT NOT NULL,
    not_before BIGINT NOT NULL,
    mail_id    TEXT   NOT NULL,
    response   TEXT,
    changed_at BIGINT NOT NULL,
    PRIMARY KEY (message, address)
);
CREATE INDEX delivery_due ON delivery (state, not_before);

CREATE TABLE subscriber (
    address    TEXT   NOT NULL,
    digest     TEXT   NOT NULL,
    state      TEXT   NOT NULL,
    choices    TEXT   NOT NULL,
    changed_at BIGINT NOT NULL,
    PRIMARY KEY (address, digest)
);
CREATE INDEX subscriber_by_digest ON subscriber (digest, state);
