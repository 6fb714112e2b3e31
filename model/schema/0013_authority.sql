-- Who issues our certificates, as CAA records name it; "" is read off the
-- certificate in use.
ALTER TABLE server ADD COLUMN authority TEXT NOT NULL DEFAULT '';
