/*
 * replay.h - a table of answers as text: a recording that can be judged
 * again, and scenarios for tests.
 *
 * One thing per line; '#' begins a comment.
 *
 *	server ns1.example.com 192.0.2.53
 *	resolver 127.0.0.1:5353
 *	answer 192.0.2.53 example.com MX good aa
 *	  rr example.com 3600 MX 10 mail.example.com
 *	answer 192.0.2.54 example.com MX timeout
 *	answer 127.0.0.1:5353 _dmarc.example.com TXT good rcode=3 soa=example.com negative=300
 *
 * Of an answer: a state (waiting good timeout unreachable servfail refused
 * broken lame), then any of aa, ad, late, rcode=, soa=, negative=, target=,
 * referral=, signed=, asked=, answered=, rtt=, ede=, and ede-text="", note="".  Data
 * of a record: addresses and names as they are; MX preference and host; SRV
 * priority weight port host; SOA name serial minimum; TXT strings in quotes,
 * bytes as \DDD; everything else in hexadecimal digits.
 */
#ifndef DNS_REPLAY_H
#define DNS_REPLAY_H

#include <stddef.h>

#include "base/err.h"
#include "base/text.h"
#include "dns/answers.h"

/* Adds what the text says to the table.  ERR_INVALID names the line. */
enum err_code replay_read(
    struct dns_answers *, const char *text, struct err *) MUST_USE;

/* The whole table; replay_read() of it gives the same table. */
void replay_write(const struct dns_answers *, struct text_builder *);

#endif
