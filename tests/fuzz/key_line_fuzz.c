/* A line with an SSH key: what is accepted is narrower than nothing and not
 * wider than itself, can be told in words, and names the same key alone. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "model/key_line.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
check_options(const struct key_options *options)
{
	char sentence[KEY_SENTENCE_SIZE];
	size_t length;

	if (!key_from_is_within(options->from_list, options->from_list) ||
	    !key_from_is_within(options->from_list, "") ||
	    !key_commands_are_within(options->commands, options->commands) ||
	    !key_commands_are_within(options->commands, ""))
		abort();
	key_options_describe(options, sentence, sizeof(sentence));
	length = strlen(sentence);
	if (length == 0 || sentence[length - 1] != '.')
		abort();
}

static void
check_key(const struct key_line *line)
{
	char alone[KEY_LINE_SIZE];
	struct key_line again;

	if (!text_format(alone, sizeof(alone), "%s %s", line->key.type,
		line->key.base64) ||
	    key_line_parse(&again, alone, NULL) != OK ||
	    !text_is_same(again.key.fingerprint, line->key.fingerprint) ||
	    again.options.expires_at != 0 || again.options.commands[0] != '\0')
		abort();
	(void)key_advice(&line->key);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *pasted = malloc(size + 1);
	struct key_line line;
	struct err err = { 0 };

	if (pasted == NULL)
		return 0;
	memcpy(pasted, data, size);
	pasted[size] = '\0';
	if (key_line_parse(&line, pasted, &err) == OK) {
		check_options(&line.options);
		check_key(&line);
	} else if (err.text[0] == '\0')
		abort();
	free(pasted);
	return 0;
}
