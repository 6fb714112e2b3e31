/*
 * One answer, and the names in it: the parts of dns/answers.h that need no
 * table.
 */
#include <string.h>

#include "base/text.h"
#include "dns/answers.h"

#define LABEL_MAX       63
#define NAME_LENGTH_MAX 253

/* A byte of a label as it is stored; NUL: no name here may have it. */
static char
stored(unsigned char c)
{
	switch (c) {
	case '\\':
	case '"':
	case '(':
	case ')':
	case ';':
	case '@':
	case '$':
		return '\0';
	default:
		if (c >= 'A' && c <= 'Z')
			return (char)(c - 'A' + 'a');
		return c > ' ' && c < 0x7F ? (char)c : '\0';
	}
}

bool
dns_name_normalize(char to[DNS_NAME_SIZE], const char *name)
{
	size_t length = strlen(name), label = 0;

	if (length > 0 && name[length - 1] == '.')
		length--;
	if (length == 0 || length > NAME_LENGTH_MAX)
		return length == 0 && (to[0] = '\0', name[0] == '.');
	for (size_t i = 0; i <= length; i++) {
		const unsigned char c = (unsigned char)name[i];

		if (i == length || c == '.') {
			if (label == 0 || label > LABEL_MAX)
				return false;
			label = 0;
			to[i] = '.';
			continue;
		}
		to[i] = stored(c);
		if (to[i] == '\0')
			return false;
		label++;
	}
	to[length] = '\0';
	return true;
}

const struct dns_rr *
answer_rr(const struct dns_answer *answer, uint16_t type, size_t index)
{
	if (answer == NULL || answer->state != ANSWER_GOOD)
		return NULL;
	for (size_t i = 0; i < answer->rr_count; i++) {
		const struct dns_rr *rr = &answer->rrs[i];

		if (rr->type == type &&
		    text_is_same(rr->owner, answer->target) && index-- == 0)
			return rr;
	}
	return NULL;
}

size_t
answer_count(const struct dns_answer *answer, uint16_t type)
{
	size_t count = 0;

	while (answer_rr(answer, type, count) != NULL)
		count++;
	return count;
}

bool
answer_is_missing(const struct dns_answer *answer, uint16_t type)
{
	return answer != NULL && answer->state == ANSWER_GOOD &&
	    answer_rr(answer, type, 0) == NULL;
}

size_t
answer_cnames(const struct dns_answer *answer)
{
	size_t count = 0;

	if (answer == NULL || answer->state != ANSWER_GOOD)
		return 0;
	for (size_t i = 0; i < answer->rr_count; i++)
		if (answer->rrs[i].type == DNS_CNAME &&
		    !text_is_same(answer->rrs[i].owner, answer->target))
			count++;
	return count;
}

static bool
rr_is_same(const struct dns_rr *a, const struct dns_rr *b)
{
	return a->type == b->type && a->preference == b->preference &&
	    a->weight == b->weight && a->port == b->port &&
	    a->serial == b->serial && a->minimum == b->minimum &&
	    a->length == b->length && text_is_same(a->owner, b->owner) &&
	    text_is_same(a->name, b->name) && ip_is_same(&a->ip, &b->ip) &&
	    (a->length == 0 || memcmp(a->data, b->data, a->length) == 0);
}

static bool
has_rr(const struct dns_answer *answer, const struct dns_rr *rr)
{
	for (size_t i = 0; i < answer->rr_count; i++)
		if (rr_is_same(&answer->rrs[i], rr))
			return true;
	return false;
}

bool
answer_is_same(const struct dns_answer *a, const struct dns_answer *b)
{
	if (a->state != b->state || a->rr_count != b->rr_count)
		return false;
	for (size_t i = 0; i < a->rr_count; i++)
		if (!has_rr(b, &a->rrs[i]) || !has_rr(a, &b->rrs[i]))
			return false;
	return true;
}

/* True when b has each record of a. */
static bool
has_data_of(
    const struct dns_answer *b, const struct dns_answer *a, uint16_t type)
{
	const struct dns_rr *one, *other;

	for (size_t i = 0; (one = answer_rr(a, type, i)) != NULL; i++) {
		bool is_there = false;

		for (size_t k = 0;
		     !is_there && (other = answer_rr(b, type, k)) != NULL;
		     k++) {
			struct dns_rr same = *other;

			same.owner = one->owner;
			is_there = rr_is_same(one, &same);
		}
		if (!is_there)
			return false;
	}
	return true;
}

bool
answer_is_same_data(
    const struct dns_answer *a, const struct dns_answer *b, uint16_t type)
{
	return has_data_of(a, b, type) && has_data_of(b, a, type);
}

uint32_t
answer_ttl_left(const struct dns_answer *answer, int64_t now)
{
	uint32_t ttl = answer->negative_ttl;
	const int64_t age = now - answer->answered_at;

	if (answer->state != ANSWER_GOOD)
		return 0;
	for (size_t i = 0; i < answer->rr_count; i++)
		if (i == 0 || answer->rrs[i].ttl < ttl)
			ttl = answer->rrs[i].ttl;
	if (age >= (int64_t)ttl)
		return 0;
	return age <= 0 ? ttl : ttl - (uint32_t)age;
}

void
answer_describe(char to[DNS_REASON_SIZE], const struct dns_answer *answer)
{
	static const char *const words[] = {
		[ANSWER_WAITING] = "has not answered yet",
		[ANSWER_GOOD] = "answered",
		[ANSWER_TIMEOUT] = "gave no answer within 6 s",
		[ANSWER_UNREACHABLE] = "can't be reached",
		[ANSWER_SERVFAIL] = "could not find out (SERVFAIL)",
		[ANSWER_REFUSED] = "refuses to answer",
		[ANSWER_BROKEN] = "gave an answer that can't be read",
		[ANSWER_LAME] = "does not serve this zone",
	};
	char detail[DNS_REASON_SIZE] = "";

	text_copy(to, DNS_REASON_SIZE, words[answer->state]);
	if (answer->ede_text[0] != '\0')
		text_format(detail, sizeof(detail), ": %s", answer->ede_text);
	else if (answer->ede_code >= 0 && answer->state == ANSWER_SERVFAIL)
		text_format(detail, sizeof(detail), ": extended error %d",
		    answer->ede_code);
	else if (answer->note[0] != '\0')
		text_format(detail, sizeof(detail), ": %s", answer->note);
	text_append(to, DNS_REASON_SIZE, detail);
}

const char *
answer_state_word(enum answer_state state)
{
	static const char *const words[] = {
		[ANSWER_WAITING] = "waiting",
		[ANSWER_GOOD] = "good",
		[ANSWER_TIMEOUT] = "timeout",
		[ANSWER_UNREACHABLE] = "unreachable",
		[ANSWER_SERVFAIL] = "servfail",
		[ANSWER_REFUSED] = "refused",
		[ANSWER_BROKEN] = "broken",
		[ANSWER_LAME] = "lame",
	};

	return words[state];
}
