#include "model/smime.h"

#include <string.h>

#include "base/base64.h"
#include "base/clock.h"
#include "base/text.h"
#include "model/account.h"
#include "smime/store.h"

#define TEXT_SIZE 16384 /* bytes of one pasted block */

struct smime_input {
	char address[ADDRESS_SIZE];
	char certificate[TEXT_SIZE];
	char key[TEXT_SIZE];
	char file[TEXT_SIZE];
	char passphrase[IDENTITY_PASS_SIZE];
	int64_t encrypt;
	/* Filled by prepare(): */
	struct store stored;
	char vault[CERTIFICATE_DIGITS_SIZE];
};

enum {
	SMIME_PUT,
	SMIME_DELETE,
	SMIME_LOAD,
	SMIME_ENCRYPT,
};

static const char *const sql[] = {
	[SMIME_PUT] =
	    "INSERT INTO smime_identity (account_id, certificates, sealed, "
	    "vault, subject, issuer, serial, fingerprint, algorithm, "
	    "addresses, starts_at, ends_at, created_at) VALUES (:account, "
	    ":certificates, :sealed, :vault, :subject, :issuer, :serial, "
	    ":fingerprint, :algorithm, :addresses, :starts, :ends, :now) "
	    "ON CONFLICT (account_id) DO UPDATE SET "
	    "certificates = excluded.certificates, sealed = excluded.sealed, "
	    "vault = excluded.vault, subject = excluded.subject, "
	    "issuer = excluded.issuer, serial = excluded.serial, "
	    "fingerprint = excluded.fingerprint, "
	    "algorithm = excluded.algorithm, addresses = excluded.addresses, "
	    "starts_at = excluded.starts_at, ends_at = excluded.ends_at, "
	    "created_at = excluded.created_at, version = version + 1",
	[SMIME_DELETE] = "DELETE FROM smime_identity WHERE account_id = :id",
	[SMIME_LOAD] = "SELECT i.version, i.encrypt FROM smime_identity i "
		       "JOIN account a ON a.id = i.account_id "
		       "WHERE a.address = :address AND a.deleted_at = 0",
	[SMIME_ENCRYPT] = ("UPDATE smime_identity SET encrypt = :encrypt, "
			   "version = version + 1 WHERE account_id = :id"),
};

const struct db_statements smime_statements = DB_STATEMENTS("smime", sql);

void
smime_label(char to[SMIME_LABEL_SIZE], const char *address)
{
	/* Long addresses are cut: the certificate holds the rest. */
	text_format(to, SMIME_LABEL_SIZE, "smime key of %.40s", address);
}

/* ---- reading and looking ---- */

static enum err_code
read_file(struct identity *identity, const char *base64, const char *passphrase,
    struct err *err)
{
	uint8_t bytes[TEXT_SIZE];
	char plain[TEXT_SIZE];
	size_t length = 0, used = 0;
	enum err_code code;

	for (const char *at = base64; *at != '\0' && used + 1 < sizeof(plain);
	     at++)
		if (strchr(" \t\r\n", *at) == NULL)
			plain[used++] = *at;
	plain[used] = '\0';
	if (!base64_decode(bytes, sizeof(bytes), &length, plain))
		code = err_set(err, ERR_INVALID, "file",
		    "This is no base64 of a PKCS#12 file.");
	else
		code = identity_read_pkcs12(
		    identity, bytes, length, passphrase, err);
	explicit_bzero(bytes, sizeof(bytes));
	explicit_bzero(plain, sizeof(plain));
	return code;
}

static enum err_code
read_pem(
    struct identity *identity, const struct smime_input *in, struct err *err)
{
	char text[2 * TEXT_SIZE + 2];
	enum err_code code;

	text_format(text, sizeof(text), "%s\n%s", in->certificate, in->key);
	code = identity_read_pem(
	    identity, text, strlen(text), in->passphrase, err);
	explicit_bzero(text, sizeof(text));
	return code;
}

