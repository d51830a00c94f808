-- One letter an address a day for each purpose: a stranger's sign-up must not hold up the wish to be forgotten.
DROP TABLE confirmation_day;
CREATE TABLE letter_day (
    address TEXT   NOT NULL,
    purpose TEXT   NOT NULL,
    day     BIGINT NOT NULL,
    PRIMARY KEY (address, purpose, day)
);

-- A reader's choices as a feed under an address that only its owner knows; a hash of it is kept.
CREATE TABLE reader_feed (
    token_hash TEXT NOT NULL PRIMARY KEY,
    digest     TEXT NOT NULL,
    address    TEXT NOT NULL,
    UNIQUE (digest, address)
);
