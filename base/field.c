#include "base/field.h"

#include <inttypes.h>
#include <string.h>

#include "base/field_text.h"
#include "base/text.h"

/* Reads one number. */
typedef enum err_code number_parser(
    const struct field *, int64_t *to, const char *text, struct err *);

/* ---- number kinds ---- */

static enum err_code
parse_number(
    const struct field *field, int64_t *to, const char *text, struct err *err)
{
	const bool is_open = field->min == 0 && field->max == 0;
	const int64_t max = is_open ? INT64_MAX : field->max;

	if (!text_to_int64(text, to))
		return err_set(err, ERR_INVALID, NULL,
		    "\"%.40s\" is no whole number: use digits only.", text);
	if (*to < field->min && field->min == 0)
		return err_set(err, ERR_INVALID, NULL,
		    "A number below 0 makes no sense here.");
	if (*to < field->min || *to > max)
		return err_set(err, ERR_INVALID, NULL,
		    "Write a number from %" PRId64 " to %" PRId64 ".",
		    field->min, max);
	return OK;
}

static enum err_code
parse_port(
    const struct field *field, int64_t *to, const char *text, struct err *err)
{
	(void)field;
	if (!text_to_int64(text, to) || *to < 1 || *to > 65535)
		return err_set(err, ERR_INVALID, NULL,
		    "\"%.40s\" is no port: write a number from 1 to 65535.",
		    text);
	return OK;
}

static enum err_code
parse_bytes(
    const struct field *field, int64_t *to, const char *text, struct err *err)
{
	(void)field;
	if (!text_to_bytes(text, to))
		return err_set(err, ERR_INVALID, NULL,
		    "\"%.40s\" is no size: write it like 500 MB or 20 GB.",
		    text);
	return OK;
}

static enum err_code
parse_yes_no(
    const struct field *field, int64_t *to, const char *text, struct err *err)
{
	static const char *const words[] = { "no", "yes", "false", "true", "0",
		"1", "n", "y", "off", "on" };

	(void)field;
	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
		if (text_is_same_fold(text, words[i])) {
			*to = (int64_t)(i % 2);
			return OK;
		}
	}
	return err_set(
	    err, ERR_INVALID, NULL, "Write yes or no, not \"%.40s\".", text);
}

static enum err_code
parse_choice(
    const struct field *field, int64_t *to, const char *text, struct err *err)
{
	char all[128] = "";

	for (int64_t i = 0; field->choices[i] != NULL; i++) {
		if (text_is_same_fold(text, field->choices[i])) {
			*to = i;
			return OK;
		}
		if (i > 0)
			text_append(all, sizeof(all), ", ");
		text_append(all, sizeof(all), field->choices[i]);
	}
	return err_set(
	    err, ERR_INVALID, NULL, "\"%.40s\" is none of: %s.", text, all);
}

/* ---- the kinds, one row each ---- */

static const struct kind {
	text_parser *parse_text; /* or */
	number_parser *parse_number;
	const char *example;
} kinds[] = {
	/* clang-format off */
	[FIELD_TEXT]      = { field_parse_text,      NULL,         "TEXT" },
	[FIELD_BLOCK]     = { field_parse_block,     NULL,         "TEXT" },
	[FIELD_SECRET]    = { field_parse_secret,    NULL,         "(standard input)" },
	[FIELD_ADDRESS]   = { field_parse_address,   NULL,         "name@example.com" },
	[FIELD_ADDRESSES] = { field_parse_addresses, NULL,         "a@example.com,b@..." },
	[FIELD_ALIAS]     = { field_parse_alias,     NULL,         "name@example.com" },
	[FIELD_HOST]      = { field_parse_host,      NULL,         "mail.example.com" },
	[FIELD_HOSTS]     = { field_parse_hosts,     NULL,         "mail.example.com,..." },
	[FIELD_IP]        = { field_parse_ip,        NULL,         "192.0.2.10" },
	[FIELD_IP4]       = { field_parse_ip4,       NULL,         "192.0.2.10" },
	[FIELD_IP6]       = { field_parse_ip6,       NULL,         "2001:db8::10" },
	[FIELD_IP_PORTS]  = { field_parse_ip_ports,  NULL,         "192.0.2.53,..." },
	[FIELD_LABEL]     = { field_parse_label,     NULL,         "default" },
	[FIELD_NUMBER]    = { NULL,                  parse_number, "25" },
	[FIELD_PORT]      = { NULL,                  parse_port,   "993" },
	[FIELD_BYTES]     = { NULL,                  parse_bytes,  "20G" },
	[FIELD_YES_NO]    = { NULL,                  parse_yes_no, "yes|no" },
	[FIELD_CHOICE]    = { NULL,                  parse_choice, "WORD" },
	/* clang-format on */
};

