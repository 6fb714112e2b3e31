#include "mail/queue.h"

#include <jansson.h>
#include <string.h>

#include "base/process.h"
#include "base/text.h"

#define QUEUE_SECONDS 20

static void
copy_text(char *to, size_t size, const json_t *object, const char *name)
{
	const char *text = json_string_value(json_object_get(object, name));

	text_visible(to, size, text == NULL ? "" : text,
	    text == NULL ? 0 : strlen(text));
}

static void
add_recipient(struct queue *queue, size_t max, const struct queue_entry *of,
    const json_t *recipient)
{
	struct queue_entry *entry;

	if (queue->count == max)
		return;
	entry = &queue->entries[queue->count++];
	*entry = *of;
	copy_text(
	    entry->recipient, sizeof(entry->recipient), recipient, "address");
	copy_text(
	    entry->reason, sizeof(entry->reason), recipient, "delay_reason");
}

static void
add_message(struct queue *queue, size_t max, const json_t *object)
{
	const json_t *recipients = json_object_get(object, "recipients");
	struct queue_entry of = {
		.arrived_at =
		    json_integer_value(json_object_get(object, "arrival_time")),
		.size_bytes =
		    json_integer_value(json_object_get(object, "message_size")),
	};

	copy_text(of.id, sizeof(of.id), object, "queue_id");
	copy_text(of.queue, sizeof(of.queue), object, "queue_name");
	copy_text(of.sender, sizeof(of.sender), object, "sender");
	if (of.id[0] == '\0')
		return;
	queue->messages++;
	queue->deferred += text_is_same(of.queue, "deferred");
	if (queue->oldest_at == 0 || of.arrived_at < queue->oldest_at)
		queue->oldest_at = of.arrived_at;
	for (size_t i = 0; i < json_array_size(recipients); i++)
		add_recipient(queue, max, &of, json_array_get(recipients, i));
}

void
queue_parse(
    struct queue *queue, struct arena *arena, const char *text, size_t max)
{
	*queue = (struct queue){ .entries = arena_array(
				     arena, max + 1, sizeof(*queue->entries)) };
	while (*text != '\0') {
		const size_t length = strcspn(text, "\n");
		json_t *object = json_loadb(text, length, 0, NULL);

		if (json_is_object(object))
			add_message(queue, max, object);
		json_decref(object);
		text += length + (text[length] == '\n');
	}
}

enum err_code
queue_read(struct queue *queue, struct arena *arena, const char *config,
    size_t max, struct err *err)
{
	const char *const own[] = { "postqueue", "-j", NULL };
	const char *const other[] = { "postqueue", "-c", config, "-j", NULL };
	struct process_result result;
	enum err_code code = process_run(arena, config == NULL ? own : other,
	    QUEUE_OUTPUT_MAX, QUEUE_SECONDS * 1000, &result, err);
	char said[160];

	if (code != OK)
		return code;
	if (result.status != 0) {
		text_visible(said, sizeof(said), result.output,
		    strcspn(result.output, "\n"));
		return err_set(err, ERR_SYSTEM, NULL,
		    "Postfix does not show its queue: %s", said);
	}
	queue_parse(queue, arena, result.output, max);
	return OK;
}
