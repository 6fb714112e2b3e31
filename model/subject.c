#include "model/subject.h"

#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/io.h"
#include "base/text.h"
#include "dns/dmarc_record.h"
#include "dns/resolvers.h"
#include "dns/server_key.h"
#include "model/domain.h"
#include "model/permission.h"

#define CERTIFICATE_MAX 262144 /* bytes of a file with the chain */

enum { SUBJECT_DOMAIN, SUBJECT_KEYS, SUBJECT_NAME };

static const char *const sql[] = {
	[SUBJECT_DOMAIN] =
	    "SELECT d.name, d.mail_host, s.ip4, s.ip6, s.host_name, "
	    "CASE WHEN d.dmarc_mailbox <> '' THEN d.dmarc_mailbox "
	    "ELSE s.dmarc_mailbox END, "
	    "CASE WHEN d.tls_report_mailbox <> '' THEN d.tls_report_mailbox "
	    "ELSE s.tls_report_mailbox END, "
	    "d.mta_sts_mode, d.mta_sts_id, h.name, t.imap_port, m.name, "
	    "t.smtp_port, s.resolvers, s.dns_ports, s.authority, "
	    "CASE WHEN s.tls_certificate <> '' THEN s.tls_certificate "
	    "ELSE '/etc/letsencrypt/live/' || s.host_name || '/fullchain.pem' "
	    "END, d.dmarc_policy, d.mta_sts_since FROM domain d "
	    "JOIN tenant t ON t.id = d.tenant_id "
	    "JOIN host h ON h.id = t.imap_host_id "
	    "JOIN host m ON m.id = t.smtp_host_id, server s "
	    "WHERE d.id = :id",
	/* The one that signs first, the newest before older ones. */
	[SUBJECT_KEYS] =
	    "SELECT selector, public_txt, stage FROM dkim_key "
	    "WHERE domain_id = :id AND stage <> 'retired' "
	    "ORDER BY stage = 'signing' DESC, made_at DESC, id DESC",
	[SUBJECT_NAME] = "SELECT name FROM domain WHERE id = :id",
};

const struct db_statements subject_statements = DB_STATEMENTS("subject", sql);

static enum dns_key_stage
stage_of(const char *name)
{
	static const struct {
		const char *name;
		enum dns_key_stage stage;
	} stages[] = {
		{ "made", DNS_KEY_MADE },
		{ "seen", DNS_KEY_SEEN },
		{ "signing", DNS_KEY_SIGNING },
		{ "retiring", DNS_KEY_RETIRING },
	};

	for (size_t i = 0; i < sizeof(stages) / sizeof(stages[0]); i++)
		if (text_is_same(stages[i].name, name))
			return stages[i].stage;
	return DNS_KEY_NONE;
}

static enum dns_sts_mode
sts_mode_of(const char *name)
{
	if (text_is_same(name, "testing"))
		return DNS_STS_TESTING;
	return text_is_same(name, "enforce") ? DNS_STS_ENFORCE : DNS_STS_OFF;
}

/* What was checked when it was stored; "" leaves it empty. */
static void
read_ip(struct ip *ip, const char *text)
{
	if (text[0] == '\0' || ip_parse(ip, text, NULL) != OK)
		*ip = (struct ip){ 0 };
}

/* What was checked when it was stored; an entry too many is left out. */
static void
add_stored(struct ip_port *to, size_t max, size_t *count, const char *list)
{
	if (resolvers_parse(to, max, count, list, NULL) != OK)
		return;
}

/* What can't be read or isn't there leaves unknown what DANE and CAA need:
 * then nothing is expected of them. */
static void
add_certificate(struct dns_subject *s, const char *path)
{
	/* A named pipe must not hold us. */
	const int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	struct server_key key;
	struct arena arena = { 0 };
	size_t length;
	char *pem;

	if (fd < 0)
		return;
	if (io_read_fd(&arena, fd, CERTIFICATE_MAX, &pem, &length, NULL) ==
		OK &&
	    server_key_read(&key, pem, length)) {
		memcpy(s->key_sha256, key.sha256, sizeof(s->key_sha256));
		if (s->authority[0] == '\0')
			text_copy(
			    s->authority, sizeof(s->authority), key.authority);
	}
	arena_free(&arena);
	close(fd);
}

