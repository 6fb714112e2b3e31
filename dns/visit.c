#include "dns/visit.h"

#include <string.h>

#include "base/clock.h"
#include "base/text.h"
#include "dns/https.h"
#include "dns/mail_known.h"
#include "dns/mail_tls.h"
#include "dns/policy.h"

#define HTTPS_PORT 443
#define SMTP_PORT  25
#define ADDRESSES  4  /* of each family */
#define VISITS_MAX 64 /* with those that wait */

/* One address that is asked. */
struct visit {
	struct visitor *visitor; /* NULL: free */
	struct dns_question question;
	const struct dns_server *server;
	bool is_begun; /* else it waits for room */
	int64_t asked_at, start_ms;
};

struct visitor {
	struct arena *arena;
	const struct dns_subject *subject;
	struct dns_answers *answers;
	/* NULL until something is to be asked: most domains do without. */
	struct https *https;
	struct starttls *starttls;
	struct visit visits[VISITS_MAX];
	bool has_news;
};

/* ---- answers ---- */

static void
answer_open(struct dns_answer *answer, const struct visit *visit)
{
	*answer = (struct dns_answer){ .state = ANSWER_GOOD,
		.is_authoritative = true,
		.has_soa = true,
		.ede_code = -1,
		.server = visit->server,
		.asked_at = visit->asked_at,
		.answered_at = clock_now(),
		.rtt_ms = (unsigned)(clock_monotonic_ms() - visit->start_ms) };
	text_copy(answer->target, sizeof(answer->target), visit->question.name);
}

static void
answer_put(struct visit *visit, struct dns_answer *answer)
{
	answers_put(visit->visitor->answers, &visit->question, answer);
	visit->visitor->has_news = true;
	visit->visitor = NULL;
}

/* This machine's fault, not the host's. */
static void
put_unasked(struct visit *visit)
{
	struct dns_answer answer;

	answer_open(&answer, visit);
	answer.state = ANSWER_UNREACHABLE;
	text_copy(answer.note, sizeof(answer.note),
	    "TLS can't be begun here: are the authorities there to read?");
	answer_put(visit, &answer);
}

static void
take_page(void *context, const struct https_reply *reply)
{
	struct visit *visit = context;
	struct dns_answer answer;

	answer_open(&answer, visit);
	policy_fill(&answer, &visit->question, reply);
	answer_put(visit, &answer);
}

static void
put_certificate(struct visit *visit, const struct starttls_reply *reply)
{
	struct dns_answer answer;

	answer_open(&answer, visit);
	mail_tls_fill(&answer, &visit->question, reply);
	answer_put(visit, &answer);
}

static void
take_certificate(void *context, const struct starttls_reply *reply)
{
	struct visit *visit = context;

	mail_known_put(visit->server, reply);
	put_certificate(visit, reply);
}

struct visitor *
visitor_open(struct arena *arena, const struct dns_subject *subject,
    struct dns_answers *answers)
{
	struct visitor *visitor = arena_alloc(arena, sizeof(*visitor));

	visitor->subject = subject;
	visitor->answers = answers;
	visitor->arena = arena;
	return visitor;
}

void
visitor_close(struct visitor **visitor)
{
	if (*visitor == NULL)
		return;
	starttls_close(&(*visitor)->starttls);
	https_close(&(*visitor)->https);
	*visitor = NULL;
}

static struct https *
https_of(struct visitor *visitor)
{
	if (visitor->https == NULL)
		visitor->https = https_open(visitor->arena, take_page);
	return visitor->https;
}

/* One descriptor is readable for both. */
static struct starttls *
starttls_of(struct visitor *visitor)
{
	if (visitor->starttls == NULL) {
		visitor->starttls =
		    starttls_open(visitor->arena, take_certificate);
		https_add_fd(https_of(visitor), starttls_fd(visitor->starttls));
	}
	return visitor->starttls;
}

/* ---- asking ---- */

/* Where the file of each kind is: RFC 8461 3.3, and Thunderbird's way. */
static const char *
path_of(const struct dns_question *question)
{
	return question->type == DNS_AUTOCONFIG ? "/mail/config-v1.1.xml"
						: "/.well-known/mta-sts.txt";
}

static const char *
file_or_null(const char *path)
{
	return path[0] != '\0' ? path : NULL;
}

static bool
call_web(struct visitor *visitor, struct visit *visit)
{
	const struct https_request request = { .host = visit->question.name,
		.path = path_of(&visit->question),
		.at = visit->server->at,
		.authorities =
		    file_or_null(visitor->subject->https_authorities),
		.context = visit };

	return https_get(https_of(visitor), &request);
}

static bool
call_mail(struct visitor *visitor, struct visit *visit)
{
	const struct dns_subject *s = visitor->subject;
	const struct starttls_reply *reply = mail_known_reply(visit->server);
	const struct starttls_request request = { .host = visit->question.name,
		.helo = s->ehlo_name,
		.at = visit->server->at,
		.authorities = file_or_null(s->mx_authorities),
		.context = visit };

	if (reply == NULL)
		return starttls_ask(starttls_of(visitor), &request);
	put_certificate(visit, reply);
	return true;
}

