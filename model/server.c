#include "model/server.h"

#include <stddef.h>
#include <string.h>

#include "base/text.h"
#include "dns/resolvers.h"

enum server_sql { SERVER_LOAD, SERVER_SAVE };

static const char *const server_sql[] = {
	[SERVER_LOAD] =
	    "SELECT version, host_name, ip4, ip6, resolvers,"
	    " default_user_limit, default_storage_bytes, default_quota_bytes,"
	    " dmarc_mailbox, tls_report_mailbox, dkim_directory,"
	    " dkim_selector, mta_sts_directory, may_use_password,"
	    " idle_minutes, dns_ports, tls_certificate, tls_key,"
	    " mail_directory, refuses_own_senders, mail_root, authority"
	    " FROM server",
	[SERVER_SAVE] =
	    "UPDATE server SET version = version + 1, host_name = :host_name,"
	    " ip4 = :ip4, ip6 = :ip6, resolvers = :resolvers,"
	    " default_user_limit = :user_limit,"
	    " default_storage_bytes = :storage,"
	    " default_quota_bytes = :quota, dmarc_mailbox = :dmarc,"
	    " tls_report_mailbox = :tls_report,"
	    " dkim_directory = :dkim_directory,"
	    " dkim_selector = :dkim_selector,"
	    " mta_sts_directory = :mta_sts_directory,"
	    " may_use_password = :may_use_password,"
	    " idle_minutes = :idle_minutes, dns_ports = :dns_ports,"
	    " tls_certificate = :tls_certificate, tls_key = :tls_key,"
	    " mail_directory = :mail_directory,"
	    " refuses_own_senders = :refuses_own_senders,"
	    " mail_root = :mail_root, authority = :authority",
};

const struct db_statements server_statements =
    DB_STATEMENTS("server", server_sql);

/* clang-format off */
const struct field server_fields[] = {
	{ .name = "host", .label = "Host name", .help = "The public name of this server, such as mx1.example.net.",
	  .kind = FIELD_HOST, FIELD(struct server, host_name), .is_required = true },
	{ .name = "ip4", .label = "IPv4 address", .help = "The public IPv4 address that mail comes to and leaves from.",
	  .kind = FIELD_IP4, FIELD(struct server, ip4) },
	{ .name = "ip6", .label = "IPv6 address", .help = "The same for IPv6; empty when the server has none.",
	  .kind = FIELD_IP6, FIELD(struct server, ip6) },
	{ .name = "resolvers", .label = "Resolvers", .help = "Who is asked for DNS, such as 192.0.2.53; empty: the machine's own.",
	  .kind = FIELD_IP_PORTS, FIELD(struct server, resolvers) },
	{ .name = "dns_ports", .label = "DNS ports", .help = "Own name servers that answer on another port than 53: 192.0.2.1:5353.",
	  .kind = FIELD_IP_PORTS, FIELD(struct server, dns_ports) },
	{ .name = "user_limit", .label = "User limit", .help = "What a new tenant starts with: how many mailboxes.",
	  .kind = FIELD_NUMBER, FIELD(struct server, default_user_limit), .is_required = true, .max = 10000000 },
	{ .name = "storage", .label = "Storage limit", .help = "What a new tenant starts with: all its quotas together.",
	  .kind = FIELD_BYTES, FIELD(struct server, default_storage_bytes), .is_required = true },
	{ .name = "quota", .label = "Quota", .help = "What a new mailbox starts with.",
	  .kind = FIELD_BYTES, FIELD(struct server, default_quota_bytes), .is_required = true },
	{ .name = "dmarc_mailbox", .label = "DMARC reports", .help = "Where DMARC reports of tenants go unless a domain says otherwise.",
	  .kind = FIELD_ADDRESS, FIELD(struct server, dmarc_mailbox) },
	{ .name = "tls_report_mailbox", .label = "TLS reports", .help = "Where TLS reports (RFC 8460) go unless a domain says otherwise.",
	  .kind = FIELD_ADDRESS, FIELD(struct server, tls_report_mailbox) },
	{ .name = "dkim_directory", .label = "DKIM directory", .help = "Where private keys are made; empty: /etc/postern-dkim on servers.",
	  .kind = FIELD_TEXT, FIELD(struct server, dkim_directory) },
	{ .name = "dkim_selector", .label = "DKIM selector", .help = "The selector of a domain's first DKIM key.",
	  .kind = FIELD_LABEL, FIELD(struct server, dkim_selector), .is_required = true },
	{ .name = "mta_sts_directory", .label = "MTA-STS directory", .help = "Where policies are written; empty: mta-sts/ in the state directory.",
	  .kind = FIELD_TEXT, FIELD(struct server, mta_sts_directory) },
	{ .name = "tls_certificate", .label = "TLS certificate", .help = "PEM file with the chain; empty: what certbot makes for the host name.",
	  .kind = FIELD_TEXT, FIELD(struct server, tls_certificate) },
	{ .name = "tls_key", .label = "TLS key", .help = "PEM file of the certificate's key; empty: certbot's.",
	  .kind = FIELD_TEXT, FIELD(struct server, tls_key) },
	{ .name = "authority", .label = "Authority", .help = "Who issues the certificate, as CAA says it; empty: its issuer, if known.",
	  .kind = FIELD_HOST, FIELD(struct server, authority) },
	{ .name = "mail_directory", .label = "Mail directory", .help = "Where mailboxes are; empty: /var/vmail.",
	  .kind = FIELD_TEXT, FIELD(struct server, mail_directory) },
	{ .name = "mail_root", .label = "Mail root", .help = "A directory before the mail servers' paths; empty: the machine's own.",
	  .kind = FIELD_TEXT, FIELD(struct server, mail_root) },
	{ .name = "refuse_own_senders", .label = "Refuse own senders", .help = "Port 25 refuses senders of our domains: forwards that keep them, too.",
	  .kind = FIELD_YES_NO, FIELD(struct server, refuses_own_senders) },
	{ .name = "password_login", .label = "Password sign-in", .help = "Whether mailbox users may sign in here by password.",
	  .kind = FIELD_YES_NO, FIELD(struct server, may_use_password) },
	{ .name = "idle_minutes", .label = "Idle minutes", .help = "After so many minutes without a key a session ends; 0: never.",
	  .kind = FIELD_NUMBER, FIELD(struct server, idle_minutes), .max = 1440 },
	{ 0 }
};
/* clang-format on */

