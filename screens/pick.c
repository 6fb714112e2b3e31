#include "screens/pick.h"

#include "model/host.h"
#include "model/intake.h"
#include "model/user.h"
#include "screens/list_screen.h"

enum { PICK_KEY_TAKE = 1 };

struct next
pick_next(const struct screen *screen, int64_t tenant_id)
{
	return (struct next){
		.kind = NEXT_OPEN, .screen = screen, .id = tenant_id
	};
}

static struct next
take(struct app *app, struct list_screen *s, const struct msg *msg)
{
	const int64_t id = table_selected_id(&s->table);

	if (msg->kind != MSG_KEY || msg->action != PICK_KEY_TAKE)
		return NEXT_STAYS;
	if (id == 0) {
		app_message(app, "There is no row here.");
		return NEXT_STAYS;
	}
	return (struct next){ .kind = NEXT_CLOSE,
		.id = id,
		.data = list_screen_name(s, app_arena(app)) };
}

/* clang-format off */
static const struct key_binding host_keys[] = {
	{ PRESS_ENTER, PICK_KEY_TAKE, "take", "Take the host." },
	{ 'n', LIST_KEY_ADD, "request", "Ask the operator to approve another host.", NULL, "host request" },
	{ 0 }
};

static const struct key_binding intake_keys[] = {
	{ PRESS_ENTER, PICK_KEY_TAKE, "take", "Start from what the sheet says." },
	{ 0 }
};

static const struct key_binding user_keys[] = {
	{ PRESS_ENTER, PICK_KEY_TAKE, "take", "Take the user." },
	{ 0 }
};
/* clang-format on */

static const struct list_view host_view = {
	.list = &host_list,
	.what = "Choose a host whose state is approved",
	.act = take,
};

static const struct list_view intake_view = {
	.list = &intake_list,
	.what = "Choose a sheet that has no tenant yet",
	.act = take,
};

static const struct list_view user_view = {
	.list = &user_list,
	.what = "Choose a user",
	.act = take,
};

LIST_SCREEN(
    screen_pick_host, "Choose", host_keys, host_view, table_keys_no_marks);
LIST_SCREEN(screen_pick_intake, "Choose", intake_keys, intake_view,
    table_keys_no_marks);
LIST_SCREEN(
    screen_pick_user, "Choose", user_keys, user_view, table_keys_no_marks);
