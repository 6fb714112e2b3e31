#include "mail/probe.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/arena.h"
#include "base/clock.h"
#include "base/text.h"
#include "mail/tls.h"
#include "mail/wire.h"

#define EXPIRY_WARNING_SECONDS (14 * 86400)
#define REPLY_LINES_MAX        100

struct probe {
	const struct probe_endpoint *endpoint;
	struct probe_result *result;
	struct wire wire;
	struct arena arena;
	char auth[WIRE_LINE_SIZE]; /* what the last reply offered to log in */
	bool has_starttls, is_log_in_off;
};

const char *const probe_step_names[PROBE_STEP_COUNT] = {
	[PROBE_ADDRESS] = "address",
	[PROBE_CONNECT] = "connect",
	[PROBE_GREETING] = "greeting",
	[PROBE_TLS] = "tls",
	[PROBE_NAME] = "name",
	[PROBE_CHAIN] = "chain",
	[PROBE_EXPIRY] = "expiry",
	[PROBE_AUTH] = "auth",
};

const char *
probe_protocol_name(enum probe_protocol protocol)
{
	return protocol == PROBE_IMAP ? "IMAP" : "SMTP";
}

const char *
probe_security_name(const struct probe_endpoint *endpoint)
{
	return endpoint->is_implicit_tls ? "SSL/TLS" : "STARTTLS";
}

bool
probe_port_is_implicit(uint16_t port)
{
	return port == 993 || port == 465;
}

/* True when the step passed or only warns: what follows may go on. */
static bool note(struct probe *, enum probe_step, enum mail_verdict,
    const char *, ...) PRINTF(4, 5);

static bool
note(struct probe *probe, enum probe_step step, enum mail_verdict verdict,
    const char *format, ...)
{
	struct probe_finding *finding = &probe->result->steps[step];
	char text[PROBE_SENTENCE_SIZE];
	va_list args;

	va_start(args, format);
	vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	finding->verdict = verdict;
	text_visible(finding->text, sizeof(finding->text), text, strlen(text));
	return verdict == MAIL_PASS || verdict == MAIL_WARN;
}

/* ---- the two protocols ---- */

/* RFC 5321 4.2.1: "250-..." until "250 ...".  Gives the code, 0 at the end. */
static int
smtp_reply(struct probe *probe)
{
	char line[WIRE_LINE_SIZE];

	for (int i = 0; i < REPLY_LINES_MAX; i++) {
		bool is_last;
		int code;

		if (!wire_read_line(&probe->wire, line) ||
		    (code = wire_reply_code(line, &is_last)) == 0)
			return 0;
		if (strncasecmp(line + 3, "-AUTH ", 6) == 0 ||
		    strncasecmp(line + 3, " AUTH ", 6) == 0)
			text_copy(probe->auth, sizeof(probe->auth), line + 9);
		if (strcasecmp(line + 3, "-STARTTLS") == 0 ||
		    strcasecmp(line + 3, " STARTTLS") == 0)
			probe->has_starttls = true;
		if (is_last)
			return code;
	}
	return 0;
}

static int
smtp_ask(struct probe *probe, const char *command)
{
	probe->auth[0] = '\0';
	return wire_write_line(&probe->wire, command) ? smtp_reply(probe) : 0;
}

static bool
smtp_greeting(struct probe *probe)
{
	return smtp_reply(probe) == 220 &&
	    smtp_ask(probe, "EHLO postern.invalid") == 250;
}

static bool
smtp_starttls(struct probe *probe)
{
	return probe->has_starttls && smtp_ask(probe, "STARTTLS") == 220;
}

static bool
smtp_capabilities(struct probe *probe)
{
	return smtp_ask(probe, "EHLO postern.invalid") == 250;
}

/* RFC 9051 6.1.1: "* CAPABILITY IMAP4rev1 AUTH=PLAIN LOGINDISABLED". */
static void
imap_take_capability(struct probe *probe, char *words)
{
	char *rest = words, *word;

	while ((word = strsep(&rest, " ]")) != NULL) {
		if (strncasecmp(word, "AUTH=", 5) == 0) {
			if (probe->auth[0] != '\0')
				text_append(
				    probe->auth, sizeof(probe->auth), " ");
			text_append(probe->auth, sizeof(probe->auth), word + 5);
		} else if (strcasecmp(word, "STARTTLS") == 0)
			probe->has_starttls = true;
		else if (strcasecmp(word, "LOGINDISABLED") == 0)
			probe->is_log_in_off = true;
	}
}