enum err_code
server_load(
    struct db *db, struct server *server, int64_t *version, struct err *err)
{
	struct db_query q = db_query(db, &server_statements, SERVER_LOAD);

	memset(server, 0, sizeof(*server));
	if (db_step(&q)) {
		*version = db_int64(&q, 0);
		db_copy(&q, 1, server->host_name, sizeof(server->host_name));
		db_copy(&q, 2, server->ip4, sizeof(server->ip4));
		db_copy(&q, 3, server->ip6, sizeof(server->ip6));
		db_copy(&q, 4, server->resolvers, sizeof(server->resolvers));
		server->default_user_limit = db_int64(&q, 5);
		server->default_storage_bytes = db_int64(&q, 6);
		server->default_quota_bytes = db_int64(&q, 7);
		db_copy(&q, 8, server->dmarc_mailbox,
		    sizeof(server->dmarc_mailbox));
		db_copy(&q, 9, server->tls_report_mailbox,
		    sizeof(server->tls_report_mailbox));
		db_copy(&q, 10, server->dkim_directory,
		    sizeof(server->dkim_directory));
		db_copy(&q, 11, server->dkim_selector,
		    sizeof(server->dkim_selector));
		db_copy(&q, 12, server->mta_sts_directory,
		    sizeof(server->mta_sts_directory));
		server->may_use_password = db_int64(&q, 13);
		server->idle_minutes = db_int64(&q, 14);
		db_copy(&q, 15, server->dns_ports, sizeof(server->dns_ports));
		db_copy(&q, 16, server->tls_certificate,
		    sizeof(server->tls_certificate));
		db_copy(&q, 17, server->tls_key, sizeof(server->tls_key));
		db_copy(&q, 18, server->mail_directory,
		    sizeof(server->mail_directory));
		server->refuses_own_senders = db_int64(&q, 19);
		db_copy(&q, 20, server->mail_root, sizeof(server->mail_root));
		db_copy(&q, 21, server->authority, sizeof(server->authority));
	}
	return db_end(&q, err);
}

enum err_code
server_resolvers(struct context *context, struct ip_port *to, size_t max,
    size_t *count, struct err *err)
{
	struct server server = { 0 };
	int64_t version;

	if (context->resolvers != NULL)
		return resolvers_parse(to, max, count, context->resolvers, err);
	if (context->db == NULL)
		return OK;
	if (server_load(context->db, &server, &version, err) != OK)
		return err->code;
	return resolvers_parse(to, max, count, server.resolvers, err);
}

