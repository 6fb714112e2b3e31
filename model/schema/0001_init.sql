-- The whole schema.  Moments are seconds since 1970 UTC, 0 is "never"; flags
-- are 0 and 1; host names and addresses are in stored form (lower case,
-- A-labels); X_folded is X with its case folded, for sorting and searching.
-- A row's version grows with each change by a person.

-- The box itself: always exactly one row.
CREATE TABLE server (
	id INTEGER PRIMARY KEY CHECK (id = 1),
	host_name TEXT NOT NULL DEFAULT '',
	ip4 TEXT NOT NULL DEFAULT '',
	ip6 TEXT NOT NULL DEFAULT '',
	resolvers TEXT NOT NULL DEFAULT '',
	dns_ports TEXT NOT NULL DEFAULT '',
	default_user_limit INTEGER NOT NULL DEFAULT 25,
	default_storage_bytes INTEGER NOT NULL DEFAULT 53687091200,
	default_quota_bytes INTEGER NOT NULL DEFAULT 2147483648,
	dmarc_mailbox TEXT NOT NULL DEFAULT '',
	tls_report_mailbox TEXT NOT NULL DEFAULT '',
	dkim_directory TEXT NOT NULL DEFAULT '',
	dkim_selector TEXT NOT NULL DEFAULT 'default',
	mta_sts_directory TEXT NOT NULL DEFAULT '',
	may_use_password INTEGER NOT NULL DEFAULT 1
	    CHECK (may_use_password IN (0, 1)),
	idle_minutes INTEGER NOT NULL DEFAULT 60,
	version INTEGER NOT NULL DEFAULT 1
) STRICT;

INSERT INTO server (id) VALUES (1);

-- Host names that tenants may use as IMAP or SMTP host.
CREATE TABLE host (
	id INTEGER PRIMARY KEY AUTOINCREMENT,
	name TEXT NOT NULL UNIQUE,
	state TEXT NOT NULL CHECK (state IN ('requested', 'approved', 'refused')),
	reason TEXT NOT NULL DEFAULT '',
	created_at INTEGER NOT NULL,
	decided_at INTEGER NOT NULL DEFAULT 0,
	decided_by TEXT NOT NULL DEFAULT '',
	version INTEGER NOT NULL DEFAULT 1
) STRICT;

-- Customer organisations.  The counters are kept by the triggers below, so
-- that a limit is one comparison inside the writing transaction.
CREATE TABLE tenant (
	id INTEGER PRIMARY KEY AUTOINCREMENT,
	name TEXT NOT NULL,
	name_folded TEXT NOT NULL UNIQUE,
	status TEXT NOT NULL DEFAULT 'active'
	    CHECK (status IN ('active', 'suspended', 'closed')),
	imap_host_id INTEGER NOT NULL REFERENCES host (id),
	imap_port INTEGER NOT NULL CHECK (imap_port BETWEEN 1 AND 65535),
	smtp_host_id INTEGER NOT NULL REFERENCES host (id),
	smtp_port INTEGER NOT NULL CHECK (smtp_port BETWEEN 1 AND 65535),
	user_limit INTEGER NOT NULL CHECK (user_limit >= 0),
	storage_limit_bytes INTEGER NOT NULL CHECK (storage_limit_bytes >= 0),
	user_count INTEGER NOT NULL DEFAULT 0,
	storage_allocated_bytes INTEGER NOT NULL DEFAULT 0,
	alias_count INTEGER NOT NULL DEFAULT 0,
	created_at INTEGER NOT NULL,
	closed_at INTEGER NOT NULL DEFAULT 0,
	version INTEGER NOT NULL DEFAULT 1
) STRICT;
CREATE INDEX tenant_created ON tenant (created_at);
CREATE INDEX tenant_imap_host ON tenant (imap_host_id);
CREATE INDEX tenant_smtp_host ON tenant (smtp_host_id);

