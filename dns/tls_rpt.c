#include "dns/tls_rpt.h"

#include <string.h>

#include "base/text.h"
#include "dns/report_uri.h"
#include "dns/txt_mend.h"

bool
tls_rpt_better(char to[DNS_VALUE_SIZE], const struct dns_rr *const *list,
    size_t count, const char *report)
{
	static const char *const names[] = { "rua", NULL };
	char text[DNS_VALUE_SIZE], uris[DNS_VALUE_SIZE] = "";
	struct tag_list tags;
	bool fits = true;

	for (size_t i = 0; i < count; i++) {
		txt_mend(
		    text, list[i]->data, list[i]->length, "v=TLSRPTv1", names);
		(void)tag_list_parse(&tags, text, strlen(text));
		fits &=
		    report_uris_add(uris, sizeof(uris), tag_find(&tags, "rua"));
	}
	fits &= report_uris_add_mail(uris, sizeof(uris), report);
	return text_format(to, DNS_VALUE_SIZE, "v=TLSRPTv1; rua=%s", uris) &&
	    fits;
}
