#include "mail/keeper.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/text.h"
#include "mail/keeper_root.h"
#include "mail/mailbox.h"

const size_t keeper_request_size = sizeof(struct keeper_request);

enum err_code
keeper_open(struct keeper *keeper, struct err *err)
{
	int ends[2];

	*keeper = (struct keeper){ 0 };
	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) != 0)
		return err_set_errno(err, "Can't start the keeper");
	keeper->pid = fork();
	if (keeper->pid < 0) {
		keeper->pid = 0;
		err_set_errno(err, "Can't start the keeper");
		close(ends[0]);
		close(ends[1]);
		return ERR_SYSTEM;
	}
	if (keeper->pid == 0)
		keeper_root_run(ends[1]);
	close(ends[1]);
	keeper->fd = ends[0];
	return OK;
}

void
keeper_close(struct keeper *keeper)
{
	if (keeper->pid == 0)
		return;
	close(keeper->fd);
	while (waitpid(keeper->pid, NULL, 0) < 0 && errno == EINTR)
		;
	*keeper = (struct keeper){ 0 };
}

static bool
ask(struct keeper *keeper, const struct keeper_request *request,
    struct keeper_answer *answer)
{
	ssize_t n;

	if (send(keeper->fd, request, sizeof(*request), MSG_NOSIGNAL) < 0)
		return false;
	do
		n = recv(keeper->fd, answer, sizeof(*answer), 0);
	while (n < 0 && errno == EINTR);
	return n == (ssize_t)sizeof(*answer);
}

/* Without a keeper, a short-lived one does it: this process stays in its
 * working directory. */
static enum err_code
run(struct keeper *keeper, const struct keeper_request *request,
    struct keeper_answer *answer, struct err *err)
{
	struct keeper own = { 0 };
	struct keeper *asked = keeper;
	enum err_code code = OK;

	if (keeper->pid == 0) {
		asked = &own;
		code = keeper_open(&own, err);
	}
	if (code == OK && !ask(asked, request, answer))
		code = err_set(err, ERR_SYSTEM, NULL,
		    "The keeper has ended: leave the console and start it "
		    "again.");
	else if (code == OK && (code = answer->code) != OK && err != NULL)
		*err = answer->err;
	keeper_close(&own);
	return code;
}

static enum err_code
fill(struct keeper_request *request, enum keeper_verb verb,
    const char *directory, const char *domain, const char *selector,
    struct err *err)
{
	memset(request, 0, sizeof(*request));
	request->verb = verb;
	if (!text_copy(request->directory, KEEPER_PATH_SIZE, directory) ||
	    !text_copy(request->domain, HOST_NAME_SIZE, domain) ||
	    !text_copy(request->selector, KEEPER_SELECTOR_SIZE, selector))
		return err_set(err, ERR_INVALID, NULL,
		    "The DKIM directory, domain or selector is too long.");
	return OK;
}

enum err_code
keeper_dkim_make(struct keeper *keeper, const char *directory,
    const char *domain, const char *selector,
    char public_base64[DKIM_PUBLIC_SIZE], struct err *err)
{
	struct keeper_request request;
	struct keeper_answer answer = { 0 };
	enum err_code code =
	    fill(&request, VERB_DKIM_MAKE, directory, domain, selector, err);

	if (code == OK)
		code = run(keeper, &request, &answer, err);
	if (code == OK)
		text_copy(
		    public_base64, DKIM_PUBLIC_SIZE, answer.public_base64);
	return code;
}

enum err_code
keeper_dkim_remove(struct keeper *keeper, const char *directory,
    const char *domain, const char *selector, struct err *err)
{
	struct keeper_request request;
	struct keeper_answer answer = { 0 };
	enum err_code code =
	    fill(&request, VERB_DKIM_REMOVE, directory, domain, selector, err);

	if (code == OK)
		code = run(keeper, &request, &answer, err);
	return code;
}

/* The keeper has to be the same from the first to the last. */
enum err_code
keeper_tables_begin(
    struct keeper *keeper, const char *directory, struct err *err)
{
	struct keeper_request request;
	struct keeper_answer answer = { 0 };
	enum err_code code =
	    fill(&request, VERB_TABLES_BEGIN, directory, "", "", err);

	if (code == OK)
		code = run(keeper, &request, &answer, err);
	return code;
}

