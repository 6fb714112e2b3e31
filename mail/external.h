/*
 * external.h - is this user name with this password good at another mail
 * server?  A real log-in over TLS by IMAP or SMTP, as a mail program does it.
 *
 * The certificate must be for the host and lead to a trusted root before the
 * password leaves this process.  Waits for the network, `seconds` at most.
 */
#ifndef MAIL_EXTERNAL_H
#define MAIL_EXTERNAL_H

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "base/host_name.h"
#include "base/ip.h"

enum external_protocol { EXTERNAL_IMAP, EXTERNAL_SMTP };

struct external_login {
	enum external_protocol protocol;
	int seconds;
	char host[HOST_NAME_SIZE];
	uint16_t port;
	bool is_implicit_tls; /* else STARTTLS, without which nothing is sent */
	const char *addresses; /* of the host, "192.0.2.1,2001:db8::1" */
	const char *user, *password;
	const char *authorities; /* a PEM file; NULL: those of this machine */
};

/*
 * OK when it lets us in.  ERR_INVALID: err.field is "external_password" when
 * the server refuses the log-in, "imap_host" or "smtp_host" when its
 * certificate is wrong, "imap_port" or "smtp_port" when it has no TLS or lets
 * nobody log in there; ERR_TIMEOUT when nobody answers.
 */
enum err_code external_try(
    const struct external_login *, struct err *) MUST_USE;

#endif
