/* The server: names, addresses and defaults. */
#include "model/server.h"
#include "screens/detail.h"
#include "screens/screens.h"
#include "screens/session.h"
#include "screens/wizard_screen.h"

enum { SERVER_KEY_WIZARD = 1 };

/* clang-format off */
static const struct key_binding keys[] = {
	LINK_GO('1', "Approved hosts.", "host list"),
	LINK_GO('2', "Mail stack: is each part well.", "mail health"),
	{ 'w', SERVER_KEY_WIZARD, "wizard", "Go through the setup step by step, looked at on the machine.", NULL, "server set" },
	{ 'e', DETAIL_KEY_EDIT, "edit", "Change names, addresses and defaults.", NULL, "server set" },
	{ 0 }
};

static const struct detail_row rows[] = {
	{ "Host name", "host" },
	{ "IPv4", "ip4" },
	{ "IPv6", "ip6" },
	{ "Resolvers", "resolvers" },
	{ "User limit", "user_limit" },
	{ "Storage limit", "storage" },
	{ "Quota", "quota" },
	{ "DMARC reports", "dmarc_mailbox" },
	{ "TLS reports", "tls_report_mailbox" },
	{ "DKIM directory", "dkim_directory" },
	{ "DKIM selector", "dkim_selector" },
	{ "MTA-STS directory", "mta_sts_directory" },
	{ "Password sign-in", "password_login" },
	{ "Idle minutes", "idle_minutes" },
	{ 0 }
};

const struct link server_links[] = {
	{ '1', "Approved hosts", "host list", &screen_hosts },
	{ '2', "Mail stack", "mail health", &screen_mail_stack, LINK_ROW },
	{ 0 }
};
/* clang-format on */

static struct next
act(struct app *app, struct detail *s, const struct msg *msg)
{
	(void)s;
	if (msg->kind == MSG_RETURN)
		session_title(app);
	if (msg->kind != MSG_KEY || msg->action != SERVER_KEY_WIZARD)
		return NEXT_STAYS;
	return (
	    struct next){ .kind = NEXT_OPEN, .screen = &screen_server_wizard };
}

static const struct detail_view view = {
	.list = &server_list,
	.title = "Server",
	.rows = rows,
	.links = server_links,
	.act = act,
	.help = "Limits and quota are what new tenants and users start with.",
};

DETAIL_SCREEN(screen_server, "Server", keys, view);
