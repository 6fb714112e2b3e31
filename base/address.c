#include "base/address.h"

#include <string.h>

#include "base/text.h"

#define LOCAL_SIGNS "abcdefghijklmnopqrstuvwxyz0123456789._-+="

static enum err_code
check_local(const char *local, struct err *err)
{
	const size_t good = strspn(local, LOCAL_SIGNS);
	char shown[16];

	if (local[good] != '\0') {
		text_visible(shown, sizeof(shown), local + good,
		    strlen(local + good) > 4 ? 4 : strlen(local + good));
		if ((unsigned char)local[good] < 0x80)
			shown[1] = '\0';
		return err_set(err, ERR_INVALID, NULL,
		    "\"%s\" can't be before the @: use letters, digits and "
		    ". _ - + =",
		    shown);
	}
	if (local[0] == '.' || local[strlen(local) - 1] == '.' ||
	    strstr(local, "..") != NULL)
		return err_set(err, ERR_INVALID, NULL,
		    "Before the @, a dot stands alone and between two other "
		    "characters.");
	return OK;
}

static enum err_code
parse(struct address *address, const char *text, bool may_be_catch_all,
    struct err *err)
{
	char typed[ADDRESS_SIZE + HOST_DISPLAY_SIZE];
	char *at;

	*address = (struct address){ 0 };
	if (!text_copy(typed, sizeof(typed), text))
		return err_set(err, ERR_INVALID, NULL,
		    "The address is too long: at most 64 characters before "
		    "the @ and 253 behind it.");
	text_trim(typed);
	at = strrchr(typed, '@');
	if (at == NULL)
		return err_set(err, ERR_INVALID, NULL,
		    "\"%.60s\" has no @: write the whole address, such as "
		    "support@example.com.",
		    typed);
	*at = '\0';
	text_lower(typed);
	if (may_be_catch_all && text_is_same(typed, "*"))
		typed[0] = '\0';
	if (typed[0] == '\0' && !may_be_catch_all)
		return err_set(err, ERR_INVALID, NULL,
		    "There is nothing before the @: write the whole address, "
		    "such as support@example.com.");
	if (!text_copy(address->local, sizeof(address->local), typed))
		return err_set(err, ERR_INVALID, NULL,
		    "There are more than 64 characters before the @.");
	if (typed[0] != '\0' && check_local(typed, err) != OK)
		return ERR_INVALID;
	return host_name_parse(&address->domain, at + 1, err);
}

enum err_code
address_parse(struct address *address, const char *text, struct err *err)
{
	return parse(address, text, false, err);
}

enum err_code
address_parse_alias(struct address *address, const char *text, struct err *err)
{
	return parse(address, text, true, err);
}

void
address_format(char to[ADDRESS_SIZE], const struct address *address)
{
	text_format(
	    to, ADDRESS_SIZE, "%s@%s", address->local, address->domain.text);
}
