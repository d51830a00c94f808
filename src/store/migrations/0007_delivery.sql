-- Deferred beyond its deadline a delivery fails. The owner is the run of the deliver job that holds the row.
ALTER TABLE delivery ADD COLUMN deadline BIGINT NOT NULL DEFAULT 0;
ALTER TABLE delivery ADD COLUMN owner TEXT;
UPDATE delivery SET deadline = changed_at + 86400000000;
-- What waits and what is in doubt is little beside what was sent, and both are asked for all the time.
DROP INDEX delivery_due;
CREATE INDEX delivery_waiting ON delivery (not_before) WHERE state IN ('new', 'deferred');
CREATE INDEX delivery_in_doubt ON delivery (state) WHERE state IN ('sending', 'unknown');

-- Runs of the deliver job. One that does not say in time that it lives holds nothing any more.
CREATE TABLE delivery_run (
    id          TEXT   NOT NULL PRIMARY KEY,
    alive_until BIGINT NOT NULL
);

-- Addresses that get no mail: bounced, complained, or put here by the operator. In lower case, or, once erased, as a hash.
CREATE TABLE suppression (
    address TEXT   NOT NULL PRIMARY KEY,
    reason  TEXT   NOT NULL,
    detail  TEXT   NOT NULL,
    since   BIGINT NOT NULL
);

-- What came back, once a delivery; soft bounces are counted by it.
CREATE TABLE bounce (
    address TEXT   NOT NULL,
    mail_id TEXT   NOT NULL,
    kind    TEXT   NOT NULL,
    detail  TEXT   NOT NULL,
    at      BIGINT NOT NULL,
    PRIMARY KEY (address, mail_id, kind)
);

CREATE TABLE secret (
    name  TEXT  NOT NULL PRIMARY KEY,
    value BYTEA NOT NULL
);
