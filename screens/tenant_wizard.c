/* Add Tenant: the organisation, its hosts, limits, what is asked of a customer
 * before the start, and the first admin. */
#include <string.h>

#include "base/text.h"
#include "model/domain.h"
#include "model/host.h"
#include "model/intake.h"
#include "model/public_key.h"
#include "model/server.h"
#include "model/tenant.h"
#include "screens/pick.h"
#include "screens/run.h"
#include "screens/session.h"
#include "screens/wizard_screen.h"
#include "tui/confirm.h"

struct tenant_wizard {
	struct wizard_screen base;
	struct context *context;
	char suggested[HOST_NAME_SIZE]; /* mail host made of the domain */
};

enum { TENANT_KEY_REQUEST = 1 };

enum { STEP_TENANT, STEP_HOSTS, STEP_LIMITS, STEP_FACTS, STEP_ADMIN };

/* ---- hosts ---- */

static bool
is_host_field(const char *name)
{
	return text_is_same(name, "imap_host") ||
	    text_is_same(name, "smtp_host");
}

/* Its state on the list of approved hosts; "" when it is not there. */
static void
host_state(struct context *context, const char *host, char *to, size_t size)
{
	struct arena arena = { 0 };
	const struct list_value *state;
	struct list_row row;
	struct err err;

	text_copy(to, size, "");
	if (list_row_by_key(context, &host_list, host, &arena, &row, &err) ==
	    OK) {
		state = list_value_of(&host_list, &row, "state");
		text_copy(to, size, state != NULL ? state->raw : "");
	}
	arena_free(&arena);
}

/* The refusal that belongs to a state, or NULL when the host may be used. */
static const char *
host_refusal(const char *state)
{
	if (text_is_same(state, "approved"))
		return NULL;
	if (text_is_same(state, "requested"))
		return "The operator has not approved it yet.  Take an "
		       "approved one (Ctrl-O lists them) until then.";
	if (text_is_same(state, "refused"))
		return "The operator refused it.  Ctrl-O lists the approved "
		       "ones; Ctrl-R asks again.";
	return "Not on the list of approved hosts.  Ctrl-R asks the operator "
	       "for it, Ctrl-O lists those that are.";
}

/* False, with the refusal below the field, when it can't be used. */
static bool
look_at_host(struct tenant_wizard *s, const char *field)
{
	const char *text = form_text(&s->base.form, field), *refusal;
	char state[16];

	if (text[0] == '\0') {
		form_set_note(&s->base.form, field, NULL);
		return true;
	}
	host_state(s->context, text, state, sizeof(state));
	refusal = host_refusal(state);
	if (refusal == NULL)
		form_set_note(&s->base.form, field, "approved");
	else
		form_mark_error(&s->base.form, field, refusal);
	return refusal == NULL;
}

/* The IMAP host is the mail host, and the SMTP host the IMAP host, unless
 * said otherwise: that is written out, so that it can be seen. */
static void
enter_hosts(struct app *app, void *state)
{
	struct tenant_wizard *s = state;
	struct form *form = &s->base.form;

	(void)app;
	if (form_text(form, "imap_host")[0] == '\0')
		form_type(form, "imap_host", form_text(form, "mail_host"));
	if (form_text(form, "smtp_host")[0] == '\0')
		form_type(form, "smtp_host", form_text(form, "imap_host"));
	look_at_host(s, "imap_host");
	look_at_host(s, "smtp_host");
}

static bool
leave_hosts(struct app *app, void *state)
{
	struct tenant_wizard *s = state;
	const bool is_smtp_fine = look_at_host(s, "smtp_host");
	const bool is_imap_fine = look_at_host(s, "imap_host");

	(void)app;
	if (is_imap_fine && is_smtp_fine)
		return true;
	form_focus(&s->base.form, is_imap_fine ? "smtp_host" : "imap_host");
	return false;
}

/* ---- organisation ---- */

static bool
is_taken(struct tenant_wizard *s, const struct list *list, const char *key)
{
	struct arena arena = { 0 };
	struct list_row row;
	struct err err;
	const bool taken = key[0] != '\0' &&
	    list_row_by_key(s->context, list, key, &arena, &row, &err) == OK;

	arena_free(&arena);
	return taken;
}

static bool
look_at_name(struct tenant_wizard *s)
{
	struct form *form = &s->base.form;

	if (!is_taken(s, &tenant_list, form_text(form, "name")))
		return true;
	form_mark_error(form, "name",
	    "There is a tenant of this name already: choose another.");
	return false;
}

static bool
look_at_domain(struct tenant_wizard *s)
{
	struct form *form = &s->base.form;

	if (!is_taken(s, &domain_list, form_text(form, "domain")))
		return true;
	form_mark_error(form, "domain",
	    "Another tenant has this domain: a domain has one tenant.");
	return false;
}

