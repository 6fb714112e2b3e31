#include "mail/health.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/job.h"
#include "base/text.h"
#include "mail/log_line.h"
#include "mail/milter_probe.h"
#include "mail/probe.h"
#include "mail/queue.h"
#include "mail/wire.h"

#define ANSWER_MS       8000
#define LOG_TAIL        (256 * 1024) /* bytes of the log that are read */
#define LOG_SECONDS     86400
#define QUEUE_WARNING   100 /* messages that wait for another try */
#define QUEUE_OLD       (4 * 3600)
#define DISK_WARNING    10 /* per cent free */
#define DISK_FAILURE    3
#define QUEUE_LOOKED_AT 1

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

/* ---- what mail arrives at ---- */

/* The last line of a reply: its code, and the text for people. */
static int
reply(struct wire *wire, char line[WIRE_LINE_SIZE])
{
	bool is_last;
	int code;

	do {
		if (!wire_read_line(wire, line))
			return 0;
		code = wire_reply_code(line, &is_last);
	} while (code != 0 && !is_last);
	return code;
}

static int
ask(struct wire *wire, char line[WIRE_LINE_SIZE], const char *format,
    const char *word)
{
	char command[WIRE_LINE_SIZE];

	return text_format(command, sizeof(command), format, word) &&
		wire_write_line(wire, command)
	    ? reply(wire, line)
	    : 0;
}

/*
 * Known and unknown recipients tell whether Postfix reads our tables, its
 * proxymap and policies included; RSET takes all back.
 */
static void
talk_smtp(
    const struct health_subject *s, struct wire *wire, struct health_row *row)
{
	char line[WIRE_LINE_SIZE] = "";
	int code;

	if (reply(wire, line) != 220 ||
	    ask(wire, line, "EHLO %s", "postern.invalid") != 250 ||
	    ask(wire, line, "MAIL FROM:<>%s", "") != 250) {
		health_note(row, "smtp", MAIL_FAIL,
		    "postfix check; postfix reload",
		    "Postfix does not take mail: %s", line);
		return;
	}
	if (s->known[0] == '\0') {
		health_note(row, "smtp", MAIL_PASS, NULL,
		    "Postfix takes mail; there is no mailbox yet to try.");
		return;
	}
	code = ask(wire, line, "RCPT TO:<%s>", s->known);
	if (code != 250) {
		health_note(row, "smtp", MAIL_FAIL, "postern mail sync",
		    "Postfix refuses %s, which is a mailbox here: %s", s->known,
		    line);
		return;
	}
	code = ask(wire, line, "RCPT TO:<%s>", s->unknown);
	if (code == 250)
		health_note(row, "smtp", MAIL_FAIL,
		    "postern mail config --install",
		    "Postfix takes mail for %s, which does not exist: bounces "
		    "would go to strangers.",
		    s->unknown);
	else
		health_note(row, "smtp", MAIL_PASS, NULL,
		    "Postfix takes mail for a mailbox and refuses it for an "
		    "unknown one.");
	ask(wire, line, "RSET%s", "");
	ask(wire, line, "QUIT%s", "");
}

