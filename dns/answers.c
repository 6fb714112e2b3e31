#include "dns/answers.h"

#include <string.h>
#include <strings.h>

#include "base/text.h"

#define CHAIN_MAX 8 /* CNAMEs into other zones */
#define AUTHORITY 0
#define RESOLVERS 1

struct entry {
	struct dns_question question;
	char zone[DNS_NAME_SIZE];
	char gave_up[DNS_REASON_SIZE];
	struct dns_answer *answers[2][DNS_PER_VIEW_MAX];
	size_t count[2];
};

struct dns_answers {
	struct arena *arena;
	struct dns_server servers[DNS_SERVERS_MAX];
	size_t server_count;
	struct entry *entries[DNS_ENTRIES_MAX];
	uint32_t hashes[DNS_ENTRIES_MAX]; /* of their questions */
	size_t entry_count;
	const struct dns_server *look;
};

/* ---- the table ---- */

struct dns_answers *
answers_open(struct arena *arena)
{
	struct dns_answers *answers = arena_alloc(arena, sizeof(*answers));

	answers->arena = arena;
	return answers;
}

void
answers_close(struct dns_answers **answers)
{
	if (*answers == NULL)
		return;
	for (size_t i = 0; i < (*answers)->entry_count; i++) {
		struct entry *entry = (*answers)->entries[i];

		for (size_t v = 0; v < 2; v++)
			for (size_t k = 0; k < entry->count[v]; k++)
				arena_free(&entry->answers[v][k]->memory);
	}
	*answers = NULL;
}

/* FNV-1a of the stored form and the type.  The length of the name, its final
 * dot aside, goes to *length. */
static uint32_t
hash_of(const char *name, uint16_t type, size_t *length)
{
	uint32_t hash = UINT32_C(2166136261) ^ type;

	*length = strlen(name);
	if (*length > 0 && name[*length - 1] == '.')
		(*length)--;
	for (size_t i = 0; i < *length; i++) {
		const unsigned char c = (unsigned char)name[i];

		hash ^= c >= 'A' && c <= 'Z' ? (unsigned)(c | 0x20) : c;
		hash *= UINT32_C(16777619);
	}
	return hash;
}

/* An impossible name is none that is stored; "" is found as "." alone. */
static struct entry *
find(const struct dns_answers *answers, const char *name, uint16_t type)
{
	size_t length;
	const uint32_t hash = hash_of(name, type, &length);

	if (name[0] == '\0')
		return NULL;
	for (size_t i = 0; i < answers->entry_count; i++) {
		struct entry *entry = answers->entries[i];

		if (answers->hashes[i] == hash &&
		    entry->question.type == type &&
		    strncasecmp(entry->question.name, name, length) == 0 &&
		    entry->question.name[length] == '\0')
			return entry;
	}
	return NULL;
}

static struct entry *
find_or_add(struct dns_answers *answers, const struct dns_question *question)
{
	struct entry *entry = find(answers, question->name, question->type);
	size_t length;

	if (entry != NULL || answers->entry_count == DNS_ENTRIES_MAX)
		return entry;
	entry = arena_alloc(answers->arena, sizeof(*entry));
	if (!dns_name_normalize(entry->question.name, question->name))
		return NULL;
	entry->question.type = question->type;
	answers->hashes[answers->entry_count] =
	    hash_of(question->name, question->type, &length);
	answers->entries[answers->entry_count++] = entry;
	return entry;
}

struct dns_server *
answers_server(struct dns_answers *answers, const char *name,
    const struct ip_port *at, bool is_resolver)
{
	struct dns_server *server;

	for (size_t i = 0; i < answers->server_count; i++) {
		server = &answers->servers[i];
		if (server->is_resolver == is_resolver &&
		    server->at.port == at->port &&
		    text_is_same(server->name, name) &&
		    ip_is_same(&server->at.ip, &at->ip))
			return server;
	}
	if (answers->server_count == DNS_SERVERS_MAX)
		return NULL;
	server = &answers->servers[answers->server_count++];
	text_copy(server->name, sizeof(server->name), name);
	server->at = *at;
	server->is_resolver = is_resolver;
	return server;
}

static struct dns_answer *
slot(struct dns_answers *answers, const struct dns_question *question,
    const struct dns_server *server)
{
	const size_t view = server->is_resolver ? RESOLVERS : AUTHORITY;
	struct entry *entry = find_or_add(answers, question);
	struct dns_answer *answer;

	if (entry == NULL)
		return NULL;
	for (size_t i = 0; i < entry->count[view]; i++)
		if (entry->answers[view][i]->server == server)
			return entry->answers[view][i];
	if (entry->count[view] == DNS_PER_VIEW_MAX)
		return NULL;
	answer = arena_alloc(answers->arena, sizeof(*answer));
	entry->answers[view][entry->count[view]++] = answer;
	answer->server = server;
	answer->ede_code = -1;
	return answer;
}

