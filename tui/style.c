#include "tui/style.h"

#include "base/text.h"

char
style_letter(enum style style)
{
	static const char letters[] = {
		[STYLE_NORMAL] = ' ',
		[STYLE_TITLE] = 'T',
		[STYLE_HEADING] = 'H',
		[STYLE_DIM] = 'd',
		[STYLE_KEY] = 'K',
		[STYLE_CURSOR] = 'S',
		[STYLE_MARK] = 'M',
		[STYLE_FIELD] = 'f',
		[STYLE_FOCUS] = 'O',
		[STYLE_PASS] = 'P',
		[STYLE_WARN] = 'W',
		[STYLE_FAIL] = 'F',
		[STYLE_ERROR] = 'E',
	};

	return style < STYLE_COUNT ? letters[style] : '?';
}

/* clang-format off */
static const struct {
	const char *word;
	enum style style;
} words[] = {
	{ "pass",       STYLE_PASS }, { "ok",        STYLE_PASS },
	{ "active",     STYLE_PASS }, { "live",      STYLE_PASS },
	{ "approved",   STYLE_PASS }, { "verified",  STYLE_PASS },
	{ "signing",    STYLE_PASS }, { "done",      STYLE_PASS },
	{ "warn",       STYLE_WARN }, { "full",      STYLE_WARN },
	{ "preparing",  STYLE_WARN }, { "requested", STYLE_WARN },
	{ "unverified", STYLE_WARN }, { "unknown",   STYLE_WARN },
	{ "open",       STYLE_WARN }, { "retiring",  STYLE_WARN },
	{ "fail",       STYLE_FAIL }, { "refused",   STYLE_FAIL },
	{ "suspended",  STYLE_FAIL }, { "locked",    STYLE_FAIL },
	{ "down",       STYLE_FAIL }, { "denied",    STYLE_FAIL },
	{ "skip",       STYLE_DIM  }, { "skipped",   STYLE_DIM  },
	{ "closed",     STYLE_DIM  }, { "retired",   STYLE_DIM  },
	{ "removed",    STYLE_DIM  }, { "...",       STYLE_DIM  },
};
/* clang-format on */

enum style
style_of_word(const char *word)
{
	for (size_t i = 0; i < sizeof words / sizeof words[0]; i++)
		if (text_is_same_fold(words[i].word, word))
			return words[i].style;
	return STYLE_NORMAL;
}
