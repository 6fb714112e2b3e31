/*
 * The tables of the exports, and the SQL that fills them from ours.
 */
#include "model/export.h"

/* clang-format off */

const struct export_file export_files[EXPORT_FILES] = {
	[EXPORT_POSTFIX] = { "postfix", "mail.db", "postfix",
	    "CREATE TABLE domain (domain TEXT PRIMARY KEY, status TEXT NOT NULL) WITHOUT ROWID;\n"
	    "CREATE TABLE address (address TEXT PRIMARY KEY, kind TEXT NOT NULL, status TEXT NOT NULL, "
	    "destinations TEXT NOT NULL, senders TEXT NOT NULL) WITHOUT ROWID", false },
	[EXPORT_DOVECOT] = { "dovecot", "auth.db", "dovecot",
	    "CREATE TABLE user (username TEXT PRIMARY KEY, hash TEXT NOT NULL, home TEXT NOT NULL, "
	    "quota_bytes INTEGER NOT NULL, status TEXT NOT NULL) WITHOUT ROWID;\n"
	    "CREATE TABLE address (address TEXT PRIMARY KEY, username TEXT NOT NULL) WITHOUT ROWID", false },
	[EXPORT_SIGN] = { "sign", "sign.db", "postern-sign",
	    "CREATE TABLE person (username TEXT PRIMARY KEY, tenant INTEGER NOT NULL, failure TEXT NOT NULL, "
	    "certificates TEXT NOT NULL, sealed BLOB, encrypt TEXT NOT NULL) WITHOUT ROWID;\n"
	    "CREATE TABLE address (address TEXT PRIMARY KEY, senders TEXT NOT NULL) WITHOUT ROWID", true },
};

const struct export_table export_tables[] = {
	{ EXPORT_POSTFIX, "domain", EXPORT_BY_DOMAIN },
	{ EXPORT_POSTFIX, "address", EXPORT_BY_ADDRESS },
	{ EXPORT_DOVECOT, "user", EXPORT_BY_ADDRESS },
	{ EXPORT_DOVECOT, "address", EXPORT_BY_ADDRESS },
	{ EXPORT_SIGN, "person", EXPORT_BY_ADDRESS },
	{ EXPORT_SIGN, "address", EXPORT_BY_ADDRESS },
	{ 0, NULL, EXPORT_BY_ADDRESS },
};

/* ---- parts ---- */

/* Whose mail arrives here: the owner proved the domain, and the tenant's mail
 * is on this server.  d is the domain, t the tenant, i the intake. */
#define IS_LOCAL \
	"d.ownership = 'verified' AND t.status <> 'closed' " \
	"AND coalesce(i.mail_at, 'local') = 'local'"

#define IS_STOPPED "(d.status = 'suspended' OR t.status = 'suspended')"

/* What account `a` can do, apart from its tenant and domain. */
#define ACCOUNT_STATUS \
	"CASE WHEN a.deleted_at <> 0 THEN 'removed' " \
	"WHEN a.mailbox = 'external' THEN 'external' " \
	"WHEN a.mailbox = 'none' THEN 'removed' " \
	"WHEN a.status <> 'active' THEN 'suspended' ELSE 'active' END"

/* Every address that mail to address x ends at or passes; UNION, so a circle
 * ends. */
#define REACH \
	"WITH RECURSIVE reach (id) AS (SELECT x.id UNION " \
	"SELECT g.target_id FROM reach r JOIN alias_target g ON g.alias_id = r.id " \
	"WHERE g.target_id IS NOT NULL) "
#define REACHED_ACCOUNTS \
	"reach r JOIN address y ON y.id = r.id JOIN account a ON a.id = y.account_id"
#define REACHES_OUTSIDE \
	"EXISTS (SELECT 1 FROM reach r JOIN alias_target g ON g.alias_id = r.id " \
	"WHERE g.target_id IS NULL)"

/* An alias lives as long as one of its ends does. */
#define ALIAS_STATUS \
	"(" REACH "SELECT CASE " \
	"WHEN " REACHES_OUTSIDE " THEN 'active' " \
	"ELSE coalesce(min(" ACCOUNT_STATUS "), 'removed') END FROM " REACHED_ACCOUNTS ")"

/* Who may send as x: its mailboxes that may send at all. */
#define SENDERS \
	"coalesce((" REACH "SELECT group_concat(n.address, ',') FROM (SELECT a.address " \
	"FROM " REACHED_ACCOUNTS " WHERE x.may_send = 1 AND NOT " IS_STOPPED " " \
	"AND a.may_send = 1 AND a.mailbox = 'local' AND a.status = 'active' " \
	"AND a.deleted_at = 0 ORDER BY a.address) n), '')"

/* The next step only: Postfix goes on by itself.  Mailboxes that were removed
 * are left out. */
#define DESTINATIONS \
	"(SELECT group_concat(n.address, ',') FROM (SELECT coalesce(y.address, g.external) AS address " \
	"FROM alias_target g LEFT JOIN address y ON y.id = g.target_id " \
	"LEFT JOIN account a ON a.id = y.account_id " \
	"WHERE g.alias_id = x.id AND coalesce(a.deleted_at, 0) = 0 ORDER BY g.id) n)"

