#include "dns/replay.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define WORDS_MAX       300
#define LINE_LENGTH_MAX (4 * DNS_TEXT_MAX)
#define DEFAULT_TTL     3600
#define DNS_PORT        53

/* ---- words of a line ---- */

struct word {
	char *text; /* in the line's copy, unescaped, NUL behind */
	size_t length;
};

struct line {
	struct word words[WORDS_MAX];
	size_t count;
};

static int
escaped(const char **at)
{
	const char *from = *at;
	int value = 0;

	if (from[0] < '0' || from[0] > '9')
		return (unsigned char)*(*at)++;
	for (int i = 0; i < 3; i++, from++) {
		if (*from < '0' || *from > '9')
			return -1;
		value = value * 10 + (*from - '0');
	}
	*at = from;
	return value <= 255 ? value : -1;
}

/* One word, perhaps with a quoted part: note="two words".  False when a quote
 * or escape is not right. */
static bool
next_word(const char **from, char **to, struct word *word)
{
	bool is_quoted = false;
	int c;

	word->text = *to;
	while (**from != '\0' && (is_quoted || !strchr(" \t\r", **from))) {
		c = (unsigned char)*(*from)++;
		if (c == '"') {
			is_quoted = !is_quoted;
			continue;
		}
		if (c == '\\' && (**from == '\0' || (c = escaped(from)) < 0))
			return false;
		*(*to)++ = (char)c;
	}
	word->length = (size_t)(*to - word->text);
	*(*to)++ = '\0';
	return !is_quoted;
}

/* `copy` has room for the line twice. */
static bool
split(const char *from, char *copy, struct line *line)
{
	line->count = 0;
	for (;;) {
		from += strspn(from, " \t\r");
		if (*from == '\0' || *from == '#')
			return true;
		if (line->count == WORDS_MAX ||
		    !next_word(&from, &copy, &line->words[line->count]))
			return false;
		line->count++;
	}
}

/* ---- reading ---- */

struct reader {
	struct dns_answers *answers;
	struct dns_question question;
	struct dns_answer answer; /* under way; its server NULL: none */
	struct dns_rr *rrs;       /* of the answer, `room` of them */
	size_t room;
	struct dns_server *servers[DNS_SERVERS_MAX];
	size_t server_count;
};

static const char *
word(const struct line *line, size_t index)
{
	return index < line->count ? line->words[index].text : "";
}

static bool
number(const char *text, int64_t max, int64_t *value)
{
	return text_to_int64(text, value) && *value >= 0 && *value <= max;
}

static void
end_answer(struct reader *reader)
{
	struct dns_answer *answer = &reader->answer;

	if (answer->server == NULL)
		return;
	answer->rrs = reader->rrs;
	answers_put(reader->answers, &reader->question, answer);
	*answer = (struct dns_answer){ 0 };
}

static bool
read_server(struct reader *reader, const struct line *line)
{
	const bool is_resolver = strcmp(word(line, 0), "resolver") == 0;
	struct ip_port at;
	struct dns_server *server;

	if (line->count != (is_resolver ? 2u : 3u) ||
	    reader->server_count == DNS_SERVERS_MAX ||
	    ip_port_parse(&at, word(line, line->count - 1), DNS_PORT, NULL) !=
		OK)
		return false;
	server = answers_server(reader->answers,
	    is_resolver ? "" : word(line, 1), &at, is_resolver);
	if (server == NULL)
		return false;
	reader->servers[reader->server_count++] = server;
	return true;
}

static const struct dns_server *
server_at(const struct reader *reader, const char *text)
{
	struct ip_port at;

	if (ip_port_parse(&at, text, DNS_PORT, NULL) != OK)
		return NULL;
	for (size_t i = 0; i < reader->server_count; i++)
		if (reader->servers[i]->at.port == at.port &&
		    ip_is_same(&reader->servers[i]->at.ip, &at.ip))
			return reader->servers[i];
	return NULL;
}

static bool
read_state(struct dns_answer *answer, const char *text)
{
	for (int i = ANSWER_WAITING; i <= ANSWER_LAME; i++)
		if (strcmp(text, answer_state_word((enum answer_state)i)) ==
		    0) {
			answer->state = (enum answer_state)i;
			return true;
		}
	return false;
}

