#include "base/host_name.h"

#include <idn2.h>
#include <string.h>

#include "base/text.h"

#define LABEL_MAX 63 /* RFC 1035 2.3.4 */

static bool
is_letter_or_digit(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
}

/* Checks labels of an A-label name in lower case. */
static enum err_code
check_labels(const char *name, struct err *err)
{
	size_t labels = 0, length = 0;
	const char *label = name;

	for (;; label += length + 1) {
		length = strcspn(label, ".");
		if (length == 0)
			return err_set(err, ERR_INVALID, NULL,
			    label == name
				? "A host name does not begin with a dot."
				: "Two dots in a row.  A host name has one dot "
				  "between labels.");
		if (length > LABEL_MAX)
			return err_set(err, ERR_INVALID, NULL,
			    "The part \"%.20s...\" is longer than 63 "
			    "characters.",
			    label);
		for (size_t i = 0; i < length; i++) {
			if (!is_letter_or_digit(label[i]) && label[i] != '-')
				return err_set(err, ERR_INVALID, NULL,
				    "\"%c\" can't be in a host name: use "
				    "letters, digits, hyphens and dots.",
				    label[i]);
		}
		if (label[0] == '-' || label[length - 1] == '-')
			return err_set(err, ERR_INVALID, NULL,
			    "The part \"%.*s\" begins or ends with a hyphen.",
			    (int)length, label);
		labels++;
		if (label[length] == '\0')
			break;
	}
	if (labels < 2)
		return err_set(err, ERR_INVALID, NULL,
		    "\"%.60s\" has no dot: write the full name, such as "
		    "mail.example.com.",
		    name);
	if (strspn(label, "0123456789") == length)
		return err_set(err, ERR_INVALID, NULL,
		    "\"%.60s\" ends in a number: write a name here, not an "
		    "IP address.",
		    name);
	return OK;
}

enum err_code
host_name_parse(struct host_name *host, const char *text, struct err *err)
{
	char typed[HOST_DISPLAY_SIZE];
	uint8_t *ascii = NULL;
	size_t length;
	int status;

	host->text[0] = '\0';
	if (!text_copy(typed, sizeof(typed), text))
		return err_set(err, ERR_INVALID, NULL,
		    "A host name has at most 253 characters.");
	text_trim(typed);
	length = strlen(typed);
	if (length > 1 && typed[length - 1] == '.')
		typed[--length] = '\0';
	if (length == 0)
		return err_set(err, ERR_INVALID, NULL,
		    "Write a host name, such as mail.example.com.");
	if (strstr(typed, "..") != NULL || typed[0] == '.' ||
	    text_is_clean(typed, length) == false) {
		if (text_is_clean(typed, length))
			return check_labels(typed, err);
		return err_set(err, ERR_INVALID, NULL,
		    "There are control characters in the name.");
	}
	status = idn2_lookup_u8((const uint8_t *)typed, &ascii,
	    IDN2_NFC_INPUT | IDN2_NONTRANSITIONAL);
	if (status != IDN2_OK) {
		text_lower(typed);
		if (check_labels(typed, err) != OK)
			return ERR_INVALID;
		return err_set(err, ERR_INVALID, NULL,
		    "\"%.60s\" is no valid internationalised name: %s.", typed,
		    idn2_strerror(status));
	}
	const bool fits =
	    text_copy(host->text, sizeof(host->text), (const char *)ascii);
	idn2_free(ascii);
	text_lower(host->text);
	if (!fits || check_labels(host->text, err) != OK) {
		host->text[0] = '\0';
		if (!fits)
			return err_set(err, ERR_INVALID, NULL,
			    "A host name has at most 253 characters.");
		return ERR_INVALID;
	}
	return OK;
}

bool
host_name_is_stored_form(const char *text)
{
	return *text != '\0' && strlen(text) < HOST_NAME_SIZE &&
	    check_labels(text, NULL) == OK;
}

void
host_name_display(char to[HOST_DISPLAY_SIZE], const char *stored)
{
	char *unicode = NULL;

	if (strstr(stored, "xn--") == NULL ||
	    idn2_to_unicode_8z8z(stored, &unicode, 0) != IDN2_OK ||
	    !text_is_clean(unicode, strlen(unicode)))
		text_copy(to, HOST_DISPLAY_SIZE, stored);
	else
		text_copy(to, HOST_DISPLAY_SIZE, unicode);
	idn2_free(unicode);
}

bool
host_name_is_below(const char *name, const char *zone)
{
	const size_t name_length = strlen(name), zone_length = strlen(zone);

	if (name_length < zone_length ||
	    !text_is_same(name + name_length - zone_length, zone))
		return false;
	return name_length == zone_length ||
	    name[name_length - zone_length - 1] == '.';
}
