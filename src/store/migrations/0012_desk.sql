-- Sessions of the desk. Only a hash of the token is kept; a session belongs to the password that opened it.
CREATE TABLE desk_session (
    token_hash TEXT   NOT NULL PRIMARY KEY,
    password   TEXT   NOT NULL,
    expires_at BIGINT NOT NULL
);

-- What was done at the desk. Written before it is done; without an outcome nobody knows how it ended.
CREATE TABLE audit (
    id        TEXT   NOT NULL PRIMARY KEY,
    at        BIGINT NOT NULL,
    who       TEXT   NOT NULL,
    from_host TEXT   NOT NULL,
    what      TEXT   NOT NULL,
    subject   TEXT   NOT NULL,
    outcome   TEXT
);
CREATE INDEX audit_by_time ON audit (at, id);

-- The history of one source.
CREATE INDEX visit_by_source ON visit (source, at);

-- What failed, the last first; it is little beside what was sent.
CREATE INDEX delivery_failed ON delivery (changed_at) WHERE state = 'failed';