enum err_code
keeper_tables_add(struct keeper *keeper, const char *directory,
    const char *domain, const char *selector, bool is_signing, struct err *err)
{
	struct keeper_request request;
	struct keeper_answer answer = { 0 };
	enum err_code code =
	    fill(&request, VERB_TABLES_ADD, directory, domain, selector, err);

	request.flag = is_signing;
	if (code == OK)
		code = run(keeper, &request, &answer, err);
	return code;
}

enum err_code
keeper_tables_commit(struct keeper *keeper, const char *directory,
    const char *root, struct err *err)
{
	struct keeper_request request;
	struct keeper_answer answer = { 0 };
	enum err_code code =
	    fill(&request, VERB_TABLES_COMMIT, directory, "", "", err);

	if (code == OK && !text_copy(request.root, KEEPER_PATH_SIZE, root))
		return err_set(
		    err, ERR_INVALID, NULL, "The mail root is too long.");
	if (code == OK)
		code = run(keeper, &request, &answer, err);
	return code;
}

enum err_code
keeper_reload(struct keeper *keeper, enum config_daemon daemon,
    const char *root, struct err *err)
{
	struct keeper_request request;
	struct keeper_answer answer = { 0 };
	enum err_code code = fill(&request, VERB_RELOAD, "", "", "", err);

	request.daemon = daemon;
	if (code == OK && !text_copy(request.root, KEEPER_PATH_SIZE, root))
		return err_set(
		    err, ERR_INVALID, NULL, "The mail root is too long.");
	if (code == OK)
		code = run(keeper, &request, &answer, err);
	return code;
}

enum err_code
keeper_install(struct keeper *keeper, const struct config_values *values,
    enum config_daemon daemon, bool is_dry, char report[KEEPER_REPORT_SIZE],
    struct err *err)
{
	struct keeper_request request;
	struct keeper_answer answer = { 0 };
	enum err_code code = fill(&request, VERB_INSTALL, "", "", "", err);

	request.daemon = daemon;
	request.flag = is_dry;
	request.values = *values;
	if (code == OK)
		code = run(keeper, &request, &answer, err);
	text_copy(report, KEEPER_REPORT_SIZE, answer.report);
	return code;
}

enum err_code
keeper_home_remove(struct keeper *keeper, const char *directory,
    const char *home, struct err *err)
{
	struct keeper_request request;
	struct keeper_answer answer = { 0 };
	enum err_code code =
	    fill(&request, VERB_HOME_REMOVE, directory, "", home, err);

	if (code == OK)
		code = run(keeper, &request, &answer, err);
	return code;
}

/* ---- a mailbox, message by message ---- */

struct reading {
	struct keeper *keeper;
	struct keeper_request request;
	struct keeper_answer answer;
	char *bytes; /* MAILBOX_MESSAGE_MAX, or NULL: not yet needed */
	size_t length;
};

static enum err_code
read_message(struct reading *r, struct arena *arena, struct err *err)
{
	enum err_code code;

	r->length = 0;
	do {
		code = run(r->keeper, &r->request, &r->answer, err);
		if (code != OK || r->answer.is_end)
			break;
		if (r->bytes == NULL)
			r->bytes = arena_alloc(arena, MAILBOX_MESSAGE_MAX);
		/* One that grew meanwhile is cut. */
		if (r->answer.length > MAILBOX_MESSAGE_MAX - r->length)
			r->answer.length =
			    (uint32_t)(MAILBOX_MESSAGE_MAX - r->length);
		memcpy(
		    r->bytes + r->length, r->answer.report, r->answer.length);
		r->length += r->answer.length;
	} while (r->answer.length > 0);
	return code;
}

enum err_code
keeper_mailbox(struct keeper *keeper, const char *directory, int64_t since_at,
    void (*take)(void *context, const char *bytes, size_t length),
    void *context, struct err *err)
{
	struct arena arena = { 0 };
	struct reading *r = arena_alloc(&arena, sizeof(*r));
	struct keeper own = { 0 };
	enum err_code code =
	    fill(&r->request, VERB_MAILBOX_OPEN, directory, "", "", err);

	r->keeper = keeper->pid != 0 ? keeper : &own;
	r->request.since_at = since_at;
	if (code == OK && keeper->pid == 0)
		code = keeper_open(&own, err);
	if (code == OK)
		code = run(r->keeper, &r->request, &r->answer, err);
	r->request.verb = VERB_MAILBOX_READ;
	while (code == OK && !r->answer.is_end) {
		code = read_message(r, &arena, err);
		if (code == OK && !r->answer.is_end)
			take(context, r->bytes, r->length);
	}
	keeper_close(&own);
	arena_free(&arena);
	return code;
}
