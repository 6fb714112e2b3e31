/* One request, to say yes or no to. */
#include "model/request.h"
#include "base/text.h"
#include "screens/detail.h"
#include "screens/screens.h"

static const char *
decided_off(const struct app *app, const void *state)
{
	(void)app;
	return text_is_same(detail_value(state, "state"), "open")
	    ? NULL
	    : "this request is decided already";
}

/* clang-format off */
static const struct key_binding keys[] = {
	{ 'a', DETAIL_KEY_RUN, "approve", "Say yes; a requested host is approved at once.", decided_off, "request approve" },
	{ 'r', DETAIL_KEY_RUN, "refuse", "Say no, with the reason.", decided_off, "request refuse" },
	{ 0 }
};

static const struct detail_row rows[] = {
	{ "Number", "id" },
	{ "Kind", "kind" },
	{ "About", "subject" },
	{ "State", "state", NULL, true },
	{ "Asked by", "asked_by" },
	{ "Asked", "asked" },
	{ "Note", "note" },
	{ "Decided by", "decided_by" },
	{ "Decided", "decided" },
	{ "Reason", "reason" },
	{ 0 }
};
/* clang-format on */

static const struct detail_view view = {
	.list = &request_list,
	.rows = rows,
	.help = "Approving a DKIM request is a promise: dkim make fulfils it.",
};

DETAIL_SCREEN(screen_request, "Request", keys, view);
