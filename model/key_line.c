#include "model/key_line.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/clock.h"
#include "base/ip.h"
#include "base/text.h"

#define OPTION_SIZE 64

/* ---- values of options ---- */

static enum err_code
take_from(struct key_options *options, const char *value, struct err *err)
{
	char entry[KEY_FROM_SIZE], text[IP_TEXT_SIZE];
	struct ip net;
	unsigned bits;

	while (key_list_next(&value, entry, sizeof(entry))) {
		if (!key_network_parse(entry, &net, &bits))
			return err_set(err, ERR_INVALID, "key",
			    "from=: \"%.60s\" is no address or network such as "
			    "192.0.2.0/24; names and patterns are not taken.",
			    entry);
		ip_format(text, &net);
		text_format(entry, sizeof(entry), "%s%s/%u",
		    options->from_list[0] != '\0' ? ", " : "", text, bits);
		if (!text_append(
			options->from_list, sizeof(options->from_list), entry))
			return err_set(err, ERR_INVALID, "key",
			    "from=: that is too many networks.");
	}
	if (options->from_list[0] == '\0')
		return err_set(err, ERR_INVALID, "key",
		    "from=: name at least one network.");
	return OK;
}

/* Two digits of the time, or -1. */
static int
two_digits(const char *at)
{
	if (at[0] < '0' || at[0] > '9' || at[1] < '0' || at[1] > '9')
		return -1;
	return (at[0] - '0') * 10 + at[1] - '0';
}

/* "YYYYMMDD", "YYYYMMDDHHMM" or "YYYYMMDDHHMMSS", a Z behind it means UTC. */
static bool
read_moment(const char *text, int64_t *at)
{
	const size_t digits = strspn(text, "0123456789");
	const bool is_utc = text_is_same(text + digits, "Z");
	struct tm tm = { .tm_isdst = -1 }, back;
	time_t moment;

	if ((!is_utc && text[digits] != '\0') ||
	    (digits != 8 && digits != 12 && digits != 14))
		return false;
	tm.tm_year = two_digits(text) * 100 + two_digits(text + 2) - 1900;
	tm.tm_mon = two_digits(text + 4) - 1;
	tm.tm_mday = two_digits(text + 6);
	tm.tm_hour = digits >= 12 ? two_digits(text + 8) : 0;
	tm.tm_min = digits >= 12 ? two_digits(text + 10) : 0;
	tm.tm_sec = digits == 14 ? two_digits(text + 12) : 0;
	back = tm;
	moment = is_utc ? timegm(&tm) : mktime(&tm);
	*at = moment;
	/* 30 February becomes another day: not what was meant. */
	return moment > 0 && tm.tm_mday == back.tm_mday &&
	    tm.tm_mon == back.tm_mon && back.tm_hour < 24 && back.tm_min < 60;
}

static enum err_code
take_expiry(struct key_options *options, const char *value, struct err *err)
{
	if (!read_moment(value, &options->expires_at))
		return err_set(err, ERR_INVALID, "key",
		    "expiry-time=: \"%.40s\" is no time: write it as YYYYMMDD "
		    "or YYYYMMDDHHMM, with a Z behind it for UTC.",
		    value);
	if (options->expires_at <= clock_now())
		return err_set(err, ERR_INVALID, "key",
		    "expiry-time=: this time is over already.");
	return OK;
}

/* One entry of command=: lower-case words, "*" at either place. */
static bool
is_pattern(const char *entry)
{
	const size_t noun = strcspn(entry, " ");
	const char *verb = entry + noun + strspn(entry + noun, " ");
	static const char letters[] = "abcdefghijklmnopqrstuvwxyz-";

	if (!text_is_same(verb, "*") && strspn(verb, letters) != strlen(verb))
		return false;
	return (noun == 1 && entry[0] == '*') ||
	    (noun > 0 && strspn(entry, letters) == noun);
}

static enum err_code
take_command(struct key_options *options, const char *value, struct err *err)
{
	char entry[KEY_FROM_SIZE], more[KEY_FROM_SIZE + 2];

	while (key_list_next(&value, entry, sizeof(entry))) {
		if (!is_pattern(entry))
			return err_set(err, ERR_INVALID, "key",
			    "command=: \"%.60s\" is no command of this server: "
			    "write \"user list\", \"user *\" or \"* list\", "
			    "with "
			    "commas between.",
			    entry);
		text_format(more, sizeof(more), "%s%s",
		    options->commands[0] != '\0' ? ", " : "", entry);
		if (!text_append(
			options->commands, sizeof(options->commands), more))
			return err_set(err, ERR_INVALID, "key",
			    "command=: that is too many commands.");
	}
	if (options->commands[0] == '\0')
		return err_set(err, ERR_INVALID, "key",
		    "command=: name at least one, such as \"user list\".");
	return OK;
}

static enum err_code
take_tenant(struct key_options *options, const char *value, struct err *err)
{
	if (value[0] != '\0' &&
	    text_copy(options->tenant, sizeof(options->tenant), value))
		return OK;
	return err_set(err, ERR_INVALID, "key",
	    "tenant=: name one tenant, by its name or one of its domains.");
}

static enum err_code
take_restrict(struct key_options *options, const char *value, struct err *err)
{
	(void)value;
	(void)err;
	options->is_restricted = true;
	return OK;
}

static enum err_code
take_read_only(struct key_options *options, const char *value, struct err *err)
{
	(void)value;
	(void)err;
	options->is_read_only = true;
	return OK;
}

/* Forwarding does not exist here: what forbids it holds anyway. */
static enum err_code
take_nothing(struct key_options *options, const char *value, struct err *err)
{
	(void)options;
	(void)value;
	(void)err;
	return OK;
}

