#include "tests/screen/world.h"

#include <arpa/inet.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/io.h"
#include "base/text.h"
#include "model/account.h"
#include "model/key.h"
#include "model/operation.h"
#include "model/report_store.h"
#include "model/setup.h"
#include "smime/vault.h"

#define KEY_ADMIN                                                           \
	"AAAAC3NzaC1lZDI1NTE5AAAAIENavACmJmKL9oQ5DaM2gOisjmQSHLsEbR2MLnHQN" \
	"Jkl"
#define KEY_ANNA                                                            \
	"AAAAC3NzaC1lZDI1NTE5AAAAIItHx1Xhx/Qy4tYOsRf0gGgEPbS/Z4ddr+4a/D+6G" \
	"hcC"
#define KEY_TABLET                                                           \
	"AAAAC3NzaC1lZDI1NTE5AAAAIMmErRTHB5h6sq6on4MnVGMpKQXmYYseIBwibHggm3" \
	"Jj"
#define KEY_IRIS                                                            \
	"AAAAC3NzaC1lZDI1NTE5AAAAIBp3am0sRQrJP72Wh9RfT6nMOgTuiqLOYR3USIAsQ" \
	"Hzy"

/* The public half of a key that nobody has the other half of. */
#define PUBLIC_TXT                                                           \
	"v=DKIM1; k=rsa; p=MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEAvQ3o" \
	"3YQ6b2Xn3m0r1o9bSg5l4r3m8uS2dQKqF5b7m0w9v1c4yq6J8pQ2hZ5xT7kR9nW3"   \
	"eB1gC4jD6fH8iL0aM2oN5pP7qQ9rR1sS3tT5uU7vV9wW1xX3yY5zZ7aA9bB1cC3d"   \
	"D5eE7fF9gG1hH3iI5jJ7kK9lL1mM3nN5oO7pP9qQ1rR3sS5tT7uU9vV1wW3xX5yY"   \
	"7zZ9aA1bB3cC5dD7eE9fF1gG3hH5iI7jJ9kK1lL3mM5nN7oO9pP1qQ3rR5sS7tT9"   \
	"uU1vV3wW5xX7yY9zZ1aA3bB5cC7dD9eE1fF3gG5hH7iI9jJ1kK3lL5mM7nN9oQIDA"  \
	"QAB"

#define DAY (24 * 60 * 60)

static _Noreturn void
give_up(const char *what, const struct err *err)
{
	printf("The example world: %s: %s%s%s\n", what, err->field,
	    err->field[0] != '\0' ? ": " : "", err->text);
	exit(1);
}

/* ---- effects ---- */

static enum err_code
make_key(void *self, const char *directory, const char *domain,
    const char *selector, char *public_txt, size_t size, struct err *err)
{
	(void)self;
	(void)directory;
	(void)domain;
	(void)selector;
	(void)err;
	text_copy(public_txt, size, PUBLIC_TXT);
	return OK;
}

static enum err_code
remove_key(void *self, const char *subject, struct err *err)
{
	(void)self;
	(void)subject;
	(void)err;
	return OK;
}

/* ---- what there is ---- */

struct person {
	const char *who, *address, *key; /* key NULL: has none */
};

static const struct person people[] = {
	{ "admin", "admin@postern.example", KEY_ADMIN },
	{ "anna", "anna@acme.example", KEY_ANNA },
	{ "tablet", "anna@acme.example", KEY_TABLET },
	{ "iris", "iris@initech.example", KEY_IRIS },
	{ "bob", "bob@acme.example", NULL },
};

/* Who does it, at which day before now, which operation, its arguments as
 * NAME=TEXT.  "" as who: the same as in the row before. */
struct act {
	const char *who;
	int days_ago;
	const char *operation;
	const char *args[16];
};

/* clang-format off */
#define USER(address_, name_, quota_) \
	{ "", 8, "user add", { "address=" address_, "name=" name_, "quota=" quota_ } }

