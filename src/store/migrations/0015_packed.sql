-- What an article says is kept packed, in less than half of the room; what was written before stays as text in its body.
ALTER TABLE article ADD COLUMN packed BYTEA;