bool
answers_expect(struct dns_answers *answers, const struct dns_question *question,
    const struct dns_server *server)
{
	return slot(answers, question, server) != NULL;
}

void
answers_put(struct dns_answers *answers, const struct dns_question *question,
    struct dns_answer *answer)
{
	struct dns_answer *to = slot(answers, question, answer->server);

	if (to == NULL) {
		arena_free(&answer->memory);
		return;
	}
	arena_free(&to->memory);
	*to = *answer;
	answer->memory = (struct arena){ 0 };
	answer->rr_count = 0;
	answer->rrs = NULL;
}

void
answers_mark_late(struct dns_answers *answers,
    const struct dns_question *question, const struct dns_server *server)
{
	struct dns_answer *answer = slot(answers, question, server);

	if (answer != NULL && answer->state == ANSWER_WAITING)
		answer->is_late = true;
}

void
answers_give_up(struct dns_answers *answers,
    const struct dns_question *question, const char *reason)
{
	struct entry *entry = find_or_add(answers, question);

	if (entry != NULL)
		text_copy(entry->gave_up, sizeof(entry->gave_up), reason);
}

void
answers_forget(struct dns_answers *answers, const struct dns_question *question)
{
	struct entry *entry = find(answers, question->name, question->type);

	if (entry == NULL)
		return;
	for (size_t i = 0; i < entry->count[AUTHORITY]; i++)
		arena_free(&entry->answers[AUTHORITY][i]->memory);
	entry->count[AUTHORITY] = 0;
}

void
answers_set_zone(struct dns_answers *answers,
    const struct dns_question *question, const char *zone)
{
	struct entry *entry = find_or_add(answers, question);

	if (entry != NULL)
		text_copy(entry->zone, sizeof(entry->zone), zone);
}

const char *
answers_zone(const struct dns_answers *answers, const char *name)
{
	char key[DNS_NAME_SIZE];

	if (!dns_name_normalize(key, name))
		return "";
	for (size_t i = 0; i < answers->entry_count; i++)
		if (text_is_same(answers->entries[i]->question.name, key) &&
		    answers->entries[i]->zone[0] != '\0')
			return answers->entries[i]->zone;
	return "";
}

const struct dns_question *
answers_question(const struct dns_answers *answers, size_t index)
{
	return index < answers->entry_count ? &answers->entries[index]->question
					    : NULL;
}

const struct dns_answer *
answers_at(const struct dns_answers *answers, const char *name, uint16_t type,
    bool is_resolvers, size_t index)
{
	const struct entry *entry = find(answers, name, type);
	const size_t view = is_resolvers ? RESOLVERS : AUTHORITY;

	if (entry == NULL || index >= entry->count[view])
		return NULL;
	return entry->answers[view][index];
}

void
answers_look_through(
    struct dns_answers *answers, const struct dns_server *server)
{
	answers->look = server;
}

/* ---- views ---- */

/* What most servers say; of equally many, what the first says. */
static const struct dns_answer *
majority(struct dns_answer *const *list, size_t count, size_t *votes)
{
	const struct dns_answer *best = NULL;

	*votes = 0;
	for (size_t i = 0; i < count; i++) {
		size_t same = 0;

		if (list[i]->state != ANSWER_GOOD)
			continue;
		for (size_t k = 0; k < count; k++)
			if (answer_is_same(list[i], list[k]))
				same++;
		if (same > *votes) {
			best = list[i];
			*votes = same;
		}
	}
	return best;
}

static void
say_why_none(
    struct dns_view *view, struct dns_answer *const *list, size_t count)
{
	char address[IP_TEXT_SIZE], what[DNS_REASON_SIZE];
	const struct dns_server *server = list[0]->server;

	ip_format(address, &server->at.ip);
	answer_describe(what, list[0]);
	text_format(view->reason, sizeof(view->reason), "%s%s%s%s %s.",
	    server->is_resolver ? "resolver " : server->name,
	    server->is_resolver ? "" : " (", address,
	    server->is_resolver ? "" : ")", what);
	if (count > 1) {
		text_format(
		    what, sizeof(what), "  None of %zu answered.", count);
		text_append(view->reason, sizeof(view->reason), what);
	}
}

static struct dns_view
view_of(struct dns_answer *const *list, size_t count)
{
	struct dns_view view = { .asked = count };
	size_t waiting = 0, late = 0;

	for (size_t i = 0; i < count; i++) {
		if (list[i]->state == ANSWER_WAITING && list[i]->is_late)
			late++;
		else if (list[i]->state == ANSWER_WAITING)
			waiting++;
		else if (list[i]->state == ANSWER_GOOD)
			view.answered++;
	}
	if (count == 0 || waiting > 0 || (late > 0 && view.answered == 0))
		return view;
	view.answer = majority(list, count, &view.agreeing);
	if (view.answer == NULL) {
		view.state = VIEW_NONE;
		say_why_none(&view, list, count);
		return view;
	}
	view.state = VIEW_ANSWERED;
	view.is_alias = answer_cnames(view.answer) > 0;
	for (size_t i = 0; i < count && view.other == NULL; i++)
		if (list[i]->state == ANSWER_GOOD &&
		    !answer_is_same(list[i], view.answer))
			view.other = list[i];
	if (view.other != NULL)
		view.state = VIEW_DIFFERS;
	return view;
}

