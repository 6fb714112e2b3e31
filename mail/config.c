#include "mail/config.h"

#include <stdbool.h>
#include <string.h>

#include "base/text.h"
#include "mail/template.h"

#define FILE_MAX (64 * 1024) /* bytes of one configuration file */
#define WORD_MAX 32          /* letters of a value's name */

const char *const config_daemon_names[] = { "postfix", "dovecot", "opendkim",
	"nginx", NULL };

/* ---- values by name ---- */

enum kind { VALUE_PATH, VALUE_WORD, VALUE_WORDS };

#define VALUE(name, kind, member)                                       \
	{                                                               \
		(name), (kind), offsetof(struct config_values, member), \
		    sizeof(((struct config_values *)NULL)->member)      \
	}

static const struct value {
	const char *name;
	enum kind kind;
	size_t offset, size;
} values[] = {
	VALUE("ROOT", VALUE_PATH, root),
	VALUE("HOST", VALUE_WORD, host),
	VALUE("STATE", VALUE_PATH, state),
	VALUE("CERTIFICATE", VALUE_PATH, certificate),
	VALUE("KEY", VALUE_PATH, key),
	VALUE("MAIL_DIRECTORY", VALUE_PATH, mail_directory),
	VALUE("MAIL_USER", VALUE_WORD, mail_user),
	VALUE("CONSOLE_USER", VALUE_WORD, console_user),
	VALUE("DKIM", VALUE_PATH, dkim),
	VALUE("STS", VALUE_PATH, sts),
	VALUE("STS_NAMES", VALUE_WORDS, sts_names),
	VALUE("MILTER", VALUE_PATH, milter),
	VALUE("OWN_SENDERS", VALUE_WORD, own_senders),
	VALUE("RELAY", VALUE_WORD, relay),
	VALUE("TEST", VALUE_WORD, test),
	VALUE("INTERFACES", VALUE_WORDS, interfaces),
	VALUE("PROTOCOLS", VALUE_WORDS, protocols),
	VALUE("DOVECOT_LISTEN", VALUE_WORDS, dovecot_listen),
	VALUE("SMTP", VALUE_WORD, smtp),
	VALUE("SUBMISSION", VALUE_WORD, submission),
	VALUE("SUBMISSIONS", VALUE_WORD, submissions),
	VALUE("HTTPS", VALUE_WORD, https),
	VALUE("HTTPS6", VALUE_WORD, https6),
	VALUE("IMAPS_PORT", VALUE_WORD, imaps_port),
	{ 0 },
};

static const char *
text_of(const struct config_values *from, const struct value *value)
{
	return (const char *)from + value->offset;
}

void
config_end_texts(struct config_values *of)
{
	for (const struct value *v = values; v->name != NULL; v++)
		((char *)of)[v->offset + v->size - 1] = '\0';
}

enum err_code
config_check(const struct config_values *from, struct err *err)
{
	static const char letters[] =
	    "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
	    "._/:*[]-, ";

	for (const struct value *v = values; v->name != NULL; v++) {
		const char *text = text_of(from, v);
		const size_t good = strspn(text, letters);
		const bool has_blank = strpbrk(text, " ,") != NULL;

		if (text[good] != '\0' || (has_blank && v->kind != VALUE_WORDS))
			return err_set(err, ERR_INVALID, NULL,
			    "\"%.100s\" has a sign that can't be written into "
			    "a configuration file.",
			    text);
		if (v->kind == VALUE_PATH && text[0] != '\0' &&
		    (text[0] != '/' || strstr(text, "..") != NULL))
			return err_set(err, ERR_INVALID, NULL,
			    "\"%.100s\" is no whole path.", text);
	}
	if (from->host[0] == '\0')
		return err_set(err, ERR_INVALID, "host",
		    "The server has no name yet: run \"server set\" first.");
	return OK;
}

/* NULL: the templates name a value that is not there. */
static const char *
value_by_name(const struct config_values *from, const char *name, size_t length)
{
	for (const struct value *v = values; v->name != NULL; v++)
		if (strlen(v->name) == length &&
		    strncmp(v->name, name, length) == 0)
			return text_of(from, v);
	return NULL;
}

/* ---- templates ---- */

static size_t
word_length(const char *text)
{
	return strspn(text, "ABCDEFGHIJKLMNOPQRSTUVWXYZ_0123456789");
}