static enum err_code
read_input(
    struct identity *identity, const struct smime_input *in, struct err *err)
{
	identity_protect_memory(IDENTITY_ROOM);
	return in->file[0] != '\0'
	    ? read_file(identity, in->file, in->passphrase, err)
	    : read_pem(identity, in, err);
}

const char *
smime_whose(const struct context *context, const char *address)
{
	return address[0] != '\0' ? address : context->actor.address;
}

enum err_code
smime_look(struct context *context, const char *address,
    const char *certificate, const char *key, const char *passphrase,
    struct look *look, struct err *err)
{
	struct arena arena = { 0 };
	struct smime_input *in = arena_alloc(&arena, sizeof(*in));
	struct identity identity = { 0 };
	enum err_code code = OK;

	*look = (struct look){ 0 };
	if (!text_copy(in->certificate, TEXT_SIZE, certificate))
		code = err_set(err, ERR_INVALID, "certificate",
		    "This is far too long for a certificate.");
	else if (!text_copy(in->key, TEXT_SIZE, key))
		code = err_set(err, ERR_INVALID, "key",
		    "This is far too long for a private key.");
	text_copy(in->passphrase, sizeof(in->passphrase), passphrase);
	if (code == OK)
		code = read_input(&identity, in, err);
	if (code == OK)
		look_at(look, &identity, smime_whose(context, address),
		    clock_now());
	identity_close(&identity);
	explicit_bzero(in, sizeof(*in));
	arena_free(&arena);
	return code;
}

/* ---- set, import ---- */

static enum err_code
seal_identity(struct context *context, struct smime_input *in,
    const struct identity *identity, struct err *err)
{
	const char *address = smime_whose(context, in->address);
	char label[SMIME_LABEL_SIZE];
	struct look look;

	look_at(&look, identity, address, clock_now());
	if (look_refusal(&look, err) != OK)
		return err->code;
	if (context->state_directory == NULL)
		return err_set(err, ERR_SYSTEM, NULL,
		    "There is no vault to seal the key to.");
	if (vault_fingerprint(context->state_directory, in->vault, err) != OK)
		return err->code;
	smime_label(label, address);
	return store_fill(
	    &in->stored, &look, identity, context->state_directory, label, err);
}

static enum err_code
prepare_set(struct context *context, void *input, struct err *err)
{
	struct smime_input *in = input;
	struct identity identity = { 0 };
	enum err_code code = read_input(&identity, in, err);

	if (code == OK)
		code = seal_identity(context, in, &identity, err);
	identity_close(&identity);
	return code;
}

static enum err_code
find_person(struct operation_run *run, const void *input, struct err *err)
{
	const struct smime_input *in = input;
	struct account account;
	const enum err_code code =
	    account_target(run, in->address, &account, err);

	/* Versions are the identity's, not the account's. */
	run->target.version = 0;
	return code;
}

static enum err_code
run_set(struct operation_run *run, const void *input, struct err *err)
{
	const struct smime_input *in = input;
	const struct store *stored = &in->stored;
	const struct certificate_facts *facts = &stored->facts;
	struct db_query q = db_query(run->db, &smime_statements, SMIME_PUT);
	char until[32];

	db_bind_int64(&q, ":account", run->target.account_id);
	db_bind_text(&q, ":certificates", stored->certificates);
	db_bind_blob(&q, ":sealed", stored->sealed, stored->sealed_length);
	db_bind_text(&q, ":vault", in->vault);
	db_bind_text(&q, ":subject", facts->subject);
	db_bind_text(&q, ":issuer", facts->issuer);
	db_bind_text(&q, ":serial", facts->serial);
	db_bind_text(&q, ":fingerprint", facts->fingerprint);
	db_bind_text(&q, ":algorithm", facts->algorithm);
	db_bind_text(&q, ":addresses", stored->addresses);
	db_bind_int64(&q, ":starts", facts->starts_at);
	db_bind_int64(&q, ":ends", facts->ends_at);
	db_bind_int64(&q, ":now", clock_now());
	clock_format_short(until, sizeof(until), facts->ends_at);
	text_format(run->result->note, sizeof(run->result->note),
	    "Stored.  While the milter runs, mail of %.100s is signed until "
	    "%s.",
	    run->target.name, until);
	text_format(run->audit_note, sizeof(run->audit_note),
	    "fingerprint: %s\nsubject: %.200s\n", facts->fingerprint,
	    facts->subject);
	return db_run(&q, err);
}

