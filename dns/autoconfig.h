/*
 * autoconfig.h - reads the file that mail programs set themselves up by:
 * config-v1.1.xml (wiki.mozilla.org/Thunderbird:Autoconfiguration).
 */
#ifndef DNS_AUTOCONFIG_H
#define DNS_AUTOCONFIG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "dns/question.h"

struct autoconfig_server {
	char host[DNS_NAME_SIZE]; /* clean, lower case; "" is not named */
	uint16_t port;            /* 0 is not named */
};

/* Of each protocol the first server, which mail programs take. */
struct autoconfig {
	struct autoconfig_server imap, smtp;
};

/*
 * False when it is no such file: not well formed, a document type in it, or
 * another kind of document.  %EMAILDOMAIN% becomes `domain`.
 */
bool autoconfig_read(
    struct autoconfig *, const char *bytes, size_t length, const char *domain);

#endif