static bool
leave_organisation(struct app *app, void *state)
{
	struct tenant_wizard *s = state;
	const bool is_domain_fine = look_at_domain(s);
	const bool is_name_fine = look_at_name(s);

	(void)app;
	if (!is_name_fine || !is_domain_fine)
		form_focus(&s->base.form, is_name_fine ? "domain" : "name");
	return is_name_fine && is_domain_fine;
}

/* "mail." before the domain, until somebody types another mail host. */
static void
suggest_mail_host(struct tenant_wizard *s)
{
	struct form *form = &s->base.form;
	const char *domain = form_text(form, "domain");

	if (!text_is_same(form_text(form, "mail_host"), s->suggested))
		return;
	text_format(s->suggested, sizeof(s->suggested), "%s%s",
	    domain[0] != '\0' ? "mail." : "", domain);
	form_type(form, "mail_host", s->suggested);
}

/* ---- the intake sheet ---- */

struct fact {
	const char *field;
	const char *text;
};

/* What the customer said goes into the fields; it can be changed there, and
 * the sheet is the tenant's once this is saved. */
static void
fill_in(struct tenant_wizard *s, const struct intake *sheet)
{
	struct form *form = &s->base.form;
	const struct fact facts[] = {
		{ "intake", sheet->organisation },
		{ "name", sheet->organisation },
		{ "domain", sheet->primary_domain },
		{ "mail_host", sheet->mail_host },
		{ "mail_at", sheet->is_external ? "external" : "local" },
		{ "dns_provider", sheet->dns_provider },
		{ "dns_login", sheet->dns_login },
		{ "wants_smime", sheet->wants_smime ? "yes" : "no" },
		{ "mailboxes", sheet->mailboxes },
		{ "admin_address", sheet->admin_address },
	};

	for (size_t i = 0; i < sizeof(facts) / sizeof(facts[0]); i++)
		if (facts[i].text[0] != '\0')
			form_type(form, facts[i].field, facts[i].text);
	form_set_note(form, "name", "filled in from the intake sheet");
}

static void
take_sheet(struct tenant_wizard *s, struct app *app, const char *organisation)
{
	struct intake sheet;
	struct err err = { 0 };

	if (intake_read(s->context, organisation, &sheet, &err) != OK)
		app_error(app, &err);
	else if (sheet.tenant_id != 0)
		app_message(app,
		    "%.60s is a tenant already: choose a sheet that has none.",
		    sheet.organisation);
	else
		fill_in(s, &sheet);
}

/* ---- the first admin ---- */

static bool
look_at_key(struct tenant_wizard *s)
{
	struct form *form = &s->base.form;
	const char *text = form_text(form, "admin_key");
	char note[FORM_NOTE_SIZE];
	struct public_key key;
	struct err err;

	if (text[0] == '\0') {
		form_set_note(form, "admin_key", NULL);
		return true;
	}
	if (public_key_parse(&key, text, &err) != OK) {
		form_mark_error(form, "admin_key", err.text);
		return false;
	}
	text_format(note, sizeof(note), "%s %s %s", key.type, key.fingerprint,
	    key.comment);
	form_set_note(form, "admin_key", note);
	return true;
}

static bool
leave_admin(struct app *app, void *state)
{
	struct tenant_wizard *s = state;
	struct form *form = &s->base.form;
	const bool has_address = form_text(form, "admin_address")[0] != '\0';
	const bool has_key = form_text(form, "admin_key")[0] != '\0';

	if (has_key && !has_address)
		return !form_set_error(form, "admin_address",
		    "Give the address of the admin whose key this is.");
	if (has_address && !has_key)
		app_message(app,
		    "Without a key the admin can't sign in yet: add one later "
		    "under Console access.");
	return look_at_key(s);
}

/* ---- steps ---- */

/* clang-format off */
static const struct wizard_step steps[] = {
	[STEP_TENANT] = { .title = "Tenant", .intro = "Who is the customer?  Ctrl-O in Organisation takes an intake sheet.",
	  .first = "name", .count = 3, .leave = leave_organisation },
	[STEP_HOSTS] = { .title = "Hosts", .intro = "What mail programs connect to.  Ctrl-O lists the approved hosts.",
	  .first = "imap_host", .count = 4, .enter = enter_hosts, .leave = leave_hosts },
	[STEP_LIMITS] = { .title = "Limits", .intro = "What the tenant may use; its admin can't raise them.",
	  .first = "user_limit", .count = 2 },
	[STEP_FACTS] = { .title = "Facts", .intro = "What to know before the start; all of it can be filled in later.",
	  .first = "mail_at", .count = 5 },
	[STEP_ADMIN] = { .title = "Admin", .intro = "The first tenant admin, who signs in here with an SSH key.",
	  .first = "admin_address", .count = 3, .leave = leave_admin },
	{ 0 }
};
/* clang-format on */

