/*
 * address.h - the checked type for mail addresses.
 *
 * A local part is a dot-atom (RFC 5322 3.2.3) of ASCII letters, digits and
 * the signs that mail servers, lookup tables and shells all take unharmed:
 * . _ - + =.  It is compared without case and stored in lower case.
 */
#ifndef BASE_ADDRESS_H
#define BASE_ADDRESS_H

#include <stdbool.h>

#include "base/err.h"
#include "base/host_name.h"

#define ADDRESS_LOCAL_SIZE 65 /* RFC 5321 4.5.3.1.1, with the final NUL */
#define ADDRESS_SIZE       320

struct address {
	char local[ADDRESS_LOCAL_SIZE]; /* "" is the catch-all "@domain" */
	struct host_name domain;
};

/* "name@domain"; "@domain" is refused here. */
enum err_code address_parse(
    struct address *, const char *text, struct err *) MUST_USE;

/* The same, and "@domain" or "*@domain" as the catch-all. */
enum err_code address_parse_alias(
    struct address *, const char *text, struct err *) MUST_USE;

/* "name@domain" in stored form. */
void address_format(char to[ADDRESS_SIZE], const struct address *);

#endif
