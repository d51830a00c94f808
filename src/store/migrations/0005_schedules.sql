-- Who works on a slot that was begun, until when that is believed without further news, and how often it was begun.
ALTER TABLE slot ADD COLUMN holder TEXT;
ALTER TABLE slot ADD COLUMN lease_until BIGINT NOT NULL DEFAULT 0;
ALTER TABLE slot ADD COLUMN attempts BIGINT NOT NULL DEFAULT 1;
-- Few rows at any time, asked for with every decision.
CREATE INDEX slot_begun ON slot (schedule) WHERE decision = 'begun';
-- What was decided lately, for the figures.
CREATE INDEX slot_by_time ON slot (decided_at);
