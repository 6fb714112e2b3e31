/*
 * A table of answers as text: dns/replay.h has the form.
 */
#include <string.h>
#include <sys/socket.h>

#include "dns/replay.h"

#define DNS_PORT 53

static void
write_quoted(struct text_builder *to, const char *bytes, size_t length)
{
	text_add(to, "\"");
	for (size_t i = 0; i < length; i++) {
		const unsigned char c = (unsigned char)bytes[i];

		if (c == '"' || c == '\\')
			text_addf(to, "\\%c", c);
		else if (c < ' ' || c >= 0x7F)
			text_addf(to, "\\%03u", c);
		else
			text_add_n(to, bytes + i, 1);
	}
	text_add(to, "\"");
}

/* A name may hold \DDD already, whose backslash is escaped once more. */
static void
write_name(struct text_builder *to, const char *name)
{
	text_add(to, " ");
	if (name[0] == '\0')
		text_add(to, ".");
	else if (strchr(name, '\\') != NULL)
		write_quoted(to, name, strlen(name));
	else
		text_add(to, name);
}

static void
write_at(struct text_builder *to, const struct ip_port *at)
{
	char address[IP_TEXT_SIZE];

	ip_format(address, &at->ip);
	if (at->port == DNS_PORT)
		text_addf(to, " %s", address);
	else if (at->ip.family == AF_INET6)
		text_addf(to, " [%s]:%u", address, at->port);
	else
		text_addf(to, " %s:%u", address, at->port);
}

static void
write_strings(struct text_builder *to, const struct dns_rr *rr)
{
	const char *at = rr->data;

	for (size_t i = 0; i < rr->string_count; i++) {
		text_add(to, " ");
		write_quoted(to, at, rr->string_lengths[i]);
		at += rr->string_lengths[i];
	}
}

static void
write_data(struct text_builder *to, const struct dns_rr *rr)
{
	char address[IP_TEXT_SIZE];

	switch (rr->type) {
	case DNS_A:
	case DNS_AAAA:
		ip_format(address, &rr->ip);
		text_addf(to, " %s", address);
		break;
	case DNS_TXT:
		write_strings(to, rr);
		break;
	case DNS_MX:
		text_addf(to, " %u", rr->preference);
		write_name(to, rr->name);
		break;
	case DNS_SRV:
		text_addf(
		    to, " %u %u %u", rr->preference, rr->weight, rr->port);
		write_name(to, rr->name);
		break;
	case DNS_SOA:
		write_name(to, rr->name);
		text_addf(to, " %u %u", rr->serial, rr->minimum);
		break;
	case DNS_NS:
	case DNS_CNAME:
	case DNS_PTR:
		write_name(to, rr->name);
		break;
	default:
		text_add(to, " ");
		for (size_t i = 0; i < rr->length; i++)
			text_addf(to, "%02x", (unsigned char)rr->data[i]);
	}
}

static void
write_text(struct text_builder *to, const char *key, const char *text)
{
	if (text[0] == '\0')
		return;
	text_addf(to, " %s=", key);
	write_quoted(to, text, strlen(text));
}

static void
write_details(struct text_builder *to, const struct dns_question *question,
    const struct dns_answer *answer)
{
	text_addf(to, "%s%s%s", answer->is_authoritative ? " aa" : "",
	    answer->is_validated ? " ad" : "", answer->is_late ? " late" : "");
	if (answer->rcode != 0)
		text_addf(to, " rcode=%u", answer->rcode);
	if (answer->has_soa)
		text_addf(to, " soa=%s negative=%u", answer->soa_owner,
		    answer->negative_ttl);
	if (!text_is_same(answer->target, question->name))
		write_text(to, "target", answer->target);
	write_text(to, "referral", answer->referral);
	if (answer->ede_code >= 0)
		text_addf(to, " ede=%d", answer->ede_code);
	write_text(to, "ede-text", answer->ede_text);
	write_text(to, "note", answer->note);
	if (answer->signed_until != 0)
		text_addf(to, " signed=%lld", (long long)answer->signed_until);
	text_addf(to, " asked=%lld answered=%lld rtt=%u\n",
	    (long long)answer->asked_at, (long long)answer->answered_at,
	    answer->rtt_ms);
}

static void
write_answer(struct text_builder *to, const struct dns_question *question,
    const struct dns_answer *answer)
{
	char type[16];

	question_type_name(type, question->type);
	text_add(to, "answer");
	write_at(to, &answer->server->at);
	write_name(to, question->name);
	text_addf(to, " %s %s", type, answer_state_word(answer->state));
	write_details(to, question, answer);
	for (size_t i = 0; i < answer->rr_count; i++) {
		const struct dns_rr *rr = &answer->rrs[i];

		question_type_name(type, rr->type);
		text_add(to, "  rr");
		write_name(to, rr->owner);
		text_addf(to, " %u %s", rr->ttl, type);
		write_data(to, rr);
		text_add(to, "\n");
	}
}

/* Servers stand before the first answer of theirs. */
static void
write_server(struct text_builder *to, const struct dns_server *server,
    const struct dns_server **written, size_t *count)
{
	for (size_t i = 0; i < *count; i++)
		if (written[i] == server)
			return;
	if (*count == DNS_SERVERS_MAX)
		return;
	written[(*count)++] = server;
	text_add(to, server->is_resolver ? "resolver" : "server");
	if (!server->is_resolver)
		write_name(to, server->name);
	write_at(to, &server->at);
	text_add(to, "\n");
}

void
replay_write(const struct dns_answers *answers, struct text_builder *to)
{
	const struct dns_server *written[DNS_SERVERS_MAX];
	const struct dns_question *question;
	const struct dns_answer *answer;
	size_t count = 0;

	for (size_t q = 0; (question = answers_question(answers, q)) != NULL;
	     q++)
		for (int view = 0; view < 2; view++)
			for (size_t i = 0;
			     (answer = answers_at(answers, question->name,
				  question->type, view == 1, i)) != NULL;
			     i++) {
				write_server(
				    to, answer->server, written, &count);
				write_answer(to, question, answer);
			}
}
