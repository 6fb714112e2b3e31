/*
 * health.h - is the mail stack well: each service, socket, certificate, the
 * queue, the disk and the log, looked at from outside.
 *
 * Each row says what is wrong and the command that mends it.  Nothing here
 * needs root, nothing is queued or delivered.  It waits for the network and
 * runs programs: for jobs and the command line only.  All results are plain
 * data that may go through a pipe; texts are clean.
 */
#ifndef MAIL_HEALTH_H
#define MAIL_HEALTH_H

#include <stdint.h>

#include "base/address.h"
#include "base/arena.h"
#include "base/host_name.h"
#include "base/ip.h"
#include "mail/verdict.h"

#define HEALTH_PATH_SIZE     512
#define HEALTH_NAME_SIZE     24
#define HEALTH_SENTENCE_SIZE 300
#define HEALTH_DISKS_MAX     4

/* Where to look.  All zero and "" is "not here": the row is skipped. */
struct health_subject {
	char host[HOST_NAME_SIZE];
	struct ip_port smtp, submission, submissions, imaps, https;
	char https_host[HOST_NAME_SIZE]; /* a policy host, for its name */
	char known[ADDRESS_SIZE];        /* gets mail here */
	char unknown[ADDRESS_SIZE];      /* of the same domain: does not */
	char signer[ADDRESS_SIZE];       /* whose mail is signed with DKIM */
	char opendkim_socket[HEALTH_PATH_SIZE]; /* UNIX sockets */
	char milter_socket[HEALTH_PATH_SIZE];
	char lmtp_socket[HEALTH_PATH_SIZE];
	char postfix_directory[HEALTH_PATH_SIZE]; /* "": the usual one */
	char log[HEALTH_PATH_SIZE];
	char disks[HEALTH_DISKS_MAX][HEALTH_PATH_SIZE];
};

struct health_row {
	char name[HEALTH_NAME_SIZE]; /* "smtp": stable, for scripts */
	enum mail_verdict verdict;
	char text[HEALTH_SENTENCE_SIZE];
	char mend[HEALTH_SENTENCE_SIZE]; /* a command for the operator, or "" */
};

/* Fills a row; `format` is its text. */
void health_note(struct health_row *, const char *name, enum mail_verdict,
    const char *mend, const char *format, ...) PRINTF(5, 6);

/* A job_function; the argument is a struct health_subject.  Writes a struct
 * health_row for each thing that was looked at, in a fixed order. */
void health_job(int out, void *subject);

#endif
