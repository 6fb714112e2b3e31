#include "dns/policy.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"

bool
policy_read(struct policy_answer *policy, const struct dns_rr *rr)
{
	const char *line_end =
	    rr == NULL ? NULL : memchr(rr->data, '\n', rr->length);
	char *end;

	memset(policy, 0, sizeof(*policy));
	/* strtoul() would skip blanks, and the end of the line is one. */
	if (line_end == NULL || !isdigit((unsigned char)rr->data[0]))
		return false;
	policy->status = (unsigned)strtoul(rr->data, &end, 10);
	if (*end == ' ')
		text_format(policy->media_type, sizeof(policy->media_type),
		    "%.*s", (int)(line_end - end - 1), end + 1);
	policy->body = line_end + 1;
	policy->length = rr->length - (size_t)(policy->body - rr->data);
	return true;
}

const char *
policy_status_problem(unsigned status)
{
	switch (status) {
	case POLICY_REFUSED:
		return "nothing answers on port 443";
	case POLICY_CERTIFICATE:
		return "its certificate is not valid for that name";
	case POLICY_NO_HTTPS:
		return "TLS or HTTP breaks off";
	case POLICY_TOO_LARGE:
		return "what it serves has no end, or more than 64 KiB";
	default:
		return NULL;
	}
}

/* ---- writing ---- */

/* "text/plain; charset=utf-8" without what is behind, in lower case. */
static void
clean_media_type(char to[64], const char *from)
{
	text_format(to, 64, "%.*s", (int)strcspn(from, "; \t"), from);
	text_lower(to);
	for (char *c = to; *c != '\0'; c++)
		if (*c <= ' ' || *c > '~')
			*c = '?';
}

static void
fill_record(struct dns_answer *answer, const struct dns_question *question,
    unsigned status, const char *media_type, const char *body, size_t length)
{
	struct dns_rr *rr = arena_alloc(&answer->memory, sizeof(*rr));
	char head[80], type[64];
	size_t head_length;
	char *data;

	clean_media_type(type, media_type);
	text_format(head, sizeof(head), "%u %s\n", status, type);
	head_length = strlen(head);
	if (length > DNS_DATA_MAX - head_length)
		length = DNS_DATA_MAX - head_length;
	data = arena_alloc(&answer->memory, head_length + length + 1);
	memcpy(data, head, head_length);
	memcpy(data + head_length, body, length);
	*rr = (struct dns_rr){ .owner =
				   arena_text(&answer->memory, question->name),
		.type = question->type,
		.name = "",
		.data = data,
		.length = head_length + length };
	answer->rrs = rr;
	answer->rr_count = 1;
}

void
policy_fill(struct dns_answer *answer, const struct dns_question *question,
    const struct https_reply *reply)
{
	static const unsigned status[] = { [HTTPS_REFUSED] = POLICY_REFUSED,
		[HTTPS_CERTIFICATE] = POLICY_CERTIFICATE,
		[HTTPS_BROKEN] = POLICY_NO_HTTPS,
		[HTTPS_TOO_LARGE] = POLICY_TOO_LARGE };

	if (reply->result == HTTPS_TIMEOUT)
		answer->state = ANSWER_TIMEOUT;
	else if (reply->result == HTTPS_OK)
		fill_record(answer, question, reply->status, reply->media_type,
		    reply->body, reply->length);
	else
		fill_record(answer, question, status[reply->result], "",
		    reply->problem, strlen(reply->problem));
}
