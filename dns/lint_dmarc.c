/*
 * DMARC as RFC 9989 has it, with what receivers of RFC 7489 read otherwise.
 *
 * Only the version, a tag that is there twice, and a policy that does not
 * exist can spoil a record; any other broken tag is left out by receivers.
 */
#include <string.h>
#include <strings.h>

#include "dns/lint.h"
#include "dns/report_uri.h"
#include "dns/tag_list.h"

static void look_at_policy(
    struct lint *, const struct tag_list *, const struct tag *);
static void look_at_request(
    struct lint *, const struct tag_list *, const struct tag *);
static void look_at_choice(
    struct lint *, const struct tag_list *, const struct tag *);
static void look_at_reasons(
    struct lint *, const struct tag_list *, const struct tag *);
static void look_at_addresses(
    struct lint *, const struct tag_list *, const struct tag *);
static void look_at_obsolete(
    struct lint *, const struct tag_list *, const struct tag *);

struct known_tag {
	const char *name;
	void (*look)(
	    struct lint *, const struct tag_list *, const struct tag *);
	const char *choices; /* of look_at_choice(), apart by blanks */
	const char *odd;     /* the choice that is worth a word... */
	const char *word;    /* ...and the word */
};

/* clang-format off */
static const struct known_tag known_tags[] = {
	{ "p",     look_at_policy,    NULL, NULL, NULL },
	{ "sp",    look_at_request,   NULL, NULL, NULL },
	{ "np",    look_at_request,   NULL, NULL, NULL },
	{ "rua",   look_at_addresses, NULL, NULL, NULL },
	{ "ruf",   look_at_addresses, NULL, NULL, NULL },
	{ "adkim", look_at_choice,    "r s", NULL, NULL },
	{ "aspf",  look_at_choice,    "r s", NULL, NULL },
	{ "fo",    look_at_reasons,   "0 1 d s d:s s:d", NULL, NULL },
	{ "t",     look_at_choice,    "y n", "y",
	  "The test flag t=y is set: the policy is taken one step weaker than it says." },
	{ "psd",   look_at_choice,    "y n u", "y",
	  "psd=y says that this is a public suffix like \"co.uk\"; ordinary domains leave it out." },
	{ "pct",   look_at_obsolete,  NULL, NULL, NULL },
	{ "rf",    look_at_obsolete,  NULL, NULL, NULL },
	{ "ri",    look_at_obsolete,  NULL, NULL, NULL },
};
/* clang-format on */

#define KNOWN_COUNT (sizeof(known_tags) / sizeof(known_tags[0]))

static const struct known_tag *
known_tag(const struct tag *tag)
{
	for (size_t i = 0; i < KNOWN_COUNT; i++)
		if (strlen(known_tags[i].name) == tag->name_length &&
		    memcmp(known_tags[i].name, tag->name, tag->name_length) ==
			0)
			return &known_tags[i];
	return NULL;
}

/* ---- one function a sort of tag ---- */

/* 0 none, 1 quarantine, 2 reject, -1 something else. */
static int
strength(const struct tag *request)
{
	if (tag_is_fold(request, "reject"))
		return 2;
	if (tag_is_fold(request, "quarantine"))
		return 1;
	return tag_is_fold(request, "none") ? 0 : -1;
}

static bool
has_address(const struct tag_list *list)
{
	struct report_uris uris;

	report_uris_parse(&uris, tag_find(list, "rua"));
	return uris.good > 0;
}

/* A policy that does not exist (section 4.10.1): with an address for reports
 * the record acts as p=none, without one not at all. */
static void
say_no_policy(
    struct lint *lint, const struct tag_list *list, const struct tag *tag)
{
	static const char *const words[] = {
		"\"%.*s=%.*s\" does not exist: receivers ignore the record.",
		"\"%.*s=%.*s\" does not exist: receivers take the record for "
		"p=none."
	};
	const bool is_usable = has_address(list);

	(is_usable ? lint_warn : lint_fail)(lint, tag->value, words[is_usable],
	    lint_shown(tag->name_length), tag->name,
	    lint_shown(tag->value_length), tag->value);
}

static void
look_at_policy(
    struct lint *lint, const struct tag_list *list, const struct tag *p)
{
	if (strength(p) < 0)
		say_no_policy(lint, list, p);
	else if (p != &list->tags[1])
		lint_warn(lint, p->name,
		    "\"p\" should stand directly behind \"v=DMARC1\"; older "
		    "receivers ask for it.");
}

