/*
 * key_line.h - one line of an authorized_keys file (sshd(8)): restrictions,
 * then the key.
 *
 *	from="192.0.2.0/24",expiry-time="20270101Z",command="user *" ssh-ed25519 AAAA... anna
 *
 * The words are sshd's where sshd has them; `tenant` and `read-only` are
 * ours, and `command` holds names of operations.  What can't be kept (touch,
 * PIN, certificates, host patterns) is refused with a sentence, and so is
 * every unknown word: a restriction is never passed over.
 */
#ifndef MODEL_KEY_LINE_H
#define MODEL_KEY_LINE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/ip.h"
#include "model/actor.h"
#include "model/public_key.h"

#define KEY_FROM_SIZE     512 /* bytes, with the final NUL */
#define KEY_TENANT_SIZE   256
#define KEY_SENTENCE_SIZE 1600 /* key_options_describe(), with the NUL */
#define KEY_LINE_SIZE     (PUBLIC_KEY_BASE64_SIZE + 2048) /* as it is typed */

/* All zero: none. */
struct key_options {
	char from_list[KEY_FROM_SIZE]; /* "192.0.2.0/24, 2001:db8::1" */
	int64_t expires_at;            /* 0: never */
	bool is_restricted, is_read_only;
	char commands[ACTOR_COMMANDS_SIZE]; /* "user list, dns *"; "": all */
	char tenant[KEY_TENANT_SIZE];       /* as typed: name or domain */
};

struct key_line {
	struct key_options options;
	struct public_key key;
};

/* ERR_INVALID with the sentence; err.field is "key". */
enum err_code key_line_parse(
    struct key_line *, const char *pasted, struct err *) MUST_USE;

/* The next entry of a list with commas, without blanks around it; *list goes
 * behind it.  False at the end. */
bool key_list_next(const char **list, char *to, size_t size);

/* "192.0.2.0/24", "2001:db8::1": false when it is neither address nor
 * network. */
bool key_network_parse(const char *entry, struct ip *net, unsigned *bits);

/* Whether each network of `list` lies in one of `within`; "" is all. */
bool key_from_is_within(const char *list, const char *within);

/* Whether each pattern of `commands` is covered by one of `within`. */
bool key_commands_are_within(const char *commands, const char *within);

/*
 * "This key may list users and add users of Acme until 1 Jan 2027 01:00, from
 * 192.0.2.0/24 only, and changes nothing."  options->tenant is the name.
 */
void key_options_describe(const struct key_options *, char *to, size_t size);

/* What to know about a key of this type, or "": touch can't be checked, RSA
 * is short. */
const char *key_advice(const struct public_key *);

#endif