-- What is asked of a customer before the start.
CREATE TABLE intake (
	tenant_id INTEGER PRIMARY KEY REFERENCES tenant (id) ON DELETE CASCADE,
	primary_domain TEXT NOT NULL DEFAULT '',
	mail_host TEXT NOT NULL DEFAULT '',
	admin_address TEXT NOT NULL DEFAULT '',
	mailboxes TEXT NOT NULL DEFAULT '',
	dns_provider TEXT NOT NULL DEFAULT '',
	dns_login TEXT NOT NULL DEFAULT '',
	mail_at TEXT NOT NULL DEFAULT 'local'
	    CHECK (mail_at IN ('local', 'external')),
	wants_smime INTEGER NOT NULL DEFAULT 0 CHECK (wants_smime IN (0, 1)),
	version INTEGER NOT NULL DEFAULT 1
) STRICT;

CREATE TABLE domain (
	id INTEGER PRIMARY KEY AUTOINCREMENT,
	tenant_id INTEGER NOT NULL REFERENCES tenant (id),
	name TEXT NOT NULL UNIQUE,
	is_primary INTEGER NOT NULL DEFAULT 0 CHECK (is_primary IN (0, 1)),
	mail_host TEXT NOT NULL,
	status TEXT NOT NULL DEFAULT 'preparing'
	    CHECK (status IN ('preparing', 'live', 'suspended')),
	ownership TEXT NOT NULL DEFAULT 'unverified'
	    CHECK (ownership IN ('unverified', 'verified')),
	proof_token TEXT NOT NULL DEFAULT '',
	verified_how TEXT NOT NULL DEFAULT '',
	verified_by TEXT NOT NULL DEFAULT '',
	verified_at INTEGER NOT NULL DEFAULT 0,
	verified_reason TEXT NOT NULL DEFAULT '',
	dmarc_policy TEXT NOT NULL DEFAULT 'none'
	    CHECK (dmarc_policy IN ('none', 'quarantine', 'reject')),
	dmarc_mailbox TEXT NOT NULL DEFAULT '',
	tls_report_mailbox TEXT NOT NULL DEFAULT '',
	mta_sts_mode TEXT NOT NULL DEFAULT 'none'
	    CHECK (mta_sts_mode IN ('none', 'testing', 'enforce')),
	mta_sts_id TEXT NOT NULL DEFAULT '',
	created_at INTEGER NOT NULL,
	version INTEGER NOT NULL DEFAULT 1,
	UNIQUE (tenant_id, id)
) STRICT;
CREATE UNIQUE INDEX domain_one_primary ON domain (tenant_id)
    WHERE is_primary = 1;
CREATE INDEX domain_tenant ON domain (tenant_id, name);

