/*
 * MTA-STS: the TXT record that announces a policy (RFC 8461 section 3.1).
 */
#include <ctype.h>
#include <string.h>

#include "dns/lint.h"
#include "dns/record_fields.h"

#define ID_MAX 32

static void
look_at_id(struct lint *lint, const struct tag *id)
{
	if (id->value_length > ID_MAX)
		lint_fail(lint, id->value,
		    "The id has %zu signs; at most 32 are allowed.",
		    id->value_length);
	for (size_t i = 0; i < id->value_length; i++)
		if (!isalnum((unsigned char)id->value[i])) {
			lint_fail(lint, id->value + i,
			    "The id is made of letters and digits alone.");
			return;
		}
}

void
lint_sts_txt(struct lint *lint)
{
	struct tag_list list;
	size_t ids = 0;

	if (!record_fields_parse(lint, &list, "v=STSv1", "", ""))
		return;
	for (size_t i = 0; i < list.count; i++) {
		const struct tag *field = &list.tags[i];

		if (field->name_length != 2 ||
		    memcmp(field->name, "id", 2) != 0)
			lint_warn(lint, field->name,
			    "The field \"%.*s\" is unknown; senders ignore it.",
			    lint_shown(field->name_length), field->name);
		else if (ids++ == 0)
			look_at_id(lint, field);
		else
			lint_fail(lint, field->name, "The id is there twice.");
	}
	if (ids == 0 && lint->verdict != LINT_FAIL)
		lint_fail(lint, lint->text,
		    "The id is missing: id= and 1 to 32 letters or digits.");
}
