-- Archive pages of feeds (RFC 5005): each ends behind the article named here and is never written again.
CREATE TABLE archive (
    feed    TEXT   NOT NULL,
    number  BIGINT NOT NULL,
    last_at BIGINT NOT NULL,
    last_id TEXT   NOT NULL,
    PRIMARY KEY (feed, number)
);
CREATE INDEX article_by_first_sight ON article (first_seen, id);
