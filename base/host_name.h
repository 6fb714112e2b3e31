/*
 * host_name.h - the checked type for host and domain names.
 *
 * What people type is converted once (IDNA2008 through libidn2), stored in
 * A-label form, lower case, without a final dot, and is then safe in SQL, in
 * a configuration line and in a DNS question.  Letters, digits and hyphens
 * only (RFC 1123 2.1): an underscore is no host name.
 */
#ifndef BASE_HOST_NAME_H
#define BASE_HOST_NAME_H

#include <stdbool.h>

#include "base/err.h"

#define HOST_NAME_SIZE    254 /* bytes with the final NUL (RFC 1035 2.3.4) */
#define HOST_DISPLAY_SIZE 512

struct host_name {
	char text[HOST_NAME_SIZE]; /* "" is "none" */
};

/* Needs at least two labels; the last must not be all digits. */
enum err_code host_name_parse(
    struct host_name *, const char *text, struct err *) MUST_USE;

/* True when the text is in the stored form already: for what is read back. */
bool host_name_is_stored_form(const char *text);

/* With U-labels where that is safe to show, else as stored. */
void host_name_display(char to[HOST_DISPLAY_SIZE], const char *stored);

/* True when `name` is `zone` or lies below it; both in stored form. */
bool host_name_is_below(const char *name, const char *zone);

#endif