-- People who can sign in.  tenant_id is NULL for operators and super admins.
-- The row's number names the mail directory, so it is never used twice.
CREATE TABLE account (
	id INTEGER PRIMARY KEY AUTOINCREMENT,
	tenant_id INTEGER REFERENCES tenant (id),
	role TEXT NOT NULL
	    CHECK (role IN ('user', 'operator', 'tenant_admin', 'super_admin')),
	address TEXT NOT NULL UNIQUE,
	name TEXT NOT NULL DEFAULT '',
	name_folded TEXT NOT NULL DEFAULT '',
	status TEXT NOT NULL DEFAULT 'active'
	    CHECK (status IN ('active', 'suspended')),
	mailbox TEXT NOT NULL DEFAULT 'none'
	    CHECK (mailbox IN ('none', 'local', 'external')),
	quota_bytes INTEGER NOT NULL DEFAULT 0 CHECK (quota_bytes >= 0),
	may_send INTEGER NOT NULL DEFAULT 1 CHECK (may_send IN (0, 1)),
	hash TEXT NOT NULL DEFAULT '',
	is_temporary INTEGER NOT NULL DEFAULT 0 CHECK (is_temporary IN (0, 1)),
	password_at INTEGER NOT NULL DEFAULT 0,
	external_imap_host TEXT NOT NULL DEFAULT '',
	external_imap_port INTEGER NOT NULL DEFAULT 0,
	external_smtp_host TEXT NOT NULL DEFAULT '',
	external_smtp_port INTEGER NOT NULL DEFAULT 0,
	external_user TEXT NOT NULL DEFAULT '',
	external_secret BLOB,
	created_at INTEGER NOT NULL,
	login_at INTEGER NOT NULL DEFAULT 0,
	login_from TEXT NOT NULL DEFAULT '',
	deleted_at INTEGER NOT NULL DEFAULT 0,
	version INTEGER NOT NULL DEFAULT 1,
	UNIQUE (tenant_id, id),
	CHECK ((tenant_id IS NULL) = (role IN ('operator', 'super_admin')))
) STRICT;
CREATE INDEX account_tenant ON account (tenant_id, address);
CREATE INDEX account_name ON account (name_folded);
CREATE INDEX account_tenant_name ON account (tenant_id, name_folded);
CREATE INDEX account_created ON account (created_at);
CREATE INDEX account_tenant_created ON account (tenant_id, created_at);
CREATE INDEX account_quota ON account (quota_bytes);
CREATE INDEX account_tenant_quota ON account (tenant_id, quota_bytes);
CREATE INDEX account_login ON account (login_at);
CREATE INDEX account_tenant_login ON account (tenant_id, login_at);
CREATE INDEX account_admin ON account (role, address) WHERE role <> 'user';
CREATE INDEX account_deleted ON account (deleted_at) WHERE deleted_at <> 0;

-- Mailbox addresses and aliases together: one address exists once.  Tenant,
-- domain and account must belong together, which the composite keys hold.
CREATE TABLE address (
	id INTEGER PRIMARY KEY AUTOINCREMENT,
	tenant_id INTEGER NOT NULL,
	domain_id INTEGER NOT NULL,
	address TEXT NOT NULL UNIQUE,
	kind TEXT NOT NULL CHECK (kind IN ('mailbox', 'alias')),
	account_id INTEGER,
	may_send INTEGER NOT NULL DEFAULT 1 CHECK (may_send IN (0, 1)),
	note TEXT NOT NULL DEFAULT '',
	created_at INTEGER NOT NULL,
	version INTEGER NOT NULL DEFAULT 1,
	UNIQUE (tenant_id, id),
	FOREIGN KEY (tenant_id, domain_id) REFERENCES domain (tenant_id, id),
	FOREIGN KEY (tenant_id, account_id) REFERENCES account (tenant_id, id),
	CHECK ((kind = 'mailbox') = (account_id IS NOT NULL))
) STRICT;
CREATE UNIQUE INDEX address_one_mailbox ON address (account_id)
    WHERE kind = 'mailbox';
CREATE INDEX address_kind ON address (kind, address);
CREATE INDEX address_tenant ON address (tenant_id, kind, address);
CREATE INDEX address_domain ON address (domain_id, kind, address);

-- Where an alias delivers: an address of the same tenant, or one outside.
CREATE TABLE alias_target (
	id INTEGER PRIMARY KEY AUTOINCREMENT,
	tenant_id INTEGER NOT NULL,
	alias_id INTEGER NOT NULL,
	target_id INTEGER,
	external TEXT NOT NULL DEFAULT '',
	FOREIGN KEY (tenant_id, alias_id) REFERENCES address (tenant_id, id)
	    ON DELETE CASCADE,
	FOREIGN KEY (tenant_id, target_id) REFERENCES address (tenant_id, id),
	CHECK ((target_id IS NULL) = (external <> ''))
) STRICT;
CREATE UNIQUE INDEX alias_target_once ON alias_target (alias_id, target_id)
    WHERE target_id IS NOT NULL;
