#include "dns/question.h"

#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "base/text.h"

#define LABEL_MAX 63 /* RFC 1035 2.3.4 */

static const struct {
	uint16_t type;
	const char *name;
} type_names[] = {
	/* clang-format off */
	{ DNS_A, "A" },         { DNS_NS, "NS" },         { DNS_CNAME, "CNAME" },
	{ DNS_SOA, "SOA" },     { DNS_PTR, "PTR" },       { DNS_MX, "MX" },
	{ DNS_TXT, "TXT" },     { DNS_AAAA, "AAAA" },     { DNS_SRV, "SRV" },
	{ DNS_DS, "DS" },       { DNS_RRSIG, "RRSIG" },   { DNS_DNSKEY, "DNSKEY" },
	{ DNS_TLSA, "TLSA" },   { DNS_CAA, "CAA" },
	{ DNS_POLICY, "POLICY" }, { DNS_AUTOCONFIG, "AUTOCONFIG" },
	{ DNS_MAIL_TLS, "MAILTLS" }, { DNS_DELEGATION, "DELEGATION" },
	{ DNS_APEX, "APEX" },
	/* clang-format on */
};

#define TYPE_COUNT (sizeof(type_names) / sizeof(type_names[0]))

uint16_t
question_wire_type(uint16_t type)
{
	return type == DNS_DELEGATION || type == DNS_APEX ? DNS_NS : type;
}

/* Every label has 1 to 63 bytes, all of them printable ASCII. */
static bool
is_possible_name(const char *name)
{
	size_t length = 0;

	for (; *name != '\0'; name++) {
		if (*name == '.') {
			if (length == 0)
				return false;
			length = 0;
		} else if (*name <= ' ' || *name > '~' || ++length > LABEL_MAX)
			return false;
	}
	return length > 0;
}

void
question_add(
    struct dns_questions *questions, enum dns_type type, const char *name)
{
	struct dns_question q = { .type = (uint16_t)type };
	size_t length;

	if (!text_copy(q.name, sizeof(q.name), name))
		return;
	length = strlen(q.name);
	if (length > 0 && q.name[length - 1] == '.')
		q.name[length - 1] = '\0';
	text_lower(q.name);
	if (!is_possible_name(q.name) || questions->count == DNS_QUESTION_MAX)
		return;
	for (size_t i = 0; i < questions->count; i++)
		if (questions->list[i].type == q.type &&
		    text_is_same(questions->list[i].name, q.name))
			return;
	questions->list[questions->count++] = q;
}

void
question_addf(struct dns_questions *questions, enum dns_type type,
    const char *format, ...)
{
	char name[DNS_NAME_SIZE];
	va_list args;
	int length;

	va_start(args, format);
	length = vsnprintf(name, sizeof(name), format, args);
	va_end(args);
	if (length > 0 && (size_t)length < sizeof(name))
		question_add(questions, type, name);
}

void
question_type_name(char to[16], uint16_t type)
{
	for (size_t i = 0; i < TYPE_COUNT; i++) {
		if (type_names[i].type == type) {
			text_copy(to, 16, type_names[i].name);
			return;
		}
	}
	text_format(to, 16, "TYPE%u", type);
}

uint16_t
question_type_by_name(const char *name)
{
	int64_t number;

	for (size_t i = 0; i < TYPE_COUNT; i++)
		if (text_is_same_fold(type_names[i].name, name))
			return type_names[i].type;
	if (strncasecmp(name, "TYPE", 4) == 0 &&
	    text_to_int64(name + 4, &number) && number > 0 && number <= 65535)
		return (uint16_t)number;
	return 0;
}
