/* One domain, with the ways to its checks, records and keys. */
#include "model/domain.h"
#include "screens/detail.h"
#include "screens/screens.h"
#include "screens/try.h"

enum { DOMAIN_KEY_TRY = 1, DOMAIN_KEY_OWNERSHIP };

/* clang-format off */
static const struct key_binding keys[] = {
	LINK_GO('1', "DNS checks, live.", "dns check"),
	LINK_GO('2', "Records to publish.", "dns records"),
	LINK_GO('3', "DKIM keys.", "dkim list"),
	LINK_GO('4', "Users.", "user list"),
	LINK_GO('5', "Aliases.", "alias list"),
	LINK_GO('6', "Whether it is ready to go live, and the sign-off.", "golive show"),
	LINK_GO('7', "Mail fails: what answers the complaint.", "trouble"),
	LINK_GO('8', "Who may send by SPF, and the record to publish.", "dns senders"),
	LINK_GO('9', "What receivers reported, by source.", "report list"),
	LINK_GO('p', "DMARC and MTA-STS, step by step, with the evidence.", "dns check"),
	{ 't', DOMAIN_KEY_TRY, "try a record", "Try the text of a record before it is published.", NULL, "dns lint" },
	{ 'e', DETAIL_KEY_EDIT, "edit", "Change mail host, DMARC, MTA-STS and report mailboxes.", NULL, "domain edit" },
	{ 'v', DOMAIN_KEY_OWNERSHIP, "verify", "Who owns the domain: the proof, and whether it is there.", NULL, "domain show" },
	{ 'D', DETAIL_KEY_EDIT, "request DKIM", "Ask the operator to make or rotate the DKIM key.", NULL, "dkim request" },
	{ 'm', DETAIL_KEY_EDIT, NULL, "Give the domain to another tenant, with all that is in it.", NULL, "domain move" },
	{ 'd', DETAIL_KEY_RUN, "delete", "Take a domain without addresses away.", NULL, "domain remove" },
	{ 'a', DETAIL_KEY_ALL, "view all", "Read all that is known of the domain." },
	{ 0 }
};

static const struct detail_row rows[] = {
	{ "Tenant", "tenant" },
	{ "Status", "status", NULL, true },
	{ "Ownership", "ownership", NULL, true },
	{ "Proof name", "proof_name", .unless_column = "ownership", .unless_text = "verified" },
	{ "Proof value", "proof_value", .unless_column = "ownership", .unless_text = "verified" },
	{ "Mail host", "mail_host" },
	{ "DMARC policy", "dmarc_policy" },
	{ "DMARC reports", "dmarc_mailbox", .unless_column = "dmarc_mailbox", .unless_text = "" },
	{ "MTA-STS", "mta_sts_mode" },
	{ "TLS reports", "tls_report_mailbox", .unless_column = "tls_report_mailbox", .unless_text = "" },
	{ 0 }
};

const struct link domain_links[] = {
	{ '1', "DNS checks", "dns check", &screen_checklist, LINK_DOMAIN, "verdict", "fail", .counted = "finding open", .opens_row = true },
	{ '2', "Records", "dns records", &screen_records, LINK_ROW },
	{ '3', "DKIM keys", "dkim list", &screen_dkim, LINK_DOMAIN, "stage", "signing", .opens_row = true },
	{ '4', "Users", "user list", &screen_users, LINK_DOMAIN },
	{ '5', "Aliases", "alias list", &screen_aliases, LINK_DOMAIN },
	{ '6', "Go live", "golive show", &screen_golive, LINK_ROW },
	{ '7', "Troubleshooting", "trouble", &screen_trouble, LINK_ROW },
	{ '8', "Who may send", "dns senders", &screen_senders, LINK_ROW },
	{ '9', "Reports", "report list", &screen_reports, LINK_DOMAIN, .opens_row = true },
	{ 'p', "Policies", "dns check", &screen_policies, LINK_ROW },
	{ 0 }
};
/* clang-format on */

static struct next
act(struct app *app, struct detail *d, const struct msg *msg)
{
	(void)app;
	if (msg->kind != MSG_KEY)
		return NEXT_STAYS;
	if (msg->action == DOMAIN_KEY_TRY)
		return try_next(NULL, "");
	if (msg->action == DOMAIN_KEY_OWNERSHIP)
		return (struct next){ .kind = NEXT_OPEN,
			.screen = &screen_ownership,
			.id = d->id };
	return NEXT_STAYS;
}

static const struct detail_view view = {
	.list = &domain_list,
	.rows = rows,
	.links = domain_links,
	.act = act,
	.help = "Ownership is proven by a TXT record of the proof's name and "
		"value.",
};

DETAIL_SCREEN(screen_domain, "Domain", keys, view);
