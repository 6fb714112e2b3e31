#include "dns/spf_merge.h"

#include <string.h>

#include "base/text.h"
#include "dns/spf_syntax.h"

/* What the records come together to. */
struct merge {
	char *to;
	char all;                  /* - ~ ?: the strictest; 0: none yet */
	bool is_alone;             /* one record: a redirect stays one */
	bool has_exp;              /* a second explanation is an error */
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
add_word(char *to, const char *word)
{
	if (!has_word(to, word))
		text_append(to, DNS_VALUE_SIZE, word);
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
	char word[DNS_VALUE_SIZE];

	if (term->kind == SPF_REDIRECT && !m->is_alone)
		text_format(word, sizeof(word), " include:%.*s",
		    (int)term->domain_length, term->domain);
	else
		text_format(
		    word, sizeof(word), " %.*s", (int)term->length, term->text);
	if (term->kind == SPF_REDIRECT && !m->is_alone) {
		add_word(m->to, word);
		return;
	}
	if (term->kind == SPF_EXP && m->has_exp)
		return;
	m->has_exp = m->has_exp || term->kind == SPF_EXP;
	add_word(m->last, word);
}

static void
take_term(struct merge *m, const struct spf_term *term)
{
	const size_t skip = term->text[0] == '+' ? 1 : 0;
	char word[DNS_VALUE_SIZE];

	if (term->kind == SPF_ALL) {
		take_all(m, term->qualifier);
	} else if (term->kind >= SPF_REDIRECT) {
		take_modifier(m, term);
	} else {
		text_format(word, sizeof(word), " %.*s",
		    (int)(term->length - skip), term->text + skip);
		add_word(m->to, word);
	}
}

static void
take_own(char *to, const struct ip *ip)
{
	char text[IP_TEXT_SIZE], word[IP_TEXT_SIZE + 8];

	if (ip->family == 0)
		return;
	ip_format(text, ip);
	text_format(word, sizeof(word), " ip%c:%s",
	    ip->family == AF_INET ? '4' : '6', text);
	add_word(to, word);
}

/* Only without "all" a redirect says what happens to the others (6.1). */
static void
add_end(struct merge *m)
{
	const char all[] = { ' ', m->all == '\0' ? '~' : m->all, 'a', 'l', 'l',
		'\0' };

	if (m->all != '\0' || strstr(m->last, " redirect=") == NULL)
		text_append(m->to, DNS_VALUE_SIZE, all);
	text_append(m->to, DNS_VALUE_SIZE, m->last);
}

void
spf_merge(char to[DNS_VALUE_SIZE], const struct spf_text *texts, size_t count,
    const struct ip *own, size_t own_count)
{
	struct merge m = { .to = to, .is_alone = count == 1 };
	struct spf_record record;

	text_copy(to, DNS_VALUE_SIZE, "v=spf1");
	for (size_t i = 0; i < own_count; i++)
		take_own(to, &own[i]);
	for (size_t i = 0; i < count; i++) {
		(void)spf_parse(&record, texts[i].text, texts[i].length);
		for (size_t j = 0; j < record.count; j++)
			take_term(&m, &record.terms[j]);
	}
	add_end(&m);
}
