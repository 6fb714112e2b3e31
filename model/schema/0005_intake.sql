-- The intake sheet may be filled in before the tenant exists: its row is then
-- named by the organisation alone, and the tenant takes it over when made.
CREATE TABLE intake_new (
	id INTEGER PRIMARY KEY AUTOINCREMENT,
	tenant_id INTEGER UNIQUE REFERENCES tenant (id) ON DELETE CASCADE,
	organisation TEXT NOT NULL,
	organisation_folded TEXT NOT NULL,
	primary_domain TEXT NOT NULL DEFAULT '',
	mail_host TEXT NOT NULL DEFAULT '',
	admin_address TEXT NOT NULL DEFAULT '',
	mailboxes TEXT NOT NULL DEFAULT '',
	dns_provider TEXT NOT NULL DEFAULT '',
	dns_login TEXT NOT NULL DEFAULT '',
	mail_at TEXT NOT NULL DEFAULT 'local'
	    CHECK (mail_at IN ('local', 'external')),
	wants_smime INTEGER NOT NULL DEFAULT 0 CHECK (wants_smime IN (0, 1)),
	changed_at INTEGER NOT NULL DEFAULT 0,
	version INTEGER NOT NULL DEFAULT 1
) STRICT;
INSERT INTO intake_new (tenant_id, organisation, organisation_folded,
    primary_domain, mail_host, admin_address, mailboxes, dns_provider,
    dns_login, mail_at, wants_smime, version)
SELECT i.tenant_id, t.name, t.name_folded, i.primary_domain, i.mail_host,
    i.admin_address, i.mailboxes, i.dns_provider, i.dns_login, i.mail_at,
    i.wants_smime, i.version
FROM intake i JOIN tenant t ON t.id = i.tenant_id;
DROP TABLE intake;
ALTER TABLE intake_new RENAME TO intake;
CREATE UNIQUE INDEX intake_organisation ON intake (organisation_folded)
    WHERE tenant_id IS NULL;
CREATE INDEX intake_folded ON intake (organisation_folded);
