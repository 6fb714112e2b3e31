/* What the rows and the last findings tell about a complaint. */
#include "model/trouble_facts.h"

#include <string.h>

#include "base/clock.h"
#include "base/text.h"
#include "dns/check.h"

enum {
	TROUBLE_DOMAIN_ROW,
	TROUBLE_FINDING,
	TROUBLE_HOST_ROW,
	TROUBLE_TABLES,
};

static const char *const sql[] = {
	[TROUBLE_DOMAIN_ROW] =
	    "SELECT t.name, t.status, d.status, "
	    "coalesce((SELECT k.selector FROM dkim_key k "
	    "WHERE k.domain_id = d.id AND k.stage = 'signing'), ''), "
	    "i.name, i.state, s.name, s.state "
	    "FROM domain d JOIN tenant t ON t.id = d.tenant_id "
	    "JOIN host i ON i.id = t.imap_host_id "
	    "JOIN host s ON s.id = t.smtp_host_id WHERE d.id = :domain",
	[TROUBLE_FINDING] =
	    "SELECT verdict, problem, advice, silence, accepted_by, "
	    "accepted_verdict = verdict AND accepted_until > :now "
	    "FROM finding WHERE domain_id = :domain AND check_name = :check",
	[TROUBLE_HOST_ROW] = "SELECT state, reason FROM host "
			     "WHERE name = :name",
	[TROUBLE_TABLES] = "SELECT coalesce(max(error), ''), count(*) "
			   "FROM effect WHERE kind LIKE 'dkim%'",
};

const struct db_statements trouble_statements = DB_STATEMENTS("trouble", sql);

/* ---- hosts ---- */

static enum err_code
read_host(struct reading *r, const char *fact, const char *name)
{
	struct db_query q =
	    db_query(r->context->db, &trouble_statements, TROUBLE_HOST_ROW);
	char change[TROUBLE_TEXT_SIZE], state[16] = "";

	db_bind_text(&q, ":name", name);
	text_format(change, sizeof(change),
	    "The approved hosts: host request %.250s, and the operator's host "
	    "approve.",
	    name);
	if (db_step(&q))
		db_copy(&q, 0, state, sizeof(state));
	if (text_is_same(state, "approved"))
		trouble_note(r->trouble, fact, MAIL_PASS, NULL,
		    "%.250s is an approved host.", name);
	else if (text_is_same(state, "requested"))
		trouble_note(r->trouble, fact, MAIL_FAIL, change,
		    "%.250s was asked for and waits for the operator's word.",
		    name);
	else if (text_is_same(state, "refused"))
		trouble_note(r->trouble, fact, MAIL_FAIL, change,
		    "%.200s was refused by the operator: %.150s", name,
		    db_text(&q, 1));
	else
		trouble_note(r->trouble, fact, MAIL_FAIL, change,
		    "%.250s is not in the list of approved hosts.", name);
	return db_end(&q, r->err);
}

static enum err_code
read_wanted_host(struct reading *r)
{
	struct host_name name;
	struct err why = { 0 };

	if (host_name_parse(&name, r->trouble->about, &why) != OK) {
		trouble_note(r->trouble, "name", MAIL_FAIL,
		    "The host's name, as in mail.example.com.", "%s", why.text);
		return OK;
	}
	trouble_note(r->trouble, "name", MAIL_PASS, NULL,
	    "%.250s is a host name.", name.text);
	return read_host(r, "approved", name.text);
}

/* ---- the domain ---- */

static void
note_signing(struct reading *r, const char *selector)
{
	if (selector[0] != '\0')
		trouble_note(r->trouble, "signing", MAIL_PASS, NULL,
		    "The key %.60s signs the domain's mail.", selector);
	else
		trouble_note(r->trouble, "signing", MAIL_FAIL,
		    "The DKIM key: dkim make, its TXT record, then dkim "
		    "activate.",
		    "No DKIM key signs the mail of %.200s.", r->domain.name);
}

static void
note_tenant(struct reading *r, const char *tenant, const char *status)
{
	if (text_is_same(status, "active"))
		trouble_note(r->trouble, "tenant", MAIL_PASS, NULL,
		    "The tenant %.100s is active.", tenant);
	else
		trouble_note(r->trouble, "tenant", MAIL_FAIL,
		    text_is_same(status, "closed")
			? "The tenant's status: tenant restore."
			: "The tenant's status: tenant resume.",
		    "The tenant %.100s is %s: its mail rests.", tenant, status);
}

static enum err_code
read_domain(struct reading *r)
{
	struct db_query q =
	    db_query(r->context->db, &trouble_statements, TROUBLE_DOMAIN_ROW);
	char hosts[2][HOST_NAME_SIZE] = { "", "" };
	enum err_code code;

	db_bind_int64(&q, ":domain", r->domain.id);
	if (db_step(&q)) {
		note_tenant(r, db_text(&q, 0), db_text(&q, 1));
		note_signing(r, db_text(&q, 3));
		db_copy(&q, 4, hosts[0], sizeof(hosts[0]));
		db_copy(&q, 6, hosts[1], sizeof(hosts[1]));
	}
	code = db_end_found(&q, "This domain is no longer here.", r->err);
	if (code == OK)
		code = read_host(r, "imap-host", hosts[0]);
	return code == OK ? read_host(r, "smtp-host", hosts[1]) : code;
}

