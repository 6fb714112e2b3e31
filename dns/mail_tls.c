#include "dns/mail_tls.h"

#include <stdio.h>
#include <string.h>

#include "base/text.h"

static const char *const words[] = {
	[STARTTLS_TLS] = "tls",
	[STARTTLS_NOT_NOW] = "not-now",
	[STARTTLS_MISSING] = "no-starttls",
	[STARTTLS_BROKEN] = "broken",
};

#define WORDS (sizeof(words) / sizeof(words[0]))

static void
add_record(struct dns_answer *answer, const struct dns_question *question,
    const char *text)
{
	struct dns_rr *rr = arena_alloc(&answer->memory, sizeof(*rr));

	*rr = (struct dns_rr){ .owner =
				   arena_text(&answer->memory, question->name),
		.type = question->type,
		.name = "",
		.data = text,
		.length = strlen(text) };
	answer->rrs = rr;
	answer->rr_count = 1;
}

void
mail_tls_fill(struct dns_answer *answer, const struct dns_question *question,
    const struct starttls_reply *reply)
{
	struct arena *arena = &answer->memory;

	if (reply->result == STARTTLS_TIMEOUT)
		answer->state = ANSWER_TIMEOUT;
	else if (reply->result == STARTTLS_REFUSED)
		answer->state = ANSWER_UNREACHABLE;
	else if (reply->result == STARTTLS_TLS)
		add_record(answer, question,
		    arena_format(arena, "tls %lld %lld %d\n%s\n%s",
			(long long)reply->from_at, (long long)reply->until_at,
			reply->has_name, reply->names, reply->why));
	else
		add_record(answer, question,
		    arena_format(
			arena, "%s\n%s", words[reply->result], reply->detail));
}

/* Copies the line at *at, which may be the last, and goes behind it. */
static void
take_line(char *to, size_t size, const char **at)
{
	const size_t length = strcspn(*at, "\n");

	text_visible(to, size, *at, length);
	*at += length + ((*at)[length] == '\n');
}

static bool
read_tls(struct starttls_reply *reply, const char *line)
{
	long long from, until;
	int has_name;

	if (sscanf(line, "tls %19lld %19lld %1d", &from, &until, &has_name) !=
	    3)
		return false;
	reply->from_at = from;
	reply->until_at = until;
	reply->has_name = has_name == 1;
	return true;
}

bool
mail_tls_read(struct starttls_reply *reply, const struct dns_rr *rr)
{
	const char *at = rr == NULL ? "" : rr->data;
	char line[80];

	memset(reply, 0, sizeof(*reply));
	take_line(line, sizeof(line), &at);
	if (read_tls(reply, line)) {
		reply->result = STARTTLS_TLS;
		take_line(reply->names, sizeof(reply->names), &at);
		take_line(reply->why, sizeof(reply->why), &at);
		return true;
	}
	for (size_t i = STARTTLS_TLS + 1; i < WORDS; i++)
		if (words[i] != NULL && text_is_same(words[i], line)) {
			reply->result = (enum starttls_result)i;
			take_line(reply->detail, sizeof(reply->detail), &at);
			return true;
		}
	return false;
}