CREATE UNIQUE INDEX alias_external_once ON alias_target (alias_id, external)
    WHERE target_id IS NULL;
CREATE INDEX alias_target_target ON alias_target (target_id);

-- SSH public keys, with the restrictions of authorized_keys.
CREATE TABLE ssh_key (
	id INTEGER PRIMARY KEY AUTOINCREMENT,
	account_id INTEGER NOT NULL REFERENCES account (id) ON DELETE CASCADE,
	type TEXT NOT NULL,
	base64 TEXT NOT NULL,
	fingerprint TEXT NOT NULL,
	name TEXT NOT NULL DEFAULT '',
	from_list TEXT NOT NULL DEFAULT '',
	expires_at INTEGER NOT NULL DEFAULT 0,
	is_restricted INTEGER NOT NULL DEFAULT 0 CHECK (is_restricted IN (0, 1)),
	is_read_only INTEGER NOT NULL DEFAULT 0 CHECK (is_read_only IN (0, 1)),
	commands TEXT NOT NULL DEFAULT '',
	only_tenant_id INTEGER REFERENCES tenant (id),
	created_at INTEGER NOT NULL,
	used_at INTEGER NOT NULL DEFAULT 0,
	used_from TEXT NOT NULL DEFAULT '',
	version INTEGER NOT NULL DEFAULT 1,
	UNIQUE (account_id, fingerprint)
) STRICT;
CREATE INDEX ssh_key_fingerprint ON ssh_key (fingerprint);

-- Public halves only; the private keys are files.
CREATE TABLE dkim_key (
	id INTEGER PRIMARY KEY AUTOINCREMENT,
	tenant_id INTEGER NOT NULL,
	domain_id INTEGER NOT NULL,
	selector TEXT NOT NULL,
	algorithm TEXT NOT NULL DEFAULT 'rsa' CHECK (algorithm IN ('rsa')),
	bits INTEGER NOT NULL DEFAULT 2048,
	public_txt TEXT NOT NULL,
	stage TEXT NOT NULL DEFAULT 'made' CHECK (stage IN
	    ('made', 'seen', 'signing', 'retiring', 'retired')),
	made_at INTEGER NOT NULL,
	seen_at INTEGER NOT NULL DEFAULT 0,
	signing_at INTEGER NOT NULL DEFAULT 0,
	retiring_at INTEGER NOT NULL DEFAULT 0,
	retired_at INTEGER NOT NULL DEFAULT 0,
	version INTEGER NOT NULL DEFAULT 1,
	UNIQUE (domain_id, selector),
	FOREIGN KEY (tenant_id, domain_id) REFERENCES domain (tenant_id, id)
	    ON DELETE CASCADE
) STRICT;
CREATE UNIQUE INDEX dkim_one_signing ON dkim_key (domain_id, algorithm)
    WHERE stage = 'signing';
CREATE INDEX dkim_tenant ON dkim_key (tenant_id);

-- A super admin asks, the operator decides.
CREATE TABLE request (
	id INTEGER PRIMARY KEY AUTOINCREMENT,
	kind TEXT NOT NULL CHECK (kind IN ('host', 'dkim')),
	host_id INTEGER REFERENCES host (id) ON DELETE CASCADE,
	domain_id INTEGER REFERENCES domain (id) ON DELETE CASCADE,
	subject TEXT NOT NULL,
	state TEXT NOT NULL DEFAULT 'open'
	    CHECK (state IN ('open', 'approved', 'refused')),
	note TEXT NOT NULL DEFAULT '',
	reason TEXT NOT NULL DEFAULT '',
	asked_by TEXT NOT NULL,
	asked_at INTEGER NOT NULL,
	decided_by TEXT NOT NULL DEFAULT '',
	decided_at INTEGER NOT NULL DEFAULT 0,
	version INTEGER NOT NULL DEFAULT 1,
	CHECK ((kind = 'host') = (host_id IS NOT NULL)),
	CHECK ((kind = 'dkim') = (domain_id IS NOT NULL))
) STRICT;
CREATE UNIQUE INDEX request_one_host ON request (host_id)
    WHERE state = 'open' AND kind = 'host';