/* Until the tagged line; true when that is OK. */
static bool
imap_ask(struct probe *probe, const char *tag, const char *command)
{
	char line[WIRE_LINE_SIZE];
	const size_t length = strlen(tag);

	text_format(line, sizeof(line), "%s %s", tag, command);
	if (!wire_write_line(&probe->wire, line))
		return false;
	for (int i = 0; i < REPLY_LINES_MAX; i++) {
		if (!wire_read_line(&probe->wire, line))
			return false;
		if (strncmp(line, tag, length) == 0 && line[length] == ' ')
			return strncasecmp(line + length + 1, "OK", 2) == 0;
		if (strncasecmp(line, "* CAPABILITY ", 13) == 0)
			imap_take_capability(probe, line + 13);
	}
	return false;
}

static bool
imap_capabilities(struct probe *probe)
{
	probe->auth[0] = '\0';
	probe->is_log_in_off = false;
	return imap_ask(probe, "a2", "CAPABILITY");
}

static bool
imap_greeting(struct probe *probe)
{
	char line[WIRE_LINE_SIZE];

	return wire_read_line(&probe->wire, line) &&
	    strncasecmp(line, "* OK", 4) == 0 && imap_capabilities(probe);
}

static bool
imap_starttls(struct probe *probe)
{
	return probe->has_starttls && imap_ask(probe, "a1", "STARTTLS");
}

static const struct protocol {
	bool (*greeting)(struct probe *); /* and what it offers in clear */
	bool (*starttls)(struct probe *);
	bool (*capabilities)(struct probe *);
	const char *bye;
} protocols[] = {
	[PROBE_IMAP] = { imap_greeting, imap_starttls, imap_capabilities,
	    "a9 LOGOUT" },
	[PROBE_SMTP] = { smtp_greeting, smtp_starttls, smtp_capabilities,
	    "QUIT" },
};

/* ---- steps ---- */

static bool
try_connect(struct probe *probe, const struct ip *address)
{
	const struct ip_port to = { *address, probe->endpoint->port };
	const int64_t deadline = clock_monotonic_ms() + PROBE_SECONDS * 1000;
	char ip[IP_TEXT_SIZE];
	struct err err = { 0 };

	ip_format(ip, address);
	if (wire_open(&probe->wire, &to, deadline, &err) != OK)
		return note(probe, PROBE_CONNECT, MAIL_FAIL,
		    "%s port %u: %s  Check that the service runs and that a "
		    "firewall lets this port in.",
		    ip, to.port, err.text);
	return note(probe, PROBE_CONNECT, MAIL_PASS, "%s port %u answers.", ip,
	    to.port);
}

static bool
try_greeting(struct probe *probe)
{
	const enum probe_protocol protocol = probe->endpoint->protocol;
	const char *name = probe_protocol_name(protocol);

	return protocols[protocol].greeting(probe)
	    ? note(probe, PROBE_GREETING, MAIL_PASS, "An %s server greets.",
		  name)
	    : note(probe, PROBE_GREETING, MAIL_FAIL,
		  "What answers there does not speak %s as expected: is this "
		  "the right port, and is %s right for it?",
		  name, probe_security_name(probe->endpoint));
}

static bool
try_tls(struct probe *probe)
{
	const struct probe_endpoint *endpoint = probe->endpoint;
	/* Not of IMAP: Dovecot counts its own machine as safe, and offers it
	 * what it offers nobody else. */
	const bool is_open = endpoint->protocol == PROBE_SMTP &&
	    !endpoint->is_implicit_tls && probe->auth[0] != '\0';
	struct err err = { 0 };

	if (!endpoint->is_implicit_tls &&
	    !protocols[endpoint->protocol].starttls(probe))
		return note(probe, PROBE_TLS, MAIL_FAIL,
		    "The server does not offer STARTTLS: switch TLS on, or "
		    "passwords would go in clear.");
	if (wire_start_tls(&probe->wire, &probe->arena, endpoint->host, &err) !=
	    OK)
		return note(probe, PROBE_TLS, MAIL_FAIL, "%s", err.text);
	if (is_open)
		return note(probe, PROBE_TLS, MAIL_WARN,
		    "%s works, but a log-in is offered before it: passwords "
		    "may go in clear.  Set smtpd_tls_auth_only=yes.",
		    probe_security_name(endpoint));
	return note(probe, PROBE_TLS, MAIL_PASS, "%s works, with %s.",
	    probe_security_name(endpoint), tls_version(probe->wire.tls));
}

