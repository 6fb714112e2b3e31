/* What the restrictions of a key mean: compared, and told in words. */
#include <string.h>

#include "base/clock.h"
#include "base/ip.h"
#include "base/text.h"
#include "model/key_line.h"

#define NOUN_SIZE 64

/* ---- lists ---- */

bool
key_network_parse(const char *entry, struct ip *net, unsigned *bits)
{
	char address[IP_TEXT_SIZE];
	const char *slash = strchr(entry, '/');
	const size_t length =
	    slash == NULL ? strlen(entry) : (size_t)(slash - entry);
	int64_t number;

	if (!text_format(
		address, sizeof(address), "%.*s", (int)length, entry) ||
	    ip_parse(net, address, NULL) != OK)
		return false;
	*bits = net->family == AF_INET ? 32 : 128;
	if (slash == NULL)
		return true;
	if (!text_to_int64(slash + 1, &number) || number < 0 ||
	    number > (int64_t)*bits)
		return false;
	*bits = (unsigned)number;
	return true;
}

bool
key_list_next(const char **list, char *to, size_t size)
{
	size_t length;

	*list += strspn(*list, ", ");
	length = strcspn(*list, ",");
	if (length == 0)
		return false;
	text_format(to, size, "%.*s", (int)length, *list);
	text_trim(to);
	*list += length;
	return true;
}

/* ---- comparing ---- */

static bool
is_network_within(const char *entry, const char *within)
{
	char outer[KEY_FROM_SIZE];
	struct ip net, outer_net;
	unsigned bits, outer_bits;

	if (!key_network_parse(entry, &net, &bits))
		return false;
	while (key_list_next(&within, outer, sizeof(outer)))
		if (key_network_parse(outer, &outer_net, &outer_bits) &&
		    outer_net.family == net.family && outer_bits <= bits &&
		    ip_is_in_prefix(&net, &outer_net, outer_bits))
			return true;
	return false;
}

bool
key_from_is_within(const char *list, const char *within)
{
	char entry[KEY_FROM_SIZE];

	if (within[0] == '\0')
		return true;
	if (list[0] == '\0')
		return false;
	while (key_list_next(&list, entry, sizeof(entry)))
		if (!is_network_within(entry, within))
			return false;
	return true;
}

bool
key_commands_are_within(const char *commands, const char *within)
{
	char entry[ACTOR_COMMANDS_SIZE];

	if (within[0] == '\0')
		return true;
	if (commands[0] == '\0')
		return false;
	while (key_list_next(&commands, entry, sizeof(entry)))
		if (!actor_command_is_listed(within, entry))
			return false;
	return true;
}

/* ---- in words ---- */

/* "user" -> "users", "alias" -> "aliases"; what has no plural stays. */
static void
add_noun(char *to, size_t size, const char *noun, size_t length)
{
	static const char *const plain[] = { "dns", "mail", "audit", "server",
		"dkim", "smime", "intake", "golive", NULL };
	char word[NOUN_SIZE];

	text_format(word, sizeof(word), "%.*s", (int)length, noun);
	text_append(to, size, word);
	for (size_t i = 0; plain[i] != NULL; i++)
		if (text_is_same(plain[i], word))
			return;
	text_append(to, size, word[strlen(word) - 1] == 's' ? "es" : "s");
}

/* "user list" -> "list users", "dns *" -> "do all with dns". */
static void
add_command(char *to, size_t size, const char *entry)
{
	const size_t length = strcspn(entry, " ");
	const char *verb = entry + length + strspn(entry + length, " ");
	const bool is_all = *verb == '\0' || text_is_same(verb, "*");

	text_append(to, size, is_all ? "do all with" : verb);
	text_append(to, size, " ");
	if (text_starts_with(entry, "*"))
		text_append(to, size, "everything");
	else
		add_noun(to, size, entry, length);
}

static void
add_commands(char *to, size_t size, const char *commands)
{
	char entry[ACTOR_COMMANDS_SIZE];
	bool is_first = true;

	if (commands[0] == '\0')
		text_append(to, size, "do all that its owner may");
	while (key_list_next(&commands, entry, sizeof(entry))) {
		const char *rest = commands + strspn(commands, ", ");

		if (!is_first)
			text_append(to, size, *rest == '\0' ? " and " : ", ");
		add_command(to, size, entry);
		is_first = false;
	}
}

void
key_options_describe(const struct key_options *options, char *to, size_t size)
{
	char until[32];

	text_copy(to, size, "This key may ");
	add_commands(to, size, options->commands);
	if (options->tenant[0] != '\0') {
		text_append(to, size, " of ");
		text_append(to, size, options->tenant);
	}
	if (options->expires_at != 0) {
		clock_format_utc(until, sizeof(until), options->expires_at);
		text_append(to, size, " until ");
		text_append(to, size, until);
	}
	if (options->from_list[0] != '\0') {
		text_append(to, size, ", from ");
		text_append(to, size, options->from_list);
		text_append(to, size, " only");
	}
	if (options->is_read_only)
		text_append(to, size, ", and changes nothing");
	text_append(to, size, ".");
}

const char *
key_advice(const struct public_key *key)
{
	if (text_starts_with(key->type, "sk-"))
		return "Touch and PIN of this security key can't be checked "
		       "here: who holds it signs in without them.";
	if (text_is_same(key->type, "ssh-rsa") && key->bits < 3072)
		return "RSA with fewer than 3072 bits will not do for long: "
		       "make an ed25519 key when you can.";
	return "";
}
