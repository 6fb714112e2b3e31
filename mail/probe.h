/*
 * probe.h - tries a mail server as a mail program would: connects, starts
 * TLS, looks at the certificate, asks which log-ins are offered.
 *
 * It never logs in.  Waits for the network: for jobs and the command line
 * only.  All results are plain data that may go through a pipe.
 */
#ifndef MAIL_PROBE_H
#define MAIL_PROBE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/host_name.h"
#include "base/ip.h"
#include "mail/verdict.h"

#define PROBE_SECONDS       10  /* for one address of one endpoint */
#define PROBE_SENTENCE_SIZE 300 /* bytes, with the final NUL */

enum probe_protocol { PROBE_IMAP, PROBE_SMTP };

struct probe_endpoint {
	enum probe_protocol protocol;
	bool is_implicit_tls; /* else STARTTLS */
	char host[HOST_NAME_SIZE];
	uint16_t port;
};

/* What is tried, in this order; a failure skips the steps that need it. */
enum probe_step {
	PROBE_ADDRESS, /* filled by the caller, who asks the DNS */
	PROBE_CONNECT,
	PROBE_GREETING,
	PROBE_TLS,
	PROBE_NAME,   /* the certificate is for this host */
	PROBE_CHAIN,  /* it leads to a root that programs trust */
	PROBE_EXPIRY, /* it is valid today, and for two weeks more */
	PROBE_AUTH,   /* a log-in is offered */
	PROBE_STEP_COUNT,
};

struct probe_finding {
	enum mail_verdict verdict;
	char text[PROBE_SENTENCE_SIZE]; /* clean; what was seen, what to do */
};

struct probe_result {
	struct probe_endpoint endpoint;
	struct ip address;
	struct probe_finding steps[PROBE_STEP_COUNT];
	int64_t until_at; /* of the certificate; 0: not seen */
};

extern const char *const probe_step_names[PROBE_STEP_COUNT]; /* "connect" */

/* "IMAP, SSL/TLS", "SMTP, STARTTLS": what people enter in a mail program. */
const char *probe_protocol_name(enum probe_protocol);
const char *probe_security_name(const struct probe_endpoint *);

/* The usual security of that port: 993 and 465 are TLS from the start. */
bool probe_port_is_implicit(uint16_t port);

/* Tries the endpoint at that address; fills everything but PROBE_ADDRESS. */
void probe_run(
    const struct probe_endpoint *, const struct ip *, struct probe_result *);

enum mail_verdict probe_worst(const struct probe_result *);

#endif
