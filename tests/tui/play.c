/* Plays .keys files over the toolkit's example screens. */
#include "tests/lib/play.h"
#include "tests/tui/example.h"

#include "base/text.h"

/* "login example" has 40 people, "login nobody" none. */
static bool
options_of(void *context, const char *who, struct app_options *options)
{
	struct example *example = context;

	*example = (struct example){
		.people = text_is_same(who, "nobody") ? 0 : 40,
	};
	example_options(example, options);
	return true;
}

int
main(int argc, char **argv)
{
	struct example example;
	const struct app_backend backend = {
		.options = options_of,
		.context = &example,
	};

	return play_main(argc, argv, &backend);
}
