/*
 * The verifying half of mail/dkim_probe.h, by OpenDKIM's own library.
 */
#include <opendkim/dkim.h>
#include <stdint.h>
#include <string.h>

#include "base/text.h"
#include "mail/dkim_message.h"
#include "mail/dkim_probe.h"

void
dkim_message_fill(struct dkim_message *message, const char *sender)
{
	const char *const headers[DKIM_MESSAGE_HEADERS][2] = {
		{ "From", sender },
		{ "To", "probe@probe.invalid" },
		{ "Subject", "Is this signed?" },
		{ "Date", "Tue, 24 Nov 2026 12:00:00 +0000" },
		{ "Message-ID", "<probe@probe.invalid>" },
	};

	for (size_t i = 0; i < DKIM_MESSAGE_HEADERS; i++) {
		message->headers[i].name = headers[i][0];
		text_copy(message->headers[i].value,
		    sizeof(message->headers[i].value), headers[i][1]);
	}
	message->body = "A message that is never sent.\r\n";
}

/* What the library asks in the place of the DNS. */
struct lookup {
	const char *txt;
	char *selector;
};

static DKIM_CBSTAT
look_up(DKIM *dkim, DKIM_SIGINFO *signature, unsigned char *to, size_t size)
{
	const struct lookup *lookup = dkim_get_user_context(dkim);
	const unsigned char *selector = dkim_sig_getselector(signature);

	if (selector != NULL)
		text_copy(lookup->selector, DKIM_SELECTOR_SIZE,
		    (const char *)selector);
	return text_copy((char *)to, size, lookup->txt) ? DKIM_CBSTAT_CONTINUE
							: DKIM_CBSTAT_ERROR;
}

static DKIM_STAT
add_header(DKIM *dkim, const char *name, const char *value)
{
	char line[DKIM_SIGNATURE_SIZE + 64];

	/* The library copies it. */
	text_format(line, sizeof(line), "%s: %s", name, value);
	return dkim_header(dkim, (unsigned char *)line, strlen(line));
}

static DKIM_STAT
feed(DKIM *dkim, const char *sender, const char *signature)
{
	struct dkim_message message;
	char body[128];
	bool is_test;
	DKIM_STAT status = add_header(dkim, "DKIM-Signature", signature);

	dkim_message_fill(&message, sender);
	text_copy(body, sizeof(body), message.body);
	for (size_t i = 0; status == DKIM_STAT_OK && i < DKIM_MESSAGE_HEADERS;
	     i++)
		status = add_header(
		    dkim, message.headers[i].name, message.headers[i].value);
	if (status == DKIM_STAT_OK)
		status = dkim_eoh(dkim);
	if (status == DKIM_STAT_OK)
		status = dkim_body(dkim, (unsigned char *)body, strlen(body));
	return status == DKIM_STAT_OK ? dkim_eom(dkim, &is_test) : status;
}

static const char *
why(DKIM *dkim, DKIM_STAT status)
{
	DKIM_SIGINFO *signature = dkim_getsignature(dkim);
	const char *text = dkim_geterror(dkim);

	if (signature != NULL &&
	    dkim_sig_geterror(signature) != DKIM_SIGERROR_OK)
		return dkim_sig_geterrorstr(dkim_sig_geterror(signature));
	return text != NULL ? text : dkim_getresultstr(status);
}

enum err_code
dkim_probe_verify(const char *sender, const char *signature, const char *txt,
    char selector[DKIM_SELECTOR_SIZE], struct err *err)
{
	struct lookup lookup = { txt, selector };
	DKIM_LIB *library = dkim_init(NULL, NULL);
	DKIM_STAT status = DKIM_STAT_INTERNAL;
	DKIM *dkim = NULL;
	enum err_code code = OK;

	selector[0] = '\0';
	if (library != NULL) {
		dkim_set_key_lookup(library, look_up);
		dkim = dkim_verify(
		    library, (const unsigned char *)"probe", NULL, &status);
	}
	if (dkim != NULL) {
		dkim_set_user_context(dkim, &lookup);
		status = feed(dkim, sender, signature);
	}
	if (status != DKIM_STAT_OK)
		code = err_set(err, ERR_INVALID, NULL,
		    "The signature is not good: %.120s.",
		    dkim == NULL ? "the library failed" : why(dkim, status));
	if (dkim != NULL)
		dkim_free(dkim);
	if (library != NULL)
		dkim_close(library);
	return code;
}
