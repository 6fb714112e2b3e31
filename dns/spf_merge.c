#include "dns/spf_merge.h"

#include <string.h>

#include "base/text.h"
#include "dns/spf_syntax.h"

/* What the records come together to. */
struct merge {
	char *to;
	char all;                  /* - ~ ?: the strictest; 0: none yet */
	bool is_alone;             /* one record: a redirect stays one */
	bool has_redirect;         /* a second one is an error */
	bool has_exp;              /* likewise */
	bool is_cut;               /* something did not fit */
	char last[DNS_VALUE_SIZE]; /* " redirect=..." and the like */
};

/* True when the word, which has a blank in front, stands in the text. */
static bool
has_word(const char *text, const char *word)
{
	const size_t length = strlen(word);

	for (const char *at = text; (at = strstr(at, word)) != NULL; at++)
		if (at[length] == '\0' || at[length] == ' ')
			return true;
	return false;
}

static void
append(struct merge *m, char to[DNS_VALUE_SIZE], const char *word)
{
	m->is_cut = !text_append(to, DNS_VALUE_SIZE, word) || m->is_cut;
}

static void
add_word(struct merge *m, char to[DNS_VALUE_SIZE], const char *word)
{
	if (!has_word(to, word))
		append(m, to, word);
}

/* " WORD" as it stands in a record, behind `prefix`. */
static void
add_text(struct merge *m, char to[DNS_VALUE_SIZE], const char *prefix,
    const char *text, size_t length)
{
	char word[DNS_VALUE_SIZE];

	if (text_format(
		word, sizeof(word), " %s%.*s", prefix, (int)length, text))
		add_word(m, to, word);
	else
		m->is_cut = true;
}

static void
take_all(struct merge *m, char qualifier)
{
	static const char strictness[] = "?~-";

	if (qualifier != '+' &&
	    (m->all == '\0' ||
		strchr(strictness, qualifier) > strchr(strictness, m->all)))
		m->all = qualifier;
}

static void
take_modifier(struct merge *m, const struct spf_term *term)
{
	if (term->kind == SPF_REDIRECT && !m->is_alone) {
		add_text(
		    m, m->to, "include:", term->domain, term->domain_length);
		return;
	}
	if ((term->kind == SPF_EXP && m->has_exp) ||
	    (term->kind == SPF_REDIRECT && m->has_redirect))
		return;
	m->has_exp = m->has_exp || term->kind == SPF_EXP;
	m->has_redirect = m->has_redirect || term->kind == SPF_REDIRECT;
	add_text(m, m->last, "", term->text, term->length);
}

static void
take_term(struct merge *m, const struct spf_term *term)
{
	const size_t skip = term->text[0] == '+' ? 1 : 0;

	if (term->kind == SPF_ALL)
		take_all(m, term->qualifier);
	else if (term->kind >= SPF_REDIRECT)
		take_modifier(m, term);
	else
		add_text(m, m->to, "", term->text + skip, term->length - skip);
}

static void
take_own(struct merge *m, const struct ip *ip)
{
	char text[IP_TEXT_SIZE];

	if (ip->family == 0)
		return;
	ip_format(text, ip);
	add_text(m, m->to, ip->family == AF_INET ? "ip4:" : "ip6:", text,
	    strlen(text));
}

/* Only without "all" a redirect says what happens to the others (6.1). */
static void
add_end(struct merge *m)
{
	const char all[] = { ' ', m->all == '\0' ? '~' : m->all, 'a', 'l', 'l',
		'\0' };

	if (m->all != '\0' || !m->has_redirect)
		append(m, m->to, all);
	append(m, m->to, m->last);
}

/* The text behind the term at `at`, as a record of its own in `to`, which
 * keeps its length; 0 when nothing is left. */
static size_t
skip_term(char *to, size_t length, size_t at)
{
	const size_t head = strlen("v=spf1");

	while (at < length && to[at] != ' ')
		at++;
	if (at <= head || at >= length)
		return 0;
	memmove(to + head, to + at, length - at);
	return head + length - at;
}

static void
take_record(struct merge *m, const struct spf_text *from)
{
	struct spf_record record;
	struct spf_term term;
	char text[DNS_VALUE_SIZE];
	size_t length = from->length;
	bool is_whole;

	if (length > sizeof(text)) {
		m->is_cut = true;
		return;
	}
	memcpy(text, from->text, length);
	do {
		is_whole = spf_parse(&record, text, length);
		for (size_t at = 0; spf_term_next(&record, &at, &term);)
			take_term(m, &term);
		if (!is_whole)
			length = skip_term(text, length, record.error_at);
	} while (!is_whole && length > 0);
}

bool
spf_merge(char to[DNS_VALUE_SIZE], const struct spf_text *texts, size_t count,
    const struct ip *own, size_t own_count)
{
	struct merge m = { .to = to, .is_alone = count == 1 };

	text_copy(to, DNS_VALUE_SIZE, "v=spf1");
	for (size_t i = 0; i < own_count; i++)
		take_own(&m, &own[i]);
	for (size_t i = 0; i < count; i++)
		take_record(&m, &texts[i]);
	add_end(&m);
	if (m.is_cut)
		to[0] = '\0';
	return !m.is_cut;
}

/* True when each sender that `more` names stands in `text`, too: merging it in
 * adds no word. */
static bool
has_senders(const struct spf_text *text, const struct spf_text *more)
{
	const struct spf_text texts[] = { *text, *more };
	char alone[DNS_VALUE_SIZE], both[DNS_VALUE_SIZE];

	return spf_merge(alone, texts, 1, NULL, 0) &&
	    spf_merge(both, texts, 2, NULL, 0) && strlen(alone) == strlen(both);
}

/* Without an error, and it says what happens to others, which is not "come
 * in". */
static bool
is_usable(const struct spf_text *text)
{
	struct spf_record record;
	const struct spf_term *all;

	if (!spf_parse(&record, text->text, text->length))
		return false;
	all = spf_term_of(&record, SPF_ALL);
	return all != NULL ? all->qualifier != '+'
			   : spf_term_of(&record, SPF_REDIRECT) != NULL;
}

bool
spf_merge_wanted(char to[DNS_VALUE_SIZE], const struct spf_text *texts,
    size_t count, const char *wanted, const struct ip *own, size_t own_count)
{
	const struct spf_text more = { wanted, strlen(wanted) };
	struct spf_text merged = { to, 0 };

	if (!spf_merge(to, texts, count, NULL, 0))
		return false;
	merged.length = strlen(to);
	if (!has_senders(&merged, &more) &&
	    !spf_merge(to, texts, count, own, own_count))
		return false;
	merged.length = strlen(to);
	/* No new word, in whatever order. */
	if (count == 1 && is_usable(texts) && has_senders(texts, &merged))
		text_format(to, DNS_VALUE_SIZE, "%.*s", (int)texts->length,
		    texts->text);
	return true;
}
