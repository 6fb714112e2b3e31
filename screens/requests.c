/* The list of requests. */
#include "base/text.h"
#include "model/request.h"
#include "screens/list_screen.h"
#include "screens/screens.h"

/* Of marked rows each is told by itself. */
static const char *
decided_off(const struct app *app, const void *state)
{
	const char *decided = list_screen_cell(state, "state");

	(void)app;
	return decided[0] == '\0' || text_is_same(decided, "open")
	    ? NULL
	    : "this request is decided already";
}

/* clang-format off */
static const struct key_binding keys[] = {
	{ PRESS_ENTER, LIST_KEY_OPEN, "open", "Read the request." },
	{ 'a', LIST_KEY_EACH, "approve", "Say yes; a requested host is approved at once.", decided_off, "request approve" },
	{ 'r', LIST_KEY_EACH, "refuse", "Say no, with the reason.", decided_off, "request refuse" },
	{ 'n', LIST_KEY_ADD, "request a host", "Ask the operator to approve a host.", NULL, "host request" },
	{ 'D', LIST_KEY_ADD, "request a DKIM key", "Ask the operator to make or rotate a DKIM key.", NULL, "dkim request" },
	{ 0 }
};
/* clang-format on */

static const char *const extra[] = { "note", "reason", NULL };

static const struct list_view view = {
	.list = &request_list,
	.opens = &screen_request,
	.what = "What was asked of the operator, newest first",
	.extra = extra,
};

LIST_SCREEN(screen_requests, "Requests", keys, view, table_keys);
