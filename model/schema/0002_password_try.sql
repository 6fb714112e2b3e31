-- How often the password of an account was tried in vain, for each source
-- that the person has signed in from, and under '' for all others together:
-- strangers who guess slow only each other down.
CREATE TABLE password_try (
	account_id INTEGER NOT NULL REFERENCES account (id) ON DELETE CASCADE,
	source TEXT NOT NULL,
	failures INTEGER NOT NULL DEFAULT 0,
	next_at INTEGER NOT NULL DEFAULT 0,
	good_at INTEGER NOT NULL DEFAULT 0,
	PRIMARY KEY (account_id, source)
) STRICT;
