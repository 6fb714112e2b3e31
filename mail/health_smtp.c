/* The port that mail arrives at: is Postfix there, and does it read our tables? */
#include "mail/health_smtp.h"

#include <string.h>

#include "base/clock.h"
#include "base/text.h"
#include "mail/wire.h"

#define ANSWER_MS 8000

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

/* "220 mx.example.com ESMTP Postfix" (RFC 5321 section 4.3.1). */
static void
greeted_name(char to[HOST_NAME_SIZE], const char *line)
{
	const char *name = strlen(line) > 4 ? line + 4 : "";

	text_format(to, HOST_NAME_SIZE, "%.*s", (int)strcspn(name, " "), name);
}

/* Receivers compare the name with the reverse DNS of the address. */
static void
judge_name(
    const struct health_subject *s, const char *name, struct health_row *row)
{
	char mend[HEALTH_SENTENCE_SIZE];
	struct host_name stored;

	if (s->host[0] == '\0' || text_is_same_fold(name, s->host))
		return;
	text_format(mend, sizeof(mend),
	    "postconf -e myhostname=%s; postfix reload", s->host);
	if (host_name_parse(&stored, name, NULL) != OK)
		health_note(row, "smtp", MAIL_FAIL, mend,
		    "Postfix greets as \"%s\", which is no host name; it must "
		    "be %s, as the reverse DNS says.",
		    name, s->host);
	else
		health_note(row, "smtp", MAIL_WARN, mend,
		    "Postfix greets as %s, and this server is %s: receivers "
		    "compare that with the reverse DNS.",
		    name, s->host);
}

/*
 * Known and unknown recipients tell whether Postfix reads our tables, its
 * proxymap and policies included; RSET takes all back.
 */
static void
talk(const struct health_subject *s, struct wire *wire, struct health_row *row)
{
	char line[WIRE_LINE_SIZE] = "", name[HOST_NAME_SIZE];
	int code = reply(wire, line);

	greeted_name(name, line);
	if (code != 220 ||
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
		judge_name(s, name, row);
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
	else {
		health_note(row, "smtp", MAIL_PASS, NULL,
		    "Postfix takes mail for a mailbox and refuses it for an "
		    "unknown one.");
		judge_name(s, name, row);
	}
	ask(wire, line, "RSET%s", "");
	ask(wire, line, "QUIT%s", "");
}

void
health_look_smtp(const struct health_subject *s, struct health_row *row)
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
	talk(s, &wire, row);
	wire_close(&wire);
}
