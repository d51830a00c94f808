-- The page that shows an Edition to everybody, what its mail was called, and how far it has been handed to the outbox:
-- up to which address, and whether that was the last. What was composed before this was handed over whole.
ALTER TABLE edition ADD COLUMN web TEXT NOT NULL DEFAULT '';
ALTER TABLE edition ADD COLUMN subject TEXT NOT NULL DEFAULT '';
ALTER TABLE edition ADD COLUMN briefs BIGINT NOT NULL DEFAULT 0;
ALTER TABLE edition ADD COLUMN fanned_to TEXT NOT NULL DEFAULT '';
ALTER TABLE edition ADD COLUMN is_complete BIGINT NOT NULL DEFAULT 1;
CREATE INDEX edition_by_time ON edition (digest, slot);

-- An article is remembered as chosen or left out, with the change that was seen and the address it is read at.
ALTER TABLE edition_article ADD COLUMN fate TEXT NOT NULL DEFAULT 'chosen';
ALTER TABLE edition_article ADD COLUMN changed BIGINT NOT NULL DEFAULT 0;
ALTER TABLE edition_article ADD COLUMN place TEXT;
CREATE INDEX edition_article_by_place ON edition_article (digest, cadence, place);

-- What came in or was edited since an instant.
CREATE INDEX article_by_change ON article (changed, id);

-- Readers of a digest, by address.
CREATE INDEX subscriber_by_address ON subscriber (digest, state, address);

-- What a model answered for a text, by the hash of all that it was asked; refused answers are kept without their words.
CREATE TABLE model_answer (
    question   TEXT   NOT NULL PRIMARY KEY,
    summary    TEXT,
    refusal    TEXT,
    answered_at BIGINT NOT NULL
);
