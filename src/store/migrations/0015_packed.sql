-- What an article says is kept packed, a third of the size; what was written before stays as text in its body.
ALTER TABLE article ADD COLUMN packed BYTEA;
