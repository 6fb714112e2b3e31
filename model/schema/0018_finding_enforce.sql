-- Under MTA-STS "enforce" senders would keep mail back for what was found:
-- not every warning of a certificate is of that kind.
ALTER TABLE finding ADD COLUMN stops_enforce INTEGER NOT NULL DEFAULT 0;
UPDATE finding SET stops_enforce = 1
    WHERE check_name = 'mx-tls' AND (verdict = 'warn' OR verdict = 'fail');
