/*
 * server_look.h - what the real machine says to what is typed into the server
 * setup: sentences for the lines below the fields.
 *
 * Nothing here refuses: a server behind NAT, or one that is being set up, is
 * not wrong.  Each sentence starts with "ok:", "WARN:" or "unknown:".
 */
#ifndef SCREENS_SERVER_LOOK_H
#define SCREENS_SERVER_LOOK_H

#include "dns/lookup.h"
#include "model/context.h"

#define SERVER_LOOK_SIZE 240 /* bytes of a sentence, with the NUL */

/* Is the address on an interface here, and can the internet reach it?  "" for
 * a text that is no address. */
void server_look_at_ip(char to[SERVER_LOOK_SIZE], const char *text);

/* Where private keys are (nobody else may read it), or policies (the web
 * server must).  `path` is whole. */
void server_look_at_key_directory(char to[SERVER_LOOK_SIZE], const char *path);
void server_look_at_web_directory(char to[SERVER_LOOK_SIZE], const char *path);

/* Does the mailbox for reports exist here? */
void server_look_at_mailbox(
    struct context *, char to[SERVER_LOOK_SIZE], const char *address);

/* ---- names and resolvers: from the records of a look-up ---- */

struct server_names {
	struct ip ips[LOOKUP_IPS_MAX]; /* that the host name has */
	size_t ip_count;
	size_t asked, answered;                           /* questions */
	char silent[DNS_REASON_SIZE + IP_TEXT_SIZE + 16]; /* who did not */
};

/* The host's A and AAAA at the resolvers of that text, or those of the
 * context, or the machine's.  False when there is nothing to ask. */
bool server_look_request(struct context *, struct lookup_request *,
    const char *host, const char *resolvers);

void server_look_add(struct server_names *, const struct lookup_record *);

/* ip4 and ip6 are the texts of the fields. */
void server_look_at_host(char to[SERVER_LOOK_SIZE], const struct server_names *,
    const char *ip4, const char *ip6);
void server_look_at_resolvers(
    char to[SERVER_LOOK_SIZE], const struct server_names *);

#endif
