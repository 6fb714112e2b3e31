-- What a mailbox holds, as Dovecot counted it at used_at.
ALTER TABLE account ADD COLUMN used_bytes INTEGER NOT NULL DEFAULT 0;
ALTER TABLE account ADD COLUMN used_at INTEGER NOT NULL DEFAULT 0;
CREATE INDEX account_used ON account (used_at)
    WHERE mailbox = 'local' AND deleted_at = 0;