static bool
is_empty(const struct field *field, const char *text)
{
	if (field->kind == FIELD_SECRET)
		return *text == '\0';
	return text[strspn(text, " \t\r\n")] == '\0';
}

/* Reads `text` into the struct; the largest text value sets `stored`. */
static enum err_code
store(const struct field *field, void *input, const char *text, struct err *err)
{
	const struct kind *kind = &kinds[field->kind];
	char *place = (char *)input + field->offset;
	char stored[FIELD_TEXT_SIZE], trimmed[64];
	const size_t size =
	    field->size < sizeof(stored) ? field->size : sizeof(stored);
	int64_t number = 0;
	enum err_code code = OK;

	if (kind->parse_text != NULL) {
		stored[0] = '\0';
		if (!is_empty(field, text))
			code = kind->parse_text(stored, size, text, err);
		if (code == OK)
			text_copy(place, field->size, stored);
		explicit_bzero(stored, size);
		return code;
	}
	text_copy(trimmed, sizeof(trimmed), text);
	text_trim(trimmed);
	if (!is_empty(field, text))
		code = kind->parse_number(field, &number, trimmed, err);
	if (code == OK)
		memcpy(place, &number, sizeof(number));
	return code;
}

enum err_code
field_parse(
    const struct field *field, void *input, const char *text, struct err *err)
{
	enum err_code code;

	if (field->is_required && is_empty(field, text))
		return err_set(err, ERR_INVALID, field->name,
		    "%s is needed.  %s", field->label, field->help);
	code = store(field, input, text, err);
	if (code != OK && err != NULL)
		text_copy(err->field, sizeof(err->field), field->name);
	return code;
}

void
field_format(
    const struct field *field, const void *input, char *to, size_t size)
{
	const char *place = (const char *)input + field->offset;
	int64_t number = 0;

	if (field->kind == FIELD_SECRET) {
		text_copy(to, size, "");
		return;
	}
	if (kinds[field->kind].parse_text != NULL) {
		text_copy(to, size, place);
		return;
	}
	memcpy(&number, place, sizeof(number));
	switch (field->kind) {
	case FIELD_BYTES:
		text_from_bytes(to, size, number);
		break;
	case FIELD_YES_NO:
		text_copy(to, size, number != 0 ? "yes" : "no");
		break;
	case FIELD_CHOICE:
		text_copy(to, size, field->choices[number]);
		break;
	case FIELD_PORT: /* 0: none was given */
		if (number == 0)
			text_copy(to, size, "");
		else
			text_format(to, size, "%" PRId64, number);
		break;
	default:
		text_format(to, size, "%" PRId64, number);
	}
}

const struct field *
field_by_name(const struct field *fields, const char *name)
{
	for (; fields->name != NULL; fields++)
		if (text_is_same(fields->name, name))
			return fields;
	return NULL;
}

const struct field *
field_main(const struct field *fields)
{
	for (; fields->name != NULL; fields++)
		if (fields->is_main)
			return fields;
	return NULL;
}

size_t
field_count(const struct field *fields)
{
	size_t count = 0;

	while (fields[count].name != NULL)
		count++;
	return count;
}

const char *
field_kind_example(enum field_kind kind)
{
	return kinds[kind].example;
}
