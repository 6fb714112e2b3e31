#include "ssh/door_effects.h"

#include <string.h>

#include "base/text.h"
#include "mail/doveadm.h"
#include "model/dkim.h"
#include "model/mail_setup.h"

/* ---- any process ---- */

static enum err_code
kick(void *self, const char *subject, struct err *err)
{
	const struct door_effects *own = self;
	char socket[CONFIG_PATH_SIZE];

	if (mail_setup_path(
		own->context->db, MAIL_DOVEADM_SOCKET, socket, err) != OK)
		return err->code;
	return doveadm_kick(socket, subject, err);
}

/* ---- on the box ---- */

static enum err_code
dkim_make(void *self, const char *directory, const char *domain,
    const char *selector, char *public_txt, size_t size, struct err *err)
{
	struct door_effects *own = self;
	char public_base64[DKIM_PUBLIC_SIZE];
	enum err_code code = keeper_dkim_make(
	    &own->keeper, directory, domain, selector, public_base64, err);

	if (code == OK &&
	    !text_format(
		public_txt, size, "v=DKIM1; k=rsa; p=%s", public_base64))
		code = err_set(err, ERR_SYSTEM, NULL,
		    "The public key is longer than expected.");
	return code;
}

/* "DOMAIN SELECTOR" */
static enum err_code
dkim_remove(void *self, const char *subject, struct err *err)
{
	struct door_effects *own = self;
	const size_t length = strcspn(subject, " ");
	char directory[CONFIG_PATH_SIZE], domain[HOST_NAME_SIZE];

	if (mail_setup_dkim_directory(own->context, directory, err) != OK)
		return err->code;
	text_format(domain, sizeof(domain), "%.*s", (int)length, subject);
	return keeper_dkim_remove(&own->keeper, directory, domain,
	    subject[length] == ' ' ? subject + length + 1 : "", err);
}

struct tables {
	struct keeper *keeper;
	char directory[CONFIG_PATH_SIZE];
};

static enum err_code
add_key(void *argument, const char *domain, const char *selector,
    bool is_signing, struct err *err)
{
	struct tables *tables = argument;

	return keeper_tables_add(tables->keeper, tables->directory, domain,
	    selector, is_signing, err);
}

static enum err_code
write_tables(struct door_effects *own, struct keeper *keeper, struct err *err)
{
	struct tables tables = { .keeper = keeper };
	char root[CONFIG_PATH_SIZE];

	if (mail_setup_dkim_directory(own->context, tables.directory, err) !=
		OK ||
	    mail_setup_path(own->context->db, "", root, err) != OK ||
	    keeper_tables_begin(keeper, tables.directory, err) != OK ||
	    dkim_each(own->context->db, add_key, &tables, err) != OK)
		return err->code;
	return keeper_tables_commit(keeper, tables.directory, root, err);
}

/* The tables grow in the keeper's memory: one of its own where there is none. */
static enum err_code
dkim_tables(void *self, const char *subject, struct err *err)
{
	struct door_effects *own = self;
	struct keeper one = { 0 };
	enum err_code code;

	(void)subject;
	if (own->keeper.pid != 0)
		return write_tables(own, &own->keeper, err);
	code = keeper_open(&one, err);
	if (code == OK)
		code = write_tables(own, &one, err);
	keeper_close(&one);
	return code;
}

static enum err_code
mail_reload(void *self, const char *subject, struct err *err)
{
	struct door_effects *own = self;
	char root[CONFIG_PATH_SIZE];
	int daemon = 0;

	while (daemon < CONFIG_DAEMONS &&
	    !text_is_same(config_daemon_names[daemon], subject))
		daemon++;
	if (daemon == CONFIG_DAEMONS)
		return err_set(err, ERR_INVALID, NULL,
		    "There is no mail server \"%.40s\".", subject);
	if (mail_setup_path(own->context->db, "", root, err) != OK)
		return err->code;
	return keeper_reload(
	    &own->keeper, (enum config_daemon)daemon, root, err);
}

/* "TENANT/USER" */
static enum err_code
mail_remove(void *self, const char *subject, struct err *err)
{
	struct door_effects *own = self;
	struct arena arena = { 0 };
	struct config_values *values = arena_alloc(&arena, sizeof(*values));
	char directory[2 * CONFIG_PATH_SIZE];
	enum err_code code = mail_setup_load(own->context, values, err);

	if (code == OK &&
	    !text_format(directory, sizeof(directory), "%s%s", values->root,
		values->mail_directory))
		code = err_set(err, ERR_INVALID, NULL,
		    "The mail directory's path is too long.");
	if (code == OK)
		code =
		    keeper_home_remove(&own->keeper, directory, subject, err);
	arena_free(&arena);
	return code;
}

static enum err_code
install(void *self, const struct config_values *values,
    enum config_daemon daemon, bool is_dry, char *report, size_t size,
    struct err *err)
{
	struct door_effects *own = self;
	char text[KEEPER_REPORT_SIZE];
	const enum err_code code =
	    keeper_install(&own->keeper, values, daemon, is_dry, text, err);

	text_copy(report, size, text);
	return code;
}

static enum err_code
read_mailbox(void *self, const char *directory, int64_t since_at,
    void (*take)(void *context, const char *bytes, size_t length),
    void *context, struct err *err)
{
	struct door_effects *own = self;

	return keeper_mailbox(
	    &own->keeper, directory, since_at, take, context, err);
}

void
door_effects_session(struct door_effects *own, struct context *context)
{
	*own = (struct door_effects){ .context = context,
		.effects = {
		    .self = own, .run = { [EFFECT_MAIL_KICK] = kick } } };
	context->effects = &own->effects;
}

void
door_effects_box(struct door_effects *own, struct context *context)
{
	door_effects_session(own, context);
	own->effects.dkim_make = dkim_make;
	own->effects.install = install;
	own->effects.read_mailbox = read_mailbox;
	own->effects.run[EFFECT_DKIM_REMOVE] = dkim_remove;
	own->effects.run[EFFECT_DKIM_TABLES] = dkim_tables;
	own->effects.run[EFFECT_MAIL_RELOAD] = mail_reload;
	own->effects.run[EFFECT_MAIL_REMOVE] = mail_remove;
}
