-- What the configuration of the mail servers needs to know of the box.
ALTER TABLE server ADD COLUMN tls_certificate TEXT NOT NULL DEFAULT '';
ALTER TABLE server ADD COLUMN tls_key TEXT NOT NULL DEFAULT '';
ALTER TABLE server ADD COLUMN mail_directory TEXT NOT NULL DEFAULT '';
ALTER TABLE server ADD COLUMN refuses_own_senders INTEGER NOT NULL DEFAULT 1
    CHECK (refuses_own_senders IN (0, 1));
-- Before every path of the mail servers, "" on a machine that has one.
ALTER TABLE server ADD COLUMN mail_root TEXT NOT NULL DEFAULT '';

-- OpenDKIM's tables are written whole whenever a key comes, goes or starts to
-- sign.
CREATE TRIGGER dkim_key_changed AFTER UPDATE OF stage ON dkim_key
WHEN NEW.stage <> OLD.stage
BEGIN
	INSERT INTO effect (kind, subject, queued_at)
	VALUES ('dkim_tables', 'all', unixepoch())
	ON CONFLICT (kind, subject) DO NOTHING;
END;
CREATE TRIGGER dkim_key_gone AFTER DELETE ON dkim_key
BEGIN
	INSERT INTO effect (kind, subject, queued_at)
	VALUES ('dkim_tables', 'all', unixepoch())
	ON CONFLICT (kind, subject) DO NOTHING;
END;
