#include "model/golive.h"

#include <string.h>

#include "base/clock.h"
#include "base/text.h"
#include "dns/check.h"
#include "model/dmarc.h"
#include "model/domain.h"
#include "model/finding.h"
#include "model/golive_list.h"

#define ADDRESSES_SIZE 4096

enum {
	GOLIVE_FACTS,
	GOLIVE_TICK_OF,
	GOLIVE_ADDRESS,
	GOLIVE_LAST_SIGN,
};

static const char *const sql[] = {
	[GOLIVE_FACTS] =
	    "SELECT d.status, d.ownership = 'verified', "
	    "EXISTS (SELECT 1 FROM dkim_key k WHERE k.domain_id = d.id "
	    "AND k.stage = 'signing'), "
	    "(SELECT max(a.login_at) FROM account a "
	    "WHERE a.tenant_id = d.tenant_id AND a.role = 'tenant_admin' "
	    "AND a.deleted_at = 0), "
	    "coalesce((SELECT i.mailboxes FROM intake i "
	    "WHERE i.tenant_id = d.tenant_id), ''), "
	    "coalesce((SELECT i.wants_smime FROM intake i "
	    "WHERE i.tenant_id = d.tenant_id), 0) "
	    "FROM domain d WHERE d.id = :domain",
	[GOLIVE_TICK_OF] = "SELECT by, note, at FROM golive_tick "
			   "WHERE domain_id = :domain AND item = :item",
	[GOLIVE_ADDRESS] = "SELECT 1 FROM address WHERE address = :address",
	[GOLIVE_LAST_SIGN] = "SELECT by, at FROM golive_sign "
			     "WHERE domain_id = :domain "
			     "ORDER BY id DESC LIMIT 1",
};

const struct db_statements golive_statements = DB_STATEMENTS("golive", sql);

/* ---- the items ---- */

struct facts {
	struct context *context;
	int64_t domain_id;
	const char *domain;
	char status[12];
	bool is_verified, has_key, wants_smime;
	int64_t admin_login_at;
	char mailboxes[ADDRESSES_SIZE];
	struct finding findings[64];
};

static void
set(struct golive_item *item, bool is_done, const char *missing)
{
	item->state = is_done ? GOLIVE_DONE : GOLIVE_OPEN;
	text_copy(item->detail, sizeof(item->detail), is_done ? "" : missing);
}

static enum err_code
read_ownership(
    const struct facts *facts, struct golive_item *item, struct err *err)
{
	(void)err;
	set(item, facts->is_verified,
	    "Publish the proof record, or have a super admin confirm it.");
	return OK;
}

/* A warning holds up what is recommended: it is no more than a warning that a
 * check which is required may end with. */
static bool
is_right(const struct golive_item *item, const struct finding *f)
{
	return f->is_accepted ||
	    (f->since_at != 0 &&
		(f->verdict == DNS_PASS || f->verdict == DNS_SKIPPED ||
		    (f->verdict == DNS_WARN && item->is_required)));
}

/* Every check of that need passes, does not apply, or is accepted. */
static enum err_code
read_checks(const struct facts *facts, struct golive_item *item)
{
	const enum dns_need need =
	    item->is_required ? DNS_REQUIRED : DNS_RECOMMENDED;
	char text[64];

	item->state = GOLIVE_DONE;
	for (size_t i = 0; i < dns_check_count; i++) {
		const struct finding *f = &facts->findings[i];

		if (dns_checks[i].need != need || is_right(item, f))
			continue;
		text_format(text, sizeof(text), "%s%s %s",
		    item->state == GOLIVE_OPEN ? ", " : "", dns_checks[i].name,
		    f->since_at == 0 ? "not checked"
				     : check_verdict_word(f->verdict));
		text_append(item->detail, sizeof(item->detail), text);
		item->state = GOLIVE_OPEN;
	}
	return OK;
}

static enum err_code
read_records(
    const struct facts *facts, struct golive_item *item, struct err *err)
{
	(void)err;
	return read_checks(facts, item);
}

static enum err_code
read_key(const struct facts *facts, struct golive_item *item, struct err *err)
{
	(void)err;
	set(item, facts->has_key,
	    "The operator makes a key and activates it once it is seen.");
	return OK;
}

static enum err_code
read_admin(const struct facts *facts, struct golive_item *item, struct err *err)
{
	(void)err;
	set(item, facts->admin_login_at != 0,
	    "No admin of the tenant has signed in yet.");
	return OK;
}

static enum err_code
add_missing(const struct facts *facts, const char *address,
    struct golive_item *item, struct err *err)
{
	struct db_query q =
	    db_query(facts->context->db, &golive_statements, GOLIVE_ADDRESS);