static const struct act acts[] = {
	{ "operator", 20, "server set", { "host=mx.postern.example", "ip4=203.0.113.10", "ip6=2001:db8::10",
	  "resolvers=127.0.0.1:9", "dmarc_mailbox=dmarc@postern.example" } },
	{ "", 20, "host approve", { "name=mail.acme.example" } },
	{ "", 20, "host approve", { "name=mail.globex.example" } },
	{ "", 19, "host approve", { "name=mx.postern.example" } },
	{ "admin", 18, "tenant add", { "name=Acme", "domain=acme.example", "mail_host=mail.acme.example",
	  "user_limit=25", "storage_limit=50 GB", "dns_provider=Example DNS", "dns_login=Carol",
	  "mailboxes=bob@acme.example, carol@acme.example",
	  "admin_address=anna@acme.example", "admin_name=Anna", "admin_key=ssh-ed25519 " KEY_ANNA " anna@desk" } },
	{ "", 17, "tenant add", { "name=Globex", "domain=globex.example", "mail_host=mail.globex.example",
	  "user_limit=3", "storage_limit=10 GB" } },
	{ "", 16, "tenant add", { "name=Initech", "domain=initech.example", "mail_host=mx.postern.example",
	  "user_limit=50", "storage_limit=100 GB", "mail_at=external",
	  "admin_address=iris@initech.example", "admin_name=Iris", "admin_key=ssh-ed25519 " KEY_IRIS " iris@desk" } },
	{ "anna", 15, "key add", { "name=tablet", "key=from=\"192.0.2.0/24\",expiry-time=\"20270101Z\",tenant=\"Acme\","
	  "command=\"user *,alias list,domain list,key *\" ssh-ed25519 " KEY_TABLET } },
	{ "admin", 15, "domain verify", { "name=acme.example", "how=override", "reason=a customer for years" } },
	{ "", 15, "domain add", { "name=acme.test", "tenant=Acme", "mail_host=mail.acme.example" } },
	USER("bob@acme.example", "Bob Builder", "2 GB"),
	USER("carol@acme.example", "Carol", "2 GB"),
	USER("dave@acme.example", "Dave", "4 GB"),
	USER("erin@acme.example", "\xc3\x89rin \xe6\x97\xa5\xe6\x9c\xac", "2 GB"),
	USER("gina@globex.example", "Gina", "2 GB"),
	USER("homer@globex.example", "Homer", "2 GB"),
	USER("mona@globex.example", "Mona", "2 GB"),
	USER("bill@initech.example", "Bill", "20 GB"),
	{ "", 7, "user suspend", { "address=dave@acme.example" } },
	{ "", 6, "alias add", { "address=sales@acme.example", "targets=bob@acme.example, carol@acme.example", "note=the shop" } },
	{ "", 6, "alias add", { "address=postmaster@acme.example", "targets=sales@acme.example" } },
	{ "", 6, "alias add", { "address=@acme.test", "targets=bob@acme.example" } },
	{ "operator", 5, "dkim make", { "domain=acme.example", "selector=default" } },
	{ "", 5, "dkim activate", { "domain=acme.example", "selector=default", "early=yes" } },
	{ "admin", 2, "host request", { "name=imap.initech.example", "note=their own server" } },
	{ "", 2, "dkim request", { "domain=globex.example", "note=before going live" } },
	{ "anna", 1, "user edit", { "address=carol@acme.example", "quota=3 GB" } },
	{ 0 }
};
/* clang-format on */

/* ---- making it ---- */

static void
do_act(struct world *world, const struct act *act)
{
	struct operation_arg args[16];
	struct operation_result result = { 0 };
	struct arena arena = { 0 };
	struct err err = { 0 };
	size_t count = 0;

	if (act->who[0] != '\0' && !world_login(world, act->who)) {
		err_set(&err, ERR_NOT_FOUND, NULL, "nobody");
		give_up(act->who, &err);
	}
	clock_fix(WORLD_NOW - act->days_ago * DAY);
	for (; count < 16 && act->args[count] != NULL; count++) {
		char *name = arena_text(&arena, act->args[count]);
		char *text = strchr(name, '=');

		*text++ = '\0';
		args[count] = (struct operation_arg){ name, text };
	}
	if (operation_run(&world->context, operation_by_name(act->operation),
		args, count, &result, &err) != OK)
		give_up(act->operation, &err);
	arena_free(&arena);
}

