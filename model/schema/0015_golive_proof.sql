-- What a test of a step of the go-live list showed last.
CREATE TABLE golive_proof (
	domain_id INTEGER NOT NULL REFERENCES domain (id) ON DELETE CASCADE,
	item TEXT NOT NULL,
	is_good INTEGER NOT NULL CHECK (is_good IN (0, 1)),
	text TEXT NOT NULL,
	at INTEGER NOT NULL,
	PRIMARY KEY (domain_id, item)
) STRICT;