/* ---- remove, edit ---- */

static enum err_code
run_remove(struct operation_run *run, const void *input, struct err *err)
{
	struct db_query q = db_query(run->db, &smime_statements, SMIME_DELETE);
	enum err_code code;

	(void)input;
	db_bind_int64(&q, ":id", run->target.account_id);
	code = db_run(&q, err);
	if (code == OK && db_changes(run->db) == 0)
		return err_set(err, ERR_NOT_FOUND, "address",
		    "%.100s has no S/MIME identity.", run->target.name);
	text_format(run->result->note, sizeof(run->result->note),
	    "Mail of %.100s is no longer signed; the private key is gone.",
	    run->target.name);
	return code;
}

static const char *const encrypt_words[] = { "no", "possible", "required",
	NULL };

static enum err_code
load_edit(struct db *db, void *input, int64_t *version, struct err *err)
{
	struct smime_input *in = input;
	struct db_query q = db_query(db, &smime_statements, SMIME_LOAD);

	db_bind_text(&q, ":address", in->address);
	if (db_step(&q)) {
		*version = db_int64(&q, 0);
		for (int i = 0; encrypt_words[i] != NULL; i++)
			if (text_is_same(encrypt_words[i], db_text(&q, 1)))
				in->encrypt = i;
	}
	return db_end_found(&q, "There is no S/MIME identity yet.", err);
}

static enum err_code
run_edit(struct operation_run *run, const void *input, struct err *err)
{
	const struct smime_input *in = input;
	struct db_query q = db_query(run->db, &smime_statements, SMIME_ENCRYPT);

	db_bind_text(&q, ":encrypt", encrypt_words[in->encrypt]);
	db_bind_int64(&q, ":id", run->target.account_id);
	text_format(run->result->note, sizeof(run->result->note),
	    "Encryption for %.100s: %s.", run->target.name,
	    encrypt_words[in->encrypt]);
	return db_run(&q, err);
}

/* ---- tables ---- */

#define IN(member) FIELD(struct smime_input, member)

/* clang-format off */
#define ADDRESS_FIELD \
	{ .name = "address", .label = "Address", .help = "Whose identity it is; empty: your own.", \
	  .kind = FIELD_ADDRESS, IN(address), .is_main = true, .is_fixed = true }
#define PASSPHRASE_FIELD(text) \
	{ .name = "passphrase", .label = "Passphrase", .help = (text), \
	  .kind = FIELD_SECRET, IN(passphrase) }

static const struct field set_fields[] = {
	ADDRESS_FIELD,
	{ .name = "certificate", .label = "Certificate", .help = "The certificate in PEM, and its issuers; the key may follow.",
	  .kind = FIELD_BLOCK, IN(certificate), .is_required = true },
	{ .name = "key", .label = "Private key", .help = "The private key in PEM; it is sealed at once and never shown.",
	  .kind = FIELD_BLOCK, IN(key) },
	PASSPHRASE_FIELD("Only when the key needs one; it is used once and not kept."),
	{ 0 }
};
static const struct field import_fields[] = {
	ADDRESS_FIELD,
	{ .name = "file", .label = "File", .help = "A PKCS#12 file (.p12, .pfx) as base64.",
	  .kind = FIELD_BLOCK, IN(file), .is_required = true },
	PASSPHRASE_FIELD("What the file was exported with; it is used once and not kept."),
	{ 0 }
};
static const struct field which_fields[] = { ADDRESS_FIELD, { 0 } };
static const struct field edit_fields[] = {
	{ .name = "address", .label = "Address", .help = "Whose identity it is.",
	  .kind = FIELD_ADDRESS, IN(address), .is_required = true, .is_main = true, .is_fixed = true },
	{ .name = "encrypt", .label = "Encrypt", .help = "no, possible: where all certificates are known, required: or refuse.",
	  .kind = FIELD_CHOICE, IN(encrypt), .choices = encrypt_words },
	{ 0 }
};