	db_bind_text(&q, ":address", address);
	if (!db_step(&q) && q.err.code == OK) {
		text_append(item->detail, sizeof(item->detail),
		    item->state == GOLIVE_OPEN ? ", " : "Missing: ");
		text_append(item->detail, sizeof(item->detail), address);
		item->state = GOLIVE_OPEN;
	}
	return db_end(&q, err);
}

/* postmaster@ and abuse@ (RFC 2142), and what the intake sheet expects. */
static enum err_code
read_addresses(
    const struct facts *facts, struct golive_item *item, struct err *err)
{
	char list[ADDRESSES_SIZE], *rest = list, *entry;
	char address[ADDRESS_SIZE];
	enum err_code code = OK;

	item->state = GOLIVE_DONE;
	text_format(address, sizeof(address), "postmaster@%s", facts->domain);
	code = add_missing(facts, address, item, err);
	text_format(address, sizeof(address), "abuse@%s", facts->domain);
	if (code == OK)
		code = add_missing(facts, address, item, err);
	text_copy(list, sizeof(list), facts->mailboxes);
	while (code == OK && (entry = strsep(&rest, ", ")) != NULL) {
		const char *at = strrchr(entry, '@');

		if (at != NULL && text_is_same(at + 1, facts->domain))
			code = add_missing(facts, entry, item, err);
	}
	return code;
}

static enum err_code
find_tick(const struct facts *facts, struct golive_item *item,
    int64_t *ticked_at, struct err *err)
{
	struct db_query q =
	    db_query(facts->context->db, &golive_statements, GOLIVE_TICK_OF);
	char at[32];

	*ticked_at = 0;
	db_bind_int64(&q, ":domain", facts->domain_id);
	db_bind_text(&q, ":item", item->name);
	if (db_step(&q)) {
		item->state = GOLIVE_DONE;
		clock_format_short(at, sizeof(at), db_int64(&q, 2));
		text_format(item->detail, sizeof(item->detail), "%s, %s%s%s",
		    db_text(&q, 0), at, *db_text(&q, 1) != '\0' ? ": " : "",
		    db_text(&q, 1));
		*ticked_at = db_int64(&q, 2);
	}
	return db_end(&q, err);
}

static enum err_code
read_tick(const struct facts *facts, struct golive_item *item, struct err *err)
{
	int64_t ticked_at;

	return find_tick(facts, item, &ticked_at, err);
}

/* What was tried last, by a test of ours or by hand. */
static enum err_code
read_test(const struct facts *facts, struct golive_item *item, struct err *err)
{
	int64_t ticked_at;
	enum err_code code = find_tick(facts, item, &ticked_at, err);

	if (code == OK)
		code = golive_read_proof(
		    facts->context->db, facts->domain_id, ticked_at, item, err);
	if (code == OK && item->state == GOLIVE_OPEN && item->detail[0] == '\0')
		text_copy(item->detail, sizeof(item->detail),
		    text_is_same(item->name, "client")
			? "Run mail settings ADDRESS probe=yes, or look at a "
			  "user's client settings."
			: "Run dkim test.");
	return code;
}

/* Once they are known, the next step of the DMARC policy, or what it lacks. */
static enum err_code
read_senders(
    const struct facts *facts, struct golive_item *item, struct err *err)
{
	struct dmarc_evidence evidence;
	const int64_t now = clock_now();
	char missing[200];
	enum err_code code = read_tick(facts, item, err);

	if (code == OK && item->state == GOLIVE_DONE)
		code = dmarc_evidence_read(
		    facts->context->db, facts->domain_id, now, &evidence, err);
	if (code != OK || item->state != GOLIVE_DONE ||
	    evidence.policy == DMARC_REJECT)
		return code;
	text_append(item->detail, sizeof(item->detail), ".  ");
	if (!dmarc_may_step(
		&evidence, evidence.policy + 1, now, missing, sizeof(missing)))
		text_format(missing + strlen(missing),
		    sizeof(missing) - strlen(missing),
		    "  Until then DMARC "
		    "stays at %s.",
		    dmarc_policy_names[evidence.policy]);
	else
		text_format(missing, sizeof(missing),
		    "DMARC is ready for %s: domain edit dmarc_policy=%s.",
		    dmarc_policy_names[evidence.policy + 1],
		    dmarc_policy_names[evidence.policy + 1]);
	text_append(item->detail, sizeof(item->detail), missing);
	return OK;
}

static enum err_code
read_smime(const struct facts *facts, struct golive_item *item, struct err *err)
{
	item->is_required = facts->wants_smime;
	if (facts->wants_smime)
		return read_tick(facts, item, err);
	item->state = GOLIVE_SKIPPED;
	text_copy(item->detail, sizeof(item->detail),
	    "The intake sheet asks for none.");
	return OK;
}

