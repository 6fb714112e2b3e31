/*
 * client.h - what a person enters in a mail program, in every form that mail
 * programs read.
 *
 * Pure text from checked values; nothing secret is in it: the password is
 * asked by the mail program.
 */
#ifndef MAIL_CLIENT_H
#define MAIL_CLIENT_H

#include "base/address.h"
#include "base/arena.h"
#include "mail/probe.h"

#define CLIENT_NAME_SIZE 128

struct client_settings {
	char address[ADDRESS_SIZE];      /* "" in settings of a whole domain */
	char user_name[ADDRESS_SIZE];    /* to log in with; "": the address */
	char domain[HOST_NAME_SIZE];     /* of the address */
	char provider[CLIENT_NAME_SIZE]; /* whose server: the organisation */
	struct probe_endpoint incoming, outgoing;
};

/* One line a setting, as the guide names them: label and value. */
struct client_line {
	const char *label;
	const char *value;
};
#define CLIENT_LINES 10

/* The lines are in the arena; the array ends with a NULL label. */
const struct client_line *client_lines(
    struct arena *, const struct client_settings *);

/* The same as text to send to the person. */
const char *client_as_text(struct arena *, const struct client_settings *);

/*
 * The file http://autoconfig.DOMAIN/mail/config-v1.1.xml that Thunderbird and
 * others fetch (wiki.mozilla.org/Thunderbird:Autoconfiguration).  One for the
 * domain: %EMAILADDRESS% stands for whoever asks.
 */
const char *client_as_autoconfig(
    struct arena *, const struct client_settings *);

/* An Apple configuration profile (.mobileconfig) for one address, or for a
 * whole domain: the device then asks for the address, and the file names
 * nobody.  Its UUIDs follow from the address, so that a new file replaces an
 * old one. */
const char *client_as_mobileconfig(
    struct arena *, const struct client_settings *);

#endif
