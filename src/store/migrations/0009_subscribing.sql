-- What an address was asked to confirm by mail. Only a hash of the token is kept; it serves once and until its time is over.
CREATE TABLE confirmation (
    token_hash TEXT   NOT NULL PRIMARY KEY,
    purpose    TEXT   NOT NULL,
    digest     TEXT   NOT NULL,
    address    TEXT   NOT NULL,
    choices    TEXT   NOT NULL,
    expires_at BIGINT NOT NULL
);
CREATE INDEX confirmation_by_address ON confirmation (address);

-- One such mail an address a day, however often and for whatever it is asked for.
CREATE TABLE confirmation_day (
    address TEXT   NOT NULL,
    day     BIGINT NOT NULL,
    PRIMARY KEY (address, day)
);
