-- Moving a domain to another tenant moves its users, aliases and keys.  A
-- mailbox stays in the directory it was made in, which is noted here; '' is
-- TENANT/USER.
ALTER TABLE account ADD COLUMN home TEXT NOT NULL DEFAULT '';

DROP TRIGGER account_keeps_tenant;
CREATE TRIGGER account_moves_limit BEFORE UPDATE OF tenant_id ON account
WHEN NEW.tenant_id IS NOT OLD.tenant_id AND NEW.tenant_id IS NOT NULL
    AND NEW.mailbox <> 'none' AND NEW.deleted_at = 0
BEGIN
	SELECT RAISE(ABORT,
	    'limit: The tenant has not enough mailboxes left: raise its user limit first.')
	FROM tenant WHERE id = NEW.tenant_id AND user_count >= user_limit;
	SELECT RAISE(ABORT,
	    'limit: The quotas do not fit into the storage limit of the tenant: raise it first.')
	FROM tenant WHERE id = NEW.tenant_id AND
	    storage_allocated_bytes + NEW.quota_bytes > storage_limit_bytes;
END;
CREATE TRIGGER account_moves AFTER UPDATE OF tenant_id ON account
WHEN NEW.tenant_id IS NOT OLD.tenant_id AND NEW.mailbox <> 'none'
    AND NEW.deleted_at = 0
BEGIN
	UPDATE tenant SET user_count = user_count - 1,
	    storage_allocated_bytes = storage_allocated_bytes - NEW.quota_bytes
	WHERE id = OLD.tenant_id;
	UPDATE tenant SET user_count = user_count + 1,
	    storage_allocated_bytes = storage_allocated_bytes + NEW.quota_bytes
	WHERE id = NEW.tenant_id;
END;
CREATE TRIGGER account_moves_touched AFTER UPDATE OF tenant_id ON account
WHEN NEW.mailbox <> 'none'
BEGIN
	INSERT INTO touched (kind, subject, name)
	VALUES ('account', NEW.id, OLD.address);
END;
CREATE TRIGGER address_moves AFTER UPDATE OF tenant_id ON address
WHEN NEW.tenant_id <> OLD.tenant_id
BEGIN
	UPDATE tenant SET alias_count = alias_count - 1
	WHERE id = OLD.tenant_id AND NEW.kind = 'alias';
	UPDATE tenant SET alias_count = alias_count + 1
	WHERE id = NEW.tenant_id AND NEW.kind = 'alias';
	INSERT INTO touched (kind, subject, name)
	VALUES ('address', NEW.id, OLD.address);
END;
CREATE TRIGGER domain_moves AFTER UPDATE OF tenant_id ON domain
WHEN NEW.tenant_id <> OLD.tenant_id
BEGIN
	INSERT INTO touched (kind, subject, name)
	VALUES ('domain', NEW.id, NEW.name);
END;

-- These went with the old table of intake sheets.
CREATE TRIGGER touched_intake AFTER UPDATE OF mail_at, tenant_id ON intake
WHEN NEW.tenant_id IS NOT NULL AND (NEW.mail_at <> OLD.mail_at
    OR NEW.tenant_id IS NOT OLD.tenant_id)
BEGIN
	INSERT INTO touched (kind, subject) VALUES ('tenant', NEW.tenant_id);
END;
CREATE TRIGGER touched_intake_insert AFTER INSERT ON intake
WHEN NEW.mail_at <> 'local' AND NEW.tenant_id IS NOT NULL
BEGIN
	INSERT INTO touched (kind, subject) VALUES ('tenant', NEW.tenant_id);
END;