/* "?NAME " or "!NAME ": whether the line is wanted; *line moves behind it. */
static bool
is_wanted(const struct config_values *from, const char **line)
{
	const char sign = **line;
	const size_t length =
	    sign == '?' || sign == '!' ? word_length(*line + 1) : 0;
	const char *value =
	    length == 0 ? NULL : value_by_name(from, *line + 1, length);

	if (value == NULL)
		return true;
	*line += 1 + length;
	*line += **line == ' ';
	return (value[0] != '\0') == (sign == '?');
}

static void
add_line(struct text_builder *to, const struct config_values *from,
    const char *at, const char *end)
{
	while (at < end) {
		const size_t length = *at == '@' ? word_length(at + 1) : 0;
		const char *value = length == 0 || at[1 + length] != '@'
		    ? NULL
		    : value_by_name(from, at + 1, length);

		if (value != NULL) {
			text_add(to, value);
			at += length + 2;
		} else {
			text_add_n(to, at++, 1);
		}
	}
}

static void
expand(
    struct text_builder *to, const struct config_values *from, const char *text)
{
	while (*text != '\0') {
		const char *end = strchr(text, '\n') + 1;

		if (is_wanted(from, &text))
			add_line(to, from, text, end);
		text = end;
	}
}

static const char *
template_by_name(const char *name)
{
	const struct template *t = templates;

	while (t->name != NULL && !text_is_same(t->name, name))
		t++;
	return t->text;
}

/* ---- files ---- */

/* In the order in which they are put in place: what others name comes first. */
static const struct {
	enum config_daemon daemon;
	mode_t mode;
	const char *template, *path;
} files[] = {
	{ CONFIG_POSTFIX, 0644, "postfix/domains.cf",
	    "/etc/postfix/postern/domains.cf" },
	{ CONFIG_POSTFIX, 0644, "postfix/mailboxes.cf",
	    "/etc/postfix/postern/mailboxes.cf" },
	{ CONFIG_POSTFIX, 0644, "postfix/aliases.cf",
	    "/etc/postfix/postern/aliases.cf" },
	{ CONFIG_POSTFIX, 0644, "postfix/senders.cf",
	    "/etc/postfix/postern/senders.cf" },
	{ CONFIG_POSTFIX, 0644, "postfix/recipients.cf",
	    "/etc/postfix/postern/recipients.cf" },
	{ CONFIG_POSTFIX, 0644, "postfix/transports.cf",
	    "/etc/postfix/postern/transports.cf" },
	{ CONFIG_POSTFIX, 0644, "postfix/own_senders.cf",
	    "/etc/postfix/postern/own_senders.cf" },
	{ CONFIG_POSTFIX, 0644, "postfix/main.cf", "/etc/postfix/main.cf" },
	{ CONFIG_POSTFIX, 0644, "postfix/master.cf", "/etc/postfix/master.cf" },
	{ CONFIG_DOVECOT, 0644, "dovecot/postern-sql.conf.ext",
	    "/etc/dovecot/postern-sql.conf.ext" },
	{ CONFIG_DOVECOT, 0644, "dovecot/dovecot.conf",
	    "/etc/dovecot/dovecot.conf" },
	{ CONFIG_OPENDKIM, 0644, "opendkim/opendkim.conf",
	    "/etc/opendkim.conf" },
	{ CONFIG_NGINX, 0644, "nginx/postern.conf",
	    "/etc/nginx/conf.d/postern.conf" },
};

enum err_code
config_files(const struct config_values *from, enum config_daemon daemon,
    struct arena *arena, struct config_file *to, size_t *count, struct err *err)
{
	*count = 0;
	if (config_check(from, err) != OK)
		return err->code;
	for (size_t i = 0; i < sizeof(files) / sizeof(files[0]); i++) {
		struct config_file *file = &to[*count];
		struct text_builder text;

		if (files[i].daemon != daemon)
			continue;
		text_builder_open(&text, arena, FILE_MAX);
		expand(&text, from, template_by_name(files[i].template));
		text_format(file->path, sizeof(file->path), "%s%s", from->root,
		    files[i].path);
		file->mode = files[i].mode;
		file->text = text.data;
		file->length = text.length;
		++*count;
	}
	return OK;
}
