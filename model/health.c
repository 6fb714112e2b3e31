#include "model/health.h"

#include <netinet/in.h>

#include "base/random.h"
#include "base/text.h"
#include "model/export.h"
#include "model/mail_setup.h"
#include "model/permission.h"
#include "model/web.h"

#define LMTP_SOCKET   "/run/dovecot/lmtp"
#define MAIL_LOG      "/var/log/postern/mail.log"
#define POSTFIX_SPOOL "/var/spool/postfix"
#define POSTFIX_USUAL "/etc/postfix"

enum { HEALTH_KNOWN, HEALTH_POLICY_HOST, HEALTH_SIGNER, HEALTH_EFFECTS };

static const char *const sql[] = {
	/* A mailbox that gets mail; best one whose domain has no catch-all,
	 * so that an unknown address beside it must be refused. */
	[HEALTH_KNOWN] =
	    "SELECT a.address, d.name, EXISTS (SELECT 1 FROM address c "
	    "WHERE c.address = '@' || d.name) AS is_caught "
	    "FROM account a JOIN address x ON x.account_id = a.id "
	    "AND x.kind = 'mailbox' JOIN domain d ON d.id = x.domain_id "
	    "JOIN tenant t ON t.id = d.tenant_id "
	    "LEFT JOIN intake i ON i.tenant_id = t.id "
	    "WHERE a.mailbox = 'local' AND a.status = 'active' "
	    "AND a.deleted_at = 0 AND d.ownership = 'verified' "
	    "AND d.status <> 'suspended' AND t.status = 'active' "
	    "AND coalesce(i.mail_at, 'local') = 'local' "
	    "ORDER BY is_caught, a.id LIMIT 1",
	[HEALTH_POLICY_HOST] =
	    "SELECT 'mta-sts.' || name FROM domain "
	    "WHERE mta_sts_mode <> 'none' AND ownership = 'verified' "
	    "ORDER BY name LIMIT 1",
	[HEALTH_SIGNER] =
	    "SELECT 'postmaster@' || d.name FROM dkim_key k "
	    "JOIN domain d ON d.id = k.domain_id "
	    "JOIN tenant t ON t.id = d.tenant_id WHERE k.stage = 'signing' "
	    "AND d.status <> 'suspended' AND t.status = 'active' "
	    "ORDER BY k.signing_at DESC LIMIT 1",
	[HEALTH_EFFECTS] = "SELECT count(*), coalesce(max(kind), ''), "
			   "coalesce(max(error), '') FROM effect "
			   "WHERE tries > 0",
};

const struct db_statements health_statements = DB_STATEMENTS("health", sql);

/* ---- where to look ---- */

static enum err_code
load_known(struct db *db, struct health_subject *s, struct err *err)
{
	struct db_query q = db_query(db, &health_statements, HEALTH_KNOWN);
	char word[RANDOM_PASSWORD_SIZE];

	if (db_step(&q)) {
		db_copy(&q, 0, s->known, sizeof(s->known));
		random_password(word);
		/* Letters and digits only: it is a local part. */
		for (char *c = word; *c != '\0'; c++)
			if (*c == '-')
				*c = 'x';
		if (db_int64(&q, 2) == 0)
			text_format(s->unknown, sizeof(s->unknown),
			    "no-such-%s@%s", word, db_text(&q, 1));
	}
	return db_end(&q, err);
}

static enum err_code
load_policy_host(struct db *db, struct health_subject *s, struct err *err)
{
	struct db_query q =
	    db_query(db, &health_statements, HEALTH_POLICY_HOST);

	if (db_step(&q))
		db_copy(&q, 0, s->https_host, sizeof(s->https_host));
	return db_end(&q, err);
}

/* The key that was taken last is the one that most probably fails. */
static enum err_code
load_signer(struct db *db, struct health_subject *s, struct err *err)
{
	struct db_query q = db_query(db, &health_statements, HEALTH_SIGNER);

	if (db_step(&q))
		db_copy(&q, 0, s->signer, sizeof(s->signer));
	return db_end(&q, err);
}

static void
set_port(struct ip_port *to, const struct health_ports *ports, uint16_t given,
    uint16_t usual)
{
	to->ip = ports->listen;
	if (to->ip.family == 0)
		to->ip = (struct ip){ AF_INET, { 127, 0, 0, 1 } };
	to->port = given != 0 ? given : usual;
}

static void
set_ports(struct health_subject *s, const struct health_ports *ports)
{
	set_port(&s->smtp, ports, ports->smtp, 25);
	set_port(&s->submission, ports, ports->submission, 587);
	set_port(&s->submissions, ports, ports->submissions, 465);
	set_port(&s->imaps, ports, ports->imaps, 993);
	set_port(&s->https, ports, ports->https, 443);
}

#define SET_PATH(member, path) \
	text_format(s->member, sizeof(s->member), "%s%s", v->root, (path))