static enum err_code
add_resolvers(struct context *context, struct dns_subject *s,
    const char *stored, struct err *err)
{
	if (context->resolvers != NULL)
		return resolvers_parse(s->resolvers, DNS_RESOLVER_MAX,
		    &s->resolver_count, context->resolvers, err);
	add_stored(s->resolvers, DNS_RESOLVER_MAX, &s->resolver_count, stored);
	return OK;
}

static enum err_code
read_domain(
    struct context *context, int64_t id, struct dns_subject *s, struct err *err)
{
	struct db_query q =
	    db_query(context->db, &subject_statements, SUBJECT_DOMAIN);
	enum err_code code = OK, ended;

	db_bind_int64(&q, ":id", id);
	if (db_step(&q)) {
		db_copy(&q, 0, s->domain, sizeof(s->domain));
		db_copy(&q, 1, s->mail_host, sizeof(s->mail_host));
		read_ip(&s->ip4, db_text(&q, 2));
		read_ip(&s->ip6, db_text(&q, 3));
		db_copy(&q, 4, s->ehlo_name, sizeof(s->ehlo_name));
		db_copy(&q, 5, s->dmarc_report, sizeof(s->dmarc_report));
		db_copy(&q, 6, s->tls_report, sizeof(s->tls_report));
		s->sts_mode = sts_mode_of(db_text(&q, 7));
		db_copy(&q, 8, s->sts_id, sizeof(s->sts_id));
		db_copy(&q, 9, s->imap_host, sizeof(s->imap_host));
		s->imap_port = (uint16_t)db_int64(&q, 10);
		db_copy(&q, 11, s->smtp_host, sizeof(s->smtp_host));
		s->smtp_port = (uint16_t)db_int64(&q, 12);
		code = add_resolvers(context, s, db_text(&q, 13), err);
		add_stored(s->server_ports, DNS_SERVER_MAX,
		    &s->server_port_count, db_text(&q, 14));
		db_copy(&q, 15, s->authority, sizeof(s->authority));
		add_certificate(s, db_text(&q, 16));
		s->dmarc_policy = dmarc_policy_by_name(db_text(&q, 17));
		s->sts_since = db_int64(&q, 18);
	}
	ended = db_end_found(
	    &q, "This domain is no longer here.", code == OK ? err : NULL);
	return code == OK ? ended : code;
}

static enum err_code
read_keys(struct db *db, int64_t id, struct dns_subject *s, struct err *err)
{
	struct db_query q = db_query(db, &subject_statements, SUBJECT_KEYS);

	db_bind_int64(&q, ":id", id);
	while (db_step(&q) && s->selector_count < DNS_SELECTOR_MAX) {
		struct dns_selector *key = &s->selectors[s->selector_count++];

		db_copy(&q, 0, key->selector, sizeof(key->selector));
		db_copy(&q, 1, key->value, sizeof(key->value));
		key->stage = stage_of(db_text(&q, 2));
	}
	return db_end(&q, err);
}

enum err_code
subject_of_domain(struct context *context, const char *command,
    const char *name, struct dns_subject *subject, struct err *err)
{
	struct target target = { 0 };
	struct domain domain;
	const char *why;
	enum err_code code;

	/* To the byte: two subjects are compared by memcmp(). */
	memset(subject, 0, sizeof(*subject));
	if (!may_ever(&context->actor, ACTION_CHECK_RUN, &why))
		return err_set(err, ERR_DENIED, NULL, "%s", why);
	code = actor_key_allows(&context->actor, command, false, err);
	if (code == OK)
		code = domain_find(context->db, name, &domain, err);
	if (code != OK)
		return code;
	target.is_known = true;
	target.id = domain.id;
	target.tenant_id = domain.tenant_id;
	if (!may(&context->actor, ACTION_CHECK_RUN, &target))
		return err_set(err, ERR_NOT_FOUND, NULL,
		    "There is no domain \"%.100s\" here.", name);
	code = read_domain(context, domain.id, subject, err);
	return code == OK ? read_keys(context->db, domain.id, subject, err)
			  : code;
}

enum err_code
subject_of_domain_id(struct context *context, const char *command, int64_t id,
    struct dns_subject *subject, struct err *err)
{
	struct db_query q =
	    db_query(context->db, &subject_statements, SUBJECT_NAME);
	char name[HOST_NAME_SIZE] = "";
	enum err_code code;

	db_bind_int64(&q, ":id", id);
	if (db_step(&q))
		db_copy(&q, 0, name, sizeof(name));
	code = db_end_found(&q, "There is no such domain here.", err);
	return code == OK
	    ? subject_of_domain(context, command, name, subject, err)
	    : code;
}
