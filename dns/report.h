/*
 * report.h - what receivers report about a domain's mail: DMARC aggregate
 * reports (RFC 7489, RFC 9990: XML) and TLS reports (RFC 8460: JSON).
 *
 * They come by mail from anybody: everything in them is foreign, and every
 * reader has limits.  Nothing here is believed, only summed up.
 */
#ifndef DNS_REPORT_H
#define DNS_REPORT_H

#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/host_name.h"

#define REPORT_ROWS_MAX    2048 /* of one report; the rest is one row */
#define REPORT_MAX         (16 * 1024 * 1024) /* bytes of a document */
#define REPORT_SOURCE_SIZE 128

enum report_kind { REPORT_DMARC, REPORT_TLS };

/* Messages (DMARC) or sessions (TLS) of one source with one result. */
struct report_row {
	char source[REPORT_SOURCE_SIZE]; /* address; of TLS, or the MX host */
	char result[80]; /* aligned: "dkim, spf", "none"; TLS: "starttls-..." */
	char disposition[16]; /* DMARC: "none", "quarantine", "reject" */
	int64_t passed, failed;
	int64_t dkim, spf; /* DMARC: with such a pass of any domain */
};

struct report {
	enum report_kind kind;
	char domain[HOST_NAME_SIZE]; /* the first policy's */
	char reporter[128], id[128];
	int64_t begin_at, end_at; /* seconds; 0: not said */
	struct report_row *rows;  /* REPORT_ROWS_MAX, in the arena */
	size_t row_count;
};

/*
 * One document: XML or JSON by its first sign.  ERR_INVALID says what is
 * wrong with it; texts in the result are clean (text_visible).
 */
enum err_code report_read(struct report *, struct arena *, const char *bytes,
    size_t length, struct err *) MUST_USE;

enum err_code report_read_dmarc(
    struct report *, const char *bytes, size_t length, struct err *) MUST_USE;
enum err_code report_read_tls(
    struct report *, const char *bytes, size_t length, struct err *) MUST_USE;

/* Adds to the row of the same source, result and disposition. */
void report_add(struct report *, const struct report_row *);

/*
 * The documents in what a person or a mailbox has: XML, JSON, either in gzip
 * or zip, or a mail message with such a thing attached.  `take` is called for
 * each; at most 8, each at most REPORT_MAX bytes, all together four times
 * that.  ERR_INVALID when there is none, ERR_LIMIT when it unpacks to more.
 */
enum err_code report_unpack(struct arena *, const char *bytes, size_t length,
    void (*take)(void *context, const char *bytes, size_t length),
    void *context, struct err *) MUST_USE;

/*
 * Both of these in a process of its own, without the caller's descriptors: for
 * what strangers sent.  `take` gets each report, which lives during the call,
 * or NULL and what is wrong with that document.  As report_unpack(), and
 * ERR_LIMIT also when the reader crashed or took too long.
 */
typedef void report_take(
    void *context, const struct report *, const struct err *);
enum err_code report_read_apart(const char *bytes, size_t length, report_take *,
    void *context, struct err *) MUST_USE;

/* The attachments of a mail message, decoded, one after another. */
void report_mail_parts(struct arena *, const char *bytes, size_t length,
    void (*take)(void *context, const char *bytes, size_t length),
    void *context);

#endif
