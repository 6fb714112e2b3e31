-- The log-in, by its number, in which the person chose the password that is
-- set; 0: somebody else set it, or it was chosen by who signed in with a key.
ALTER TABLE account ADD COLUMN password_login INTEGER NOT NULL DEFAULT 0;
