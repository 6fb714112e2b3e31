#include "mail/trace.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/text.h"

struct trace {
	const char *address;
	int64_t now;
	struct arena *arena;
	/* A ring of the newest messages; `first` is the oldest. */
	struct trace_message list[TRACE_MESSAGES_MAX];
	bool is_closed[TRACE_MESSAGES_MAX]; /* "removed": the id is free */
	size_t first, count;
};

/*
 * Two rounds over the files.  The first notes which queue ids are about the
 * address; the second takes their lines.  So memory is bounded by what is
 * shown, whatever the size of the log.
 */
struct wanted {
	char ids[TRACE_MESSAGES_MAX][LOG_ID_SIZE];
	size_t next, count;
};

/* ---- which ids ---- */

static bool
names_address(
    const struct log_line *line, const char *name, const char *address)
{
	char value[ADDRESS_SIZE];

	return log_line_value(line, name, value, sizeof(value)) &&
	    text_is_same_fold(value, address);
}

static bool
is_about(const struct log_line *line, const char *address)
{
	return names_address(line, "from", address) ||
	    names_address(line, "to", address) ||
	    names_address(line, "orig_to", address);
}

static bool
is_id_wanted(const struct wanted *wanted, const char *id)
{
	for (size_t i = 0; i < wanted->count; i++)
		if (text_is_same(wanted->ids[i], id))
			return true;
	return false;
}

static void
want(struct wanted *wanted, const char *id)
{
	if (is_id_wanted(wanted, id))
		return;
	text_copy(wanted->ids[wanted->next], LOG_ID_SIZE, id);
	wanted->next = (wanted->next + 1) % TRACE_MESSAGES_MAX;
	if (wanted->count < TRACE_MESSAGES_MAX)
		wanted->count++;
}

/* ---- messages ---- */

static size_t
slot(const struct trace *trace, size_t index)
{
	return (trace->first + index) % TRACE_MESSAGES_MAX;
}

/* A place for one more message; the oldest makes room. */
static size_t
add_message(struct trace *trace, const struct log_line *line)
{
	size_t at;

	if (trace->count == TRACE_MESSAGES_MAX) {
		trace->first = slot(trace, 1);
		trace->count--;
	}
	at = slot(trace, trace->count++);
	trace->list[at] = (struct trace_message){ .at = line->at };
	text_copy(trace->list[at].id, LOG_ID_SIZE, line->id);
	trace->is_closed[at] = false;
	return at;
}

static size_t
message_of(struct trace *trace, const struct log_line *line)
{
	for (size_t i = trace->count; i-- > 0;) {
		const size_t at = slot(trace, i);

		if (!trace->is_closed[at] &&
		    text_is_same(trace->list[at].id, line->id))
			return at;
	}
	return add_message(trace, line);
}

static struct trace_step *
add_step(struct trace *trace, struct trace_message *message,
    const struct log_line *line, const char *recipient, const char *status)
{
	struct trace_step *step;

	if (message->steps == NULL)
		message->steps = arena_array(
		    trace->arena, TRACE_STEPS_MAX, sizeof(*message->steps));
	if (message->step_count == TRACE_STEPS_MAX)
		return NULL;
	step = &message->steps[message->step_count++];
	step->at = line->at;
	text_visible(step->recipient, sizeof(step->recipient), recipient,
	    strlen(recipient));
	text_visible(
	    step->status, sizeof(step->status), status, strlen(status));
	return step;
}

static void
set_text(struct trace_step *step, const char *text)
{
	if (step != NULL)
		text_visible(
		    step->text, sizeof(step->text), text, strlen(text));
}

/* "to=<a>, orig_to=<b>, relay=c, ..., status=sent (250 OK)". */
static void
take_delivery(struct trace *trace, struct trace_message *message,
    const struct log_line *line, const char *status)
{
	char to[ADDRESS_SIZE] = "", original[ADDRESS_SIZE] = "",
	     relay[256] = "", text[TRACE_TEXT_SIZE];
	const char *reply = strstr(line->rest, "status=");
	const bool is_alias =
	    log_line_value(line, "orig_to", original, sizeof(original));
	struct trace_step *step;

	log_line_value(line, "to", to, sizeof(to));
	log_line_value(line, "relay", relay, sizeof(relay));
	step = add_step(trace, message, line, is_alias ? original : to, status);
	if (step == NULL)
		return;
	if (is_alias)
		text_visible(step->delivered_to, sizeof(step->delivered_to), to,
		    strlen(to));
	reply = reply == NULL ? NULL : strchr(reply, ' ');
	text_format(
	    text, sizeof(text), "%s%s", relay, reply == NULL ? "" : reply);
	set_text(step, text);
}

/* "reject: RCPT from c[1.2.3.4]: 550 5.1.1 <...>: ...; from=<a> to=<b>", and
 * "milter-reject: END-OF-MESSAGE ...". */
static void
take_reject(struct trace *trace, struct trace_message *message,
    const struct log_line *line)
{
	char to[ADDRESS_SIZE] = "";
	const char *text = strstr(line->rest, "]: ");
	char cut[TRACE_TEXT_SIZE];

	log_line_value(line, "to", to, sizeof(to));
	text_copy(cut, sizeof(cut), text == NULL ? line->rest : text + 3);
	if (strstr(cut, "; from=<") != NULL)
		*strstr(cut, "; from=<") = '\0';
	set_text(add_step(trace, message, line, to, "rejected"), cut);
}

