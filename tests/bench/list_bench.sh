#!/bin/sh
# Opening, paging and filtering a list of a million users, beside the sqlite3
# shell that runs the very same SQL on the same file.
# tests/bench/list_bench.sh PROGRAM; prints lines of "WHAT  OURS  PEER  RATIO".
cd "$(dirname "$0")/../.." || exit 2
program=$(realpath "$1")
asker=$(dirname "$program")/tests/bench/list
count=${LIST_USERS:-1000000}
directory=$(mktemp -d)
trap 'rm -rf "$directory"' EXIT
trap 'exit 1' HUP INT TERM
database=$directory/state/postern.db

ssh-keygen -q -t ed25519 -N '' -f "$directory/key"
"$program" --state "$directory/state" init admin=admin@postern.example \
    key="$directory/key.pub" >/dev/null || exit 1
# Rows as many imports would have made them.
sqlite3 "$database" >/dev/null <<EOF || exit 1
PRAGMA synchronous = OFF;
BEGIN;
INSERT INTO host (id, name, state, created_at)
    VALUES (1, 'mail.acme.example', 'approved', 1790000000);
INSERT INTO tenant (id, name, name_folded, user_limit, storage_limit_bytes,
    imap_host_id, imap_port, smtp_host_id, smtp_port, created_at)
    VALUES (1, 'Acme', 'acme', 2 * $count, 1 << 60, 1, 993, 1, 587, 1790000000);
INSERT INTO domain (id, tenant_id, name, is_primary, mail_host, created_at)
    VALUES (1, 1, 'acme.example', 1, 'mail.acme.example', 1790000000);
WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < $count)
INSERT INTO account (tenant_id, role, address, name, name_folded, mailbox,
    quota_bytes, created_at)
    SELECT 1, 'user', 'user' || i || '@acme.example', 'User ' || i,
    'user ' || i, 'local', 1 << 30, 1790000000 FROM n;
INSERT INTO address (tenant_id, domain_id, address, kind, account_id, created_at)
    SELECT 1, 1, address, 'mailbox', id, created_at FROM account
    WHERE role = 'user';
COMMIT;
PRAGMA wal_checkpoint(TRUNCATE);
EOF

"$asker" "$database" "$directory" >"$directory/ours" || exit 1

# The same statements in one shell, best of 7; fold() is ours, and lower() the
# nearest that the shell has.  Processor time on both sides: a machine that is
# busy with something else counts for neither.
peer() { # FILE: sets $milliseconds
	sed 's/fold(/lower(/g' "$1" >"$directory/sql"
	for _ in 1 2 3 4 5 6 7; do
		cat "$directory/sql"
	done >"$directory/script"
	milliseconds=$(sqlite3 -cmd '.timer on' "$database" \
	    <"$directory/script" | awk -v n="$(wc -l <"$directory/sql")" '
		/^Run Time:/ {
			sum += $6 + $8
			if (++seen % n)
				next
			if (best == "" || sum < best)
				best = sum
			sum = 0
		}
		END { printf "%.3f", best * 1000 }')
}

printf '%-44s %9s %9s %8s\n' "among $count users, ms of processor" postern sqlite3 ratio
number=0
while read -r ours what; do
	peer "$directory/$number.sql"
	printf '%-44s %9s %9s %8s\n' "$what" "$ours" "$milliseconds" \
	    "$(awk -v a="$ours" -v b="$milliseconds" \
		'BEGIN { printf "%.2f x", a / b }')"
	number=$((number + 1))
done <"$directory/ours"
