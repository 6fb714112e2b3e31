#include "smime/milter.h"

#include <malloc.h>
#include <stdint.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/types.h>
#include <unistd.h>

#include <libmilter/mfapi.h>

#include "base/log.h"
#include "base/text.h"

#define REPLY_REFUSED  "550"
#define REPLY_DEFERRED "451"

#define CONTENT_FIELDS_MAX 64 /* of one message */

/* At most ARENAS_MAX * KEPT_BYTES stay with an idle process; a piece over
 * LARGE_BYTES is given back at once. */
#define ARENAS_MAX  4
#define KEPT_BYTES  (16 * 1024 * 1024)
#define LARGE_BYTES (4 * 1024 * 1024)

/* libmilter hands nothing of ours to a new connection. */
static const struct sign_directory *directory;
static struct keyring *keyring;

static struct smfiDesc description;

static struct message *
message_of(SMFICTX *context)
{
	return smfi_getpriv(context);
}

static void
drop(SMFICTX *context)
{
	struct message *message = message_of(context);

	smfi_setpriv(context, NULL);
	message_close(&message);
}

/* ---- what the MTA says ---- */

static sfsistat
on_sender(SMFICTX *context, char **words)
{
	char name[] = "{auth_authen}";
	const char *login = smfi_getsymval(context, name);

	drop(context);
	if (login == NULL || login[0] == '\0')
		return SMFIS_ACCEPT;
	smfi_setpriv(
	    context, message_open(login, words[0] == NULL ? "" : words[0]));
	return SMFIS_CONTINUE;
}

/* Postfix need not wait for an answer to what is only gathered: an answer to
 * the sender and one at the end do. */
static sfsistat
on_negotiate(SMFICTX *context, unsigned long actions, unsigned long steps,
    unsigned long more, unsigned long further, unsigned long *wanted_actions,
    unsigned long *wanted_steps, unsigned long *wanted_more,
    unsigned long *wanted_further)
{
	(void)context, (void)more, (void)further;
	*wanted_actions = actions & description.xxfi_flags;
	*wanted_steps = steps &
	    (SMFIP_NOCONNECT | SMFIP_NOHELO | SMFIP_NODATA | SMFIP_NOEOH |
		SMFIP_NOUNKNOWN | SMFIP_NR_RCPT | SMFIP_NR_HDR | SMFIP_NR_BODY);
	*wanted_more = *wanted_further = 0;
	return SMFIS_CONTINUE;
}

static sfsistat
on_recipient(SMFICTX *context, char **words)
{
	if (message_of(context) != NULL && words[0] != NULL)
		message_recipient(message_of(context), words[0]);
	return SMFIS_NOREPLY;
}

static sfsistat
on_field(SMFICTX *context, char *name, char *value)
{
	if (message_of(context) != NULL)
		message_field(message_of(context), name, value);
	return SMFIS_NOREPLY;
}

static sfsistat
on_body(SMFICTX *context, unsigned char *bytes, size_t length)
{
	if (message_of(context) != NULL)
		message_body(message_of(context), bytes, length);
	return SMFIS_NOREPLY;
}

/* ---- what becomes of it ---- */

/* Fields that a milter gives have LF inside, never CR. */
static void
set_field(SMFICTX *context, bool is_there, const char *name, const char *value)
{
	char own_name[64], own_value[512];
	size_t used = 0;

	text_copy(own_name, sizeof(own_name), name);
	for (const char *at = value;
	     *at != '\0' && used + 1 < sizeof(own_value); at++)
		if (*at != '\r')
			own_value[used++] = *at;
	own_value[used] = '\0';
	if (is_there)
		smfi_chgheader(context, own_name, 1, own_value);
	else
		smfi_addheader(context, own_name, own_value);
}

/* How many fields of this name come before `end`. */
static int
count_named(
    struct mime_span fields, const char *end, const struct mime_field *wanted)
{
	struct mime_field field;
	int count = 0;

	while (fields.bytes < end && mime_next_field(&fields, &field))
		count += field.name.length == wanted->name.length &&
		    strncasecmp(field.name.bytes, wanted->name.bytes,
			field.name.length) == 0;
	return count;
}

static void
remove_field(SMFICTX *context, const struct mime_field *field, int index)
{
	char name[128];

	if (mime_is_named(field, "Content-Type") && index == 1)
		return;
	if (field->name.length >= sizeof(name))
		return;
	memcpy(name, field->name.bytes, field->name.length);
	name[field->name.length] = '\0';
	smfi_chgheader(context, name, index, NULL);
}

/* Content-* moved inside; what stays outside is the first Content-Type.  From
 * the last to the first, so that the numbers of the others hold. */
