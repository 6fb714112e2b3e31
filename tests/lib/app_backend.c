#include "tests/lib/app_backend.h"

#include <string.h>
#include <unistd.h>

#include "base/text.h"

static bool
login(void *context, const char *who)
{
	struct app_backend *backend = context;
	struct app_options options = { 0 };

	app_backend_close(backend);
	if (!backend->options(backend->context, who, &options))
		return false;
	options.rows = backend->rows > 0 ? backend->rows : CANVAS_ROWS;
	options.columns =
	    backend->columns > 0 ? backend->columns : CANVAS_COLUMNS;
	options.is_ascii = backend->is_ascii;
	backend->app = app_open(&backend->arena, &options);
	return true;
}

static void
press(void *context, int key)
{
	struct app_backend *backend = context;

	app_feed_key(backend->app, key);
}

static void
type(void *context, const char *text)
{
	const char *end = text + strlen(text);

	for (uint32_t c; (c = text_next(&text, end)) != 0;)
		press(context, (int)c);
}

static void
paste(void *context, const char *text)
{
	struct app_backend *backend = context;

	app_feed_text(backend->app, text, true);
}

static void
resize(void *context, int rows, int columns)
{
	struct app_backend *backend = context;

	app_resize(backend->app, rows, columns);
}

static char *
screen(void *context, struct arena *arena)
{
	struct app_backend *backend = context;

	return canvas_as_text(app_canvas(backend->app), arena);
}

static bool
wait_for(void *context, int ms)
{
	struct app_backend *backend = context;

	if (!app_wait_jobs(backend->app, ms))
		return app_has_jobs(backend->app);
	return true;
}

static bool
is_closed(void *context)
{
	struct app_backend *backend = context;

	return app_is_done(backend->app);
}

struct script_backend
app_backend(struct app_backend *backend)
{
	return (struct script_backend){
		.context = backend,
		.login = login,
		.press = press,
		.type = type,
		.paste = paste,
		.resize = resize,
		.screen = screen,
		.wait = wait_for,
		.is_closed = is_closed,
	};
}

void
app_backend_close(struct app_backend *backend)
{
	if (backend->app != NULL)
		app_close(backend->app);
	backend->app = NULL;
	arena_free(&backend->arena);
}