#define ADDRESS_TABLES \
	"address x JOIN domain d ON d.id = x.domain_id JOIN tenant t ON t.id = x.tenant_id " \
	"LEFT JOIN intake i ON i.tenant_id = t.id "

/* ---- sources ---- */

#define DOMAIN_SOURCE \
	"SELECT d.name, CASE WHEN " IS_STOPPED " THEN 'suspended' ELSE 'active' END " \
	"FROM domain d JOIN tenant t ON t.id = d.tenant_id " \
	"LEFT JOIN intake i ON i.tenant_id = t.id WHERE " IS_LOCAL

/*
 * A mailbox, also a suspended or removed one, points at itself: else the
 * catch-all would swallow its mail.  So does an alias that leads nowhere any
 * more; a catch-all of that sort goes.
 */
#define ADDRESS_SOURCE \
	"SELECT x.address, x.kind, CASE WHEN " IS_STOPPED " THEN 'suspended' " \
	"WHEN x.kind = 'alias' THEN " ALIAS_STATUS " " \
	"ELSE (SELECT " ACCOUNT_STATUS " FROM account a WHERE a.id = x.account_id) END, " \
	"CASE x.kind WHEN 'alias' THEN coalesce(" DESTINATIONS ", x.address) ELSE x.address END, " \
	SENDERS " FROM " ADDRESS_TABLES "WHERE " IS_LOCAL " " \
	"AND NOT (x.address LIKE '@%' AND " DESTINATIONS " IS NULL)"

/* 0 would be "no limit" there.  Without a hash nobody can log in. */
#define USER_SOURCE \
	"SELECT a.address, a.hash, CASE WHEN a.home <> '' THEN a.home ELSE a.tenant_id || '/' || a.id END, max(a.quota_bytes, 1), " \
	"CASE WHEN a.status <> 'active' OR a.hash = '' OR " IS_STOPPED " THEN 'suspended' ELSE 'active' END " \
	"FROM account a JOIN address x ON x.account_id = a.id AND x.kind = 'mailbox' " \
	"JOIN domain d ON d.id = x.domain_id JOIN tenant t ON t.id = a.tenant_id " \
	"WHERE a.mailbox = 'local' AND a.deleted_at = 0 AND t.status <> 'closed'"

/* Only where one mailbox gets all: else its being full is not the alias's. */
#define LOGIN_SOURCE \
	"SELECT x.address, (" REACH "SELECT a.address FROM " REACHED_ACCOUNTS " " \
	"WHERE a.mailbox = 'local' AND a.deleted_at = 0) AS username " \
	"FROM address x JOIN tenant t ON t.id = x.tenant_id " \
	"WHERE t.status <> 'closed' AND x.address NOT LIKE '@%' AND (" REACH \
	"SELECT count(*) = 1 AND NOT " REACHES_OUTSIDE " FROM " REACHED_ACCOUNTS " " \
	"WHERE a.mailbox = 'local' AND a.deleted_at = 0)"

/* Everybody who can submit mail, with an identity or without. */
#define PERSON_SOURCE \
	"SELECT a.address, a.tenant_id, t.smime_failure, coalesce(i.certificates, ''), " \
	"i.sealed, coalesce(i.encrypt, 'no') FROM account a JOIN tenant t ON t.id = a.tenant_id " \
	"LEFT JOIN smime_identity i ON i.account_id = a.id " \
	"WHERE a.mailbox = 'local' AND a.deleted_at = 0 AND t.status <> 'closed'"

/* Only addresses that somebody may send as. */
#define SENDER_SOURCE \
	"SELECT x.address, " SENDERS " AS senders FROM " ADDRESS_TABLES \
	"WHERE " IS_LOCAL " AND " SENDERS " <> ''"

#define ALL_AND_ONE(source, key) source " ORDER BY 1", source " AND " key " = :key"

static const char *const source_sql[] = {
	ALL_AND_ONE(DOMAIN_SOURCE, "d.name"),
	ALL_AND_ONE(ADDRESS_SOURCE, "x.address"),
	ALL_AND_ONE(USER_SOURCE, "a.address"),
	ALL_AND_ONE(LOGIN_SOURCE, "x.address"),
	ALL_AND_ONE(PERSON_SOURCE, "a.address"),
	ALL_AND_ONE(SENDER_SOURCE, "x.address"),
};

/* ---- targets ---- */

#define TARGET(table, key, values) \
	"SELECT * FROM " table " ORDER BY 1", \
	"SELECT * FROM " table " WHERE " key " = :key", \
	"REPLACE INTO " table " VALUES (" values ")", \
	"DELETE FROM " table " WHERE " key " = :key"

static const char *const target_sql[] = {
	TARGET("domain", "domain", ":c0, :c1"),
	TARGET("address", "address", ":c0, :c1, :c2, :c3, :c4"),
	TARGET("user", "username", ":c0, :c1, :c2, :c3, :c4"),
	TARGET("address", "address", ":c0, :c1"),
	TARGET("person", "username", ":c0, :c1, :c2, :c3, :c4, :c5"),
	TARGET("address", "address", ":c0, :c1"),
};

/* clang-format on */

const struct db_statements export_sources =
    DB_STATEMENTS("export source", source_sql);
const struct db_statements export_targets =
    DB_STATEMENTS("export target", target_sql);
