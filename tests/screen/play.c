/* Plays .keys files over the real screens, with the example reseller. */
#include "tests/lib/play.h"
#include "screens/session.h"
#include "tests/screen/world.h"

struct scene {
	struct world world;
	struct arena arena; /* texts of the options */
};

static bool
options_of(void *context, const char *who, struct app_options *options)
{
	struct scene *scene = context;

	if (!world_login(&scene->world, who))
		return false;
	arena_free(&scene->arena);
	session_options(options, &scene->world.context, &scene->arena);
	return true;
}

static void
reset(void *context)
{
	struct scene *scene = context;

	world_reset(&scene->world);
}

int
main(int argc, char **argv)
{
	static struct scene scene;
	const struct app_backend backend = {
		.options = options_of,
		.reset = reset,
		.context = &scene,
	};
	int status;

	world_open(&scene.world);
	status = play_main(argc, argv, &backend);
	world_close(&scene.world);
	arena_free(&scene.arena);
	return status;
}
