/* The rules: which facts answer a complaint, and in which order. */
#include "model/trouble_facts.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/text.h"

/* clang-format off */
const struct trouble_kind trouble_kinds[TROUBLE_COUNT] = {
	[TROUBLE_HOST] = { "host", "A tenant can't be created with the desired host",
	    "name approved",
	    "The host may be used: if the form still refuses it, its message names the other field.", NULL },
	[TROUBLE_NO_MAIL] = { "no-mail", "Mail does not arrive",
	    "tenant mx host path smtp lmtp queue",
	    "The way in is open: look for the message itself with mail trace, and in the queue.",
	    "The DNS and the addresses are right; whether the mail services run is the operator's to see." },
	[TROUBLE_SPAM] = { "spam", "Outbound mail lands in spam",
	    "spf signing dkim dmarc ptr block-lists opendkim",
	    "Nothing here marks the mail: what is left is the reputation of the address and the content.",
	    "Nothing in the DNS marks the mail; whether the signing services run is the operator's to see." },
	[TROUBLE_DKIM] = { "dkim", "DKIM fails",
	    "signing dkim tables opendkim",
	    "Key, record and tables agree: a message changed on its way breaks the signature; send one directly.",
	    "Key, record and tables agree; whether OpenDKIM runs is the operator's to see." },
	[TROUBLE_SIGN_IN] = { "sign-in", "A mail program can't sign in",
	    "tenant account imap-host imap smtp-host smtp",
	    "Account and servers are well: the password is wrong, or the program has another user name, port or TLS mode.", NULL },
	[TROUBLE_SMIME] = { "smime", "S/MIME signing is disabled",
	    "account identity validity vault milter",
	    "Identity and vault are well: smime test tells whether the milter signs with them.",
	    "The identity is well; whether the milter runs is the operator's to see." },
};
/* clang-format on */

const char *const trouble_names[TROUBLE_COUNT + 1] = {
	[TROUBLE_HOST] = "host",
	[TROUBLE_NO_MAIL] = "no-mail",
	[TROUBLE_SPAM] = "spam",
	[TROUBLE_DKIM] = "dkim",
	[TROUBLE_SIGN_IN] = "sign-in",
	[TROUBLE_SMIME] = "smime",
};

bool
trouble_wants(const struct trouble *trouble, const char *name)
{
	const char *at = trouble_kinds[trouble->symptom].facts;
	const size_t length = strlen(name);

	while ((at = strstr(at, name)) != NULL) {
		if ((at == trouble_kinds[trouble->symptom].facts ||
			at[-1] == ' ') &&
		    (at[length] == ' ' || at[length] == '\0'))
			return true;
		at += length;
	}
	return false;
}

static struct trouble_fact *
fact_of(struct trouble *trouble, const char *name, size_t length)
{
	for (size_t i = 0; i < trouble->count; i++)
		if (strlen(trouble->facts[i].name) == length &&
		    memcmp(trouble->facts[i].name, name, length) == 0)
			return &trouble->facts[i];
	return NULL;
}

void
trouble_note(struct trouble *trouble, const char *name,
    enum mail_verdict verdict, const char *change, const char *format, ...)
{
	struct trouble_fact *fact = fact_of(trouble, name, strlen(name));
	va_list args;

	if (fact != NULL && mail_worse(fact->verdict, verdict) != verdict)
		return;
	if (fact == NULL && trouble->count == TROUBLE_FACTS_MAX)
		return;
	if (fact == NULL)
		fact = &trouble->facts[trouble->count++];
	text_copy(fact->name, sizeof(fact->name), name);
	fact->verdict = verdict;
	text_copy(
	    fact->change, sizeof(fact->change), change != NULL ? change : "");
	va_start(args, format);
	vsnprintf(fact->text, sizeof(fact->text), format, args);
	va_end(args);
}

/* The first of the symptom's facts with that verdict, or NULL. */
static const struct trouble_fact *
first(struct trouble *trouble, enum mail_verdict verdict)
{
	const char *name = trouble_kinds[trouble->symptom].facts;

	while (*name != '\0') {
		const size_t length = strcspn(name, " ");
		const struct trouble_fact *fact =
		    fact_of(trouble, name, length);

		if (fact != NULL && fact->verdict == verdict)
			return fact;
		name += length;
		name += strspn(name, " ");
	}
	return NULL;
}

void
trouble_judge(struct trouble *trouble)
{
	static const enum mail_verdict order[] = { MAIL_FAIL, MAIL_UNKNOWN,
		MAIL_WARN };
	const struct trouble_kind *kind = &trouble_kinds[trouble->symptom];

	for (size_t i = 0; i < sizeof(order) / sizeof(order[0]); i++) {
		const struct trouble_fact *fact = first(trouble, order[i]);

		if (fact == NULL)
			continue;
		trouble->verdict = order[i];
		text_copy(trouble->answer, sizeof(trouble->answer), fact->text);
		text_copy(
		    trouble->change, sizeof(trouble->change), fact->change);
		return;
	}
	trouble->verdict =
	    first(trouble, MAIL_PASS) != NULL ? MAIL_PASS : MAIL_UNKNOWN;
	text_copy(trouble->answer, sizeof(trouble->answer), kind->other);
	if (trouble->is_unseen && kind->unseen != NULL) {
		trouble->verdict = MAIL_UNKNOWN;
		text_copy(
		    trouble->answer, sizeof(trouble->answer), kind->unseen);
	}
	trouble->change[0] = '\0';
}