CREATE UNIQUE INDEX request_one_dkim ON request (domain_id)
    WHERE state = 'open' AND kind = 'dkim';
CREATE INDEX request_host ON request (host_id);
CREATE INDEX request_domain ON request (domain_id);
CREATE INDEX request_state ON request (state, asked_at);

-- The newest finding of each check, and how it changed.
CREATE TABLE finding (
	domain_id INTEGER NOT NULL REFERENCES domain (id) ON DELETE CASCADE,
	check_name TEXT NOT NULL,
	verdict TEXT NOT NULL CHECK (verdict IN
	    ('pass', 'warn', 'fail', 'unknown', 'skipped')),
	found TEXT NOT NULL DEFAULT '',
	advice TEXT NOT NULL DEFAULT '',
	since_at INTEGER NOT NULL,
	checked_at INTEGER NOT NULL,
	PRIMARY KEY (domain_id, check_name)
) STRICT;
CREATE INDEX finding_verdict ON finding (verdict, since_at);
CREATE TABLE finding_change (
	id INTEGER PRIMARY KEY AUTOINCREMENT,
	domain_id INTEGER NOT NULL REFERENCES domain (id) ON DELETE CASCADE,
	check_name TEXT NOT NULL,
	verdict TEXT NOT NULL,
	found TEXT NOT NULL DEFAULT '',
	at INTEGER NOT NULL
) STRICT;
CREATE INDEX finding_change_domain ON finding_change (domain_id, id);

-- Work outside the database that follows a change; repeated at start.
CREATE TABLE effect (
	id INTEGER PRIMARY KEY AUTOINCREMENT,
	kind TEXT NOT NULL,
	subject TEXT NOT NULL,
	queued_at INTEGER NOT NULL,
	tries INTEGER NOT NULL DEFAULT 0,
	error TEXT NOT NULL DEFAULT '',
	UNIQUE (kind, subject)
) STRICT;

-- The log of changes.  No foreign keys: it outlives what it tells of.
CREATE TABLE audit (
	id INTEGER PRIMARY KEY AUTOINCREMENT,
	at INTEGER NOT NULL,
	account_id INTEGER NOT NULL,
	actor TEXT NOT NULL,
	role TEXT NOT NULL,
	fingerprint TEXT NOT NULL,
	from_address TEXT NOT NULL,
	operation TEXT NOT NULL,
	target TEXT NOT NULL,
	tenant_id INTEGER NOT NULL,
	about_id INTEGER NOT NULL,
	before TEXT NOT NULL,
	after TEXT NOT NULL,
	previous TEXT NOT NULL,
	hash TEXT NOT NULL
) STRICT;
CREATE INDEX audit_tenant ON audit (tenant_id);
CREATE INDEX audit_account ON audit (account_id);
CREATE TRIGGER audit_no_update BEFORE UPDATE ON audit
BEGIN SELECT RAISE(ABORT, 'The audit log is never changed.'); END;
CREATE TRIGGER audit_no_delete BEFORE DELETE ON audit
BEGIN SELECT RAISE(ABORT, 'The audit log is never changed.'); END;

-- Limits.  A deleted account holds no seat until it is restored.
CREATE TRIGGER account_limit_insert BEFORE INSERT ON account
WHEN NEW.tenant_id IS NOT NULL AND NEW.mailbox <> 'none'
    AND NEW.deleted_at = 0
