#include "dns/mail_known.h"

#include "base/clock.h"
#include "base/text.h"

#define KNOWN_MAX 16

static struct known {
	char host[DNS_NAME_SIZE];
	struct ip_port at;
	int64_t asked_ms; /* 0: free */
	struct starttls_reply reply;
} known[KNOWN_MAX];

static bool
is_same_server(const struct known *one, const struct dns_server *server)
{
	return one->asked_ms != 0 && one->at.port == server->at.port &&
	    ip_is_same(&one->at.ip, &server->at.ip) &&
	    text_is_same(one->host, server->name);
}

const struct starttls_reply *
mail_known_reply(const struct dns_server *server)
{
	const int64_t since_ms = clock_monotonic_ms() - MAIL_KNOWN_MS;

	for (size_t i = 0; i < KNOWN_MAX; i++)
		if (is_same_server(&known[i], server) &&
		    known[i].asked_ms > since_ms)
			return &known[i].reply;
	return NULL;
}

/* In place of its own last reply, or of the oldest. */
void
mail_known_put(
    const struct dns_server *server, const struct starttls_reply *reply)
{
	struct known *to = &known[0];

	for (size_t i = 0; i < KNOWN_MAX; i++) {
		if (is_same_server(&known[i], server)) {
			to = &known[i];
			break;
		}
		if (known[i].asked_ms < to->asked_ms)
			to = &known[i];
	}
	*to = (struct known){ .at = server->at,
		.asked_ms = clock_monotonic_ms(),
		.reply = *reply };
	text_copy(to->host, sizeof(to->host), server->name);
}
