-- What a mark leads to is told by the mark's own row: which article, and the outline of its sketch. Most of what shares a
-- mark by chance is passed over with that. Rows from before have no outline and are looked at more closely.
DROP INDEX story_mark_by_time;
ALTER TABLE story_mark RENAME TO story_mark_before;
CREATE TABLE story_mark (
    mark    BIGINT NOT NULL,
    article BYTEA  NOT NULL,
    at      BIGINT NOT NULL,
    low     BIGINT,
    high    BIGINT,
    PRIMARY KEY (mark, article)
)
-- sqlite:
WITHOUT ROWID
-- both:
;
-- sqlite:
INSERT INTO story_mark SELECT mark, unhex(article, '-'), at, NULL, NULL FROM story_mark_before ORDER BY mark;
-- postgres:
INSERT INTO story_mark SELECT mark, decode(replace(article, '-', ''), 'hex'), at, NULL, NULL FROM story_mark_before;
-- both:
DROP TABLE story_mark_before;
CREATE INDEX story_mark_by_time ON story_mark (at);

-- Most articles tell a story of their own.
DROP INDEX story_by_story;
CREATE INDEX story_retold ON story (story) WHERE story <> article;
