#include "mail/client.h"

#include <stdio.h>
#include <string.h>

#include "base/digest.h"
#include "base/text.h"

#define CLIENT_TEXT_MAX (32 * 1024) /* bytes of any form */

static const char *
login_name(const struct client_settings *s)
{
	return s->user_name[0] != '\0' ? s->user_name : s->address;
}

/* ---- for people ---- */

const struct client_line *
client_lines(struct arena *arena, const struct client_settings *s)
{
	const struct client_line lines[CLIENT_LINES] = {
		{ "Account type", "IMAP" },
		{ "Email address", s->address },
		{ "User name", login_name(s) },
		{ "Password", "your mailbox password" },
		{ "Incoming host", s->incoming.host },
		{ "Incoming port",
		    arena_format(arena, "%u, %s", s->incoming.port,
			probe_security_name(&s->incoming)) },
		{ "Outgoing host", s->outgoing.host },
		{ "Outgoing port",
		    arena_format(arena, "%u, %s", s->outgoing.port,
			probe_security_name(&s->outgoing)) },
		{ "Outgoing log-in", "required, the same name and password" },
		{ NULL, NULL },
	};
	struct client_line *copy =
	    arena_array(arena, CLIENT_LINES, sizeof(*copy));

	memcpy(copy, lines, sizeof(lines));
	return copy;
}

const char *
client_as_text(struct arena *arena, const struct client_settings *s)
{
	struct text_builder text;

	text_builder_open(&text, arena, CLIENT_TEXT_MAX);
	text_addf(&text, "Mail settings of %s\n\n", s->address);
	for (const struct client_line *line = client_lines(arena, s);
	     line->label != NULL; line++)
		text_addf(&text, "%-16s %s\n", line->label, line->value);
	return text.data;
}

/* ---- for programs ---- */

/* XML 1.0 section 2.4; names may hold anything that a person typed. */
static const char *
xml(struct arena *arena, const char *from)
{
	struct text_builder text;

	text_builder_open(&text, arena, CLIENT_TEXT_MAX);
	for (; *from != '\0'; from++)
		switch (*from) {
		case '&':
			text_add(&text, "&amp;");
			break;
		case '<':
			text_add(&text, "&lt;");
			break;
		case '>':
			text_add(&text, "&gt;");
			break;
		case '"':
			text_add(&text, "&quot;");
			break;
		default:
			text_add_n(&text, from, 1);
		}
	return text.data;
}

static void
add_autoconfig_server(struct text_builder *text, const char *kind,
    const char *type, const struct probe_endpoint *endpoint)
{
	text_addf(text,
	    "    <%s type=\"%s\">\n"
	    "      <hostname>%s</hostname>\n"
	    "      <port>%u</port>\n"
	    "      <socketType>%s</socketType>\n"
	    "      <username>%%EMAILADDRESS%%</username>\n"
	    "      <authentication>password-cleartext</authentication>\n"
	    "    </%s>\n",
	    kind, type, endpoint->host, endpoint->port,
	    endpoint->is_implicit_tls ? "SSL" : "STARTTLS", kind);
}

const char *
client_as_autoconfig(struct arena *arena, const struct client_settings *s)
{
	const char *provider = xml(arena, s->provider);
	struct text_builder text;

	text_builder_open(&text, arena, CLIENT_TEXT_MAX);
	text_addf(&text,
	    "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
	    "<clientConfig version=\"1.1\">\n"
	    "  <emailProvider id=\"%s\">\n"
	    "    <domain>%s</domain>\n"
	    "    <displayName>%s</displayName>\n"
	    "    <displayShortName>%s</displayShortName>\n",
	    s->domain, s->domain, provider, provider);
	add_autoconfig_server(&text, "incomingServer", "imap", &s->incoming);
	add_autoconfig_server(&text, "outgoingServer", "smtp", &s->outgoing);
	text_add(&text, "  </emailProvider>\n</clientConfig>\n");
	return text.data;
}

/* A UUID of version 8 (RFC 9562 5.8) from what it is for. */
static const char *
uuid(struct arena *arena, const char *what, const char *address)
{
	const char *name = arena_format(arena, "postern %s %s", what, address);
	unsigned char d[DIGEST_SHA256_SIZE];

	digest_sha256(d, name, strlen(name));
	d[6] = (unsigned char)((d[6] & 0x0f) | 0x80);
	d[8] = (unsigned char)((d[8] & 0x3f) | 0x80);
	return arena_format(arena,
	    "%02X%02X%02X%02X-%02X%02X-%02X%02X-%02X%02X-"
	    "%02X%02X%02X%02X%02X%02X",
	    d[0], d[1], d[2], d[3], d[4], d[5], d[6], d[7], d[8], d[9], d[10],
	    d[11], d[12], d[13], d[14], d[15]);
}

