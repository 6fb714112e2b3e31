/*
 * odd_server.h - a DNS server that misbehaves, for tests of the engine.
 *
 * The first label of the question says how: see the table in odd_server.c.
 * It answers for 127.0.0.1 by UDP and TCP on a port of its own choice.
 */
#ifndef TESTS_DNS_ODD_SERVER_H
#define TESTS_DNS_ODD_SERVER_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

struct odd_server {
	pid_t pid;
	uint16_t port;
};

/* Without TCP, connections to its port are refused.  Ends with the test. */
void odd_server_open(struct odd_server *, bool has_tcp);
void odd_server_close(struct odd_server *);

#endif
