#include "dns/policy.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/text.h"
#include "dns/https.h"

#define HTTPS_PORT 443
#define ADDRESSES  4 /* of each family */

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

/* ---- asking ---- */

/* Where the file of each kind is: RFC 8461 3.3, and Thunderbird's way. */
static const char *
path_of(const struct dns_question *question)
{
	return question->type == DNS_AUTOCONFIG ? "/mail/config-v1.1.xml"
						: "/.well-known/mta-sts.txt";
}

/* One address that is asked. */
struct fetch {
	struct policy_asker *asker; /* NULL: free */
	struct dns_question question;
	const struct dns_server *server;
	int64_t asked_at, start_ms;
};

struct policy_asker {
	struct arena *arena;
	const struct dns_subject *subject;
	struct dns_answers *answers;
	struct https *https; /* NULL until something is to be fetched */
	struct fetch fetches[HTTPS_AT_ONCE];
	bool has_news;
};

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

static void
fill_answer(struct dns_answer *answer, const struct dns_question *question,
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

static void
take_reply(void *context, const struct https_reply *reply)
{
	struct fetch *fetch = context;
	struct dns_answer answer = { .state = ANSWER_GOOD,
		.is_authoritative = true,
		.has_soa = true,
		.ede_code = -1,
		.server = fetch->server,
		.asked_at = fetch->asked_at,
		.answered_at = clock_now(),
		.rtt_ms = (unsigned)(clock_monotonic_ms() - fetch->start_ms) };

	text_copy(answer.target, sizeof(answer.target), fetch->question.name);
	fill_answer(&answer, &fetch->question, reply);
	answers_put(fetch->asker->answers, &fetch->question, &answer);
	fetch->asker->has_news = true;
	fetch->asker = NULL;
}

struct policy_asker *
policy_asker_open(struct arena *arena, const struct dns_subject *subject,
    struct dns_answers *answers)
{
	struct policy_asker *asker = arena_alloc(arena, sizeof(*asker));

	asker->subject = subject;
	asker->answers = answers;
	asker->arena = arena;
	return asker;
}

void
policy_asker_close(struct policy_asker **asker)
{
	if (*asker == NULL)
		return;
	if ((*asker)->https != NULL)
		https_close(&(*asker)->https);
	*asker = NULL;
}

/* Most domains have no policy: those do without. */
static struct https *
https_of(struct policy_asker *asker)
{
	if (asker->https == NULL)
		asker->https = https_open(asker->arena, take_reply);
	return asker->https;
}

static struct fetch *
free_fetch(struct policy_asker *asker)
{
	for (size_t i = 0; i < HTTPS_AT_ONCE; i++)
		if (asker->fetches[i].asker == NULL)
			return &asker->fetches[i];
	return NULL;
}

static bool
is_under_way(const struct policy_asker *asker,
    const struct dns_question *question, const struct dns_server *server)
{
	for (size_t i = 0; i < HTTPS_AT_ONCE; i++)
		if (asker->fetches[i].asker != NULL &&
		    asker->fetches[i].question.type == question->type &&
		    asker->fetches[i].server == server)
			return true;
	return false;
}

static bool
fetch_from(struct policy_asker *asker, const struct dns_question *question,
    const struct ip *ip)
{
	const struct dns_subject *s = asker->subject;
	const struct ip_port own = { *ip, HTTPS_PORT };
	const struct ip_port at =
	    s->https_at.ip.family != 0 ? s->https_at : own;
	struct fetch *fetch = free_fetch(asker);
	struct dns_server *server =
	    answers_server(asker->answers, question->name, &at, false);
	struct https_request request = { .host = question->name,
		.path = path_of(question),
		.at = at,
		.authorities = s->https_authorities[0] != '\0'
		    ? s->https_authorities
		    : NULL };

	/* Nobody is there by definition (RFC 5737, RFC 3849). */
	if (at.port == HTTPS_PORT && ip_special_use(&at.ip) != NULL &&
	    strstr(ip_special_use(&at.ip), "documentation") != NULL)
		return false;
	if (server != NULL && is_under_way(asker, question, server))
		return true;
	if (fetch == NULL || server == NULL ||
	    !answers_expect(asker->answers, question, server))
		return false;
	*fetch = (struct fetch){ asker, *question, server, clock_now(),
		clock_monotonic_ms() };
	request.context = fetch;
	if (!https_get(https_of(asker), &request))
		fetch->asker = NULL;
	return fetch->asker != NULL;
}

bool
policy_ask(struct policy_asker *asker, const struct dns_question *question)
{
	static const uint16_t types[] = { DNS_A, DNS_AAAA };
	size_t asked = 0;
	const struct dns_rr *rr;

	for (size_t t = 0; t < 2; t++)
		if (answers_view(asker->answers, question->name, types[t])
			.state == VIEW_WAITING)
			return false;
	for (size_t t = 0; t < 2; t++) {
		const struct dns_view view =
		    answers_view(asker->answers, question->name, types[t]);

		for (size_t i = 0; i < ADDRESSES &&
		     (rr = answer_rr(view.answer, types[t], i)) != NULL;
		     i++)
			asked += fetch_from(asker, question, &rr->ip);
	}
	if (asked == 0)
		answers_give_up(asker->answers, question,
		    "no address of it is known that could be asked");
	if (asker->https != NULL)
		https_step(asker->https);
	return true;
}

bool
policy_is_busy(const struct policy_asker *asker)
{
	return asker->https != NULL && https_is_busy(asker->https);
}

int
policy_fd(const struct policy_asker *asker)
{
	return asker->https != NULL ? https_fd(asker->https) : -1;
}

bool
policy_add_fd(struct policy_asker *asker, int fd)
{
	return https_add_fd(https_of(asker), fd);
}

bool
policy_step(struct policy_asker *asker)
{
	asker->has_news = false;
	if (asker->https != NULL)
		https_step(asker->https);
	return asker->has_news;
}