static struct visit *
free_visit(struct visitor *visitor)
{
	for (size_t i = 0; i < VISITS_MAX; i++)
		if (visitor->visits[i].visitor == NULL)
			return &visitor->visits[i];
	return NULL;
}

static bool
is_under_way(const struct visitor *visitor, const struct dns_question *question,
    const struct dns_server *server)
{
	for (size_t i = 0; i < VISITS_MAX; i++)
		if (visitor->visits[i].visitor != NULL &&
		    visitor->visits[i].question.type == question->type &&
		    visitor->visits[i].server == server)
			return true;
	return false;
}

/* Ours, or one that everybody reaches: who names a host in the DNS must not
 * get us to call others in the networks here. */
static bool
may_be_called(const struct dns_subject *s, const struct ip *ip)
{
	const struct ip *const ours[] = { &s->ip4, &s->ip6, &s->sts_ip4,
		&s->sts_ip6 };
	const char *use = ip_special_use(ip);

	if (use == NULL)
		return true;
	/* Nobody is there by definition (RFC 5737, RFC 3849). */
	if (ip_out_of_reach(ip) == NULL)
		return false;
	for (size_t i = 0; i < sizeof(ours) / sizeof(ours[0]); i++)
		if (ip_is_same(ours[i], ip))
			return true;
	return false;
}

static bool
has_room(struct visitor *visitor, const struct visit *visit)
{
	return visit->question.type == DNS_MAIL_TLS
	    ? starttls_has_room(starttls_of(visitor))
	    : https_has_room(https_of(visitor));
}

static void
begin(struct visitor *visitor, struct visit *visit)
{
	if (!has_room(visitor, visit))
		return;
	visit->is_begun = true;
	visit->asked_at = clock_now();
	visit->start_ms = clock_monotonic_ms();
	if (!(visit->question.type == DNS_MAIL_TLS ? call_mail(visitor, visit)
						   : call_web(visitor, visit)))
		put_unasked(visit);
}

static bool
is_waiting(const struct visit *visit)
{
	return visit->visitor != NULL && !visit->is_begun;
}

/* The address and port that answers for that one, in tests another; false when
 * there is none that may be called. */
static bool
place_of(struct ip_port *at, const struct dns_subject *s,
    const struct dns_question *question, const struct ip *ip)
{
	const bool is_mail = question->type == DNS_MAIL_TLS;
	const struct ip_port *other = is_mail ? &s->mx_at : &s->https_at;

	*at = (struct ip_port){ *ip, is_mail ? SMTP_PORT : HTTPS_PORT };
	if (other->ip.family == 0)
		return may_be_called(s, ip);
	*at = *other;
	return true;
}

static bool
visit_address(struct visitor *visitor, const struct dns_question *question,
    const struct ip_port *at)
{
	struct visit *visit = free_visit(visitor);
	const struct dns_server *server =
	    answers_server(visitor->answers, question->name, at, false);

	if (server != NULL && is_under_way(visitor, question, server))
		return true;
	if (visit == NULL || server == NULL ||
	    !answers_expect(visitor->answers, question, server))
		return false;
	*visit = (struct visit){
		.visitor = visitor, .question = *question, .server = server
	};
	begin(visitor, visit);
	return true;
}

bool
visitor_ask(struct visitor *visitor, const struct dns_question *question)
{
	static const uint16_t types[] = { DNS_A, DNS_AAAA };
	size_t asked = 0;
	const struct dns_rr *rr;
	struct ip_port at;

	for (size_t t = 0; t < 2; t++)
		if (answers_view(visitor->answers, question->name, types[t])
			.state == VIEW_WAITING)
			return false;
	for (size_t t = 0; t < 2; t++) {
		const struct dns_view view =
		    answers_view(visitor->answers, question->name, types[t]);

		for (size_t i = 0; i < ADDRESSES &&
		     (rr = answer_rr(view.answer, types[t], i)) != NULL;
		     i++)
			asked += place_of(&at, visitor->subject, question,
				     &rr->ip) &&
			    visit_address(visitor, question, &at);
	}
	if (asked == 0)
		answers_give_up(visitor->answers, question,
		    "no address of it is known that could be asked");
	if (visitor->https != NULL)
		https_step(visitor->https);
	return true;
}

bool
visitor_is_busy(const struct visitor *visitor)
{
	for (size_t i = 0; i < VISITS_MAX; i++)
		if (is_waiting(&visitor->visits[i]))
			return true;
	return (visitor->https != NULL && https_is_busy(visitor->https)) ||
	    (visitor->starttls != NULL && starttls_is_busy(visitor->starttls));
}

int
visitor_fd(const struct visitor *visitor)
{
	return visitor->https != NULL ? https_fd(visitor->https) : -1;
}

bool
visitor_add_fd(struct visitor *visitor, int fd)
{
	return https_add_fd(https_of(visitor), fd);
}

bool
visitor_step(struct visitor *visitor)
{
	if (visitor->https != NULL)
		https_step(visitor->https);
	if (visitor->starttls != NULL)
		starttls_step(visitor->starttls);
	for (size_t i = 0; i < VISITS_MAX; i++)
		if (is_waiting(&visitor->visits[i]))
			begin(visitor, &visitor->visits[i]);
	const bool has_news = visitor->has_news;

	visitor->has_news = false;
	return has_news;
}