static void
look_smtp(const struct health_subject *s, struct health_row *row)
{
	struct wire wire;
	struct err err = { 0 };

	if (wire_open(&wire, &s->smtp, clock_monotonic_ms() + ANSWER_MS,
		&err) != OK) {
		health_note(row, "smtp", MAIL_FAIL, "systemctl start postfix",
		    "Postfix does not answer on port %u: %s", s->smtp.port,
		    err.text);
		return;
	}
	talk_smtp(s, &wire, row);
	wire_close(&wire);
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

/* ---- the machine ---- */

static void
look_queue(const struct health_subject *s, struct health_row *row)
{
	struct arena arena = { 0 };
	struct queue queue = { 0 };
	struct err err = { 0 };
	char age[32];

	if (queue_read(&queue, &arena,
		s->postfix_directory[0] == '\0' ? NULL : s->postfix_directory,
		QUEUE_LOOKED_AT, &err) != OK) {
		health_note(
		    row, "queue", MAIL_UNKNOWN, "postqueue -p", "%s", err.text);
		arena_free(&arena);
		return;
	}
	clock_format_age(age, sizeof(age), clock_now() - queue.oldest_at);
	if (queue.messages == 0)
		health_note(row, "queue", MAIL_PASS, NULL, "No message waits.");
	else if (queue.deferred >= QUEUE_WARNING ||
	    clock_now() - queue.oldest_at > QUEUE_OLD)
		health_note(row, "queue", MAIL_WARN, "postern mail queue",
		    "%zu messages wait, %zu of them for another try, the "
		    "oldest for %s.",
		    queue.messages, queue.deferred, age);
	else
		health_note(row, "queue", MAIL_PASS, NULL,
		    "%zu messages wait, the oldest for %s.", queue.messages,
		    age);
	arena_free(&arena);
}

static void
look_disk(const char *path, struct health_row *row)
{
	struct statvfs status;
	unsigned long free_percent, inodes;
	char left[32];

	if (statvfs(path, &status) != 0) {
		health_note(row, "disk", MAIL_FAIL, NULL,
		    "%s can't be looked at: is it mounted?", path);
		return;
	}
	free_percent = status.f_blocks == 0
	    ? 100
	    : (unsigned long)(status.f_bavail * 100 / status.f_blocks);
	inodes = status.f_files == 0
	    ? 100
	    : (unsigned long)(status.f_favail * 100 / status.f_files);
	text_from_bytes(
	    left, sizeof(left), (int64_t)(status.f_bavail * status.f_frsize));
	if (inodes < free_percent)
		free_percent = inodes;
	health_note(row, "disk",
	    free_percent < DISK_FAILURE       ? MAIL_FAIL
		: free_percent < DISK_WARNING ? MAIL_WARN
					      : MAIL_PASS,
	    free_percent < DISK_WARNING ? "df -h; df -i" : NULL,
	    "%s has %s free, %lu %%.", path, left, free_percent);
}

/* How a daemon says that it can't go on; in its own words only, not in what
 * it repeats of others. */
static bool
is_alarm(const struct log_line *line)
{
	static const char *const starts[] = {
		"fatal: ", "panic: ", "Fatal: ", "Panic: ", NULL
	};

	for (size_t i = 0; starts[i] != NULL; i++)
		if (text_starts_with(line->rest, starts[i]))
			return true;
	return text_is_same(line->process, "postfix/master") &&
	    strstr(line->rest, "throttling") != NULL;
}

static void
look_log(const struct health_subject *s, struct health_row *row)
{
	FILE *file = fopen(s->log, "re");
	const int64_t now = clock_now();
	char text[LOG_LINE_SIZE], last[LOG_LINE_SIZE] = "";
	size_t count = 0;

	if (file == NULL) {
		health_note(row, "log", MAIL_UNKNOWN, NULL,
		    "The mail log %s can't be read: put the console's user "
		    "into the group that owns it, usually adm.",
		    s->log);
		return;
	}
	if (fseek(file, -LOG_TAIL, SEEK_END) != 0)
		rewind(file);
	while (fgets(text, sizeof(text), file) != NULL) {
		struct log_line line;

		text[strcspn(text, "\n")] = '\0';
		if (!log_line_parse(&line, text, now) ||
		    line.at < now - LOG_SECONDS || !is_alarm(&line))
			continue;
		count++;
		text_format(
		    last, sizeof(last), "%s: %s", line.process, line.rest);
	}
	fclose(file);
	if (count == 0)
		health_note(row, "log", MAIL_PASS, NULL,
		    "No daemon said fatal, panic or throttling in the last "
		    "day.");
	else
		health_note(row, "log", MAIL_WARN, NULL,
		    "%zu times in the last day a daemon could not go on, last: "
		    "%.160s",
		    count, last);
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
		{ has_port(&s->smtp), look_smtp },
		{ has_port(&s->submission), look_submission },
		{ has_port(&s->submissions), look_submissions },
		{ has_port(&s->imaps), look_imaps },
		{ IS_SET(lmtp_socket), look_lmtp },
		{ IS_SET(milter_socket), look_our_milter },
		{ IS_SET(opendkim_socket), look_opendkim },
		{ has_port(&s->https) && IS_SET(https_host), look_https },
		{ true, look_queue },
		{ IS_SET(log), look_log },
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
		look_disk(s->disks[i], &row);
		if (!write_row(out, &row))
			return;
	}
}