/* What applies where the tag doesn't: np overrides sp, which overrides p. */
static const struct tag *
overridden(const struct tag_list *list, const struct tag *tag)
{
	const struct tag *sp = tag_find(list, "sp");

	return tag != sp && strength(sp) >= 0 ? sp : tag_find(list, "p");
}

static void
look_at_request(
    struct lint *lint, const struct tag_list *list, const struct tag *tag)
{
	const struct tag *other = overridden(list, tag);

	if (strength(tag) < 0)
		say_no_policy(lint, list, tag);
	else if (strength(tag) < strength(other))
		lint_warn(lint, tag->value,
		    "\"%.*s\" is weaker than \"%.*s\": forgers take a "
		    "subdomain.",
		    (int)tag->name_length, tag->name, (int)other->name_length,
		    other->name);
}

/* Is the value one of the words? */
static bool
is_choice(const struct tag *tag, const char *choices)
{
	while (*choices != '\0') {
		const size_t length = strcspn(choices, " ");

		if (length == tag->value_length &&
		    strncasecmp(choices, tag->value, length) == 0)
			return true;
		choices += length;
		choices += *choices == ' ';
	}
	return false;
}

static void
look_at_choice(
    struct lint *lint, const struct tag_list *list, const struct tag *tag)
{
	const struct known_tag *known = known_tag(tag);

	(void)list;
	if (!is_choice(tag, known->choices))
		lint_warn(lint, tag->value,
		    "\"%s=%.*s\" does not exist (one of: %s): receivers ignore "
		    "the tag.",
		    known->name, lint_shown(tag->value_length), tag->value,
		    known->choices);
	else if (known->odd != NULL && tag_is_fold(tag, known->odd))
		lint_warn(lint, tag->value, "%s", known->word);
}

/* Options between colons, as RFC 7489 (section 6.3) had them. */
static bool
is_old_list(const struct tag *fo)
{
	const char *part;
	size_t length, at = 0;

	while (tag_part(fo, ':', &at, &part, &length))
		if (length != 1 || strchr("01dsDS", *part) == NULL)
			return false;
	return fo->value_length > 1;
}

static void
look_at_reasons(
    struct lint *lint, const struct tag_list *list, const struct tag *fo)
{
	const struct known_tag *known = known_tag(fo);

	if (is_choice(fo, known->choices) || !is_old_list(fo))
		look_at_choice(lint, list, fo);
	else
		lint_warn(lint, fo->value,
		    "\"fo=%.*s\": such a list is of RFC 7489, and older "
		    "receivers honour it; those of RFC 9989 take one of %s and "
		    "may ignore the tag.",
		    lint_shown(fo->value_length), fo->value, known->choices);
}

static void
look_at_address(
    struct lint *lint, const struct tag *tag, const struct report_uri *uri)
{
	const int length = lint_shown(uri->length);

	if (tag->value_length == 0) {
		lint_warn(lint, tag->name, "\"%.*s\" is empty.",
		    (int)tag->name_length, tag->name);
		return;
	}
	switch (uri->kind) {
	case REPORT_EMPTY:
		lint_warn(lint, uri->text,
		    "There is an empty part in \"%.*s\": a comma too many.",
		    (int)tag->name_length, tag->name);
		break;
	case REPORT_NO_URI:
		lint_warn(lint, uri->text,
		    "\"%.*s\" is no report address: write "
		    "mailto:name@domain.  Receivers leave it out.",
		    length, uri->text);
		break;
	case REPORT_HTTPS:
	case REPORT_OTHER:
		lint_warn(lint, uri->text,
		    "\"%.*s\": receivers send reports to mailto: only.", length,
		    uri->text);
		break;
	case REPORT_MAIL:
		if (uri->has_slashes)
			lint_warn(lint, uri->text, REPORT_SLASHES_FORMAT,
			    length, uri->text);
		if (uri->has_size)
			lint_warn(lint, uri->text,
			    "The size behind \"%.*s\" is obsolete since RFC "
			    "9989.",
			    length, uri->text);
	}
}

static void
look_at_addresses(
    struct lint *lint, const struct tag_list *list, const struct tag *tag)
{
	struct report_uri uri;
	size_t at = 0;

	(void)list;
	while (report_uri_next(tag, &at, &uri))
		look_at_address(lint, tag, &uri);
}