static bool
read_line_numberdetail(struct dns_answer *answer, const char *key, int64_t n)
{
	if (strcmp(key, "rcode") == 0)
		answer->rcode = (unsigned)n;
	else if (strcmp(key, "negative") == 0)
		answer->negative_ttl = (uint32_t)n;
	else if (strcmp(key, "asked") == 0)
		answer->asked_at = n;
	else if (strcmp(key, "answered") == 0)
		answer->answered_at = n;
	else if (strcmp(key, "signed") == 0)
		answer->signed_until = n;
	else if (strcmp(key, "rtt") == 0)
		answer->rtt_ms = (unsigned)n;
	else if (strcmp(key, "ede") == 0)
		answer->ede_code = (int)n;
	else
		return false;
	return true;
}

static bool
read_detail(struct dns_answer *answer, char *text)
{
	char *value = strchr(text, '=');
	int64_t n;

	if (strcmp(text, "aa") == 0)
		return answer->is_authoritative = true;
	if (strcmp(text, "ad") == 0)
		return answer->is_validated = true;
	if (strcmp(text, "late") == 0)
		return answer->is_late = true;
	if (value == NULL)
		return false;
	*value++ = '\0';
	if (strcmp(text, "soa") == 0)
		return answer->has_soa = text_copy(
			   answer->soa_owner, sizeof(answer->soa_owner), value);
	if (strcmp(text, "target") == 0)
		return text_copy(answer->target, sizeof(answer->target), value);
	if (strcmp(text, "referral") == 0)
		return text_copy(
		    answer->referral, sizeof(answer->referral), value);
	if (strcmp(text, "ede-text") == 0)
		return text_copy(
		    answer->ede_text, sizeof(answer->ede_text), value);
	if (strcmp(text, "note") == 0)
		return text_copy(answer->note, sizeof(answer->note), value);
	return number(value, INT32_MAX * 4LL, &n) &&
	    read_line_numberdetail(answer, text, n);
}

/* answer SERVER NAME TYPE STATE DETAIL... */
static bool
read_answer(struct reader *reader, const struct line *line)
{
	struct dns_answer *answer = &reader->answer;

	*answer = (struct dns_answer){ .ede_code = -1 };
	reader->question.type = question_type_by_name(word(line, 3));
	if (line->count < 5 || reader->question.type == 0 ||
	    !dns_name_normalize(reader->question.name, word(line, 2)) ||
	    !read_state(answer, word(line, 4)))
		return false;
	text_copy(
	    answer->target, sizeof(answer->target), reader->question.name);
	for (size_t i = 5; i < line->count; i++)
		if (!read_detail(answer, line->words[i].text))
			return false;
	answer->server = server_at(reader, word(line, 1));
	if (answer->server == NULL)
		return false;
	reader->rrs = NULL;
	reader->room = 0;
	return true;
}

static bool
read_strings(struct arena *arena, const struct line *line, struct dns_rr *rr)
{
	char *data = arena_alloc(arena, line->count * 255 + 1);
	uint8_t *lengths = arena_alloc(arena, line->count + 1);

	for (size_t i = 4; i < line->count; i++) {
		const struct word *string = &line->words[i];

		if (string->length > 255 ||
		    rr->length + string->length > DNS_TEXT_MAX)
			return false;
		memcpy(data + rr->length, string->text, string->length);
		rr->length += string->length;
		lengths[rr->string_count++] = (uint8_t)string->length;
	}
	rr->data = data;
	rr->string_lengths = lengths;
	return true;
}

static bool
read_hex(struct arena *arena, const char *text, struct dns_rr *rr)
{
	const size_t digits = strlen(text);
	char *data;

	if (digits % 2 != 0 || digits / 2 > DNS_DATA_MAX ||
	    strspn(text, "0123456789abcdefABCDEF") != digits)
		return false;
	data = arena_alloc(arena, digits / 2 + 1);
	for (size_t i = 0; i < digits / 2; i++) {
		const char pair[3] = { text[2 * i], text[2 * i + 1], '\0' };

		data[i] = (char)strtoul(pair, NULL, 16);
	}
	rr->data = data;
	rr->length = digits / 2;
	return true;
}

/* Up to three numbers and a name, as many as the type has. */
static bool
read_numbers(const struct line *line, size_t count, int64_t max, int64_t *n)
{
	for (size_t i = 0; i < count; i++)
		if (!number(word(line, 4 + i), max, &n[i]))
			return false;
	return line->count == 5 + count;
}

