/* The example screens on this terminal, to try the toolkit by hand. */
#include <stdio.h>
#include <stdlib.h>

#include "tests/tui/example.h"
#include "tui/terminal.h"

int
main(int argc, char **argv)
{
	struct example example = { .people = argc > 1 ? atoi(argv[1]) : 1000 };
	struct arena arena = { 0 };
	struct app_options options;
	struct terminal *terminal;
	struct app *app;
	struct err err;

	if (terminal_open(&terminal, &err) != OK) {
		printf("%s\n", err.text);
		return err_exit_status(err.code);
	}
	example_options(&example, &options);
	options.is_ascii = terminal_is_ascii(terminal);
	app = app_open(&arena, &options);
	app_run(app, terminal);
	app_close(app);
	terminal_close(&terminal);
	arena_free(&arena);
	return 0;
}