static void
open_database(struct world *world, const char *name, enum db_mode mode)
{
	char path[128];
	struct err err;

	text_format(path, sizeof path, "%s/%s", world->directory, name);
	if (db_open(&world->context.db, path, mode, &err) != OK)
		give_up("open", &err);
}

/* What two receivers reported of Acme: a good one, and a forger. */
static void
note_reports(struct world *world)
{
	struct report_row dmarc[] = {
		{ .source = "203.0.113.10",
		    .result = "dkim, spf",
		    .disposition = "none",
		    .passed = 1204,
		    .dkim = 1204,
		    .spf = 1204 },
		{ .source = "198.51.100.66",
		    .result = "none",
		    .disposition = "none",
		    .failed = 12,
		    .spf = 12 },
	};
	struct report_row tls[] = {
		{ .source = "mail.acme.example", .result = "", .passed = 310 },
		{ .source = "mail.acme.example",
		    .result = "certificate-expired",
		    .failed = 4 },
	};
	struct report reports[] = {
		{ .kind = REPORT_DMARC,
		    .id = "d1",
		    .rows = dmarc,
		    .row_count = 2 },
		{ .kind = REPORT_TLS, .id = "t1", .rows = tls, .row_count = 2 },
	};
	struct err err = { 0 };
	bool is_new;

	clock_fix(WORLD_NOW);
	(void)world_login(world, "operator");
	for (size_t i = 0; i < 2; i++) {
		text_copy(reports[i].domain, sizeof reports[i].domain,
		    "acme.example");
		text_copy(reports[i].reporter, sizeof reports[i].reporter,
		    "receiver.example");
		reports[i].begin_at = WORLD_NOW - 2 * DAY;
		reports[i].end_at = WORLD_NOW - DAY;
		if (report_store(&world->context, &reports[i], &is_new, &err) !=
		    OK)
			give_up("report", &err);
	}
}

/* When they signed in last: yesterday at noon. */
static void
note_logins(struct world *world)
{
	struct err err = { 0 };

	clock_fix(WORLD_NOW - DAY - 2 * 60 * 60);
	for (size_t i = 0; i < sizeof people / sizeof people[0]; i++)
		if (people[i].key != NULL &&
		    (!world_login(world, people[i].who) ||
			key_note_login(world->context.db, &world->context.actor,
			    &err) != OK))
			give_up("login", &err);
}

