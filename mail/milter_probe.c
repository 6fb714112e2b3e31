#include "mail/milter_probe.h"

#include <errno.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/text.h"

int
unix_connect(const char *path, struct err *err)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	int fd;

	if (!text_copy(address.sun_path, sizeof(address.sun_path), path)) {
		err_set(err, ERR_SYSTEM, NULL,
		    "The path of the socket %s is too long.", path);
		return -1;
	}
	fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (fd >= 0 &&
	    connect(fd, (struct sockaddr *)&address, sizeof(address)) == 0)
		return fd;
	if (errno == EACCES)
		err_set(err, ERR_DENIED, NULL,
		    "This user may not use the socket %s.", path);
	else
		err_set(err, ERR_NOT_FOUND, NULL,
		    "Nobody listens on the socket %s (%s).", path,
		    strerror(errno));
	if (fd >= 0)
		close(fd);
	return -1;
}

/* SMFIC_OPTNEG: length, 'O', version 6, all actions, all steps. */
static const unsigned char offer[] = { 0, 0, 0, 13, 'O', 0, 0, 0, 6, 0, 0, 1,
	0xff, 0, 0x1f, 0xff, 0xff };

enum err_code
milter_probe(const char *path, int64_t deadline_ms, struct err *err)
{
	unsigned char answer[5] = { 0 };
	const int fd = unix_connect(path, err);
	const int64_t left = deadline_ms - clock_monotonic_ms();
	struct pollfd wait = { .fd = fd, .events = POLLIN };
	enum err_code code = OK;

	if (fd < 0)
		return err->code;
	if (send(fd, offer, sizeof(offer), MSG_NOSIGNAL) !=
		(ssize_t)sizeof(offer) ||
	    left <= 0 || poll(&wait, 1, (int)left) <= 0)
		code = err_set(err, ERR_TIMEOUT, NULL,
		    "What listens on %s does not answer.", path);
	else if (recv(fd, answer, sizeof(answer), MSG_WAITALL) !=
		(ssize_t)sizeof(answer) ||
	    answer[4] != 'O')
		code = err_set(err, ERR_INVALID, NULL,
		    "What listens on %s is no milter.", path);
	close(fd);
	return code;
}
