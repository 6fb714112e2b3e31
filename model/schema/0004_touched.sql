-- What the mail servers must be told of: triggers note the row that changed,
-- whoever changed it, in the transaction of the change; model/export.c brings
-- the exports up to date and takes the notes away.
CREATE TABLE touched (
	id INTEGER PRIMARY KEY AUTOINCREMENT,
	kind TEXT NOT NULL
	    CHECK (kind IN ('tenant', 'domain', 'account', 'address')),
	subject INTEGER NOT NULL,
	name TEXT NOT NULL DEFAULT ''
) STRICT;

-- The files that were written: another inode means that somebody swapped the
-- file, and the daemon still reads the old one.
CREATE TABLE export_file (
	name TEXT PRIMARY KEY,
	inode INTEGER NOT NULL,
	written_at INTEGER NOT NULL
) STRICT;

CREATE TRIGGER touched_tenant AFTER UPDATE OF status ON tenant
WHEN NEW.status <> OLD.status
BEGIN
	INSERT INTO touched (kind, subject) VALUES ('tenant', NEW.id);
	INSERT INTO effect (kind, subject, queued_at)
	SELECT 'mail_kick', '*@' || d.name, unixepoch() FROM domain d
	WHERE d.tenant_id = NEW.id AND NEW.status <> 'active'
	ON CONFLICT (kind, subject) DO NOTHING;
END;
CREATE TRIGGER touched_intake AFTER UPDATE OF mail_at ON intake
WHEN NEW.mail_at <> OLD.mail_at
BEGIN
	INSERT INTO touched (kind, subject) VALUES ('tenant', NEW.tenant_id);
END;
CREATE TRIGGER touched_intake_insert AFTER INSERT ON intake
WHEN NEW.mail_at <> 'local'
BEGIN
	INSERT INTO touched (kind, subject) VALUES ('tenant', NEW.tenant_id);
END;

CREATE TRIGGER touched_domain_insert AFTER INSERT ON domain
BEGIN
	INSERT INTO touched (kind, subject, name)
	VALUES ('domain', NEW.id, NEW.name);
END;
CREATE TRIGGER touched_domain_update
AFTER UPDATE OF status, ownership ON domain
WHEN NEW.status <> OLD.status OR NEW.ownership <> OLD.ownership
BEGIN
	INSERT INTO touched (kind, subject, name)
	VALUES ('domain', NEW.id, NEW.name);
END;
CREATE TRIGGER kick_domain AFTER UPDATE OF status ON domain
WHEN NEW.status = 'suspended' AND OLD.status <> 'suspended'
BEGIN
	INSERT INTO effect (kind, subject, queued_at)
	VALUES ('mail_kick', '*@' || NEW.name, unixepoch())
	ON CONFLICT (kind, subject) DO NOTHING;
END;
CREATE TRIGGER touched_domain_delete AFTER DELETE ON domain
BEGIN
	INSERT INTO touched (kind, subject, name)
	VALUES ('domain', OLD.id, OLD.name);
END;

CREATE TRIGGER touched_account AFTER UPDATE
OF hash, status, deleted_at, quota_bytes, may_send, mailbox ON account
WHEN NEW.mailbox <> 'none' OR OLD.mailbox <> 'none'
BEGIN
	INSERT INTO touched (kind, subject, name)
	VALUES ('account', NEW.id, OLD.address);
END;

-- Whoever is signed in now must not stay with a password that is gone.
CREATE TRIGGER kick_account AFTER UPDATE
OF hash, status, deleted_at, mailbox ON account
WHEN OLD.mailbox = 'local' AND OLD.hash <> '' AND (NEW.hash <> OLD.hash
    OR (NEW.status <> OLD.status AND NEW.status <> 'active')
    OR (NEW.deleted_at <> 0 AND OLD.deleted_at = 0)
    OR NEW.mailbox <> OLD.mailbox)
BEGIN
	INSERT INTO effect (kind, subject, queued_at)
	VALUES ('mail_kick', OLD.address, unixepoch())
	ON CONFLICT (kind, subject) DO NOTHING;
END;

CREATE TRIGGER touched_address_insert AFTER INSERT ON address
BEGIN
	INSERT INTO touched (kind, subject, name)
	VALUES ('address', NEW.id, NEW.address);
END;
CREATE TRIGGER touched_address_update
AFTER UPDATE OF address, kind, account_id, may_send, domain_id ON address
BEGIN
	INSERT INTO touched (kind, subject, name)
	VALUES ('address', NEW.id, OLD.address);
END;
CREATE TRIGGER touched_address_delete AFTER DELETE ON address
BEGIN
	INSERT INTO touched (kind, subject, name)
	VALUES ('address', OLD.id, OLD.address);
END;
CREATE TRIGGER touched_target_insert AFTER INSERT ON alias_target
BEGIN
	INSERT INTO touched (kind, subject) VALUES ('address', NEW.alias_id);
END;
CREATE TRIGGER touched_target_delete AFTER DELETE ON alias_target
BEGIN
	INSERT INTO touched (kind, subject) VALUES ('address', OLD.alias_id);
END;