static void
remove_fields(SMFICTX *context, const struct message *message)
{
	const struct mime_span all = { message->fields.data,
		message->fields.length };
	struct mime_span rest = all;
	struct mime_field fields[CONTENT_FIELDS_MAX];
	size_t count = 0;

	while (count < CONTENT_FIELDS_MAX &&
	    mime_next_field(&rest, &fields[count]))
		count++;
	while (count-- > 0)
		remove_field(context, &fields[count],
		    count_named(all,
			fields[count].whole.bytes + fields[count].whole.length,
			&fields[count]));
}

static bool
replace_body(SMFICTX *context, const struct sign_result *result)
{
	/* It only reads, though it takes no const. */
	unsigned char *body = (unsigned char *)(uintptr_t)result->body;

	return smfi_replacebody(context, body, (int)result->length) ==
	    MI_SUCCESS;
}

static sfsistat
replace(SMFICTX *context, const struct message *message,
    const struct sign_result *result)
{
	remove_fields(context, message);
	set_field(context, message->content_type.bytes != NULL, "Content-Type",
	    result->content_type);
	if (result->transfer_encoding != NULL)
		set_field(context, false, "Content-Transfer-Encoding",
		    result->transfer_encoding);
	if (!message->has_mime_version)
		set_field(context, false, "MIME-Version", "1.0");
	return replace_body(context, result) ? SMFIS_CONTINUE : SMFIS_TEMPFAIL;
}

static sfsistat
answer(SMFICTX *context, bool is_final, const char *text)
{
	char code[4], extended[8], sentence[200];

	text_copy(
	    code, sizeof(code), is_final ? REPLY_REFUSED : REPLY_DEFERRED);
	text_copy(extended, sizeof(extended), is_final ? "5.7.1" : "4.7.1");
	text_visible(sentence, sizeof(sentence), text, strlen(text));
	/* A percent sign would be read as a format by some. */
	for (char *at = sentence; *at != '\0'; at++)
		if (*at == '%' || (unsigned char)*at > 126)
			*at = '?';
	smfi_setreply(context, code, extended, sentence);
	return is_final ? SMFIS_REJECT : SMFIS_TEMPFAIL;
}

static sfsistat
on_end(SMFICTX *context)
{
	struct message *message = message_of(context);
	struct message_outcome outcome;
	sfsistat status = SMFIS_ACCEPT;

	if (message == NULL)
		return SMFIS_ACCEPT;
	message_decide(message, directory, keyring, &outcome);
	if (outcome.verdict == MESSAGE_REPLACE)
		status = replace(context, message, &outcome.result);
	else if (outcome.verdict != MESSAGE_PASS)
		status = answer(
		    context, outcome.verdict == MESSAGE_REFUSE, outcome.text);
	drop(context);
	return status;
}

static sfsistat
on_abort(SMFICTX *context)
{
	drop(context);
	return SMFIS_CONTINUE;
}

/* ---- running ---- */

static char filter_name[] = "postern";

static struct smfiDesc description = {
	.xxfi_name = filter_name,
	.xxfi_negotiate = on_negotiate,
	.xxfi_version = SMFI_VERSION,
	.xxfi_flags = SMFIF_CHGBODY | SMFIF_CHGHDRS | SMFIF_ADDHDRS,
	.xxfi_envfrom = on_sender,
	.xxfi_envrcpt = on_recipient,
	.xxfi_header = on_field,
	.xxfi_body = on_body,
	.xxfi_eom = on_end,
	.xxfi_abort = on_abort,
	.xxfi_close = on_abort,
};

/* Memory of a message that has gone is for the next one: to take it from the
 * system page by page costs more than to sign.  What is kept is bounded. */
static void
keep_memory(void)
{
	mallopt(M_ARENA_MAX, ARENAS_MAX);
	mallopt(M_MMAP_THRESHOLD, LARGE_BYTES);
	mallopt(M_TRIM_THRESHOLD, KEPT_BYTES);
}

enum err_code
milter_run(const char *socket_path, const struct sign_directory *answers,
    struct keyring *keys, struct err *err)
{
	char where[256];

	directory = answers;
	keyring = keys;
	if (!text_format(where, sizeof(where), "unix:%s", socket_path))
		return err_set(
		    err, ERR_INVALID, "socket", "The path is too long.");
	keep_memory();
	umask(0007);
	if (smfi_setconn(where) != MI_SUCCESS ||
	    smfi_register(description) != MI_SUCCESS ||
	    smfi_opensocket(true) != MI_SUCCESS)
		return err_set(err, ERR_SYSTEM, "socket",
		    "Can't listen on %.120s: make its directory, writable by "
		    "this user.",
		    socket_path);
	log_info("signs mail on %s", socket_path);
	if (smfi_main() != MI_SUCCESS)
		return err_set(
		    err, ERR_SYSTEM, NULL, "The milter ended by itself.");
	return OK;
}
