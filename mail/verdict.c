#include "mail/verdict.h"

static const struct {
	const char *word, *name;
	int rank; /* for a summary */
} verdicts[] = {
	[MAIL_SKIPPED] = { "skip", "skipped", 0 },
	[MAIL_PASS] = { "pass", "pass", 1 },
	[MAIL_WARN] = { "WARN", "warn", 2 },
	[MAIL_FAIL] = { "FAIL", "fail", 4 },
	[MAIL_UNKNOWN] = { "unknown", "unknown", 3 },
};

const char *
mail_verdict_word(enum mail_verdict verdict)
{
	return verdicts[verdict].word;
}

const char *
mail_verdict_name(enum mail_verdict verdict)
{
	return verdicts[verdict].name;
}

enum mail_verdict
mail_worse(enum mail_verdict a, enum mail_verdict b)
{
	return verdicts[a].rank >= verdicts[b].rank ? a : b;
}
