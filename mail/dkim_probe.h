/*
 * dkim_probe.h - is mail of a domain really signed, and is the signature good?
 *
 * A made-up message goes to the running OpenDKIM over its milter socket, as
 * Postfix would send it (version 6 of Sendmail's milter protocol); nothing is
 * queued or delivered.  What OpenDKIM adds is verified by its library with the
 * public key that the caller gives.
 */
#ifndef MAIL_DKIM_PROBE_H
#define MAIL_DKIM_PROBE_H

#include <stddef.h>

#include "base/err.h"

#define DKIM_SIGNATURE_SIZE 2048
#define DKIM_SELECTOR_SIZE  64

/*
 * The value of the DKIM-Signature header that OpenDKIM adds to a message from
 * `sender`; "" when it adds none.  ERR_NOT_FOUND when it does not run,
 * ERR_DENIED when this user may not ask it, ERR_SYSTEM when it refuses the
 * message (a key that it can't read), ERR_TIMEOUT.
 */
enum err_code dkim_probe_sign(const char *socket_path, const char *sender,
    char signature[DKIM_SIGNATURE_SIZE], struct err *) MUST_USE;

/*
 * Verifies such a signature of the message from `sender` with the TXT value
 * ("v=DKIM1; k=rsa; p=..."), as a receiver does with what the DNS says.  The
 * selector that it names is stored.  ERR_INVALID when it is not good.
 */
enum err_code dkim_probe_verify(const char *sender, const char *signature,
    const char *txt, char selector[DKIM_SELECTOR_SIZE], struct err *) MUST_USE;

#endif