static bool
read_data(struct arena *arena, const struct line *line, struct dns_rr *rr)
{
	int64_t n[3] = { 0 };
	size_t name = 4;

	switch (rr->type) {
	case DNS_A:
	case DNS_AAAA:
		return ip_parse(&rr->ip, word(line, 4), NULL) == OK &&
		    (rr->ip.family == AF_INET) == (rr->type == DNS_A);
	case DNS_TXT:
		return read_strings(arena, line, rr);
	case DNS_MX:
		if (!read_numbers(line, 1, UINT16_MAX, n))
			return false;
		name = 5;
		break;
	case DNS_SRV:
		if (!read_numbers(line, 3, UINT16_MAX, n))
			return false;
		name = 7;
		break;
	case DNS_SOA:
		if (line->count != 7 || !number(word(line, 5), UINT32_MAX, n) ||
		    !number(word(line, 6), UINT32_MAX, n + 1))
			return false;
		rr->serial = (uint32_t)n[0];
		rr->minimum = (uint32_t)n[1];
		n[0] = n[1] = 0;
		break;
	case DNS_NS:
	case DNS_CNAME:
	case DNS_PTR:
		break;
	default:
		return read_hex(arena, word(line, 4), rr);
	}
	rr->preference = (uint16_t)n[0];
	rr->weight = (uint16_t)n[1];
	rr->port = (uint16_t)n[2];
	rr->name = arena_text(
	    arena, strcmp(word(line, name), ".") == 0 ? "" : word(line, name));
	return line->count > name;
}

/* The next record of the answer, in an array that doubles. */
static struct dns_rr *
next_rr(struct reader *reader)
{
	struct dns_answer *answer = &reader->answer;
	struct dns_rr *old = reader->rrs;

	if (answer->rr_count == reader->room) {
		reader->room = reader->room == 0 ? 8 : reader->room * 2;
		reader->rrs = arena_array(
		    &answer->memory, reader->room, sizeof(*reader->rrs));
		if (old != NULL)
			memcpy(
			    reader->rrs, old, answer->rr_count * sizeof(*old));
	}
	return &reader->rrs[answer->rr_count];
}

/* rr OWNER TTL TYPE DATA... */
static bool
read_rr(struct reader *reader, const struct line *line)
{
	struct dns_answer *answer = &reader->answer;
	struct arena *arena = &answer->memory;
	struct dns_rr *rr;
	int64_t ttl;

	if (answer->server == NULL || answer->rr_count == DNS_RRS_MAX ||
	    !number(word(line, 2), INT32_MAX, &ttl))
		return false;
	rr = next_rr(reader);
	*rr = (struct dns_rr){
		.owner = arena_text(arena, word(line, 1)),
		.type = question_type_by_name(word(line, 3)),
		.ttl = (uint32_t)ttl,
		.name = "",
		.data = "",
	};
	if (rr->type == 0 || !read_data(arena, line, rr))
		return false;
	answer->rr_count++;
	return true;
}

static bool
read_line(struct reader *reader, const struct line *line)
{
	if (line->count == 0)
		return true;
	if (strcmp(word(line, 0), "rr") == 0)
		return read_rr(reader, line);
	end_answer(reader);
	if (strcmp(word(line, 0), "answer") == 0)
		return read_answer(reader, line);
	return (strcmp(word(line, 0), "server") == 0 ||
		   strcmp(word(line, 0), "resolver") == 0) &&
	    read_server(reader, line);
}

enum err_code
replay_read(struct dns_answers *answers, const char *text, struct err *err)
{
	struct reader reader = { .answers = answers };
	struct arena arena = { 0 };
	struct line *line = arena_alloc(&arena, sizeof(*line));
	char *from = arena_alloc(&arena, LINE_LENGTH_MAX + 1);
	char *copy = arena_alloc(&arena, 2 * LINE_LENGTH_MAX + 2);
	enum err_code code = OK;

	for (int line_number = 1; code == OK && *text != '\0'; line_number++) {
		const size_t length = strcspn(text, "\n");

		if (length <= LINE_LENGTH_MAX) {
			memcpy(from, text, length);
			from[length] = '\0';
		}
		if (length > LINE_LENGTH_MAX || !split(from, copy, line) ||
		    !read_line(&reader, line))
			code = err_set(err, ERR_INVALID, NULL,
			    "Line %d of the recording can't be read: %.60s",
			    line_number, from);
		text += length + (text[length] == '\n');
	}
	if (code == OK)
		end_answer(&reader);
	arena_free(&reader.answer.memory);
	arena_free(&arena);
	return code;
}
