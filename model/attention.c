#include "model/attention.h"

/*
 * One SELECT per reason.  The id says which reason and which row: reason
 * times KIND, then the row's id.  `place` is what to open, `place_id` its
 * row.  tenant_id is NULL for what is of the server alone.
 */
#define KIND "1000000000000"

#define REASON(number, verdict, about, text, since, place, place_id, tenant) \
	"SELECT " number " * " KIND " + " place_id " AS id, " verdict        \
	" AS verdict, " about " AS about, " text " AS text, " since          \
	" AS since_at, '" place "' AS place, " place_id                      \
	" AS place_id, " tenant " AS tenant_id "

#define NEARLY " * 10 >= 9 * "

/* clang-format off */
static const char reasons[] =
    "("
    "SELECT 1 * " KIND " + f.id AS id, f.verdict AS verdict,"
    " d.name AS about, f.check_name || ': ' || f.problem AS text,"
    " f.since_at AS since_at, 'domain' AS place, d.id AS place_id,"
    " d.tenant_id AS tenant_id"
    " FROM finding f JOIN domain d ON d.id = f.domain_id"
    " WHERE f.verdict IN ('fail', 'warn') AND NOT"
    " (f.accepted_verdict = f.verdict AND f.accepted_until > :now)"
    " UNION ALL "
    REASON("2", "'warn'", "r.subject",
	"CASE r.kind WHEN 'host' THEN 'host to approve' ELSE 'DKIM key to make' END"
	" || ', asked by ' || r.asked_by",
	"r.asked_at", "request", "r.id", "NULL")
    "FROM request r WHERE r.state = 'open'"
    " UNION ALL "
    REASON("3", "'warn'", "t.name",
	"t.user_count || ' of ' || t.user_limit || ' mailboxes are used'",
	"0", "tenant", "t.id", "t.id")
    "FROM tenant t WHERE t.status = 'active' AND t.user_limit > 0"
    " AND t.user_count" NEARLY "t.user_limit"
    " UNION ALL "
    REASON("4", "'warn'", "t.name",
	"'quotas take ' || (100 * t.storage_allocated_bytes / t.storage_limit_bytes) ||"
	" '% of the storage limit'",
	"0", "tenant", "t.id", "t.id")
    "FROM tenant t WHERE t.status = 'active' AND t.storage_limit_bytes > 0"
    " AND t.storage_allocated_bytes" NEARLY "t.storage_limit_bytes"
    " UNION ALL "
    REASON("5", "'warn'", "d.name", "'who owns it is not verified'",
	"d.created_at", "domain", "d.id", "d.tenant_id")
    "FROM domain d WHERE d.ownership = 'unverified'"
    " UNION ALL "
    REASON("6", "'warn'", "d.name", "'no DKIM key signs its mail'",
	"d.created_at", "domain", "d.id", "d.tenant_id")
    "FROM domain d WHERE d.ownership = 'verified' AND NOT EXISTS (SELECT 1 FROM dkim_key k"
    " WHERE k.domain_id = d.id AND k.stage = 'signing')"
    " UNION ALL "
    REASON("7", "'warn'", "e.subject", "CASE e.kind"
	" WHEN 'mail_kick' THEN 'a log-in could not be ended'"
	" WHEN 'mail_reload' THEN 'the mail stack did not reload'"
	" WHEN 'mail_remove' THEN 'old mail could not be removed'"
	" WHEN 'dkim_remove' THEN 'a DKIM key could not be removed'"
	" WHEN 'dkim_tables' THEN 'the DKIM tables were not written'"
	" ELSE e.kind END || ': ' || e.error",
	"e.queued_at", "server", "e.id", "NULL")
    "FROM effect e WHERE e.error <> ''"
    " UNION ALL "
    REASON("8", "'fail'", "'server'", "'its host name is not set: mail can''t be set up'",
	"0", "server", "s.id", "NULL")
    "FROM server s WHERE s.host_name = ''"
    " UNION ALL "
    REASON("9", "CASE WHEN i.ends_at < :now THEN 'fail' ELSE 'warn' END", "a.address",
	"CASE WHEN i.ends_at < :now THEN 'the S/MIME certificate has ended'"
	" ELSE 'the S/MIME certificate ends in ' || ((i.ends_at - :now) / 86400) || ' days' END",
	"i.ends_at", "user", "a.id", "a.tenant_id")
    "FROM smime_identity i JOIN account a ON a.id = i.account_id"
    " WHERE a.deleted_at = 0 AND i.ends_at < :now + 30 * 86400"
    ") n";

static const struct list_column columns[] = {
	{ "verdict", "VERDICT", "n.verdict", NULL, LIST_TEXT, 7, LIST_SORTABLE | LIST_FILTERABLE | LIST_FOLDED },
	{ "about", "ABOUT", "n.about", NULL, LIST_TEXT, 22, LIST_SORTABLE | LIST_FILTERABLE },
	{ "text", "WHAT", "n.text", NULL, LIST_TEXT, 0, LIST_FILTERABLE },
	{ "since_at", "SINCE", "n.since_at", NULL, LIST_MOMENT, 12, LIST_SORTABLE | LIST_DETAIL },
	{ "place", "PLACE", "n.place", NULL, LIST_TEXT, 0, LIST_DETAIL },
	{ "place_id", "ROW", "n.place_id", NULL, LIST_NUMBER, 0, LIST_DETAIL },
	{ 0 }
};
/* clang-format on */

/* "fail" sorts before "warn" by its letters. */
const struct list attention_list = {
	.name = "attention list",
	.show = "attention show",
	.help = "What somebody should look at: findings, requests, limits.",
	.empty = "Nothing needs attention.",
	.action = ACTION_DOMAIN_VIEW,
	.from = reasons,
	.id = "n.id",
	.key = "n.id",
	.scope_tenant = "n.tenant_id = :tenant",
	.of_tenant = "n.tenant_id = :of_tenant",
	.columns = columns,
};