static enum err_code
load(struct db *db, void *input, int64_t *version, struct err *err)
{
	return server_load(db, input, version, err);
}

static enum err_code
check_path(const char *field, const char *path, struct err *err)
{
	if (path[0] == '\0' || (path[0] == '/' && strstr(path, "/../") == NULL))
		return OK;
	return err_set(err, ERR_INVALID, field,
	    "Write the whole path, beginning with a slash.");
}

/* Root reads, makes and writes there (mail/keeper.h). */
static const struct {
	const char *field;
	size_t at;
} paths[] = {
	{ "dkim_directory", offsetof(struct server, dkim_directory) },
	{ "mta_sts_directory", offsetof(struct server, mta_sts_directory) },
	{ "tls_certificate", offsetof(struct server, tls_certificate) },
	{ "tls_key", offsetof(struct server, tls_key) },
	{ "mail_directory", offsetof(struct server, mail_directory) },
	{ "mail_root", offsetof(struct server, mail_root) },
};

#define PATHS (sizeof(paths) / sizeof(paths[0]))

static const char *
path_of(const struct server *server, size_t i)
{
	return (const char *)server + paths[i].at;
}

static enum err_code
check_paths(const struct server *server, struct err *err)
{
	enum err_code code = OK;

	for (size_t i = 0; code == OK && i < PATHS; i++)
		code = check_path(paths[i].field, path_of(server, i), err);
	return code;
}

/* Only who is root says where root works; all others leave it as it is. */
static enum err_code
check_root(
    struct operation_run *run, const struct server *server, struct err *err)
{
	struct server now;
	int64_t version;

	if (run->actor->is_console)
		return OK;
	if (server_load(run->db, &now, &version, err) != OK)
		return err->code;
	for (size_t i = 0; i < PATHS; i++)
		if (!text_is_same(path_of(&now, i), path_of(server, i)))
			return err_set(err, ERR_DENIED, paths[i].field,
			    "Only the operator on the box changes this: leave "
			    "it as it is.");
	return OK;
}

static void
say_saved(struct operation_run *run, const struct server *server)
{
	const char *const texts[] = { server->ip4, server->ip6 };
	char *note = run->result->note;
	struct ip ip;

	text_copy(
	    note, sizeof(run->result->note), "The server setup is saved.");
	for (size_t i = 0; i < 2; i++)
		if (ip_parse(&ip, texts[i], NULL) == OK &&
		    ip_out_of_reach(&ip) != NULL) {
			text_format(note, sizeof(run->result->note),
			    "The server setup is saved.  %s is %s: nobody on "
			    "the internet reaches it.  Enter the public "
			    "address that it stands behind.",
			    texts[i], ip_out_of_reach(&ip));
			return;
		}
}

static enum err_code
save(struct operation_run *run, const void *input, struct err *err)
{
	const struct server *server = input;
	struct db_query q;

	if (check_paths(server, err) != OK ||
	    check_root(run, server, err) != OK)
		return err->code;
	q = db_query(run->db, &server_statements, SERVER_SAVE);
	db_bind_text(&q, ":host_name", server->host_name);
	db_bind_text(&q, ":ip4", server->ip4);
	db_bind_text(&q, ":ip6", server->ip6);
	db_bind_text(&q, ":resolvers", server->resolvers);
	db_bind_text(&q, ":dns_ports", server->dns_ports);
	db_bind_int64(&q, ":user_limit", server->default_user_limit);
	db_bind_int64(&q, ":storage", server->default_storage_bytes);
	db_bind_int64(&q, ":quota", server->default_quota_bytes);
	db_bind_text(&q, ":dmarc", server->dmarc_mailbox);
	db_bind_text(&q, ":tls_report", server->tls_report_mailbox);
	db_bind_text(&q, ":dkim_directory", server->dkim_directory);
	db_bind_text(&q, ":dkim_selector", server->dkim_selector);
	db_bind_text(&q, ":mta_sts_directory", server->mta_sts_directory);
	db_bind_int64(&q, ":may_use_password", server->may_use_password);
	db_bind_int64(&q, ":idle_minutes", server->idle_minutes);
	db_bind_text(&q, ":tls_certificate", server->tls_certificate);
	db_bind_text(&q, ":tls_key", server->tls_key);
	db_bind_text(&q, ":mail_directory", server->mail_directory);
	db_bind_int64(&q, ":refuses_own_senders", server->refuses_own_senders);
	db_bind_text(&q, ":mail_root", server->mail_root);
	db_bind_text(&q, ":authority", server->authority);
	say_saved(run, server);
	return db_run(&q, err);
}

