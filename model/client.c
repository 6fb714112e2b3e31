#include "model/client.h"

#include "base/address.h"
#include "base/job.h"
#include <string.h>

#include "base/text.h"
#include "dns/lookup.h"
#include "model/golive.h"
#include "model/permission.h"
#include "model/server.h"

enum { CLIENT_ACCOUNT, CLIENT_DOMAIN };

#define TENANT_HOSTS "i.name, t.imap_port, m.name, t.smtp_port, t.name"
#define JOIN_HOSTS                              \
	"JOIN host i ON i.id = t.imap_host_id " \
	"JOIN host m ON m.id = t.smtp_host_id "

static const char *const sql[] = {
	[CLIENT_ACCOUNT] =
	    "SELECT " TENANT_HOSTS ", a.id, a.tenant_id, a.role, a.mailbox, "
	    "a.external_imap_host, a.external_imap_port, "
	    "a.external_smtp_host, a.external_smtp_port, a.external_user "
	    "FROM account a JOIN tenant t ON t.id = a.tenant_id " JOIN_HOSTS
	    "WHERE a.address = :address AND a.deleted_at = 0 "
	    "AND a.mailbox <> 'none'",
	[CLIENT_DOMAIN] =
	    "SELECT " TENANT_HOSTS
	    " FROM domain d JOIN tenant t ON t.id = d.tenant_id " JOIN_HOSTS
	    "WHERE d.name = :domain",
};

const struct db_statements client_statements = DB_STATEMENTS("client", sql);

static void
read_endpoint(struct probe_endpoint *to, enum probe_protocol protocol,
    const struct db_query *q, int column)
{
	to->protocol = protocol;
	db_copy(q, column, to->host, sizeof(to->host));
	to->port = (uint16_t)db_int64(q, column + 1);
	to->is_implicit_tls = probe_port_is_implicit(to->port);
}

static void
read_tenant(struct client_settings *s, const struct db_query *q)
{
	read_endpoint(&s->incoming, PROBE_IMAP, q, 0);
	read_endpoint(&s->outgoing, PROBE_SMTP, q, 2);
	db_copy(q, 4, s->provider, sizeof(s->provider));
}

static void
read_account(
    struct client_settings *s, struct target *target, const struct db_query *q)
{
	read_tenant(s, q);
	target->id = target->account_id = db_int64(q, 5);
	target->tenant_id = db_int64(q, 6);
	target->is_known = role_by_name(&target->role, db_text(q, 7));
	if (!text_is_same(db_text(q, 8), "external"))
		return;
	read_endpoint(&s->incoming, PROBE_IMAP, q, 9);
	read_endpoint(&s->outgoing, PROBE_SMTP, q, 11);
	db_copy(q, 13, s->user_name, sizeof(s->user_name));
}

enum err_code
client_of_account(struct context *context, const char *command,
    const char *text, struct client_settings *s, struct err *err)
{
	struct address address;
	struct target target = { 0 };
	struct db_query q;
	enum err_code code = address_parse(&address, text, err);

	*s = (struct client_settings){ 0 };
	if (code == OK)
		code = actor_key_allows(&context->actor, command, false, err);
	if (code != OK)
		return code;
	address_format(s->address, &address);
	text_copy(s->domain, sizeof(s->domain), address.domain.text);
	q = db_query(context->db, &client_statements, CLIENT_ACCOUNT);
	db_bind_text(&q, ":address", s->address);
	if (db_step(&q))
		read_account(s, &target, &q);
	code = db_end(&q, err);
	if (code != OK || may(&context->actor, ACTION_CLIENT_VIEW, &target))
		return code;
	return err_set(err, ERR_NOT_FOUND, NULL,
	    "There is no mailbox \"%.100s\" here.", text);
}

enum err_code
client_of_domain(struct db *db, const char *domain, struct client_settings *s,
    struct err *err)
{
	struct db_query q = db_query(db, &client_statements, CLIENT_DOMAIN);

