/*
 * line_server.h - a small server on loopback that says what a test wants.
 */
#ifndef TESTS_LINE_SERVER_H
#define TESTS_LINE_SERVER_H

#include <stdint.h>
#include <sys/types.h>

/*
 * Starts a process that takes one connection, says the first answer, and
 * after each line that comes the next one; NULL ends the list and the
 * connection.  Gives the port; end it with line_server_close().
 */
uint16_t line_server_open(pid_t *, const char *const *answers);
void line_server_close(pid_t);

#endif