/* ---- the table of options ---- */

static const struct option {
	const char *name;
	bool has_value;
	enum err_code (*take)(
	    struct key_options *, const char *value, struct err *);
	const char *refusal; /* instead of `take` */
} options_known[] = {
	/* clang-format off */
	{ "from",                true,  take_from,      NULL },
	{ "expiry-time",         true,  take_expiry,    NULL },
	{ "command",             true,  take_command,   NULL },
	{ "tenant",              true,  take_tenant,    NULL },
	{ "read-only",           false, take_read_only, NULL },
	{ "restrict",            false, take_restrict,  NULL },
	{ "no-agent-forwarding", false, take_nothing,   NULL },
	{ "no-port-forwarding",  false, take_nothing,   NULL },
	{ "no-x11-forwarding",   false, take_nothing,   NULL },
	{ "no-user-rc",          false, take_nothing,   NULL },
	{ "verify-required",     false, NULL, "The PIN of a security key can't be checked here: take "
	  "verify-required away, or use the system's own sshd as the door." },
	{ "no-touch-required",   false, NULL, "The touch of a security key can't be checked here anyway: take "
	  "no-touch-required away." },
	{ "cert-authority",      false, NULL, "SSH certificates are not taken: add each person's own key." },
	{ "principals",          true,  NULL, "SSH certificates are not taken: add each person's own key." },
	{ "no-pty",              false, NULL, "no-pty is not known here: name what the key may do, with "
	  "command=\"user list\" for instance." },
	/* clang-format on */
};

#define OPTION_COUNT (sizeof(options_known) / sizeof(options_known[0]))

static const struct option *
option_by_name(const char *name)
{
	for (size_t i = 0; i < OPTION_COUNT; i++)
		if (text_is_same_fold(options_known[i].name, name))
			return &options_known[i];
	return NULL;
}

/* "\"...\"" at *at, where \" stands for a quote; moves behind it. */
static bool
take_quoted(const char **at, char *to, size_t size)
{
	size_t length = 0;

	if (**at != '"')
		return false;
	for ((*at)++; **at != '"'; (*at)++) {
		if (**at == '\\' && (*at)[1] == '"')
			(*at)++;
		if (**at == '\0' || length + 1 >= size)
			return false;
		to[length++] = **at;
	}
	to[length] = '\0';
	(*at)++;
	return true;
}

/* One option at *at, without the comma behind it. */
static enum err_code
take_option(struct key_options *options, const char **at, unsigned *seen,
    struct err *err)
{
	const size_t length = strcspn(*at, "=, ");
	char name[OPTION_SIZE], value[1024] = "";
	const struct option *option;
	unsigned bit;

	text_format(name, sizeof(name), "%.*s", (int)length, *at);
	option = option_by_name(name);
	if (option == NULL)
		return err_set(err, ERR_INVALID, "key",
		    "\"%.40s\" is no restriction that is known here: from=, "
		    "expiry-time=, command=, tenant=, read-only, restrict.",
		    name);
	if (option->refusal != NULL)
		return err_set(err, ERR_INVALID, "key", "%s", option->refusal);
	bit = 1u << (option - options_known);
	if ((*seen & bit) != 0)
		return err_set(
		    err, ERR_INVALID, "key", "\"%s\" is given twice.", name);
	*seen |= bit;
	*at += length;
	if (option->has_value != (**at == '='))
		return err_set(err, ERR_INVALID, "key", "\"%s\" is written %s.",
		    option->name,
		    option->has_value ? "with a value: NAME=\"...\""
				      : "without a value");
	if (option->has_value) {
		(*at)++;
		if (!take_quoted(at, value, sizeof(value)))
			return err_set(err, ERR_INVALID, "key",
			    "%s=: the value stands between two quotes, such "
			    "as %s=\"...\".",
			    option->name, option->name);
	}
	return option->take(options, value, err);
}

static enum err_code
take_options(struct key_options *options, const char **at, struct err *err)
{
	unsigned seen = 0;

	for (;;) {
		if (take_option(options, at, &seen, err) != OK)
			return err->code;
		if (**at == ' ' || **at == '\0')
			return OK;
		if (**at != ',')
			return err_set(err, ERR_INVALID, "key",
			    "Between two restrictions stands a comma, without "
			    "blanks.");
		(*at)++;
	}
}

/* Whether the line starts with restrictions: its first word is one of them,
 * or has a sign that no type of a key has. */
static bool
has_options(const char *line)
{
	const size_t length = strcspn(line, " ");
	const size_t word = strcspn(line, "=, ");
	char name[OPTION_SIZE];

	text_format(name, sizeof(name), "%.*s", (int)word, line);
	return word > 0 && (word < length || option_by_name(name) != NULL);
}

enum err_code
key_line_parse(struct key_line *line, const char *pasted, struct err *err)
{
	char typed[KEY_LINE_SIZE];
	const char *at = typed;
	enum err_code code;

	*line = (struct key_line){ 0 };
	if (!text_copy(typed, sizeof(typed), pasted))
		return err_set(err, ERR_INVALID, "key",
		    "This is longer than any line with a key.");
	text_trim(typed);
	for (char *tab = typed; (tab = strchr(tab, '\t')) != NULL;)
		*tab = ' ';
	/* Several lines are a mistake that public_key_parse() has words for. */
	if (has_options(typed) && strpbrk(typed, "\r\n") == NULL) {
		struct err local;

		err = err != NULL ? err : &local;
		if (take_options(&line->options, &at, err) != OK)
			return err->code;
		at += strspn(at, " ");
	}
	code = public_key_parse(&line->key, at, err);
	if (code != OK && err != NULL)
		text_copy(err->field, sizeof(err->field), "key");
	return code;
}
