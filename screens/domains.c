/* The list of domains. */
#include "model/domain.h"
#include "screens/list_screen.h"
#include "screens/screens.h"

enum { DOMAINS_KEY_GO = 1, DOMAINS_KEY_OWNERSHIP };

/* clang-format off */
static const struct key_binding keys[] = {
	{ PRESS_ENTER, LIST_KEY_OPEN, "open", "Open the domain." },
	{ '1', DOMAINS_KEY_GO, "DNS checks", "The live DNS checklist of the domain.", NULL, "finding list" },
	{ '2', DOMAINS_KEY_GO, "records", "The records that the domain should publish.", NULL, "finding list" },
	{ '3', DOMAINS_KEY_GO, "DKIM", "The domain's DKIM keys and their records.", NULL, "dkim list" },
	{ 'n', LIST_KEY_ADD, "new", "Give a tenant one more domain.", NULL, "domain add" },
	{ 'e', LIST_KEY_EDIT, "edit", "Change mail host, DMARC, MTA-STS and report mailboxes.", NULL, "domain edit" },
	{ 'v', DOMAINS_KEY_OWNERSHIP, "verify", "Who owns the domain: the proof, and whether it is there.", NULL, "domain show" },
	{ 'd', LIST_KEY_EACH, "delete", "Take a domain without addresses away.", NULL, "domain remove" },
	{ 0 }
};
/* clang-format on */

static const char *const extra[] = { "dmarc_policy", "mta_sts_mode",
	"verified_by", NULL };

/* The same digits as on the domain's own screen. */
static struct next
act(struct app *app, struct list_screen *s, const struct msg *msg)
{
	static const struct screen *const screens[] = { &screen_checklist,
		&screen_records, &screen_dkim };
	const int64_t id = table_selected_id(&s->table);

	if (msg->kind != MSG_KEY ||
	    (msg->action != DOMAINS_KEY_GO &&
		msg->action != DOMAINS_KEY_OWNERSHIP))
		return NEXT_STAYS;
	if (id == 0) {
		app_message(app, "There is no row here.");
		return NEXT_STAYS;
	}
	return (struct next){ .kind = NEXT_OPEN,
		.screen = msg->action == DOMAINS_KEY_OWNERSHIP
		    ? &screen_ownership
		    : screens[msg->key - '1'],
		.id = id };
}

static const struct list_view view = {
	.list = &domain_list,
	.act = act,
	.opens = &screen_domain,
	.what = "All domains",
	.tenant_field = "tenant",
	.extra = extra,
};

LIST_SCREEN(screen_domains, "Domains", keys, view, table_keys);
