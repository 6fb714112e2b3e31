#include "mail/health.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/job.h"
#include "base/text.h"
#include "mail/dkim_probe.h"
#include "mail/health_log.h"
#include "mail/health_machine.h"
#include "mail/health_smtp.h"
#include "mail/milter_probe.h"
#include "mail/probe.h"
#include "mail/wire.h"

#define ANSWER_MS 8000

void
health_note(struct health_row *row, const char *name, enum mail_verdict verdict,
    const char *mend, const char *format, ...)
{
	char text[HEALTH_SENTENCE_SIZE];
	va_list args;

	va_start(args, format);
	vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	*row = (struct health_row){ .verdict = verdict };
	text_copy(row->name, sizeof(row->name), name);
	text_visible(row->text, sizeof(row->text), text, strlen(text));
	text_copy(row->mend, sizeof(row->mend), mend == NULL ? "" : mend);
}

/* ---- what people use ---- */

/* The first step that is not as good as the worst of all. */
static const struct probe_finding *
worst_step(const struct probe_result *result)
{
	const enum mail_verdict worst = probe_worst(result);

	for (int i = 0; i < PROBE_STEP_COUNT; i++)
		if (result->steps[i].verdict == worst)
			return &result->steps[i];
	return &result->steps[0];
}

static void
look_endpoint(const struct health_subject *s, const struct ip_port *at,
    enum probe_protocol protocol, const char *name, const char *service,
    struct health_row *row)
{
	struct probe_endpoint endpoint = { .protocol = protocol,
		.is_implicit_tls = !text_is_same(name, "submission"),
		.port = at->port };
	struct probe_result result = { 0 };
	const struct probe_finding *finding;
	char mend[80];

	text_copy(endpoint.host, sizeof(endpoint.host), s->host);
	probe_run(&endpoint, &at->ip, &result);
	finding = worst_step(&result);
	text_format(mend, sizeof(mend), "systemctl restart %s", service);
	if (finding->verdict == MAIL_PASS)
		health_note(row, name, MAIL_PASS, NULL,
		    "%s answers on port %u with %s and a good certificate.",
		    probe_protocol_name(protocol), at->port,
		    probe_security_name(&endpoint));
	else
		health_note(row, name, finding->verdict,
		    result.steps[PROBE_CONNECT].verdict == MAIL_PASS
			? "postern mail config --install"
			: mend,
		    "%s", finding->text);
}

static void
look_submission(const struct health_subject *s, struct health_row *row)
{
	look_endpoint(
	    s, &s->submission, PROBE_SMTP, "submission", "postfix", row);
}

static void
look_submissions(const struct health_subject *s, struct health_row *row)
{
	look_endpoint(
	    s, &s->submissions, PROBE_SMTP, "submissions", "postfix", row);
}

static void
look_imaps(const struct health_subject *s, struct health_row *row)
{
	look_endpoint(s, &s->imaps, PROBE_IMAP, "imaps", "dovecot", row);
}

/* ---- sockets behind them ---- */

static void
look_lmtp(const struct health_subject *s, struct health_row *row)
{
	struct err err = { 0 };
	const int fd = unix_connect(s->lmtp_socket, &err);

	if (fd >= 0) {
		close(fd);
		health_note(row, "lmtp", MAIL_PASS, NULL,
		    "Dovecot takes mail from Postfix.");
	} else
		health_note(row, "lmtp",
		    err.code == ERR_DENIED ? MAIL_UNKNOWN : MAIL_FAIL,
		    "systemctl restart dovecot", "%s", err.text);
}

static void
look_milter(const char *path, const char *name, const char *what,
    const char *mend, struct health_row *row)
{
	struct err err = { 0 };

	if (milter_probe(path, clock_monotonic_ms() + ANSWER_MS, &err) == OK)
		health_note(row, name, MAIL_PASS, NULL, "%s answers.", what);
	else
		health_note(row, name,
		    err.code == ERR_DENIED ? MAIL_UNKNOWN : MAIL_FAIL, mend,
		    "%s", err.text);
}

static void
look_opendkim(const struct health_subject *s, struct health_row *row)
{
	look_milter(s->opendkim_socket, "opendkim", "OpenDKIM",
	    "systemctl restart opendkim", row);
}

