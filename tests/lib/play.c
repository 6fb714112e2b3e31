#include "tests/lib/play.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/io.h"
#include "base/text.h"

struct score {
	int passed, failed;
};

static void
play(const char *path, const struct app_backend *with, const char *variant,
    struct score *score)
{
	struct app_backend backend = *with;
	struct script_backend script = app_backend(&backend);

	script.variant = variant;
	if (variant != NULL && text_is_same(variant, "ascii"))
		backend.is_ascii = true;
	else if (variant != NULL &&
	    sscanf(variant, "%dx%d", &backend.columns, &backend.rows) != 2) {
		printf("%s: no such variant: %s\n", path, variant);
		score->failed++;
		return;
	}
	if (backend.reset != NULL)
		backend.reset(backend.context);
	score->failed += script_run(path, &script, &score->passed);
	app_backend_close(&backend);
}

/* The words of the line "also ...", or "". */
static char *
variants_of(struct arena *arena, const char *path)
{
	struct err err;
	size_t length;
	char *text, *line;

	if (io_read_file(arena, path, 1024 * 1024, &text, &length, &err) != OK)
		return arena_text(arena, "");
	while ((line = strsep(&text, "\n")) != NULL)
		if (text_starts_with(line, "also "))
			return line + strlen("also ");
	return arena_text(arena, "");
}

int
play_main(int argc, char **argv, const struct app_backend *backend)
{
	struct score score = { 0 };

	/* Moments are shown in local time. */
	setenv("TZ", "UTC", 1);
	tzset();
	for (int i = 1; i < argc; i++) {
		struct arena arena = { 0 };
		char *rest = variants_of(&arena, argv[i]), *variant;

		play(argv[i], backend, NULL, &score);
		while ((variant = strsep(&rest, " ")) != NULL)
			if (variant[0] != '\0')
				play(argv[i], backend, variant, &score);
		arena_free(&arena);
	}
	printf("%d passed, %d failed\n", score.passed, score.failed);
	return score.failed == 0 ? 0 : 1;
}