/* It takes questions and answers none. */
static void
open_silent(struct world *world)
{
	struct sockaddr_in at = { .sin_family = AF_INET,
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	socklen_t size = sizeof at;
	struct err err;

	world->silent_fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	if (bind(world->silent_fd, (struct sockaddr *)&at, size) != 0 ||
	    getsockname(world->silent_fd, (struct sockaddr *)&at, &size) != 0) {
		err_set_errno(&err, "socket");
		give_up("resolver", &err);
	}
	text_format(world->silent, sizeof world->silent, "127.0.0.1:%u",
	    ntohs(at.sin_port));
}

void
world_open(struct world *world)
{
	struct err err;

	*world = (struct world){
		.directory = "/tmp/postern-world-XXXXXX",
		.effects = { .dkim_make = make_key,
		    .run = { [EFFECT_DKIM_REMOVE] = remove_key } },
	};
	if (mkdtemp(world->directory) == NULL) {
		err_set_errno(&err, "mkdtemp");
		give_up("open", &err);
	}
	open_silent(world);
	world->context.state_directory = world->directory;
	world->context.effects = &world->effects;
	clock_fix(WORLD_NOW - 21 * DAY);
	open_database(world, "made.db", DB_MAY_CREATE);
	actor_console(&world->context.actor);
	if (setup_first_admin(&world->context, people[0].address,
		"ssh-ed25519 " KEY_ADMIN " root@laptop", &err) != OK)
		give_up("init", &err);
	if (vault_make(world->directory, (uid_t)-1, (gid_t)-1, &err) != OK)
		give_up("vault", &err);
	for (const struct act *act = acts; act->who != NULL; act++)
		do_act(world, act);
	note_reports(world);
	note_logins(world);
	db_close(&world->context.db);
}

static void
remove_file(const struct world *world, const char *name)
{
	char path[128];

	text_format(path, sizeof path, "%s/%s", world->directory, name);
	unlink(path);
}

static void
remove_copy(const struct world *world)
{
	remove_file(world, "postern.db");
	remove_file(world, "postern.db-wal");
	remove_file(world, "postern.db-shm");
}

static int
remove_entry(
    const char *path, const struct stat *status, int kind, struct FTW *where)
{
	(void)status;
	(void)kind;
	(void)where;
	return remove(path);
}

void
world_close(struct world *world)
{
	close(world->silent_fd);
	db_close(&world->context.db);
	nftw(world->directory, remove_entry, 8, FTW_DEPTH | FTW_PHYS);
}

void
world_reset(struct world *world)
{
	struct arena arena = { 0 };
	char from[128], to[128], *bytes;
	size_t length;
	struct err err;

	db_close(&world->context.db);
	remove_copy(world);
	text_format(from, sizeof from, "%s/made.db", world->directory);
	text_format(to, sizeof to, "%s/postern.db", world->directory);
	if (io_read_file(
		&arena, from, 64 * 1024 * 1024, &bytes, &length, &err) != OK ||
	    io_replace_file(to, 0600, bytes, length, &err) != OK)
		give_up("copy", &err);
	arena_free(&arena);
	open_database(world, "postern.db", DB_MUST_EXIST);
	clock_fix(WORLD_NOW);
}

/* ---- who acts ---- */

static bool
login_with_key(struct world *world, const struct person *person)
{
	struct ip from;
	struct err err;

	return ip_parse(&from, "192.0.2.10", &err) == OK &&
	    key_login(world->context.db, person->address, "ssh-ed25519",
		person->key, &from, &world->context.actor, &err) == OK;
}

/* One without a key: a user, as a log-in by password would fix it. */
static bool
login_as_account(struct world *world, const struct person *person)
{
	struct actor *actor = &world->context.actor;
	struct account account;
	struct err err;

	if (account_find(world->context.db, person->address, &account, &err) !=
	    OK)
		return false;
	*actor = (struct actor){
		.account_id = account.id,
		.tenant_id = account.tenant_id,
		.role = account.role,
	};
	text_copy(actor->address, sizeof actor->address, account.address);
	text_copy(actor->name, sizeof actor->name, account.name);
	text_copy(actor->from, sizeof actor->from, "192.0.2.77");
	return true;
}

bool
world_login(struct world *world, const char *who)
{
	const bool is_reader = text_is_same(who, "sam");
	const bool is_waiting = text_is_same(who, "waiting");
	const char *whose = is_reader ? "admin" : is_waiting ? "anna" : who;

	world->context.resolvers = is_waiting ? world->silent : NULL;

	if (text_is_same(who, "operator")) {
		actor_console(&world->context.actor);
		world->context.effects = &world->effects;
		return true;
	}
	world->context.effects = NULL; /* as in a session over SSH */
	for (size_t i = 0; i < sizeof people / sizeof people[0]; i++) {
		if (!text_is_same(people[i].who, whose))
			continue;
		if (people[i].key == NULL)
			return login_as_account(world, &people[i]);
		if (!login_with_key(world, &people[i]))
			return false;
		world->context.actor.is_read_only = is_reader;
		return true;
	}
	return false;
}