static void
look_our_milter(const struct health_subject *s, struct health_row *row)
{
	look_milter(s->milter_socket, "milter", "The postern milter",
	    "systemctl restart postern-milter", row);
}

/* A key that it can't read or won't take, and a table that somebody changed,
 * are seen only where it signs. */
static void
look_signing(const struct health_subject *s, struct health_row *row)
{
	char signature[DKIM_SIGNATURE_SIZE];
	struct err err = { 0 };
	const enum err_code code =
	    dkim_probe_sign(s->opendkim_socket, s->signer, signature, &err);

	if (code == OK && signature[0] != '\0')
		health_note(row, "signing", MAIL_PASS, NULL,
		    "OpenDKIM signs mail of %s.", s->signer);
	else if (code == OK)
		health_note(row, "signing", MAIL_FAIL, "sudo postern mail sync",
		    "OpenDKIM does not sign mail of %s: its tables are not "
		    "ours.",
		    s->signer);
	else
		health_note(row, "signing",
		    code == ERR_SYSTEM ? MAIL_FAIL : MAIL_UNKNOWN,
		    "sudo postern mail sync; systemctl restart opendkim",
		    "Mail of %s is not signed: %s", s->signer, err.text);
}

/* ---- the web server ---- */

static void
look_https(const struct health_subject *s, struct health_row *row)
{
	struct arena arena = { 0 };
	struct tls_certificate certificate = { 0 };
	struct wire wire;
	struct err err = { 0 };

	if (wire_open(&wire, &s->https, clock_monotonic_ms() + ANSWER_MS,
		&err) != OK) {
		health_note(row, "https", MAIL_FAIL, "systemctl start nginx",
		    "The web server for MTA-STS does not answer on port %u: %s",
		    s->https.port, err.text);
		return;
	}
	if (wire_start_tls(&wire, &arena, s->https_host, &err) != OK)
		health_note(
		    row, "https", MAIL_FAIL, "nginx -t", "%s", err.text);
	else {
		tls_certificate(wire.tls, &certificate);
		if (certificate.has_name)
			health_note(row, "https", MAIL_PASS, NULL,
			    "The web server has a certificate for %s.",
			    s->https_host);
		else
			health_note(row, "https", MAIL_FAIL,
			    "postern mail config nginx",
			    "The web server's certificate is for %.80s, not "
			    "for %s: senders ignore the MTA-STS policy.",
			    certificate.subject, s->https_host);
	}
	wire_close(&wire);
	arena_free(&arena);
}

/* ---- all ---- */

static bool
has_port(const struct ip_port *at)
{
	return at->ip.family != 0;
}

static bool
write_row(int out, const struct health_row *row)
{
	return job_write(out, row, sizeof(*row));
}

#define IS_SET(name) (s->name[0] != '\0')

void
health_job(int out, void *argument)
{
	const struct health_subject *s = argument;
	const struct {
		bool is_here;
		void (*look)(
		    const struct health_subject *, struct health_row *);
	} looks[] = {
		{ has_port(&s->smtp), health_look_smtp },
		{ has_port(&s->submission), look_submission },
		{ has_port(&s->submissions), look_submissions },
		{ has_port(&s->imaps), look_imaps },
		{ IS_SET(lmtp_socket), look_lmtp },
		{ IS_SET(milter_socket), look_our_milter },
		{ IS_SET(opendkim_socket), look_opendkim },
		{ IS_SET(opendkim_socket) && IS_SET(signer), look_signing },
		{ has_port(&s->https) && IS_SET(https_host), look_https },
		{ true, health_look_queue },
		{ IS_SET(log), health_look_log },
		{ IS_SET(log), health_look_outbound },
	};
	struct health_row row;

	for (size_t i = 0; i < sizeof(looks) / sizeof(looks[0]); i++) {
		if (!looks[i].is_here)
			continue;
		looks[i].look(s, &row);
		if (!write_row(out, &row))
			return;
	}
	for (size_t i = 0; i < HEALTH_DISKS_MAX; i++) {
		if (!IS_SET(disks[i]))
			continue;
		health_look_disk(s->disks[i], &row);
		if (!write_row(out, &row))
			return;
	}
}