static void
take_line(struct trace *trace, const struct log_line *line)
{
	const size_t at = text_is_same(line->id, "NOQUEUE")
	    ? add_message(trace, line)
	    : message_of(trace, line);
	struct trace_message *message = &trace->list[at];
	char value[ADDRESS_SIZE], status[16];

	if (log_line_value(line, "from", value, sizeof(value)))
		text_visible(message->sender, sizeof(message->sender), value,
		    strlen(value));
	if (log_line_value(line, "status", status, sizeof(status)))
		take_delivery(trace, message, line, status);
	else if (strncmp(line->rest, "reject: ", 8) == 0 ||
	    strncmp(line->rest, "milter-reject: ", 15) == 0)
		take_reject(trace, message, line);
	else if (log_line_value(line, "client", value, sizeof(value)))
		set_text(
		    add_step(trace, message, line, "", "received"), line->rest);
	else if (text_is_same(line->rest, "removed"))
		trace->is_closed[at] = true;
}

/* ---- files ---- */

typedef void line_function(void *context, const struct log_line *);

static enum err_code
read_lines(const struct trace *trace, const char *path, line_function *take,
    void *context, struct err *err)
{
	char text[LOG_LINE_SIZE];
	FILE *file = fopen(path, "re");

	if (file == NULL && errno == ENOENT)
		return err_set(err, ERR_NOT_FOUND, NULL,
		    "There is no mail log %s yet: Postfix writes none here.",
		    path);
	if (file == NULL)
		return err_set(err, ERR_DENIED, NULL,
		    "The mail log %s can't be read (%s): put the console's "
		    "user into the group that owns it, usually adm.",
		    path, strerror(errno));
	while (fgets(text, sizeof(text), file) != NULL) {
		struct log_line line;
		const size_t length = strcspn(text, "\n");

		if (text[length] == '\0')
			/* Too long: the rest is skipped. */
			for (int c = getc(file); c != EOF && c != '\n';)
				c = getc(file);
		text[length] = '\0';
		if (log_line_parse(&line, text, trace->now) &&
		    line.id[0] != '\0')
			take(context, &line);
	}
	fclose(file);
	return OK;
}

struct rounds {
	struct trace trace;
	struct wanted wanted;
};

static void
note_id(void *context, const struct log_line *line)
{
	struct rounds *rounds = context;

	if (!text_is_same(line->id, "NOQUEUE") &&
	    is_about(line, rounds->trace.address))
		want(&rounds->wanted, line->id);
}

static void
note_line(void *context, const struct log_line *line)
{
	struct rounds *rounds = context;
	const bool is_wanted = text_is_same(line->id, "NOQUEUE")
	    ? is_about(line, rounds->trace.address)
	    : is_id_wanted(&rounds->wanted, line->id);

	if (is_wanted)
		take_line(&rounds->trace, line);
}

static enum err_code
read_files(struct rounds *rounds, const char *const *paths, line_function *take,
    struct err *err)
{
	bool is_any = false;

	for (; *paths != NULL; paths++) {
		const enum err_code code =
		    read_lines(&rounds->trace, *paths, take, rounds, err);

		if (code != OK && code != ERR_NOT_FOUND)
			return code;
		is_any = is_any || code == OK;
	}
	return is_any ? OK : ERR_NOT_FOUND;
}

/* ---- what may be shown ---- */

static bool
is_step_of(const struct trace_step *step, const char *address)
{
	return text_is_same_fold(step->recipient, address) ||
	    text_is_same_fold(step->delivered_to, address);
}

/* Not the sender: only the steps that name the address, or no recipient. */
static void
hide_others(struct trace_message *message, const char *address)
{
	size_t kept = 0;

	if (text_is_same_fold(message->sender, address))
		return;
	for (size_t i = 0; i < message->step_count; i++) {
		const struct trace_step *step = &message->steps[i];

		if (step->recipient[0] == '\0' || is_step_of(step, address))
			message->steps[kept++] = *step;
	}
	message->step_count = kept;
}

static bool
is_involved(const struct trace_message *message, const char *address)
{
	if (text_is_same_fold(message->sender, address))
		return true;
	for (size_t i = 0; i < message->step_count; i++)
		if (is_step_of(&message->steps[i], address))
			return true;
	return false;
}

enum err_code
trace_read(const char *const *paths, const char *address, int64_t now,
    struct arena *arena, struct trace_message **messages, size_t *count,
    struct err *err)
{
	struct rounds *rounds = arena_alloc(arena, sizeof(*rounds));
	struct trace *trace = &rounds->trace;
	enum err_code code;

	*count = 0;
	trace->address = address;
	trace->now = now;
	trace->arena = arena;
	code = read_files(rounds, paths, note_id, err);
	if (code == OK)
		code = read_files(rounds, paths, note_line, err);
	if (code != OK)
		return code;
	*messages = arena_array(arena, trace->count + 1, sizeof(**messages));
	for (size_t i = trace->count; i-- > 0;) {
		struct trace_message *message = &trace->list[slot(trace, i)];

		if (!is_involved(message, address))
			continue;
		hide_others(message, address);
		(*messages)[(*count)++] = *message;
	}
	return OK;
}