BEGIN
	SELECT RAISE(ABORT,
	    'limit: All mailboxes of this tenant are taken: remove a user, or ask a super admin to raise the user limit.')
	FROM tenant WHERE id = NEW.tenant_id AND user_count >= user_limit;
	SELECT RAISE(ABORT,
	    'limit quota: This quota does not fit into the storage limit of the tenant: choose a smaller one, or ask a super admin to raise the limit.')
	FROM tenant WHERE id = NEW.tenant_id AND
	    storage_allocated_bytes + NEW.quota_bytes > storage_limit_bytes;
END;
CREATE TRIGGER account_limit_update
BEFORE UPDATE OF mailbox, deleted_at, quota_bytes ON account
WHEN NEW.tenant_id IS NOT NULL AND NEW.mailbox <> 'none'
    AND NEW.deleted_at = 0
BEGIN
	SELECT RAISE(ABORT,
	    'limit: All mailboxes of this tenant are taken: remove a user, or ask a super admin to raise the user limit.')
	FROM tenant WHERE id = NEW.tenant_id AND user_count >= user_limit
	    AND (OLD.mailbox = 'none' OR OLD.deleted_at <> 0);
	SELECT RAISE(ABORT,
	    'limit quota: This quota does not fit into the storage limit of the tenant: choose a smaller one, or ask a super admin to raise the limit.')
	FROM tenant WHERE id = NEW.tenant_id AND storage_allocated_bytes
	    + NEW.quota_bytes - CASE WHEN OLD.mailbox <> 'none'
	    AND OLD.deleted_at = 0 THEN OLD.quota_bytes ELSE 0 END
	    > storage_limit_bytes AND (OLD.mailbox = 'none'
	    OR OLD.deleted_at <> 0 OR NEW.quota_bytes > OLD.quota_bytes);
END;
CREATE TRIGGER account_count_insert AFTER INSERT ON account
WHEN NEW.tenant_id IS NOT NULL AND NEW.mailbox <> 'none'
    AND NEW.deleted_at = 0
BEGIN
	UPDATE tenant SET user_count = user_count + 1,
	    storage_allocated_bytes = storage_allocated_bytes + NEW.quota_bytes
	WHERE id = NEW.tenant_id;
END;
CREATE TRIGGER account_count_delete AFTER DELETE ON account
WHEN OLD.tenant_id IS NOT NULL AND OLD.mailbox <> 'none'
    AND OLD.deleted_at = 0
BEGIN
	UPDATE tenant SET user_count = user_count - 1,
	    storage_allocated_bytes = storage_allocated_bytes - OLD.quota_bytes
	WHERE id = OLD.tenant_id;
END;
CREATE TRIGGER account_count_update
AFTER UPDATE OF mailbox, deleted_at, quota_bytes ON account
WHEN NEW.tenant_id IS NOT NULL
BEGIN
	UPDATE tenant SET user_count = user_count
	    - (OLD.mailbox <> 'none' AND OLD.deleted_at = 0)
	    + (NEW.mailbox <> 'none' AND NEW.deleted_at = 0),
	    storage_allocated_bytes = storage_allocated_bytes
	    - OLD.quota_bytes * (OLD.mailbox <> 'none' AND OLD.deleted_at = 0)
	    + NEW.quota_bytes * (NEW.mailbox <> 'none' AND NEW.deleted_at = 0)
	WHERE id = NEW.tenant_id;
END;
CREATE TRIGGER account_keeps_tenant BEFORE UPDATE OF tenant_id ON account
WHEN NEW.tenant_id IS NOT OLD.tenant_id
BEGIN SELECT RAISE(ABORT, 'An account stays in its tenant.'); END;
CREATE TRIGGER alias_count_insert AFTER INSERT ON address
WHEN NEW.kind = 'alias'
BEGIN
	UPDATE tenant SET alias_count = alias_count + 1
	WHERE id = NEW.tenant_id;
END;
CREATE TRIGGER alias_count_delete AFTER DELETE ON address
WHEN OLD.kind = 'alias'
BEGIN
	UPDATE tenant SET alias_count = alias_count - 1
	WHERE id = OLD.tenant_id;
END;