const struct operation server_operations[] = {
	{
	    .name = "server set",
	    .help = "Changes names, addresses and defaults of the server.",
	    .action = ACTION_SERVER_EDIT,
	    .fields = server_fields,
	    .input_size = sizeof(struct server),
	    .load = load,
	    .run = save,
	},
	{ 0 },
};

/* clang-format off */
static const struct list_column server_columns[] = {
	/* name                 title               sql                        sort  kind         width flags */
	{ "host",               "HOST NAME",        "s.host_name",             NULL, LIST_TEXT,    0, LIST_SORTABLE | LIST_FOLDED },
	{ "ip4",                "IPV4",             "s.ip4",                   NULL, LIST_TEXT,   15, 0 },
	{ "ip6",                "IPV6",             "s.ip6",                   NULL, LIST_TEXT,   24, 0 },
	{ "resolvers",          "RESOLVERS",        "s.resolvers",             NULL, LIST_TEXTS,  20, LIST_DETAIL },
	{ "dns_ports",          "DNS PORTS",        "s.dns_ports",             NULL, LIST_TEXTS,  20, LIST_DETAIL },
	{ "user_limit",         "USER LIMIT",       "s.default_user_limit",    NULL, LIST_NUMBER,  8, LIST_DETAIL },
	{ "storage",            "STORAGE LIMIT",    "s.default_storage_bytes", NULL, LIST_BYTES,   8, LIST_DETAIL },
	{ "quota",              "QUOTA",            "s.default_quota_bytes",   NULL, LIST_BYTES,   8, LIST_DETAIL },
	{ "dmarc_mailbox",      "DMARC REPORTS",    "s.dmarc_mailbox",         NULL, LIST_TEXT,   24, LIST_DETAIL },
	{ "tls_report_mailbox", "TLS REPORTS",      "s.tls_report_mailbox",    NULL, LIST_TEXT,   24, LIST_DETAIL },
	{ "tls_certificate",    "TLS CERTIFICATE",  "s.tls_certificate",       NULL, LIST_TEXT,   24, LIST_DETAIL },
	{ "tls_key",            "TLS KEY",          "s.tls_key",               NULL, LIST_TEXT,   24, LIST_DETAIL },
	{ "authority",          "AUTHORITY",        "s.authority",             NULL, LIST_TEXT,   24, LIST_DETAIL },
	{ "mail_directory",     "MAIL DIRECTORY",   "s.mail_directory",        NULL, LIST_TEXT,   24, LIST_DETAIL },
	{ "mail_root",          "MAIL ROOT",        "s.mail_root",             NULL, LIST_TEXT,   24, LIST_DETAIL },
	{ "refuse_own_senders", "REFUSE OWN SENDERS", "s.refuses_own_senders", NULL, LIST_YES_NO,  3, LIST_DETAIL },
	{ "dkim_directory",     "DKIM DIRECTORY",   "s.dkim_directory",        NULL, LIST_TEXT,   24, LIST_DETAIL },
	{ "dkim_selector",      "DKIM SELECTOR",    "s.dkim_selector",         NULL, LIST_TEXT,   16, LIST_DETAIL },
	{ "mta_sts_directory",  "MTA-STS",          "s.mta_sts_directory",     NULL, LIST_TEXT,   24, LIST_DETAIL },
	{ "password_login",     "PASSWORD SIGN-IN", "s.may_use_password",      NULL, LIST_YES_NO,  3, LIST_DETAIL },
	{ "idle_minutes",       "IDLE MINUTES",     "s.idle_minutes",          NULL, LIST_NUMBER,  5, LIST_DETAIL },
	{ "version",            "VERSION",          "s.version",               NULL, LIST_NUMBER,  5, LIST_DETAIL },
	{ 0 }
};
/* clang-format on */

const struct list server_list = {
	.name = "server list",
	.show = "server show",
	.help = "Shows names, addresses and defaults of the server.",
	.empty = "The server has always one row.",
	.action = ACTION_SERVER_VIEW,
	.from = "server s",
	.id = "s.id",
	.key = "s.host_name",
	.columns = server_columns,
};
