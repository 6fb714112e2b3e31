/* SPF over any recording: evaluated and counted for three senders. */
#include <stdint.h>
#include <string.h>

#include "dns/replay.h"
#include "dns/spf.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
judge(const struct dns_answers *answers, const char *ip, const char *local)
{
	struct spf_sender sender = { .local = local,
		.domain = "example.com",
		.helo = "mail.example.net" };
	struct dns_questions need = { .count = 0 };
	struct spf_report report;

	if (ip_parse(&sender.ip, ip, NULL) != OK)
		return;
	spf_evaluate(answers, &sender, &need, &report);
	need.count = 0;
	spf_count(answers, &sender, &need, &report);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena arena = { 0 };
	struct dns_answers *answers = answers_open(&arena);
	struct err err;

	if (replay_read(answers, arena_text_n(&arena, (const char *)data, size),
		&err) == OK) {
		judge(answers, "192.0.2.1", "strong-bad");
		judge(answers, "2001:db8::1", "");
		judge(answers, "::ffff:192.0.2.1", "a+b=%{d}\n");
	}
	answers_close(&answers);
	arena_free(&arena);
	return 0;
}