	*s = (struct client_settings){ 0 };
	text_copy(s->domain, sizeof(s->domain), domain);
	db_bind_text(&q, ":domain", domain);
	if (db_step(&q))
		read_tenant(s, &q);
	return db_end_found(&q, "This domain is no longer here.", err);
}

/* ---- do they work ---- */

enum err_code
client_probe_prepare(struct context *context, const struct client_settings *s,
    struct client_probe_request *request, struct err *err)
{
	*request = (struct client_probe_request){
		.endpoints = { s->incoming, s->outgoing },
	};
	return server_resolvers(context, request->resolvers, DNS_RESOLVER_MAX,
	    &request->resolver_count, err);
}

/* No address, no probe: the one result says so. */
static bool
write_without_address(
    int out, const struct probe_endpoint *endpoint, const struct err *err)
{
	struct probe_result result = { .endpoint = *endpoint };
	struct probe_finding *finding = &result.steps[PROBE_ADDRESS];

	finding->verdict =
	    err->code == ERR_NOT_FOUND ? MAIL_FAIL : MAIL_UNKNOWN;
	text_copy(finding->text, sizeof(finding->text), err->text);
	return job_write(out, &result, sizeof(result));
}

static bool
probe_address(
    int out, const struct probe_endpoint *endpoint, const struct ip *ip)
{
	struct probe_result result = { 0 };
	struct probe_finding *finding = &result.steps[PROBE_ADDRESS];
	char text[IP_TEXT_SIZE];

	ip_format(text, ip);
	probe_run(endpoint, ip, &result);
	finding->verdict = MAIL_PASS;
	text_format(finding->text, sizeof(finding->text), "%s is %s.",
	    endpoint->host, text);
	return job_write(out, &result, sizeof(result));
}

void
client_probe_job(int out, void *argument)
{
	const struct client_probe_request *request = argument;
	bool is_wanted = true;

	for (int i = 0; i < 2 && is_wanted; i++) {
		const struct probe_endpoint *endpoint = &request->endpoints[i];
		struct ip list[CLIENT_ADDRESSES_MAX];
		struct err err = { 0 };
		size_t count;

		if (lookup_addresses(endpoint->host, request->resolvers,
			request->resolver_count, list, CLIENT_ADDRESSES_MAX,
			&count, &err) != OK)
			is_wanted = write_without_address(out, endpoint, &err);
		for (size_t at = 0; at < count && is_wanted; at++)
			is_wanted = probe_address(out, endpoint, &list[at]);
	}
}

/* ---- what it showed ---- */

static bool
is_same_endpoint(const struct probe_endpoint *a, const struct probe_endpoint *b)
{
	return a->protocol == b->protocol && a->port == b->port &&
	    text_is_same(a->host, b->host);
}

/* The first step that went as badly as the worst. */
static const char *
words_of(
    const struct probe_result *results, size_t count, enum mail_verdict worst)
{
	for (size_t i = 0; i < count; i++)
		for (int step = 0; step < PROBE_STEP_COUNT; step++)
			if (results[i].steps[step].verdict == worst)
				return results[i].steps[step].text;
	return "";
}

enum err_code
client_probe_keep(struct context *context, const struct client_settings *s,
    const struct probe_result *results, size_t count, struct err *err)
{
	struct client_settings common;
	enum mail_verdict worst = MAIL_SKIPPED;
	enum err_code code =
	    client_of_domain(context->db, s->domain, &common, err);

	if (code != OK)
		return code;
	for (size_t i = 0; i < count; i++)
		worst = mail_worse(worst, probe_worst(&results[i]));
	if (worst == MAIL_UNKNOWN || worst == MAIL_SKIPPED ||
	    !is_same_endpoint(&s->incoming, &common.incoming) ||
	    !is_same_endpoint(&s->outgoing, &common.outgoing))
		return OK;
	return golive_prove(context, s->domain, "client", worst != MAIL_FAIL,
	    worst == MAIL_PASS ? "The servers answer as mail programs want."
			       : words_of(results, count, worst),
	    err);
}
