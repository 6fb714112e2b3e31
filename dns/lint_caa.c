/*
 * CAA as a zone file writes it: flags, tag and value (RFC 8659 section 4.1.1).
 */
#include <ctype.h>
#include <string.h>

#include "base/text.h"
#include "dns/caa.h"
#include "dns/lint_words.h"

static bool
take_tag(struct lint *lint, const struct word *word, struct caa *caa)
{
	bool is_tag = word->length <= CAA_TAG_MAX;

	for (size_t i = 0; i < word->length; i++)
		is_tag &= isalnum((unsigned char)word->text[i]) != 0;
	if (!is_tag) {
		lint_fail(lint, word->text,
		    "\"%.*s\" is no tag: 1 to 255 letters and digits, such as "
		    "issue.",
		    lint_shown(word->length), word->text);
		return false;
	}
	text_format(
	    caa->tag, sizeof(caa->tag), "%.*s", (int)word->length, word->text);
	text_lower(caa->tag);
	caa->at_tag = word->text;
	return true;
}

static bool
take_sign(const char **at, const char *end, struct caa *caa)
{
	const char sign = caa_next_sign(at, end);

	if (caa->length + 1 == sizeof(caa->value))
		return false;
	caa->value[caa->length++] = sign;
	return true;
}

static bool
take_value(struct lint *lint, const char *at, struct caa *caa)
{
	const char *const end = lint->text + lint->length;
	const char *from;
	struct word more;
	bool is_quoted, is_long = false;

	while (at < end && (*at == ' ' || *at == '\t'))
		at++;
	from = at;
	is_quoted = at < end && *at == '"';
	at += is_quoted;
	caa->at_value = at;
	while (at < end && !is_long &&
	    (is_quoted ? *at != '"'
		       : *at != '\0' && strchr(" \t\r\n\";", *at) == NULL))
		is_long = !take_sign(&at, end, caa);
	if (is_long)
		lint_fail(lint, from, "The value is too long.");
	else if (is_quoted && at == end)
		lint_fail(lint, from, "The quotation mark has no end.");
	else if (!is_quoted && at == from)
		lint_fail(lint, from,
		    "The value is missing, or needs quotation marks.");
	else {
		at += is_quoted;
		if (!word_next(lint, &at, &more))
			return true;
		lint_fail(lint, more.text,
		    "Nothing may stand behind the value; one with blanks or "
		    "semicolons needs quotation marks.");
	}
	return false;
}

void
lint_caa(struct lint *lint)
{
	const char *at = lint->text;
	struct word flags = { lint->text, 0 }, tag = { lint->text, 0 };
	struct caa caa = { 0 };

	word_next(lint, &at, &flags);
	if (caa_is_known(flags.text, flags.length)) {
		lint_fail(lint, flags.text,
		    "The flags are missing in front: 0 %.*s.",
		    lint_shown(flags.length), flags.text);
		return;
	}
	if (!word_is_number(&flags)) {
		lint_skip(lint,
		    "It is no CAA: flags, tag and value, such as 0 issue "
		    "\"letsencrypt.org\".");
		return;
	}
	if (!word_number(lint, &flags, "flags", 255, &caa.flags))
		return;
	caa.at_flags = flags.text;
	if (!word_next(lint, &at, &tag)) {
		lint_fail(lint, at, "The tag is missing, such as issue.");
		return;
	}
	if (take_tag(lint, &tag, &caa) && take_value(lint, at, &caa))
		caa_judge(&caa, lint);
}
