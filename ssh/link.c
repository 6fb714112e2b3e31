#include "ssh/link.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

union control {
	struct cmsghdr header; /* for its alignment */
	char bytes[CMSG_SPACE(sizeof(int) * LINK_FDS_MAX)];
};

bool
link_open(int ends[2])
{
	return socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) == 0;
}

bool
link_send(
    int fd, const struct link_message *message, const int *fds, int fd_count)
{
	struct link_message copy = *message;
	struct iovec part = { &copy, sizeof(copy) };
	struct msghdr header = { .msg_iov = &part, .msg_iovlen = 1 };
	union control control;
	ssize_t n;

	if (fd_count > 0) {
		const size_t size = sizeof(int) * (size_t)fd_count;
		struct cmsghdr *rights;

		memset(&control, 0, sizeof(control));
		header.msg_control = control.bytes;
		header.msg_controllen = CMSG_SPACE(size);
		rights = CMSG_FIRSTHDR(&header);
		rights->cmsg_level = SOL_SOCKET;
		rights->cmsg_type = SCM_RIGHTS;
		rights->cmsg_len = CMSG_LEN(size);
		memcpy(CMSG_DATA(rights), fds, size);
	}
	do
		n = sendmsg(fd, &header, MSG_NOSIGNAL);
	while (n < 0 && errno == EINTR);
	explicit_bzero(copy.text, sizeof(copy.text)); /* maybe a password */
	return n == (ssize_t)sizeof(copy);
}

/* Moves the descriptors of a received message to `fds`; the number. */
static int
take_descriptors(struct msghdr *header, int fds[LINK_FDS_MAX])
{
	int count = 0;

	for (struct cmsghdr *c = CMSG_FIRSTHDR(header); c != NULL;
	     c = CMSG_NXTHDR(header, c)) {
		if (c->cmsg_level != SOL_SOCKET || c->cmsg_type != SCM_RIGHTS)
			continue;
		count = (int)((c->cmsg_len - CMSG_LEN(0)) / sizeof(int));
		memcpy(fds, CMSG_DATA(c), sizeof(int) * (size_t)count);
	}
	return count;
}

static bool
has_end(const char *text, size_t size)
{
	return memchr(text, '\0', size) != NULL;
}

static bool
is_flag(const bool *flag)
{
	unsigned char byte;

	memcpy(&byte, flag, 1);
	return byte <= 1;
}

static bool
is_well_formed(const struct link_message *m)
{
	for (int i = 0; i < LINK_ENVIRONMENT_MAX; i++)
		if (!has_end(m->environment[i], sizeof(m->environment[i])))
			return false;
	return m->kind < LINK_KINDS && m->channel < LINK_CHANNELS_MAX &&
	    is_flag(&m->is_yes) && is_flag(&m->has_terminal) &&
	    is_flag(&m->is_command) && has_end(m->user, sizeof(m->user)) &&
	    has_end(m->key_type, sizeof(m->key_type)) &&
	    has_end(m->term, sizeof(m->term)) &&
	    has_end(m->text, sizeof(m->text));
}

bool
link_receive(int fd, struct link_message *message, int *fds, int *fd_count)
{
	struct iovec part = { message, sizeof(*message) };
	union control control;
	struct msghdr header = { .msg_iov = &part,
		.msg_iovlen = 1,
		.msg_control = control.bytes,
		.msg_controllen = sizeof(control.bytes) };
	int taken[LINK_FDS_MAX];
	int count;
	ssize_t n;

	do
		n = recvmsg(fd, &header, MSG_CMSG_CLOEXEC);
	while (n < 0 && errno == EINTR);
	if (n <= 0)
		return false;
	count = take_descriptors(&header, taken);
	if (n != (ssize_t)sizeof(*message) || !is_well_formed(message) ||
	    (header.msg_flags & (MSG_TRUNC | MSG_CTRUNC)) != 0 ||
	    (count > 0 && fds == NULL)) {
		for (int i = 0; i < count; i++)
			close(taken[i]);
		return false;
	}
	if (fds != NULL) {
		memcpy(fds, taken, sizeof(int) * (size_t)count);
		*fd_count = count;
	}
	return true;
}