static void
add_string(struct text_builder *text, const char *indent, const char *key,
    const char *value)
{
	text_addf(text, "%s<key>%s</key>\n%s<string>%s</string>\n", indent, key,
	    indent, xml(text->arena, value));
}

/* Whom it is for: one address, or a whole domain. */
static const char *
subject(const struct client_settings *s)
{
	return s->address[0] != '\0' ? s->address : s->domain;
}

/* What a profile leaves out, the device asks the person for. */
static void
add_known(struct text_builder *text, const char *key, const char *value)
{
	if (value[0] != '\0')
		add_string(text, "\t\t\t", key, value);
}

/* UseSSL is true for TLS from the start and for STARTTLS alike: the device
 * finds out by the port. */
static void
add_profile_server(struct text_builder *text, const char *direction,
    const struct client_settings *s, const struct probe_endpoint *endpoint)
{
	const struct {
		const char *key, *value;
	} strings[] = {
		{ "Authentication", "EmailAuthPassword" },
		{ "HostName", endpoint->host },
		{ "Username", login_name(s) },
	};

	for (size_t i = 0; i < sizeof(strings) / sizeof(strings[0]); i++)
		add_known(text,
		    arena_format(text->arena, "%sMailServer%s", direction,
			strings[i].key),
		    strings[i].value);
	text_addf(text,
	    "\t\t\t<key>%sMailServerPortNumber</key>\n"
	    "\t\t\t<integer>%u</integer>\n"
	    "\t\t\t<key>%sMailServerUseSSL</key>\n"
	    "\t\t\t<true/>\n",
	    direction, endpoint->port, direction);
}

static void
add_profile_account(struct text_builder *text, const struct client_settings *s)
{
	struct arena *arena = text->arena;
	const char *id = uuid(arena, "mail", subject(s));

	text_add(text, "\t\t<dict>\n");
	add_string(text, "\t\t\t", "EmailAccountType", "EmailTypeIMAP");
	add_string(text, "\t\t\t", "EmailAccountDescription", subject(s));
	add_known(text, "EmailAddress", s->address);
	add_profile_server(text, "Incoming", s, &s->incoming);
	add_profile_server(text, "Outgoing", s, &s->outgoing);
	text_add(text,
	    "\t\t\t<key>OutgoingPasswordSameAsIncomingPassword</key>\n"
	    "\t\t\t<true/>\n");
	add_string(text, "\t\t\t", "PayloadDisplayName", subject(s));
	add_string(text, "\t\t\t", "PayloadIdentifier",
	    arena_format(arena, "postern.mail.%s", id));
	add_string(text, "\t\t\t", "PayloadType", "com.apple.mail.managed");
	add_string(text, "\t\t\t", "PayloadUUID", id);
	text_add(text,
	    "\t\t\t<key>PayloadVersion</key>\n"
	    "\t\t\t<integer>1</integer>\n"
	    "\t\t</dict>\n");
}

const char *
client_as_mobileconfig(struct arena *arena, const struct client_settings *s)
{
	const char *id = uuid(arena, "profile", subject(s));
	struct text_builder text;

	text_builder_open(&text, arena, CLIENT_TEXT_MAX);
	text_add(&text,
	    "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
	    "<!DOCTYPE plist PUBLIC \"-//Apple//DTD PLIST 1.0//EN\" "
	    "\"http://www.apple.com/DTDs/PropertyList-1.0.dtd\">\n"
	    "<plist version=\"1.0\">\n"
	    "<dict>\n"
	    "\t<key>PayloadContent</key>\n"
	    "\t<array>\n");
	add_profile_account(&text, s);
	text_add(&text, "\t</array>\n");
	add_string(&text, "\t", "PayloadDisplayName",
	    arena_format(arena, "Mail of %s", subject(s)));
	add_string(&text, "\t", "PayloadIdentifier",
	    arena_format(arena, "postern.profile.%s", id));
	add_string(&text, "\t", "PayloadOrganization", s->provider);
	add_string(&text, "\t", "PayloadType", "Configuration");
	add_string(&text, "\t", "PayloadUUID", id);
	text_add(&text,
	    "\t<key>PayloadVersion</key>\n"
	    "\t<integer>1</integer>\n"
	    "</dict>\n"
	    "</plist>\n");
	return text.data;
}
