-- Which story is told is looked for many articles at a time: each look touches pages all over the index of marks. Until then
-- an article tells its own. 0: settled; 1: new; 2: settled, and edited since.
ALTER TABLE story ADD COLUMN waits BIGINT NOT NULL DEFAULT 0;
CREATE INDEX story_waiting ON story (at, article) WHERE waits > 0;
