-- S/MIME identities: one per person, the private key sealed to the vault.
CREATE TABLE smime_identity (
	id INTEGER PRIMARY KEY AUTOINCREMENT,
	account_id INTEGER NOT NULL UNIQUE
	    REFERENCES account (id) ON DELETE CASCADE,
	certificates TEXT NOT NULL, -- PEM: the person's, then its issuers
	sealed BLOB NOT NULL,
	vault TEXT NOT NULL,        -- fingerprint of what it was sealed to
	subject TEXT NOT NULL,
	issuer TEXT NOT NULL,
	serial TEXT NOT NULL,
	fingerprint TEXT NOT NULL,
	algorithm TEXT NOT NULL,
	addresses TEXT NOT NULL,    -- ", " between, stored form
	starts_at INTEGER NOT NULL,
	ends_at INTEGER NOT NULL,
	encrypt TEXT NOT NULL DEFAULT 'no'
	    CHECK (encrypt IN ('no', 'possible', 'required')),
	created_at INTEGER NOT NULL,
	version INTEGER NOT NULL DEFAULT 1
) STRICT;
CREATE INDEX smime_identity_ends ON smime_identity (ends_at);

-- What happens to mail that can't be signed because of ourselves.
ALTER TABLE tenant ADD COLUMN smime_failure TEXT NOT NULL DEFAULT 'defer'
    CHECK (smime_failure IN ('defer', 'pass'));

CREATE TRIGGER touched_smime_insert AFTER INSERT ON smime_identity
BEGIN
	INSERT INTO touched (kind, subject)
	VALUES ('account', NEW.account_id);
END;
CREATE TRIGGER touched_smime_update AFTER UPDATE ON smime_identity
BEGIN
	INSERT INTO touched (kind, subject)
	VALUES ('account', NEW.account_id);
END;
CREATE TRIGGER touched_smime_delete AFTER DELETE ON smime_identity
BEGIN
	INSERT INTO touched (kind, subject)
	VALUES ('account', OLD.account_id);
END;
CREATE TRIGGER touched_smime_policy AFTER UPDATE OF smime_failure ON tenant
WHEN NEW.smime_failure <> OLD.smime_failure
BEGIN
	INSERT INTO touched (kind, subject) VALUES ('tenant', NEW.id);
END;
