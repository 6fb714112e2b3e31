-- The domains whose files for the web server are to be written anew.
CREATE TABLE web_touched (
	domain TEXT PRIMARY KEY
) STRICT;

INSERT INTO web_touched SELECT name FROM domain;

CREATE TRIGGER web_domain_insert AFTER INSERT ON domain
BEGIN
	INSERT OR IGNORE INTO web_touched VALUES (NEW.name);
END;
CREATE TRIGGER web_domain_update
AFTER UPDATE OF tenant_id, mail_host, mta_sts_mode ON domain
BEGIN
	INSERT OR IGNORE INTO web_touched VALUES (NEW.name);
END;
CREATE TRIGGER web_domain_delete AFTER DELETE ON domain
BEGIN
	INSERT OR IGNORE INTO web_touched VALUES (OLD.name);
END;
CREATE TRIGGER web_tenant AFTER UPDATE
OF name, imap_host_id, imap_port, smtp_host_id, smtp_port ON tenant
BEGIN
	INSERT OR IGNORE INTO web_touched
	SELECT name FROM domain WHERE tenant_id = NEW.id;
END;
