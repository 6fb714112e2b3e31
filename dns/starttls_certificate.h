/*
 * starttls_certificate.h - what the certificate of a mail server is worth: its
 * names, its dates and its chain, each for itself.  For dns/starttls.c alone.
 */
#ifndef DNS_STARTTLS_CERTIFICATE_H
#define DNS_STARTTLS_CERTIFICATE_H

#include <openssl/ssl.h>
#include <stdbool.h>

#include "dns/starttls.h"

/*
 * For clients that go on with a wrong certificate: the first error of the
 * chain, the dates of the certificate itself aside, is put into the int that
 * the application data of each SSL points to (X509_V_OK before).  NULL when
 * the file of authorities can't be read; NULL for it: those of the machine.
 */
SSL_CTX *certificate_context(const char *authorities);

/* After the handshake; false when there is none. */
bool certificate_take(
    struct starttls_reply *, const SSL *, const char *host, int chain_error);

#endif
