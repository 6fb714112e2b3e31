/*
 * tenant_input.h - what adding and editing a tenant share: the input, its
 * fields and its checks.  For model/tenant_*.c alone.
 */
#ifndef MODEL_TENANT_INPUT_H
#define MODEL_TENANT_INPUT_H

#include "base/address.h"
#include "base/field.h"
#include "base/host_name.h"
#include "model/key.h"
#include "model/tenant.h"

struct tenant_input {
	char tenant[HOST_NAME_SIZE]; /* which one: all but "tenant add" */
	char name[TENANT_NAME_SIZE];
	char domain[HOST_NAME_SIZE], mail_host[HOST_NAME_SIZE];
	char imap_host[HOST_NAME_SIZE], smtp_host[HOST_NAME_SIZE];
	int64_t imap_port, smtp_port, user_limit, storage_limit;
	int64_t mail_at, wants_smime, smime_failure;
	char dns_provider[TENANT_NOTE_SIZE], dns_login[TENANT_NOTE_SIZE];
	char mailboxes[TENANT_LIST_SIZE];
	char intake[TENANT_NAME_SIZE]; /* the sheet to take over, or "" */
	char admin_address[ADDRESS_SIZE], admin_name[ACTOR_NAME_SIZE];
	char admin_key[KEY_LINE_SIZE];
};

struct tenant_hosts {
	int64_t imap_id, smtp_id;
};

/* "local" and "external", by mail_at; ends with NULL. */
extern const char *const tenant_mail_names[];

/* What can be seen without the database, so that it is refused first; and
 * the values that follow from others. */
enum err_code tenant_prepare_values(
    struct tenant_input *, struct err *) MUST_USE;

/* Fills run->target with the tenant that in->tenant names. */
enum err_code tenant_find_existing(
    struct operation_run *, const void *input, struct err *) MUST_USE;

/* An organisation's name is free, and no domain that is here.  `own_id`: of
 * the tenant itself, or 0. */
enum err_code tenant_check_name(
    struct db *, const char *name, int64_t own_id, struct err *) MUST_USE;

/* ERR_INVALID unless both are approved. */
enum err_code tenant_check_hosts(struct db *, const struct tenant_input *,
    struct tenant_hosts *, struct err *) MUST_USE;

/* The values that a new row and a changed one have alike. */
void tenant_bind_row(struct db_query *, const struct tenant_input *,
    const struct tenant_hosts *);

enum err_code tenant_save_intake(struct db *, int64_t tenant_id,
    const struct tenant_input *, struct err *) MUST_USE;

/* ---- rows of fields ---- */

#define IN(member) FIELD(struct tenant_input, member)

/* clang-format off */

#define HOST_FIELDS \
	{ .name = "imap_host", .label = "IMAP host", .help = "Where mail programs read mail: an approved host; empty: the mail host.", \
	  .kind = FIELD_HOST, IN(imap_host) }, \
	{ .name = "imap_port", .label = "IMAP port", .help = "993 for IMAP over TLS.", \
	  .kind = FIELD_PORT, IN(imap_port), .initial = "993" }, \
	{ .name = "smtp_host", .label = "SMTP host", .help = "Where mail programs send mail: an approved host; empty: the IMAP host.", \
	  .kind = FIELD_HOST, IN(smtp_host) }, \
	{ .name = "smtp_port", .label = "SMTP port", .help = "587 for STARTTLS, 465 for TLS from the start.", \
	  .kind = FIELD_PORT, IN(smtp_port), .initial = "587" }
#define LIMIT_FIELDS \
	{ .name = "user_limit", .label = "User limit", .help = "Most mailboxes; 0 means none allowed.", \
	  .kind = FIELD_NUMBER, IN(user_limit), .is_required = true, .max = 1000000, .initial = "25" }, \
	{ .name = "storage_limit", .label = "Storage limit", .help = "Most that all quotas together may allow, such as 50 GB.", \
	  .kind = FIELD_BYTES, IN(storage_limit), .is_required = true, .initial = "50 GB" }
#define INTAKE_FIELDS \
	{ .name = "mail_at", .label = "Mail is", .help = "local: on this server; external: at another IMAP and SMTP provider.", \
	  .kind = FIELD_CHOICE, IN(mail_at), .choices = tenant_mail_names }, \
	{ .name = "dns_provider", .label = "DNS provider", .help = "Where the domain's DNS records are edited.", \
	  .kind = FIELD_TEXT, IN(dns_provider) }, \
	{ .name = "dns_login", .label = "DNS login", .help = "Who holds the log-in there: a name, never a password.", \
	  .kind = FIELD_TEXT, IN(dns_login) }, \
	{ .name = "wants_smime", .label = "S/MIME wanted", .help = "Whether users sign or encrypt mail with certificates of their own.", \
	  .kind = FIELD_YES_NO, IN(wants_smime) }, \
	{ .name = "mailboxes", .label = "Expected mailboxes", .help = "Addresses that shall exist at the start, with commas between.", \
	  .kind = FIELD_ADDRESSES, IN(mailboxes) }

#define WHICH_FIELD \
	{ .name = "tenant", .label = "Tenant", .help = "The organisation's name, or one of its domains.", \
	  .kind = FIELD_TEXT, IN(tenant), .is_required = true, .is_main = true, .is_fixed = true }

/* clang-format on */

#endif
