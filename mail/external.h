/*
 * external.h - is this user name with this password good at another IMAP
 * server?  A real log-in over TLS, as a mail program does it.
 *
 * The certificate must be for the host and lead to a trusted root before the
 * password leaves this process.  Waits for the network, EXTERNAL_SECONDS at
 * most.
 */
#ifndef MAIL_EXTERNAL_H
#define MAIL_EXTERNAL_H

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "base/host_name.h"
#include "base/ip.h"

#define EXTERNAL_SECONDS 15

struct external_login {
	char host[HOST_NAME_SIZE];
	uint16_t port;
	bool is_implicit_tls; /* else STARTTLS, without which nothing is sent */
	const char *addresses; /* of the host, "192.0.2.1,2001:db8::1" */
	const char *user, *password;
	const char *authorities; /* a PEM file; NULL: those of this machine */
};

/*
 * OK when it lets us in.  ERR_INVALID: err.field is "external_password" when
 * the server refuses the log-in, "imap_host" when its certificate is wrong;
 * ERR_TIMEOUT when nobody answers.
 */
enum err_code external_try(
    const struct external_login *, struct err *) MUST_USE;

#endif
