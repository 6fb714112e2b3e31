-- What receivers report about the mail of our domains (DMARC, TLS): each
-- report once, by its id, and what it counts by source and result.
CREATE TABLE report (
	id INTEGER PRIMARY KEY AUTOINCREMENT,
	domain_id INTEGER NOT NULL REFERENCES domain (id) ON DELETE CASCADE,
	kind TEXT NOT NULL CHECK (kind IN ('dmarc', 'tls')),
	reporter TEXT NOT NULL,
	name TEXT NOT NULL,
	begin_at INTEGER NOT NULL,
	end_at INTEGER NOT NULL,
	stored_at INTEGER NOT NULL,
	UNIQUE (domain_id, kind, reporter, name)
) STRICT;
CREATE INDEX report_begin ON report (begin_at);
CREATE INDEX report_stored ON report (domain_id, stored_at);

-- Of TLS the sessions, of DMARC the messages; dkim and spf are those with
-- such a pass of any domain, passed are those with one of this domain.
CREATE TABLE report_row (
	id INTEGER PRIMARY KEY AUTOINCREMENT,
	report_id INTEGER NOT NULL REFERENCES report (id) ON DELETE CASCADE,
	source TEXT NOT NULL,
	result TEXT NOT NULL,
	disposition TEXT NOT NULL,
	passed INTEGER NOT NULL,
	failed INTEGER NOT NULL,
	dkim INTEGER NOT NULL,
	spf INTEGER NOT NULL
) STRICT;
CREATE INDEX report_row_report ON report_row (report_id);

-- Up to which moment the messages of a mailbox have been read.
CREATE TABLE report_mailbox (
	directory TEXT PRIMARY KEY,
	read_until INTEGER NOT NULL
) STRICT;