static void
judge_expiry(struct probe *probe, const struct tls_certificate *c)
{
	const int64_t now = clock_now(), left = c->until_at - now;
	char age[32], day[40];

	clock_format_age(age, sizeof(age), left < 0 ? -left : left);
	clock_format_utc(day, sizeof(day), c->until_at);
	day[10] = '\0'; /* the date alone */
	probe->result->until_at = c->until_at;
	if (left < 0)
		note(probe, PROBE_EXPIRY, MAIL_FAIL,
		    "The certificate ended on %s, %s ago: renew it and reload "
		    "the service.",
		    day, age);
	else if (now < c->from_at)
		note(probe, PROBE_EXPIRY, MAIL_FAIL,
		    "The certificate is not valid yet: check the clock of this "
		    "machine and the certificate.");
	else if (left < EXPIRY_WARNING_SECONDS)
		note(probe, PROBE_EXPIRY, MAIL_WARN,
		    "The certificate ends on %s, in %s: renew it now.", day,
		    age);
	else
		note(probe, PROBE_EXPIRY, MAIL_PASS,
		    "The certificate is valid until %s.", day);
}

static void
judge_certificate(struct probe *probe)
{
	const char *host = probe->endpoint->host;
	struct tls_certificate c;

	tls_certificate(probe->wire.tls, &c);
	if (c.has_name)
		note(probe, PROBE_NAME, MAIL_PASS, "The certificate is for %s.",
		    host);
	else
		note(probe, PROBE_NAME, MAIL_FAIL,
		    "The certificate is for %.100s, not for %s: mail programs "
		    "will warn.  Get one that names %s.",
		    c.subject, host, host);
	if (c.is_trusted)
		note(probe, PROBE_CHAIN, MAIL_PASS, "It was issued by %.100s.",
		    c.issuer);
	else
		note(probe, PROBE_CHAIN, MAIL_FAIL,
		    "Mail programs will not trust it (issued by %.80s): %s.  "
		    "Serve the whole chain of a public issuer.",
		    c.issuer, c.why);
	judge_expiry(probe, &c);
}

static void
try_auth(struct probe *probe)
{
	const struct protocol *protocol = &protocols[probe->endpoint->protocol];

	if (!protocol->capabilities(probe))
		note(probe, PROBE_AUTH, MAIL_FAIL,
		    "The server stopped answering behind TLS.");
	else if (probe->auth[0] == '\0' || probe->is_log_in_off)
		note(probe, PROBE_AUTH, MAIL_FAIL,
		    "The server offers no log-in here: switch on PLAIN.");
	else
		note(probe, PROBE_AUTH, MAIL_PASS,
		    "It takes a password (%.80s).", probe->auth);
}

static bool
start_tls(struct probe *probe)
{
	/* With TLS from the start, the greeting comes behind it. */
	return probe->endpoint->is_implicit_tls
	    ? try_tls(probe) && try_greeting(probe)
	    : try_greeting(probe) && try_tls(probe);
}

void
probe_run(const struct probe_endpoint *endpoint, const struct ip *address,
    struct probe_result *result)
{
	struct probe probe = { .endpoint = endpoint, .result = result };

	result->endpoint = *endpoint;
	result->address = *address;
	if (try_connect(&probe, address)) {
		if (start_tls(&probe)) {
			judge_certificate(&probe);
			try_auth(&probe);
			wire_write_line(
			    &probe.wire, protocols[endpoint->protocol].bye);
		} else if (probe.wire.tls != NULL)
			judge_certificate(&probe);
		wire_close(&probe.wire);
	}
	arena_free(&probe.arena);
}

enum mail_verdict
probe_worst(const struct probe_result *result)
{
	enum mail_verdict worst = MAIL_SKIPPED;

	for (int i = 0; i < PROBE_STEP_COUNT; i++)
		worst = mail_worse(worst, result->steps[i].verdict);
	return worst;
}
