-- Articles that retention took out: should their source still list them, they do not come in as new.
CREATE TABLE retired_article (
    id         TEXT   NOT NULL PRIMARY KEY,
    retired_at BIGINT NOT NULL
);

-- Nodes that work on this store, each with a fingerprint of its configuration's definitions.
CREATE TABLE node (
    id          TEXT   NOT NULL PRIMARY KEY,
    definitions TEXT   NOT NULL,
    seen_at     BIGINT NOT NULL
);
