#include "screens/server_look.h"

#include <string.h>

#include "base/machine.h"
#include "base/text.h"
#include "model/alias.h"
#include "model/domain.h"
#include "model/list.h"
#include "model/user.h"

#define SAY(to, ...) text_format((to), SERVER_LOOK_SIZE, __VA_ARGS__)

void
server_look_at_ip(char to[SERVER_LOOK_SIZE], const char *text)
{
	char interface[MACHINE_NAME_SIZE];
	const char *special;
	struct ip ip;

	to[0] = '\0';
	if (text[0] == '\0' || ip_parse(&ip, text, NULL) != OK)
		return;
	special = ip_special_use(&ip);
	if (special != NULL)
		SAY(to, "WARN: %s: the internet can't reach this address",
		    special);
	else if (machine_has_ip(&ip, interface))
		SAY(to, "ok: is on interface %s of this machine", interface);
	else
		SAY(to,
		    "WARN: not on an interface here: right behind NAT, wrong "
		    "elsewhere");
}

/* ---- directories ---- */

/* True when there is a directory to say more about. */
static bool
look_at_directory(char to[SERVER_LOOK_SIZE], const char *path,
    struct machine_directory *found)
{
	machine_look_at(found, path);
	switch (found->place) {
	case PLACE_MISSING:
		SAY(to, "WARN: does not exist yet");
		return false;
	case PLACE_OTHER:
		SAY(to, "WARN: this is no directory");
		return false;
	case PLACE_HIDDEN:
		SAY(to,
		    "unknown: this session may not look there; the console "
		    "on the box can");
		return false;
	default:
		return true;
	}
}

void
server_look_at_key_directory(char to[SERVER_LOOK_SIZE], const char *path)
{
	struct machine_directory found;

	if (!look_at_directory(to, path, &found))
		return;
	if ((found.mode & 0022) != 0)
		SAY(to,
		    "WARN: others than %s can write there (mode %04o): no key "
		    "is made in it",
		    found.owner, found.mode);
	else if ((found.mode & 0005) != 0)
		SAY(to,
		    "WARN: everybody can look into %s (mode %04o); chmod 0700 "
		    "is right",
		    path, found.mode);
	else
		SAY(to, "ok: belongs to %s, mode %04o", found.owner,
		    found.mode);
}

void
server_look_at_web_directory(char to[SERVER_LOOK_SIZE], const char *path)
{
	struct machine_directory found;

	if (!look_at_directory(to, path, &found))
		return;
	if ((found.mode & 0005) != 0005)
		SAY(to,
		    "WARN: the web server may not read it (%s, mode %04o); "
		    "chmod 0755 is right",
		    found.owner, found.mode);
	else
		SAY(to, "ok: belongs to %s, mode %04o", found.owner,
		    found.mode);
}

/* ---- mailboxes ---- */

static enum err_code
find_row(struct context *context, const struct list *list, const char *key)
{
	struct arena arena = { 0 };
	struct list_row row;
	struct err err;
	const enum err_code code =
	    list_row_by_key(context, list, key, &arena, &row, &err);

	arena_free(&arena);
	return code;
}

void
server_look_at_mailbox(
    struct context *context, char to[SERVER_LOOK_SIZE], const char *address)
{
	const char *domain = strchr(address, '@');
	enum err_code code;

	to[0] = '\0';
	if (domain == NULL)
		return;
	code = find_row(context, &user_list, address);
	if (find_row(context, &domain_list, domain + 1) != OK)
		SAY(to,
		    "unknown: outside the domains of this server; it must "
		    "accept reports");
	else if (code == OK)
		SAY(to, "ok: a mailbox of this server");
	else if (code == ERR_DENIED)
		SAY(to, "unknown: an operator does not see who has mailboxes");
	else if (find_row(context, &alias_list, address) == OK)
		SAY(to, "ok: an alias of this server");
	else
		SAY(to, "WARN: no such address here: make a user or an alias");
}

/* ---- names and resolvers ---- */

bool
server_look_request(struct context *context, struct lookup_request *request,
    const char *host, const char *resolvers)
{
	static const uint16_t types[] = { DNS_A, DNS_AAAA };

	*request = (struct lookup_request){ 0 };
	if (resolvers[0] == '\0' && context->resolvers != NULL)
		resolvers = context->resolvers;
	if (resolvers_parse(request->resolvers, LOOKUP_RESOLVERS_MAX,
		&request->resolver_count, resolvers, NULL) != OK)
		return false;
	resolvers_default(request->resolvers, LOOKUP_RESOLVERS_MAX,
	    &request->resolver_count, NULL);
	for (size_t i = 0; i < 2; i++) {
		struct dns_question *question = &request->questions[i];

		question->type = types[i];
		if (host[0] == '\0' ||
		    !dns_name_normalize(question->name, host))
			return false;
	}
	request->question_count = 2;
	return true;
}

static bool
has_ip(const struct server_names *names, const struct ip *ip)
{
	for (size_t i = 0; i < names->ip_count; i++)
		if (ip_is_same(&names->ips[i], ip))
			return true;
	return false;
}

void
server_look_add(struct server_names *names, const struct lookup_record *record)
{
	char address[IP_TEXT_SIZE];

	names->asked++;
	names->answered += record->is_answered;
	if (!record->is_answered) {
		ip_format(address, &record->resolver.ip);
		text_format(names->silent, sizeof(names->silent), "%s %s",
		    address, record->reason);
	}
	for (size_t i = 0; i < record->ip_count; i++)
		if (names->ip_count < LOOKUP_IPS_MAX &&
		    !has_ip(names, &record->ips[i]))
			names->ips[names->ip_count++] = record->ips[i];
}

/* The text of the field is no address, or the name has it. */
static bool
is_right(const struct server_names *names, const char *text)
{
	struct ip ip;

	return text[0] == '\0' || ip_parse(&ip, text, NULL) != OK ||
	    has_ip(names, &ip);
}

static void
join_ips(const struct server_names *names, char *to, size_t size)
{
	to[0] = '\0';
	for (size_t i = 0; i < names->ip_count; i++) {
		char text[IP_TEXT_SIZE];

		ip_format(text, &names->ips[i]);
		if (i > 0)
			text_append(to, size, ", ");
		text_append(to, size, text);
	}
}

void
server_look_at_host(char to[SERVER_LOOK_SIZE], const struct server_names *names,
    const char *ip4, const char *ip6)
{
	char ips[SERVER_LOOK_SIZE / 2];

	join_ips(names, ips, sizeof(ips));
	if (names->answered == 0)
		SAY(to, "unknown: no resolver could tell");
	else if (names->ip_count == 0)
		SAY(to,
		    "WARN: the DNS has no address for it yet: add an A record");
	else if (!is_right(names, ip4))
		SAY(to, "WARN: the DNS says %s, and not %s", ips, ip4);
	else if (!is_right(names, ip6))
		SAY(to, "WARN: the DNS says %s, and not %s", ips, ip6);
	else
		SAY(to, "ok: the DNS says %s", ips);
}

void
server_look_at_resolvers(
    char to[SERVER_LOOK_SIZE], const struct server_names *names)
{
	if (names->answered == names->asked)
		SAY(to, "ok: answered");
	else
		SAY(to, "WARN: %s", names->silent);
}