static enum mail_verdict
verdict_of(const char *name, bool is_accepted)
{
	if (text_is_same(name, "fail"))
		return is_accepted ? MAIL_WARN : MAIL_FAIL;
	if (text_is_same(name, "warn"))
		return MAIL_WARN;
	if (text_is_same(name, "pass"))
		return MAIL_PASS;
	return text_is_same(name, "skipped") ? MAIL_SKIPPED : MAIL_UNKNOWN;
}

static enum err_code
read_finding(struct reading *r, const struct dns_check *check)
{
	struct db_query q =
	    db_query(r->context->db, &trouble_statements, TROUBLE_FINDING);
	char change[TROUBLE_TEXT_SIZE];

	db_bind_int64(&q, ":domain", r->domain.id);
	db_bind_text(&q, ":check", check->name);
	db_bind_int64(&q, ":now", clock_now());
	text_format(change, sizeof(change), "Ask now: dns check %.200s %s.",
	    r->domain.name, check->name);
	if (db_step(&q)) {
		const enum mail_verdict verdict =
		    verdict_of(db_text(&q, 0), db_int64(&q, 5) != 0);

		if (verdict != MAIL_UNKNOWN && *db_text(&q, 2) != '\0')
			text_copy(change, sizeof(change), db_text(&q, 2));
		trouble_note(r->trouble, check->name, verdict,
		    verdict == MAIL_PASS || verdict == MAIL_SKIPPED ? NULL
								    : change,
		    "%s", db_text(&q, 1));
	} else
		trouble_note(r->trouble, check->name, MAIL_UNKNOWN, change,
		    "The check %s was not run yet.", check->name);
	return db_end(&q, r->err);
}

static enum err_code
read_tables(struct reading *r)
{
	struct db_query q =
	    db_query(r->context->db, &trouble_statements, TROUBLE_TABLES);

	if (db_step(&q) && db_int64(&q, 1) > 0)
		trouble_note(r->trouble, "tables", MAIL_FAIL,
		    "OpenDKIM's tables: sudo postern mail sync.",
		    "OpenDKIM's tables are not written yet: %.200s",
		    db_text(&q, 0));
	else
		trouble_note(r->trouble, "tables", MAIL_PASS, NULL,
		    "OpenDKIM's tables are written.");
	return db_end(&q, r->err);
}

/* ---- reading ---- */

static enum err_code
read_facts(struct reading *r)
{
	static const struct {
		const char *name;
		enum err_code (*read)(struct reading *);
	} readers[] = {
		{ "path", trouble_path },
		{ "account", trouble_account },
		{ "identity", trouble_smime },
		{ "tables", read_tables },
	};
	enum err_code code = read_domain(r);

	for (size_t i = 0; code == OK && i < dns_check_count; i++)
		if (trouble_wants(r->trouble, dns_checks[i].name))
			code = read_finding(r, &dns_checks[i]);
	for (size_t i = 0;
	     code == OK && i < sizeof(readers) / sizeof(readers[0]); i++)
		if (trouble_wants(r->trouble, readers[i].name))
			code = readers[i].read(r);
	return code;
}

/* Facts of other symptoms only confuse. */
static void
drop_others(struct trouble *trouble)
{
	size_t kept = 0;

	for (size_t i = 0; i < trouble->count; i++)
		if (trouble_wants(trouble, trouble->facts[i].name))
			trouble->facts[kept++] = trouble->facts[i];
	trouble->count = kept;
}

static enum err_code
find_domain(struct reading *r)
{
	const char *about = r->trouble->about, *at = strrchr(about, '@');
	const char *name = at != NULL ? at + 1 : about;
	struct target target = { .is_known = true };
	const char *why;

	if (!may_ever(&r->context->actor, ACTION_CHECK_RUN, &why))
		return err_set(r->err, ERR_DENIED, NULL, "%s", why);
	if (at == NULL &&
	    (r->trouble->symptom == TROUBLE_SIGN_IN ||
		r->trouble->symptom == TROUBLE_SMIME))
		return err_set(r->err, ERR_INVALID, "about",
		    "Name the person's address, such as anna@example.com.");
	if (domain_find(r->context->db, name, &r->domain, r->err) != OK)
		return r->err->code;
	target.id = r->domain.id;
	target.tenant_id = r->domain.tenant_id;
	if (!may(&r->context->actor, ACTION_CHECK_RUN, &target))
		return err_set(r->err, ERR_NOT_FOUND, NULL,
		    "There is no domain \"%.100s\" here.", name);
	text_copy(
	    r->trouble->domain, sizeof(r->trouble->domain), r->domain.name);
	return OK;
}

enum err_code
trouble_read(struct context *context, enum trouble_symptom symptom,
    const char *about, struct trouble *trouble, struct err *err)
{
	struct reading r = {
		.context = context, .trouble = trouble, .err = err
	};
	struct err unseen;
	const char *why;
	enum err_code code;

	*trouble = (struct trouble){ .symptom = symptom,
		.is_unseen = may_on_server(&context->actor, ACTION_MAIL_HEALTH,
				 &unseen) != OK };
	text_copy(trouble->about, sizeof(trouble->about), about);
	if (actor_key_allows(&context->actor, "trouble", false, err) != OK)
		return err->code;
	if (symptom == TROUBLE_HOST) {
		if (!may_ever(&context->actor, ACTION_HOST_VIEW, &why))
			return err_set(err, ERR_DENIED, NULL, "%s", why);
		code = read_wanted_host(&r);
	} else {
		code = find_domain(&r);
		if (code == OK)
			code = read_facts(&r);
	}
	drop_others(trouble);
	trouble_judge(trouble);
	return code;
}
