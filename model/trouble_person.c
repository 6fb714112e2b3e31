/* What the rows tell of one person, when mail or signing fails for them. */
#include <string.h>

#include "base/clock.h"
#include "base/text.h"
#include "model/account.h"
#include "model/alias.h"
#include "model/smime.h"
#include "model/trouble_facts.h"

/* Where mail to the address ends; of a domain: to its postmaster. */
enum err_code
trouble_path(struct reading *r)
{
	struct arena arena = { 0 };
	struct alias_step *steps;
	struct err why = { 0 };
	char address[ADDRESS_SIZE];
	size_t count, good = 0, outside = 0;

	text_format(address, sizeof(address), "%s%s",
	    strchr(r->trouble->about, '@') != NULL ? "" : "postmaster@",
	    r->trouble->about);
	if (alias_resolve(r->context, address, &arena, &steps, &count, &why) !=
	    OK) {
		trouble_note(
		    r->trouble, "path", MAIL_UNKNOWN, NULL, "%s", why.text);
		arena_free(&arena);
		return OK;
	}
	for (size_t i = 0; i < count; i++) {
		good += steps[i].end == ALIAS_MAILBOX;
		outside += steps[i].end == ALIAS_OUTSIDE;
	}
	if (good > 0)
		trouble_note(r->trouble, "path", MAIL_PASS, NULL,
		    "%.200s leads to %zu mailbox%s.", address, good,
		    good == 1 ? "" : "es");
	else if (outside > 0)
		trouble_note(r->trouble, "path", MAIL_WARN,
		    "The alias's destinations: alias resolve shows them.",
		    "%.200s leads away to another server: look there.",
		    address);
	else
		trouble_note(r->trouble, "path", MAIL_FAIL,
		    "The mailbox or the alias: alias resolve shows where it "
		    "ends.",
		    "No mailbox takes mail for %.200s%s.", address,
		    count == 1 && steps[0].end == ALIAS_NOWHERE
			? ": there is no such address"
			: "");
	arena_free(&arena);
	return OK;
}

static void
judge_account(struct trouble *trouble, const struct account *account)
{
	const char *address = account->address;

	if (account->deleted_at != 0)
		trouble_note(trouble, "account", MAIL_FAIL,
		    "The user: user restore, or user add anew.",
		    "%.200s was removed.", address);
	else if (text_is_same(account->status, "suspended"))
		trouble_note(trouble, "account", MAIL_FAIL,
		    "The user's status: user resume.", "%.200s is suspended.",
		    address);
	else if (text_is_same(account->mailbox, "none"))
		trouble_note(trouble, "account", MAIL_FAIL,
		    "The user's mailbox: local or external.",
		    "%.200s has no mailbox to sign in to.", address);
	else
		trouble_note(trouble, "account", MAIL_PASS, NULL,
		    "%.200s is active and has a mailbox.", address);
}

enum err_code
trouble_account(struct reading *r)
{
	struct target target = { .is_known = true };
	struct account account;
	struct err why = { 0 };
	const char *address = r->trouble->about, *who;

	if (!may_ever(&r->context->actor, ACTION_USER_VIEW, &who)) {
		trouble_note(
		    r->trouble, "account", MAIL_UNKNOWN, NULL, "%s", who);
		return OK;
	}
	if (account_find(r->context->db, address, &account, &why) == OK) {
		target.tenant_id = account.tenant_id;
		target.account_id = account.id;
		target.role = account.role;
		if (may(&r->context->actor, ACTION_USER_VIEW, &target)) {
			judge_account(r->trouble, &account);
			return OK;
		}
	}
	trouble_note(r->trouble, "account", MAIL_FAIL,
	    "The user name: the full address of a mailbox, not of an alias.",
	    "There is no user %.200s.", address);
	return OK;
}

static void
judge_validity(struct trouble *trouble, const struct smime_state *state)
{
	const char *change = "The certificate: smime set with a new one.";
	const int64_t now = clock_now();
	char at[32];

	clock_format_short(at, sizeof(at),
	    state->starts_at > now ? state->starts_at : state->ends_at);
	if (state->ends_at < now)
		trouble_note(trouble, "validity", MAIL_FAIL, change,
		    "The certificate ended %s.", at);
	else if (state->starts_at > now)
		trouble_note(trouble, "validity", MAIL_FAIL, change,
		    "The certificate is not valid before %s.", at);
	else
		trouble_note(trouble, "validity", MAIL_PASS, NULL,
		    "The certificate is valid until %s.", at);
}

/* Key and certificate were matched before they were stored. */
enum err_code
trouble_smime(struct reading *r)
{
	struct smime_state state;
	struct err why = { 0 };

	if (smime_state(r->context, r->trouble->about, &state, &why) != OK) {
		trouble_note(
		    r->trouble, "identity", MAIL_UNKNOWN, NULL, "%s", why.text);
		return OK;
	}
	if (!state.has_identity) {
		trouble_note(r->trouble, "identity", MAIL_FAIL,
		    "The identity: smime set or smime import, with the key "
		    "that the certificate was made for.",
		    "%.200s has no S/MIME certificate and key here.",
		    r->trouble->about);
		return OK;
	}
	trouble_note(r->trouble, "identity", MAIL_PASS, NULL,
	    "Certificate and key are stored, and belong together.");
	judge_validity(r->trouble, &state);
	if (state.is_of_this_vault)
		trouble_note(r->trouble, "vault", MAIL_PASS, NULL,
		    "The key is sealed to this server's vault.");
	else
		trouble_note(r->trouble, "vault", MAIL_FAIL,
		    "The identity: smime set once more.",
		    "The key was sealed to another vault: the milter can't "
		    "open it.");
	return OK;
}
