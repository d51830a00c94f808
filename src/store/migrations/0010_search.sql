-- What search finds: articles and Editions. The number is the row in the index; it grows with the time at which a thing
-- appeared, so that the newest come first without sorting.
CREATE TABLE searchable (
    id     TEXT   NOT NULL PRIMARY KEY,
    number BIGINT NOT NULL UNIQUE,
    kind   TEXT   NOT NULL
);
-- Words as the program makes them, letters and digits with spaces between: neither engine is to find other ones in them.
-- sqlite:
CREATE VIRTUAL TABLE search USING fts5 (words, content = '', contentless_delete = 1, detail = none, tokenize = 'ascii');
-- postgres:
CREATE TABLE search (
    rowid BIGINT NOT NULL PRIMARY KEY,
    words TEXT   NOT NULL
);
CREATE INDEX search_by_word ON search USING gin (array_to_tsvector(string_to_array(words, ' ')));
-- both:
