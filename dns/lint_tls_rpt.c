/*
 * TLS-RPT: where reports on failed TLS go (RFC 8460 section 3).
 */
#include <string.h>

#include "dns/lint.h"
#include "dns/record_fields.h"
#include "dns/report_uri.h"

static size_t
look_at_addresses(struct lint *lint, const struct tag *rua)
{
	struct report_uri uri;
	size_t at = 0, good = 0;

	if (memchr(rua->value, '!', rua->value_length) != NULL) {
		lint_fail(lint, memchr(rua->value, '!', rua->value_length),
		    "A \"!\" must be written %%21 here; no size may stand "
		    "behind an address.");
		return 0;
	}
	while (report_uri_next(rua, &at, &uri)) {
		if (uri.has_slashes)
			lint_warn(lint, uri.text, REPORT_SLASHES_FORMAT,
			    lint_shown(uri.length), uri.text);
		if (uri.kind == REPORT_MAIL || uri.kind == REPORT_HTTPS)
			good++;
		else if (uri.kind == REPORT_EMPTY && rua->value_length > 0)
			lint_warn(lint, uri.text,
			    "There is an empty part in \"rua\": a comma too "
			    "many.");
		else if (uri.kind != REPORT_EMPTY)
			lint_warn(lint, uri.text,
			    "\"%.*s\" is no address for reports: mailto: or "
			    "https: goes in front.",
			    lint_shown(uri.length), uri.text);
	}
	if (good == 0)
		lint_fail(lint, rua->value,
		    "There is no address for reports that a sender can use: "
		    "mailto: or https: goes in front.");
	return good;
}

void
lint_tls_rpt(struct lint *lint)
{
	struct tag_list list;
	size_t addresses = 0;

	if (!record_fields_parse(lint, &list, "v=TLSRPTv1", "rua", "= \t"))
		return;
	for (size_t i = 0; i < list.count; i++) {
		const struct tag *field = &list.tags[i];

		if (field->name_length != 3 ||
		    memcmp(field->name, "rua", 3) != 0)
			lint_warn(lint, field->name,
			    "The field \"%.*s\" is unknown; senders ignore it.",
			    lint_shown(field->name_length), field->name);
		else if (addresses++ == 0)
			look_at_addresses(lint, field);
		else
			lint_warn(lint, field->name,
			    "\"rua\" is there twice: write the addresses with "
			    "commas between.");
	}
	if (addresses == 0 && lint->verdict != LINT_FAIL)
		lint_fail(lint, lint->text,
		    "The address for reports is missing: rua=mailto:...");
}