#define OF_PERSON .action = ACTION_SMIME_OTHER, .own_action = ACTION_SMIME_OWN, \
	.input_size = sizeof(struct smime_input), .find_target = find_person

const struct operation smime_operations[] = {
	{ .name = "smime set", .help = "Stores an S/MIME certificate and key in PEM: mail is signed with it.",
	  .fields = set_fields, OF_PERSON, .prepare = prepare_set, .run = run_set },
	{ .name = "smime import", .help = "The same from a PKCS#12 file.",
	  .fields = import_fields, OF_PERSON, .prepare = prepare_set, .run = run_set },
	{ .name = "smime edit", .help = "Says whether mail is encrypted where recipients' certificates are known.",
	  .fields = edit_fields, OF_PERSON, .load = load_edit, .run = run_edit },
	{ .name = "smime remove", .help = "Removes an S/MIME identity: mail is no longer signed.",
	  .danger = DANGER_ASK, .fields = which_fields, OF_PERSON, .run = run_remove },
	{ 0 }
};

static const struct list_column columns[] = {
	{ "address", "ADDRESS", "a.address", NULL, LIST_TEXT, 0, LIST_SORTABLE | LIST_FILTERABLE | LIST_FOLDED },
	{ "issuer", "ISSUER", "i.issuer", NULL, LIST_TEXT, 26, LIST_FILTERABLE },
	{ "ends_at", "ENDS", "i.ends_at", NULL, LIST_MOMENT, 12, LIST_SORTABLE },
	{ "state", "STATE", "CASE WHEN i.ends_at < :now THEN 'ended' WHEN i.starts_at > :now THEN 'early' "
	  "WHEN i.ends_at < :now + 30 * 86400 THEN 'ending' ELSE 'active' END", NULL, LIST_TEXT, 8, LIST_FILTERABLE | LIST_FOLDED },
	{ "subject", "SUBJECT", "i.subject", NULL, LIST_TEXT, 0, LIST_DETAIL | LIST_FILTERABLE },
	{ "algorithm", "ALGORITHM", "i.algorithm", NULL, LIST_TEXT, 0, LIST_DETAIL },
	{ "addresses", "ADDRESSES", "i.addresses", NULL, LIST_TEXTS, 0, LIST_DETAIL },
	{ "serial", "SERIAL", "i.serial", NULL, LIST_TEXT, 0, LIST_DETAIL },
	{ "fingerprint", "SHA-256", "i.fingerprint", NULL, LIST_TEXT, 0, LIST_DETAIL },
	{ "starts_at", "VALID FROM", "i.starts_at", NULL, LIST_MOMENT, 0, LIST_DETAIL },
	{ "encrypt", "ENCRYPT", "i.encrypt", NULL, LIST_TEXT, 0, LIST_DETAIL },
	{ "stored_at", "STORED", "i.created_at", NULL, LIST_MOMENT, 0, LIST_DETAIL | LIST_SORTABLE },
	{ "tenant", "TENANT", "coalesce(t.name, '')", NULL, LIST_TEXT, 0, LIST_DETAIL },
	{ "version", "VERSION", "i.version", NULL, LIST_NUMBER, 0, LIST_DETAIL },
	{ 0 }
};

const struct list smime_list = {
	.name = "smime list", .show = "smime show",
	.help = "S/MIME identities: who signs mail, and until when.",
	.empty = "With an S/MIME certificate and its key stored here, a person's mail is signed.",
	.action = ACTION_USER_VIEW,
	.from = "smime_identity i JOIN account a ON a.id = i.account_id LEFT JOIN tenant t ON t.id = a.tenant_id",
	.where = "a.deleted_at = 0",
	.id = "i.id", .key = "a.address",
	.scope_tenant = "a.tenant_id = :tenant",
	.scope_self = "a.id = :account",
	.of_tenant = "a.tenant_id = :of_tenant",
	.of_account = "a.id = :of_account",
	.columns = columns,
};
/* clang-format on */
