-- Which story each article tells: the article that told it first stands for it. Sketches tell whether two texts are nearly
-- the same; the articles themselves stay apart.
CREATE TABLE story (
    article TEXT   NOT NULL PRIMARY KEY,
    source  TEXT   NOT NULL,
    story   TEXT   NOT NULL,
    sketch  BYTEA  NOT NULL,
    at      BIGINT NOT NULL
);
CREATE INDEX story_by_story ON story (story);

-- By what sketches are looked up; only of the days in which a story is told.
CREATE TABLE story_mark (
    mark    BIGINT NOT NULL,
    article TEXT   NOT NULL,
    at      BIGINT NOT NULL,
    PRIMARY KEY (mark, article)
);
CREATE INDEX story_mark_by_time ON story_mark (at);

-- Documents as they were fetched, compressed, so that new rules can be run over them.
CREATE TABLE kept_document (
    source     TEXT   NOT NULL,
    reference  TEXT   NOT NULL,
    -- Days since 1970: of what changes by the minute, the last state of each day is kept.
    day        BIGINT NOT NULL,
    digest     TEXT   NOT NULL,
    url        TEXT,
    media_type TEXT   NOT NULL,
    fetched_at BIGINT NOT NULL,
    -- Seconds east of Greenwich in which the document's relative dates are meant.
    zone       BIGINT NOT NULL,
    body       BYTEA  NOT NULL,
    PRIMARY KEY (source, reference, day)
);
CREATE INDEX kept_document_by_time ON kept_document (fetched_at);