/* name, title, manual, required, reader */
static const struct item_kind {
	const char *name, *title;
	bool is_manual, is_required;
	enum err_code (*read)(
	    const struct facts *, struct golive_item *, struct err *);
} kinds[] = {
	/* clang-format off */
	{ "ownership",   "Ownership of the domain is verified",           false, true,  read_ownership },
	{ "records",     "The required DNS records are right",            false, true,  read_records },
	{ "dkim",        "A DKIM key signs the domain's mail",            false, true,  read_key },
	{ "signature",   "A test signature verifies",                     true,  true,  read_test },
	{ "admin",       "The tenant's admin can sign in",                false, true,  read_admin },
	{ "addresses",   "Expected mailboxes and aliases are there",      false, true,  read_addresses },
	{ "mail-in",     "A test message arrives through MX and alias",   true,  true,  read_tick },
	{ "mail-out",    "A test message out is signed and aligned",      true,  true,  read_tick },
	{ "client",      "The client settings were tried",                true,  true,  read_test },
	{ "senders",     "All who send in its name are known",            true,  false, read_senders },
	{ "smime",       "S/MIME identities are there where wanted",      true,  false, read_smime },
	{ "recommended", "The recommended DNS records are right",         false, false, read_records },
	{ 0 }
	/* clang-format on */
};

const char *
golive_state_name(enum golive_state state)
{
	static const char *const names[] = {
		[GOLIVE_OPEN] = "open",
		[GOLIVE_DONE] = "done",
		[GOLIVE_SKIPPED] = "skipped",
	};

	return names[state];
}

static enum err_code
read_facts(struct facts *facts, struct err *err)
{
	struct db_query q =
	    db_query(facts->context->db, &golive_statements, GOLIVE_FACTS);
	enum err_code code;

	db_bind_int64(&q, ":domain", facts->domain_id);
	if (db_step(&q)) {
		db_copy(&q, 0, facts->status, sizeof(facts->status));
		facts->is_verified = db_int64(&q, 1) != 0;
		facts->has_key = db_int64(&q, 2) != 0;
		facts->admin_login_at = db_int64(&q, 3);
		db_copy(&q, 4, facts->mailboxes, sizeof(facts->mailboxes));
		facts->wants_smime = db_int64(&q, 5) != 0;
	}
	code = db_end_found(&q, "This domain is no longer here.", err);
	return code == OK
	    ? finding_read(facts->context, facts->domain, facts->findings, err)
	    : code;
}

static enum err_code
read_sign(const struct facts *facts, struct golive *golive, struct err *err)
{
	struct db_query q =
	    db_query(facts->context->db, &golive_statements, GOLIVE_LAST_SIGN);

	db_bind_int64(&q, ":domain", facts->domain_id);
	if (db_step(&q)) {
		db_copy(&q, 0, golive->signed_by, sizeof(golive->signed_by));
		golive->signed_at = db_int64(&q, 1);
	}
	return db_end(&q, err);
}

enum err_code
golive_read_all(struct context *context, const struct domain *domain,
    struct golive *golive, struct err *err)
{
	struct facts facts = { .context = context,
		.domain_id = domain->id,
		.domain = domain->name };
	enum err_code code = read_facts(&facts, err);

	memset(golive, 0, sizeof(*golive));
	text_copy(golive->domain, sizeof(golive->domain), domain->name);
	text_copy(golive->status, sizeof(golive->status), facts.status);
	for (const struct item_kind *kind = kinds;
	     code == OK && kind->name != NULL; kind++) {
		struct golive_item *item = &golive->items[golive->count++];

		item->name = kind->name;
		item->title = kind->title;
		item->is_manual = kind->is_manual;
		item->is_required = kind->is_required;
		code = kind->read(&facts, item, err);
		golive->open_required +=
		    item->is_required && item->state == GOLIVE_OPEN;
	}
	return code == OK ? read_sign(&facts, golive, err) : code;
}

enum err_code
golive_read(struct context *context, const char *name, struct golive *golive,
    struct err *err)
{
	struct target target = { .is_known = true };
	struct domain domain;
	const char *why;
	enum err_code code;

	if (!may_ever(&context->actor, ACTION_CHECK_RUN, &why))
		return err_set(err, ERR_DENIED, NULL, "%s", why);
	code = actor_key_allows(&context->actor, "golive show", false, err);
	if (code == OK)
		code = domain_find(context->db, name, &domain, err);
	if (code != OK)
		return code;
	target.id = domain.id;
	target.tenant_id = domain.tenant_id;
	if (!may(&context->actor, ACTION_CHECK_RUN, &target))
		return err_set(err, ERR_NOT_FOUND, NULL,
		    "There is no domain \"%.100s\" here.", name);
	return golive_read_all(context, &domain, golive, err);
}

bool
golive_item_find(const char *name, bool *is_manual)
{
	for (const struct item_kind *kind = kinds; kind->name != NULL; kind++)
		if (text_is_same(kind->name, name)) {
			*is_manual = kind->is_manual;
			return true;
		}
	return false;
}
