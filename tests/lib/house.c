#include "tests/lib/house.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "base/base64.h"
#include "base/clock.h"
#include "base/digest.h"
#include "base/text.h"
#include "model/account.h"
#include "model/list.h"
#include "model/setup.h"

#define ARGS_MAX 16

const char *
house_public_key(const char *name)
{
	static char line[200];
	static const char head[] = "\0\0\0\013ssh-ed25519\0\0\0 ";
	uint8_t blob[sizeof(head) - 1 + 32];
	char base64[BASE64_SIZE(sizeof(blob))];

	memcpy(blob, head, sizeof(head) - 1);
	digest_sha256(blob + sizeof(head) - 1, name, strlen(name));
	base64_encode(base64, sizeof(base64), blob, sizeof(blob));
	snprintf(line, sizeof(line), "ssh-ed25519 %s %s", base64, name);
	return line;
}

void
house_as(struct house *house, const char *address)
{
	struct account account;
	struct actor *actor = &house->context.actor;

	actor_console(actor);
	if (text_is_same(address, "console"))
		return;
	if (account_find(house->db, address, &account, &house->err) != OK)
		fail_msg("%s", house->err.text);
	*actor = (struct actor){ .account_id = account.id,
		.tenant_id = account.tenant_id,
		.role = account.role };
	text_copy(actor->address, sizeof(actor->address), address);
	text_copy(actor->from, sizeof(actor->from), "192.0.2.7");
}

static enum err_code
run(struct house *house, const char *name, const char *main_text, va_list list)
{
	struct operation_arg args[ARGS_MAX];
	const struct operation *operation = operation_by_name(name);
	size_t count = 0;
	const char *arg;

	if (operation == NULL)
		fail_msg("There is no operation \"%s\".", name);
	if (main_text != NULL)
		args[count++] = (struct operation_arg){ NULL, main_text };
	while ((arg = va_arg(list, const char *)) != NULL) {
		args[count].name = arg;
		args[count++].text = va_arg(list, const char *);
	}
	return operation_run(&house->context, operation, args, count,
	    &house->result, &house->err);
}

enum err_code
house_run(
    struct house *house, const char *operation, const char *main_text, ...)
{
	enum err_code code;
	va_list list;

	va_start(list, main_text);
	code = run(house, operation, main_text, list);
	va_end(list);
	return code;
}

void
house_ok(struct house *house, const char *operation, const char *main_text, ...)
{
	enum err_code code;
	va_list list;

	va_start(list, main_text);
	code = run(house, operation, main_text, list);
	va_end(list);
	if (code != OK)
		fail_msg("%s %s: %s: %s", operation,
		    main_text == NULL ? "" : main_text, house->err.field,
		    house->err.text);
}

void
house_refused(struct house *house, enum err_code wanted, const char *words,
    const char *operation, const char *main_text, ...)
{
	enum err_code code;
	va_list list;

	va_start(list, main_text);
	code = run(house, operation, main_text, list);
	va_end(list);
	if (code != wanted || strstr(house->err.text, words) == NULL)
		fail_msg("%s %s: %s (%s) instead of %s with \"%s\"", operation,
		    main_text == NULL ? "" : main_text,
		    code == OK ? "done" : err_name(code), house->err.text,
		    err_name(wanted), words);
}

static enum err_code
find_row(struct house *house, const char *name, const char *key,
    struct arena *arena, const struct list **list, struct list_row *row)
{
	*list = list_by_name(name);
	if (*list == NULL)
		fail_msg("There is no list \"%s\".", name);
	return list_row_by_key(
	    &house->context, *list, key, arena, row, &house->err);
}

const char *
house_value(
    struct house *house, const char *name, const char *key, const char *column)
{
	static char text[4096];
	struct arena arena = { 0 };
	const struct list *list;
	const struct list_value *value;
	struct list_row row;

	if (find_row(house, name, key, &arena, &list, &row) != OK)
		fail_msg("%s %s: %s", name, key, house->err.text);
	value = list_value_of(list, &row, column);
	if (value == NULL)
		fail_msg("%s has no column \"%s\".", name, column);
	text_copy(text, sizeof(text), value == NULL ? "" : value->text);
	arena_free(&arena);
	return text;
}

bool
house_has(struct house *house, const char *name, const char *key)
{
	struct arena arena = { 0 };
	const struct list *list;
	struct list_row row;
	const enum err_code code =
	    find_row(house, name, key, &arena, &list, &row);

	arena_free(&arena);
	return code == OK;
}

void
house_tenant(struct house *house, const char *name, const char *domain)
{
	house_ok(house, "tenant add", name, "domain", domain, "mail_host",
	    "mail.postern.example", "user_limit", "10", "storage_limit",
	    "10 GB", NULL);
}

static void
add_admin(struct house *house, const char *address, const char *role)
{
	char key[200];

	text_copy(key, sizeof(key), house_public_key(address));
	house_ok(house, "admin add", address, "role", role, "key", key, NULL);
}

static void
fill(struct house *house)
{
	house->context.db = house->db;
	actor_console(&house->context.actor);
	if (setup_first_admin(&house->context, "admin@postern.example",
		house_public_key("admin@postern.example"), &house->err) != OK)
		fail_msg("%s", house->err.text);
	house_ok(house, "server set", NULL, "host", "mx1.postern.example",
	    "ip4", "192.0.2.25", "quota", "1 GB", NULL);
	house_ok(house, "host approve", "mail.postern.example", NULL);
	house_as(house, "admin@postern.example");
	add_admin(house, "root@postern.example", "super_admin");
	house_tenant(house, "Acme", "acme.example");
	house->acme_id = house->result.id;
	house_tenant(house, "Globex", "globex.example");
	house->globex_id = house->result.id;
	add_admin(house, "lena@acme.example", "tenant_admin");
	add_admin(house, "olga@acme.example", "tenant_admin");
	add_admin(house, "hank@globex.example", "tenant_admin");
}

void
house_open(struct house *house)
{
	*house = (struct house){ 0 };
	if (db_open_memory(&house->db, &house->err) != OK)
		fail_msg("%s", house->err.text);
	fill(house);
}

void
house_open_file(struct house *house, const char *path)
{
	*house = (struct house){ 0 };
	if (db_open(&house->db, path, DB_MAY_CREATE, &house->err) != OK)
		fail_msg("%s", house->err.text);
	fill(house);
}

void
house_close(struct house *house)
{
	db_close(&house->db);
}

int
house_set_up(void **state)
{
	static struct house house;

	house_open(&house);
	house_as(&house, "admin@postern.example");
	*state = &house;
	return 0;
}

int
house_tear_down(void **state)
{
	house_close(*state);
	clock_fix(0);
	return 0;
}
