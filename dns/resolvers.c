#include "dns/resolvers.h"

#include <stdio.h>
#include <string.h>

#include "base/text.h"

#define SEPARATOR " \t\n,"

enum err_code
resolvers_parse(struct ip_port *to, size_t max, size_t *count, const char *list,
    struct err *err)
{
	char word[IP_TEXT_SIZE + 10];

	for (const char *at = list + strspn(list, SEPARATOR); *at != '\0';) {
		const size_t length = strcspn(at, SEPARATOR);
		enum err_code code;

		if (length >= sizeof(word))
			return err_set(err, ERR_INVALID, NULL,
			    "\"%.40s\" is no address: write 192.0.2.1 or "
			    "192.0.2.1:5353.",
			    at);
		memcpy(word, at, length);
		word[length] = '\0';
		if (*count == max)
			return err_set(err, ERR_LIMIT, NULL,
			    "At most %zu addresses: leave out %s.", max, word);
		code = ip_port_parse(&to[*count], word, DNS_PORT, err);
		if (code != OK)
			return code;
		(*count)++;
		at += length;
		at += strspn(at, SEPARATOR);
	}
	return OK;
}

/* ldns reads commented-out lines; the format is simple enough. */
static void
read_resolv_conf(FILE *file, struct ip_port *to, size_t max, size_t *count)
{
	char line[256], address[IP_TEXT_SIZE];

	while (*count < max && fgets(line, sizeof(line), file) != NULL) {
		if (sscanf(line, " nameserver %45s", address) != 1)
			continue;
		to[*count].port = DNS_PORT;
		if (ip_parse(&to[*count].ip, address, NULL) == OK)
			(*count)++;
	}
}

void
resolvers_default(
    struct ip_port *to, size_t max, size_t *count, const char *path)
{
	FILE *file;

	if (*count > 0)
		return;
	file = fopen(path != NULL ? path : "/etc/resolv.conf", "re");
	if (file != NULL) {
		read_resolv_conf(file, to, max, count);
		fclose(file);
	}
	if (*count == 0 && max > 0) {
		to[0] = (struct ip_port){ .port = DNS_PORT };
		if (ip_parse(&to[0].ip, "127.0.0.1", NULL) == OK)
			*count = 1;
	}
}
