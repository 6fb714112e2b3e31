-- Findings of the checklist, made anew: nothing had written them before.
-- A finding changes only on what was really answered: an attempt that got no
-- answer is told by tried_at and silence.  severity orders the list of what
-- needs attention: the worse and the newer the higher.
DROP TABLE finding;
CREATE TABLE finding (
	id INTEGER PRIMARY KEY AUTOINCREMENT,
	domain_id INTEGER NOT NULL REFERENCES domain (id) ON DELETE CASCADE,
	check_name TEXT NOT NULL,
	verdict TEXT NOT NULL CHECK (verdict IN
	    ('pass', 'warn', 'fail', 'unknown', 'skipped')),
	problem TEXT NOT NULL DEFAULT '',
	found TEXT NOT NULL DEFAULT '',
	wanted TEXT NOT NULL DEFAULT '',
	advice TEXT NOT NULL DEFAULT '',
	severity INTEGER NOT NULL,
	since_at INTEGER NOT NULL,
	checked_at INTEGER NOT NULL,
	passed_at INTEGER NOT NULL DEFAULT 0,
	tried_at INTEGER NOT NULL DEFAULT 0,
	silence TEXT NOT NULL DEFAULT '',
	-- Taken as it is by a person until a day, while the verdict is that one.
	accepted_verdict TEXT NOT NULL DEFAULT '',
	accepted_by TEXT NOT NULL DEFAULT '',
	accepted_reason TEXT NOT NULL DEFAULT '',
	accepted_at INTEGER NOT NULL DEFAULT 0,
	accepted_until INTEGER NOT NULL DEFAULT 0,
	version INTEGER NOT NULL DEFAULT 1,
	UNIQUE (domain_id, check_name)
) STRICT;
CREATE INDEX finding_severity ON finding (severity);

DROP TABLE finding_change;
CREATE TABLE finding_change (
	id INTEGER PRIMARY KEY AUTOINCREMENT,
	domain_id INTEGER NOT NULL REFERENCES domain (id) ON DELETE CASCADE,
	check_name TEXT NOT NULL,
	verdict TEXT NOT NULL,
	before TEXT NOT NULL DEFAULT '',
	problem TEXT NOT NULL DEFAULT '',
	at INTEGER NOT NULL
) STRICT;
CREATE INDEX finding_change_domain ON finding_change (domain_id, id);
CREATE INDEX finding_change_at ON finding_change (at);