/* ---- keys ---- */

static const char *
no_request(const struct app *app, const void *state)
{
	const struct tenant_wizard *s = state;
	const char *field = form_focus_name(&s->base.form);
	char host[16];

	(void)app;
	if (!is_host_field(field))
		return "it asks for a host: go to the IMAP or SMTP host";
	host_state(
	    s->context, form_text(&s->base.form, field), host, sizeof(host));
	return text_is_same(host, "approved") ? "this host is approved" : NULL;
}

/* clang-format off */
static const struct key_binding keys[] = {
	{ PRESS_CTRL('R'), TENANT_KEY_REQUEST, "request host", "Ask the operator to approve the host in this field.", no_request, "host request" },
	{ 0 }
};
/* clang-format on */

/* Asks the operator for the host under the cursor; what was typed stays. */
static void
request_host(struct app *app, struct tenant_wizard *s)
{
	const char *field = form_focus_name(&s->base.form);
	const struct operation_arg args[] = {
		{ NULL, form_text(&s->base.form, field) },
		{ "note",
		    arena_format(app_arena(app), "for the new tenant %s",
			form_text(&s->base.form, "name")) },
	};
	struct operation_result result = { 0 };
	struct err err = { 0 };

	if (operation_run(s->context, operation_by_name("host request"), args,
		2, &result, &err) == OK) {
		app_message(app, "%s", result.note);
		look_at_host(s, "imap_host");
		look_at_host(s, "smtp_host");
	} else {
		app_error(app, &err);
	}
}

/* The host that was chosen goes into the field it was chosen for. */
static void
take_choice(struct tenant_wizard *s, const struct msg *msg)
{
	const char *field = form_focus_name(&s->base.form);

	if (msg->id == 0 || msg->data == NULL || !is_host_field(field))
		return;
	form_type(&s->base.form, field, msg->data);
	look_at_host(s, field);
}

/* ---- screen ---- */

static void
open_wizard(struct app *app, void *state, int64_t id)
{
	struct tenant_wizard *s = state;
	struct server server;
	struct form *form = &s->base.form;
	char text[32];
	int64_t version;
	struct err err;

	const char *organisation = app_argument(app);

	(void)id;
	s->context = session_context(app);
	if (!wizard_screen_open(&s->base, app, "tenant add", steps, s))
		return;
	form_set_picker(form, "name");
	form_set_picker(form, "imap_host");
	form_set_picker(form, "smtp_host");
	if (server_load(s->context->db, &server, &version, &err) != OK) {
		app_refuse(app, &err);
		return;
	}
	text_format(
	    text, sizeof(text), "%lld", (long long)server.default_user_limit);
	form_set(form, "user_limit", text);
	text_from_bytes(text, sizeof(text), server.default_storage_bytes);
	form_set(form, "storage_limit", text);
	if (organisation != NULL)
		take_sheet(s, app, organisation);
}

/* Fields of this step are looked at while the focus is elsewhere. */
static void
look(struct tenant_wizard *s)
{
	const char *focus = form_focus_name(&s->base.form);
	const size_t step = s->base.wizard.step;

	suggest_mail_host(s);
	if (step == STEP_ADMIN)
		look_at_key(s);
	if (step == STEP_TENANT && !text_is_same(focus, "name"))
		look_at_name(s);
	if (step == STEP_TENANT && !text_is_same(focus, "domain"))
		look_at_domain(s);
	if (step == STEP_HOSTS && !text_is_same(focus, "imap_host"))
		look_at_host(s, "imap_host");
	if (step == STEP_HOSTS && !text_is_same(focus, "smtp_host"))
		look_at_host(s, "smtp_host");
}

static struct next
update(struct app *app, void *state, const struct msg *msg)
{
	struct tenant_wizard *s = state;
	struct next next = NEXT_STAYS;

	if (msg->kind == MSG_RETURN && msg->from == &screen_pick_host) {
		take_choice(s, msg);
		return next;
	}
	if (msg->kind == MSG_RETURN && msg->from == &screen_pick_intake) {
		if (msg->id != 0 && msg->data != NULL)
			take_sheet(s, app, msg->data);
		return next;
	}
	if (msg->kind == MSG_KEY && msg->action == TENANT_KEY_REQUEST) {
		request_host(app, s);
		return next;
	}
	if (wizard_screen_update(&s->base, app, msg, &next) == WIZARD_PICK)
		return pick_next(is_host_field(form_focus_name(&s->base.form))
			? &screen_pick_host
			: &screen_pick_intake,
		    0);
	if (next.kind == NEXT_STAY)
		look(s);
	return next;
}

const struct screen screen_tenant_wizard = WIZARD_SCREEN(
    "New tenant", struct tenant_wizard, keys, open_wizard, update);
