#include "tests/lib/line_server.h"

#include <netinet/in.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

static _Noreturn void
serve(int fd, const char *const *answers)
{
	FILE *peer = fdopen(accept(fd, NULL, NULL), "r+");
	char line[1000];

	setbuf(peer, NULL);
	for (; *answers != NULL; answers++) {
		fputs(*answers, peer);
		if (fgets(line, sizeof(line), peer) == NULL)
			break;
	}
	_exit(0);
}

uint16_t
line_server_open(pid_t *pid, const char *const *answers)
{
	struct sockaddr_in address = { .sin_family = AF_INET,
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	socklen_t size = sizeof(address);
	const int fd = socket(AF_INET, SOCK_STREAM, 0);

	if (bind(fd, (struct sockaddr *)&address, size) != 0 ||
	    listen(fd, 1) != 0)
		abort();
	getsockname(fd, (struct sockaddr *)&address, &size);
	*pid = fork();
	if (*pid == 0)
		serve(fd, answers);
	close(fd);
	return ntohs(address.sin_port);
}

void
line_server_close(pid_t pid)
{
	kill(pid, SIGKILL);
	waitpid(pid, NULL, 0);
}
