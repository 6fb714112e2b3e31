#include "dns/autoconfig.h"

#include <libxml/xmlreader.h>
#include <string.h>

#include "base/text.h"

#define DOMAIN_WORD "%EMAILDOMAIN%"

struct reader {
	struct autoconfig *to;
	const char *domain;
	struct autoconfig_server *server; /* inside of it, or NULL */
	enum { PART_OTHER, PART_HOST, PART_PORT } part;
	bool is_config;
};

static bool
is_type(xmlTextReaderPtr xml, const char *wanted)
{
	xmlChar *type = xmlTextReaderGetAttribute(xml, (const xmlChar *)"type");
	const bool is = type != NULL && strcmp((const char *)type, wanted) == 0;

	xmlFree(type);
	return is;
}

/* The first of its kind; those behind it are other ways. */
static struct autoconfig_server *
server_of(struct reader *r, xmlTextReaderPtr xml, const char *name)
{
	if (strcmp(name, "incomingServer") == 0 && is_type(xml, "imap") &&
	    r->to->imap.host[0] == '\0')
		return &r->to->imap;
	if (strcmp(name, "outgoingServer") == 0 && is_type(xml, "smtp") &&
	    r->to->smtp.host[0] == '\0')
		return &r->to->smtp;
	return NULL;
}

static void
open_element(struct reader *r, xmlTextReaderPtr xml, const char *name)
{
	if (xmlTextReaderDepth(xml) == 0)
		r->is_config = strcmp(name, "clientConfig") == 0;
	r->part = PART_OTHER;
	if (strcmp(name, "hostname") == 0)
		r->part = PART_HOST;
	else if (strcmp(name, "port") == 0)
		r->part = PART_PORT;
	else if (strcmp(name, "incomingServer") == 0 ||
	    strcmp(name, "outgoingServer") == 0)
		r->server = server_of(r, xml, name);
	if (xmlTextReaderIsEmptyElement(xml) == 1)
		r->part = PART_OTHER;
}

static void
close_element(struct reader *r, const char *name)
{
	r->part = PART_OTHER;
	if (strcmp(name, "incomingServer") == 0 ||
	    strcmp(name, "outgoingServer") == 0)
		r->server = NULL;
}

static void
take_host(struct reader *r, char *text)
{
	char *word = strstr(text, DOMAIN_WORD);

	if (word != NULL)
		*word = '\0';
	text_format(r->server->host, sizeof(r->server->host), "%s%s%s", text,
	    word != NULL ? r->domain : "",
	    word != NULL ? word + strlen(DOMAIN_WORD) : "");
	text_lower(r->server->host);
}

static void
take_text(struct reader *r, const char *value)
{
	char text[DNS_NAME_SIZE];
	int64_t port = 0;

	if (value == NULL || r->server == NULL || r->part == PART_OTHER)
		return;
	text_visible(text, sizeof(text), value, strlen(value));
	text_trim(text);
	if (r->part == PART_HOST)
		take_host(r, text);
	else if (text_to_int64(text, &port) && port > 0 && port <= UINT16_MAX)
		r->server->port = (uint16_t)port;
}

/* False for what may not stand there: entity bombs live in document types. */
static bool
take_node(struct reader *r, xmlTextReaderPtr xml)
{
	const char *name = (const char *)xmlTextReaderConstLocalName(xml);

	switch (xmlTextReaderNodeType(xml)) {
	case XML_READER_TYPE_DOCUMENT_TYPE:
	case XML_READER_TYPE_ENTITY_REFERENCE:
		return false;
	case XML_READER_TYPE_ELEMENT:
		if (name != NULL)
			open_element(r, xml, name);
		return name != NULL;
	case XML_READER_TYPE_END_ELEMENT:
		if (name != NULL)
			close_element(r, name);
		return true;
	case XML_READER_TYPE_TEXT:
	case XML_READER_TYPE_CDATA:
		take_text(r, (const char *)xmlTextReaderConstValue(xml));
		return true;
	default:
		return true;
	}
}

static void
say_nothing(void *context, const char *message, ...)
{
	(void)context;
	(void)message;
}

bool
autoconfig_read(
    struct autoconfig *to, const char *bytes, size_t length, const char *domain)
{
	struct reader reader = { .to = to, .domain = domain };
	xmlTextReaderPtr xml;
	int state = -1;

	memset(to, 0, sizeof(*to));
	xmlSetGenericErrorFunc(NULL, say_nothing);
	xml = xmlReaderForMemory(bytes, (int)length, NULL, NULL,
	    XML_PARSE_NONET | XML_PARSE_NOERROR | XML_PARSE_NOWARNING);
	while (xml != NULL && (state = xmlTextReaderRead(xml)) == 1)
		if (!take_node(&reader, xml)) {
			state = -1;
			break;
		}
	xmlFreeTextReader(xml);
	xmlResetLastError();
	return state == 0 && reader.is_config;
}