static struct dns_view
entry_view(const struct entry *entry, size_t which)
{
	struct dns_view view = { .state = VIEW_WAITING };

	if (entry == NULL)
		return view;
	view = view_of(entry->answers[which], entry->count[which]);
	if (entry->count[which] == 0 && entry->gave_up[0] != '\0') {
		view.state = VIEW_NONE;
		text_copy(view.reason, sizeof(view.reason), entry->gave_up);
	}
	return view;
}

struct dns_view
answers_authoritative(
    const struct dns_answers *answers, const char *name, uint16_t type)
{
	return entry_view(find(answers, name, type), AUTHORITY);
}

/* No name server can be reached from here: the network's doing, perhaps. */
static bool
is_out_of_reach(const struct entry *entry)
{
	for (size_t i = 0; i < entry->count[AUTHORITY]; i++) {
		const enum answer_state state =
		    entry->answers[AUTHORITY][i]->state;

		if (state != ANSWER_TIMEOUT && state != ANSWER_UNREACHABLE)
			return false;
	}
	return true;
}

static struct dns_view
view_here(const struct dns_answers *answers, const struct entry *entry)
{
	struct dns_view view;

	if (entry == NULL)
		return (struct dns_view){ .state = VIEW_WAITING };
	for (size_t v = 0; answers->look != NULL && v < 2; v++)
		for (size_t i = 0; i < entry->count[v]; i++)
			if (entry->answers[v][i]->server == answers->look)
				return view_of(&entry->answers[v][i], 1);
	if (entry->count[RESOLVERS] > 0 && is_out_of_reach(entry)) {
		view = entry_view(entry, RESOLVERS);
		view.is_resolvers = true;
		return view;
	}
	return entry_view(entry, AUTHORITY);
}

/* An authoritative CNAME without SOA behind leads into another zone; a
 * resolver has followed it by itself. */
static bool
leads_elsewhere(
    const struct dns_answer *answer, const char *name, uint16_t type)
{
	return answer != NULL && !answer->server->is_resolver &&
	    type != DNS_CNAME && !text_is_same(answer->target, name) &&
	    !answer->has_soa && answer->rcode == 0 &&
	    answer_is_missing(answer, type);
}

bool
answers_continue(const struct dns_answers *answers,
    const struct dns_question *question, struct dns_question *next)
{
	const struct dns_view view =
	    answers_authoritative(answers, question->name, question->type);

	if (!leads_elsewhere(view.answer, question->name, question->type))
		return false;
	*next = *question;
	text_copy(next->name, sizeof(next->name), view.answer->target);
	return true;
}

bool
answers_heard(const struct dns_answers *answers,
    const struct dns_question *question, size_t *count)
{
	const struct entry *entry =
	    find(answers, question->name, question->type);

	*count = 0;
	for (size_t v = 0; entry != NULL && v < 2; v++)
		for (size_t i = 0; i < entry->count[v]; i++) {
			const struct dns_answer *answer = entry->answers[v][i];

			if (answer_cnames(answer) > 0)
				return false;
			*count += answer->state != ANSWER_WAITING;
		}
	return true;
}

static bool
has_same_ttls(const struct dns_answer *a, const struct dns_answer *b)
{
	for (size_t i = 0; i < a->rr_count; i++)
		if (a->rrs[i].ttl != b->rrs[i].ttl)
			return false;
	return a->negative_ttl == b->negative_ttl;
}

bool
answers_are_one_voice(
    const struct dns_answers *answers, const char *name, uint16_t type)
{
	const struct entry *entry = find(answers, name, type);
	const struct dns_answer *first;

	if (entry == NULL || entry->count[AUTHORITY] == 0)
		return false;
	first = entry->answers[AUTHORITY][0];
	if (first->state != ANSWER_GOOD || answer_cnames(first) > 0)
		return false;
	for (size_t i = 1; i < entry->count[AUTHORITY]; i++) {
		const struct dns_answer *other = entry->answers[AUTHORITY][i];

		if (!answer_is_same(first, other) ||
		    !has_same_ttls(first, other) ||
		    other->rcode != first->rcode)
			return false;
	}
	return true;
}

struct dns_view
answers_view(const struct dns_answers *answers, const char *name, uint16_t type)
{
	const struct entry *entry = find(answers, name, type);
	struct dns_view view = view_here(answers, entry);

	for (int i = 0; i < CHAIN_MAX && entry != NULL; i++) {
		if (!leads_elsewhere(view.answer, entry->question.name, type))
			return view;
		entry = find(answers, view.answer->target, type);
		view = view_here(answers, entry);
		view.is_alias = true;
	}
	return view;
}
