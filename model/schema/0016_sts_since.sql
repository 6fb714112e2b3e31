-- When the domain's MTA-STS mode was set; 0: it never was.
ALTER TABLE domain ADD COLUMN mta_sts_since INTEGER NOT NULL DEFAULT 0;
UPDATE domain SET mta_sts_since = unixepoch() WHERE mta_sts_mode <> 'none';