static void
set_paths(struct health_subject *s, const struct config_values *v)
{
	text_copy(s->host, sizeof(s->host), v->host);
	SET_PATH(milter_socket, v->milter);
	SET_PATH(opendkim_socket, MAIL_OPENDKIM_SOCKET);
	SET_PATH(lmtp_socket, LMTP_SOCKET);
	SET_PATH(log, MAIL_LOG);
	/* postqueue takes another directory than the usual one only when
	 * that names it. */
	if (v->root[0] != '\0')
		SET_PATH(postfix_directory, POSTFIX_USUAL);
	text_copy(s->disks[0], sizeof(s->disks[0]), v->state);
	text_copy(s->disks[1], sizeof(s->disks[1]), v->mail_directory);
	SET_PATH(disks[2], POSTFIX_SPOOL);
}

static enum err_code
check_right(const struct actor *actor, struct err *err)
{
	return may_on_server(actor, ACTION_MAIL_HEALTH, err);
}

enum err_code
health_prepare(struct context *context, const char *command,
    const struct health_ports *ports, struct health_subject *s, struct err *err)
{
	struct config_values *values;
	struct arena arena = { 0 };
	enum err_code code = check_right(&context->actor, err);

	*s = (struct health_subject){ 0 };
	if (code == OK)
		code = actor_key_allows(&context->actor, command, false, err);
	if (code != OK)
		return code;
	values = arena_alloc(&arena, sizeof(*values));
	code = mail_setup_load(context, values, err);
	if (code == OK)
		code = load_known(context->db, s, err);
	if (code == OK)
		code = load_policy_host(context->db, s, err);
	if (code == OK)
		code = load_signer(context->db, s, err);
	set_ports(s, ports);
	set_paths(s, values);
	arena_free(&arena);
	return code;
}

enum err_code
health_log_paths(struct db *db, struct health_logs *logs, struct err *err)
{
	char path[CONFIG_PATH_SIZE];
	const enum err_code code = mail_setup_path(db, MAIL_LOG, path, err);

	*logs = (struct health_logs){ 0 };
	text_format(logs->text[0], sizeof(logs->text[0]), "%s.1", path);
	text_copy(logs->text[1], sizeof(logs->text[1]), path);
	logs->paths[0] = logs->text[0];
	logs->paths[1] = logs->text[1];
	return code;
}

/* ---- our own side ---- */

static enum err_code
look_exports(struct context *context, struct health_row *row, struct err *err)
{
	struct export_report report;
	int64_t drift = 0;

	if (export_sync(context, true, &report, err) != OK) {
		health_note(row, "exports", MAIL_FAIL, "postern mail sync",
		    "%s", err->text);
		return OK;
	}
	for (size_t i = 0; export_tables[i].name != NULL; i++)
		drift += report.tables[i].missing + report.tables[i].different +
		    report.tables[i].extra;
	if (export_is_whole(&report))
		health_note(row, "exports", MAIL_PASS, NULL,
		    "What Postfix and Dovecot read is what our rows say.");
	else if (drift == 0)
		health_note(row, "exports", MAIL_FAIL, "postern mail sync",
		    "A file that Postfix or Dovecot reads is missing, or was "
		    "swapped for another.");
	else
		health_note(row, "exports", MAIL_FAIL, "postern mail sync",
		    "What Postfix and Dovecot read differs from our rows in "
		    "%lld places.",
		    (long long)drift);
	return OK;
}

static enum err_code
look_web(struct context *context, struct health_row *row, struct err *err)
{
	struct web_report report;
	int64_t drift;

	if (web_sync(context, true, &report, err) != OK) {
		health_note(row, "web", MAIL_UNKNOWN, NULL, "%s", err->text);
		return OK;
	}
	drift = report.missing + report.different + report.extra;
	if (drift == 0)
		health_note(row, "web", MAIL_PASS, NULL,
		    "The %lld files for the web server are as they should be.",
		    (long long)report.wanted);
	else
		health_note(row, "web", MAIL_WARN, "postern mail sync",
		    "%lld files for the web server are missing, different or "
		    "left over.",
		    (long long)drift);
	return OK;
}

static enum err_code
look_effects(struct context *context, struct health_row *row, struct err *err)
{
	struct db_query q =
	    db_query(context->db, &health_statements, HEALTH_EFFECTS);

	if (db_step(&q) && db_int64(&q, 0) > 0)
		health_note(row, "effects", MAIL_WARN, "sudo postern mail sync",
		    "%lld changes wait to reach the mail servers (%s): %s",
		    (long long)db_int64(&q, 0), db_text(&q, 1), db_text(&q, 2));
	else
		health_note(row, "effects", MAIL_PASS, NULL,
		    "Every change has reached the mail servers.");
	return db_end(&q, err);
}

enum err_code
health_own_rows(struct context *context,
    struct health_row rows[HEALTH_OWN_ROWS], struct err *err)
{
	static enum err_code (*const looks[HEALTH_OWN_ROWS])(struct context *,
	    struct health_row *,
	    struct err *) = { look_exports, look_web, look_effects };
	enum err_code code = check_right(&context->actor, err);

	for (int i = 0; i < HEALTH_OWN_ROWS && code == OK; i++)
		code = looks[i](context, &rows[i], err);
	return code;
}
