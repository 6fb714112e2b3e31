#include "dns/report_uri.h"

#include <string.h>
#include <strings.h>

#include "base/text.h"

/* "mailto:" cut off; a size or header fields behind are dropped. */
static void
add_mail(struct report_uris *uris, const char *from, size_t length)
{
	char *to = uris->mail[uris->mail_count];
	size_t used = 0;

	for (size_t i = 0; i < length && used + 1 < ADDRESS_SIZE; i++) {
		if (from[i] == '!') {
			uris->has_size = true;
			break;
		}
		if (from[i] == '?')
			break;
		to[used++] = from[i];
	}
	to[used] = '\0';
	text_lower(to);
	if (strchr(to, '@') == NULL || to[0] == '@' || to[used - 1] == '@') {
		uris->bad++;
		text_copy(uris->first_bad, sizeof(uris->first_bad), to);
		return;
	}
	uris->good++;
	uris->mail_count++;
}

void
report_uris_parse(struct report_uris *uris, const struct tag *tag)
{
	const char *part;
	size_t length, at = 0;

	memset(uris, 0, sizeof(*uris));
	while (tag_part(tag, ',', &at, &part, &length)) {
		if (length > 7 && strncasecmp(part, "mailto:", 7) == 0) {
			if (uris->mail_count < REPORT_URI_MAX)
				add_mail(uris, part + 7, length - 7);
		} else if (length > 8 && strncasecmp(part, "https://", 8) == 0)
			uris->good++;
		else if (uris->bad++ == 0)
			text_visible(uris->first_bad, sizeof(uris->first_bad),
			    part, length);
	}
}

bool
report_uris_have(const struct report_uris *uris, const char *address)
{
	for (size_t i = 0; i < uris->mail_count; i++)
		if (text_is_same_fold(uris->mail[i], address))
			return true;
	return false;
}