static void
look_at_obsolete(
    struct lint *lint, const struct tag_list *list, const struct tag *tag)
{
	(void)list;
	if (tag->name[0] == 'p' && !tag_is(tag, "100"))
		lint_warn(lint, tag->name,
		    "\"pct\" is obsolete since RFC 9989: receivers of today "
		    "apply the policy to all mail.  t=y takes the place of "
		    "pct=0.");
	else
		lint_warn(lint, tag->name,
		    "The tag \"%.*s\" is obsolete since RFC 9989; receivers "
		    "ignore it.",
		    (int)tag->name_length, tag->name);
}

/* ---- the record ---- */

static void
look_at_tags(struct lint *lint, const struct tag_list *list)
{
	for (size_t i = 1; i < list->count; i++) {
		const struct tag *tag = &list->tags[i];
		const struct known_tag *known = known_tag(tag);

		if (known != NULL)
			known->look(lint, list, tag);
		else
			lint_warn(lint, tag->name,
			    "The tag \"%.*s\" is unknown; receivers ignore it.",
			    lint_shown(tag->name_length), tag->name);
	}
	if (tag_find(list, "p") == NULL)
		lint_warn(lint, lint->text,
		    "There is no policy (p): receivers take it for \"none\", "
		    "older ones ignore the record.");
	if (tag_find(list, "rua") == NULL)
		lint_warn(lint, lint->text,
		    "There is no address for reports (rua): you don't learn "
		    "who sends in the domain's name.");
}

/* The tags that are left out, and the first of them that holds a policy. */
struct broken {
	struct lint *lint;
	const char *policy;
};

/* Does the byte lie in the value of "p", "sp" or "np"? */
static bool
is_in_policy(const char *text, const char *at)
{
	const char *from = at, *equals, *end;

	while (from > text && from[-1] != ';')
		from--;
	while (from < at && (*from == ' ' || *from == '\t'))
		from++;
	equals = memchr(from, '=', (size_t)(at - from));
	for (end = equals; end != NULL && end > from && end[-1] == ' '; end--)
		;
	return end != NULL &&
	    ((end - from == 1 && *from == 'p') ||
		(end - from == 2 && (*from == 's' || *from == 'n') &&
		    from[1] == 'p'));
}

static void
say_broken(void *context, size_t at, const char *sentence)
{
	struct broken *broken = context;
	const char *text = broken->lint->text;

	if (broken->policy == NULL && is_in_policy(text, text + at))
		broken->policy = text + at;
	lint_warn(broken->lint, text + at, "%s  Receivers leave that part out.",
	    sentence);
}

/* A policy that can't be read is one that does not exist. */
static void
look_at_broken(const struct broken *broken, const struct tag_list *list)
{
	if (broken->policy == NULL)
		return;
	if (has_address(list))
		lint_warn(broken->lint, broken->policy,
		    "The policy can't be read: receivers take the record for "
		    "p=none.");
	else
		lint_fail(broken->lint, broken->policy,
		    "The policy can't be read: receivers ignore the record.");
}

/* "v=DMARC1" in some form: meant for DMARC. */
static bool
is_meant(const struct lint *lint)
{
	const char *const end = lint->text + lint->length;
	const char *word = "v=dmarc1";

	for (const char *at = lint->text; at < end && *word != '\0'; at++) {
		if (strchr(" \t\"'\\", *at) != NULL)
			continue;
		if (strncasecmp(at, word, 1) != 0)
			break;
		word++;
	}
	return *word == '\0' ||
	    memmem(lint->text, lint->length, "v=DMARC1", 8) != NULL;
}

/* The version stands first and to the letter (section 4.7). */
static bool
has_version(const struct lint *lint)
{
	const char *at = lint->text, *const end = at + lint->length;
	const char *stop = memchr(at, ';', lint->length);
	struct tag_list list;

	if (stop == NULL)
		stop = end;
	return *at == 'v' && tag_list_parse(&list, at, (size_t)(stop - at)) &&
	    list.tags[0].name_length == 1 && tag_is(&list.tags[0], "DMARC1");
}

void
lint_dmarc(struct lint *lint)
{
	struct broken broken = { .lint = lint };
	struct tag_list list;

	if (!has_version(lint)) {
		if (is_meant(lint))
			lint_fail(lint, lint->text,
			    "Receivers see no DMARC record: it must begin with "
			    "\"v=DMARC1;\" to the letter.");
		else
			lint_skip(lint, "It does not begin with \"v=DMARC1\".");
		return;
	}
	if (!tag_list_parse_usable(
		&list, lint->text, lint->length, say_broken, &broken))
		lint_fail(lint, lint->text + list.error_at,
		    "%s  Receivers ignore the record.", list.error);
	else {
		look_at_tags(lint, &list);
		look_at_broken(&broken, &list);
	}
}
