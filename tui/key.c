#include "tui/key.h"

#include <stdbool.h>
#include <string.h>

#include "base/text.h"

/* clang-format off */
static const struct {
	int key;
	const char *name;
} names[] = {
	{ PRESS_TAB,       "Tab" },       { PRESS_ENTER,     "Enter" },
	{ PRESS_ESCAPE,    "Esc" },       { PRESS_BACKSPACE, "Backspace" },
	{ PRESS_UP,        "Up" },        { PRESS_DOWN,      "Down" },
	{ PRESS_LEFT,      "Left" },      { PRESS_RIGHT,     "Right" },
	{ PRESS_HOME,      "Home" },      { PRESS_END,       "End" },
	{ PRESS_PAGE_UP,   "PgUp" },      { PRESS_PAGE_DOWN, "PgDn" },
	{ PRESS_DELETE,    "Delete" },    { PRESS_SHIFT_TAB, "Shift-Tab" },
	{ PRESS_F1,        "F1" },        { ' ',             "Space" },
};
/* clang-format on */

#define NAME_COUNT (sizeof names / sizeof names[0])

const struct key_binding *
key_find(const struct key_binding *table, int key)
{
	for (; table != NULL && table->key != 0; table++)
		if (table->key == key)
			return table;
	return NULL;
}

static size_t
encode(int key, char *to)
{
	unsigned c = (unsigned)key;

	if (c < 0x80) {
		to[0] = (char)c;
		return 1;
	}
	if (c < 0x800) {
		to[0] = (char)(0xC0 | c >> 6);
		to[1] = (char)(0x80 | (c & 0x3F));
		return 2;
	}
	if (c < 0x10000) {
		to[0] = (char)(0xE0 | c >> 12);
		to[1] = (char)(0x80 | (c >> 6 & 0x3F));
		to[2] = (char)(0x80 | (c & 0x3F));
		return 3;
	}
	to[0] = (char)(0xF0 | c >> 18);
	to[1] = (char)(0x80 | (c >> 12 & 0x3F));
	to[2] = (char)(0x80 | (c >> 6 & 0x3F));
	to[3] = (char)(0x80 | (c & 0x3F));
	return 4;
}

void
key_as_text(int key, char to[KEY_TEXT_SIZE])
{
	to[key_is_text(key) ? encode(key, to) : 0] = '\0';
}

void
key_as_name(int key, char *to, size_t size)
{
	char text[KEY_TEXT_SIZE];

	for (size_t i = 0; i < NAME_COUNT; i++)
		if (names[i].key == key) {
			text_copy(to, size, names[i].name);
			return;
		}
	if (key > 0 && key < ' ') {
		text_format(to, size, "Ctrl-%c", key + '@');
		return;
	}
	key_as_text(key, text);
	text_copy(to, size, text);
}

int
key_by_name(const char *name)
{
	const char *at = name, *end = name + strlen(name);
	uint32_t c;

	for (size_t i = 0; i < NAME_COUNT; i++)
		if (text_is_same(names[i].name, name))
			return names[i].key;
	if (text_starts_with(name, "Ctrl-") && name[5] != '\0' &&
	    name[6] == '\0')
		return PRESS_CTRL(name[5]);
	c = text_next(&at, end);
	return at == end ? (int)c : 0;
}

bool
key_is_text(int key)
{
	return key >= ' ' && key < PRESS_UP && key != PRESS_BACKSPACE;
}
