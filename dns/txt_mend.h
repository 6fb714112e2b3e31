/*
 * txt_mend.h - a DMARC or TLS-RPT record as it was meant: what panels, editors
 * and typing did to "v=DMARC1; p=reject; rua=..." undone, for advice.
 */
#ifndef DNS_TXT_MEND_H
#define DNS_TXT_MEND_H

#include "dns/subject.h"

/*
 * Quotes, curly quotes, backslashes and line ends go; the version gets its
 * letters and its semicolon, and each tag of `tags` (NULL ends) a semicolon in
 * front.  What is behind the last tag that fits is left out.
 */
void txt_mend(char to[DNS_VALUE_SIZE], const char *bytes, size_t length,
    const char *version, const char *const *tags);

#endif
