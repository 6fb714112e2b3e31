-- Steps of the go-live list that a person did, and who signed a domain off,
-- with the findings of that moment.
CREATE TABLE golive_tick (
	domain_id INTEGER NOT NULL REFERENCES domain (id) ON DELETE CASCADE,
	item TEXT NOT NULL,
	by TEXT NOT NULL,
	note TEXT NOT NULL DEFAULT '',
	at INTEGER NOT NULL,
	PRIMARY KEY (domain_id, item)
) STRICT;
CREATE TABLE golive_sign (
	id INTEGER PRIMARY KEY AUTOINCREMENT,
	domain_id INTEGER NOT NULL REFERENCES domain (id) ON DELETE CASCADE,
	by TEXT NOT NULL,
	note TEXT NOT NULL DEFAULT '',
	at INTEGER NOT NULL,
	findings TEXT NOT NULL
) STRICT;
CREATE INDEX golive_sign_domain ON golive_sign (domain_id, id);
