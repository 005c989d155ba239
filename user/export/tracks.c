// SPDX-License-Identifier: GPL-2.0-only
/* tracks.c - tracks, slices and counters to packets of Perfetto's format. */
#include "export/tracks.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "perfetto.pb-c.h"
#include "util/array.h"
#include "util/utf8.h"

/** Names of messages, without the package's. */
#define P(name) Vmascope__Perfetto__##name
#define INIT(name) VMASCOPE__PERFETTO__##name##__INIT
#define TYPE(name) VMASCOPE__PERFETTO__TRACK_EVENT__TYPE__TYPE_##name

/** One writer, one sequence; times are CLOCK_MONOTONIC (BUILTIN_CLOCK_MONOTONIC). */
#define SEQUENCE 1
#define CLOCK_ID 3
/** TracePacket.sequence_flags: texts are numbered from here on; some are referred to. */
#define SEQUENCE_BEGINS 1
#define SEQUENCE_REFERS 2
/** Trace.packet: field 1, of length-delimited wire type. */
#define PACKET_TAG 0x0a
#define VARINT_MAX 10

/** enum track_kind - the upper half of a uuid, the lower one being a pid, tid or CPU */
enum track_kind {
	TRACK_PROCESS = 1,
	TRACK_THREAD,
	TRACK_CPU,
	TRACK_RATE,
	TRACK_RSS,
};

void tracks__init(struct tracks *t, FILE *file)
{
	memset(t, 0, sizeof(*t));
	t->file = file;
	hash__init(&t->known, sizeof(uint64_t));
}

void tracks__free(struct tracks *t)
{
	hash__free(&t->known, NULL);
	free(t->buf);
}

/* --- packets ------------------------------------------------------------------------------- */

void tracks__fail(struct tracks *t, int err)
{
	if (!t->error)
		t->error = err;
}

/** clean - a copy of @text as a trace may have it, to be freed; NULL: the trace has failed. */
static char *clean(struct tracks *t, const char *text)
{
	char *copy = utf8_clean(text);

	if (!copy)
		tracks__fail(t, -ENOMEM);
	return copy;
}

static void put_packet(struct tracks *t, P(TracePacket) * packet)
{
	uint8_t head[1 + VARINT_MAX] = { PACKET_TAG };
	size_t len = 1, size;

	if (t->error)
		return;
	packet->has_trusted_packet_sequence_id = true;
	packet->trusted_packet_sequence_id = SEQUENCE;
	packet->sequence_flags |= t->begun ? 0 : SEQUENCE_BEGINS;
	packet->has_sequence_flags = packet->sequence_flags != 0;
	t->begun = true;
	size = vmascope__perfetto__trace_packet__get_packed_size(packet);
	t->error = array__reserve(&t->buf, &t->cap, size, 1);
	if (t->error)
		return;
	for (size_t left = size; left; left >>= 7)
		head[len++] = (left & 0x7f) | (left > 0x7f ? 0x80 : 0);
	vmascope__perfetto__trace_packet__pack(packet, t->buf);
	if (fwrite(head, 1, len, t->file) != len || fwrite(t->buf, 1, size, t->file) != size)
		t->error = errno ? -errno : -EIO;
}

static void put_track(struct tracks *t, P(TrackDescriptor) * track)
{
	P(TracePacket) packet = INIT(TRACE_PACKET);

	packet.track_descriptor = track;
	put_packet(t, &packet);
}

/** put_event - @refers: to a text */
static void put_event(struct tracks *t, P(TrackEvent) * event, uint64_t time_ns, bool refers)
{
	P(TracePacket) packet = INIT(TRACE_PACKET);

	packet.track_event = event;
	packet.sequence_flags = refers ? SEQUENCE_REFERS : 0;
	packet.has_timestamp = packet.has_timestamp_clock_id = true;
	packet.timestamp = time_ns;
	packet.timestamp_clock_id = CLOCK_ID;
	put_packet(t, &packet);
}

/* --- tracks -------------------------------------------------------------------------------- */

static uint64_t uuid_of(enum track_kind kind, uint32_t id)
{
	return (uint64_t)kind << 32 | id;
}

/** is_new - a track that has not been written; from now on it counts as written. */
static bool is_new(struct tracks *t, uint64_t uuid)
{
	if (hash__get_u64(&t->known, uuid))
		return false;
	tracks__fail(t, hash__set_u64(&t->known, uuid, t));
	return true;
}

static P(TrackDescriptor) track_of(uint64_t uuid)
{
	P(TrackDescriptor) track = INIT(TRACK_DESCRIPTOR);

	track.has_uuid = true;
	track.uuid = uuid;
	return track;
}

uint64_t tracks__process(struct tracks *t, uint32_t pid, const char *name)
{
	const uint64_t uuid = uuid_of(TRACK_PROCESS, pid);
	P(ProcessDescriptor) process = INIT(PROCESS_DESCRIPTOR);
	P(TrackDescriptor) track = track_of(uuid);

	if (!is_new(t, uuid))
		return uuid;
	process.has_pid = true;
	process.pid = (int32_t)pid;
	process.process_name = clean(t, name);
	track.process = &process;
	put_track(t, &track);
	free(process.process_name);
	return uuid;
}

uint64_t tracks__thread(struct tracks *t, uint32_t pid, uint32_t tid, const char *name)
{
	const uint64_t uuid = uuid_of(TRACK_THREAD, tid);
	P(ThreadDescriptor) thread = INIT(THREAD_DESCRIPTOR);
	P(TrackDescriptor) track = track_of(uuid);

	if (!is_new(t, uuid))
		return uuid;
	thread.has_pid = thread.has_tid = true;
	thread.pid = (int32_t)pid;
	thread.tid = (int32_t)tid;
	thread.thread_name = clean(t, name);
	track.thread = &thread;
	track.has_parent_uuid = true;
	track.parent_uuid = tracks__process(t, pid, name);
	put_track(t, &track);
	free(thread.thread_name);
	return uuid;
}

uint64_t tracks__cpu(struct tracks *t, uint32_t cpu)
{
	const uint64_t uuid = uuid_of(TRACK_CPU, cpu);
	P(TrackDescriptor) track = track_of(uuid);
	char name[32];

	if (!is_new(t, uuid))
		return uuid;
	snprintf(name, sizeof(name), "CPU %u, interrupts", cpu);
	track.name = name;
	put_track(t, &track);
	return uuid;
}

static uint64_t counter(struct tracks *t, uint64_t uuid, uint32_t pid, const char *name, int unit)
{
	P(CounterDescriptor) count = INIT(COUNTER_DESCRIPTOR);
	P(TrackDescriptor) track = track_of(uuid);

	if (!is_new(t, uuid))
		return uuid;
	count.has_unit = true;
	count.unit = unit;
	track.counter = &count;
	track.name = (char *)name;
	track.has_parent_uuid = pid;
	track.parent_uuid = uuid_of(TRACK_PROCESS, pid);
	put_track(t, &track);
	return uuid;
}

uint64_t tracks__rate(struct tracks *t, uint32_t pid)
{
	return counter(t, uuid_of(TRACK_RATE, pid), pid, "faults/s",
		       VMASCOPE__PERFETTO__COUNTER_DESCRIPTOR__UNIT__UNIT_COUNT);
}

uint64_t tracks__rss(struct tracks *t, uint32_t pid)
{
	return counter(t, uuid_of(TRACK_RSS, pid), pid, "RSS",
		       VMASCOPE__PERFETTO__COUNTER_DESCRIPTOR__UNIT__UNIT_SIZE_BYTES);
}

/* --- what happens on them ------------------------------------------------------------------ */

uint64_t tracks__text(struct tracks *t, const char *text)
{
	P(TracePacket) packet = INIT(TRACE_PACKET);
	P(InternedData) data = INIT(INTERNED_DATA);
	P(InternedString) string = INIT(INTERNED_STRING), *strings = &string;
	char *copy = clean(t, text);

	if (!copy)
		return 0;
	string.has_iid = string.has_str = true;
	string.iid = ++t->texts;
	string.str = (ProtobufCBinaryData){ .len = strlen(copy), .data = (uint8_t *)copy };
	data.debug_annotation_string_values = &strings;
	data.n_debug_annotation_string_values = 1;
	packet.interned_data = &data;
	put_packet(t, &packet);
	free(copy);
	return t->texts;
}

/** annotate - @text is the note's clean copy, to be freed; NULL: it is a number. */
static P(DebugAnnotation) annotate(struct tracks *t, const struct track_note *note, char **text)
{
	P(DebugAnnotation) a = INIT(DEBUG_ANNOTATION);

	*text = note->text ? clean(t, note->text) : NULL;
	a.name = (char *)note->name;
	a.string_value = *text;
	a.has_pointer_value = !note->text && note->is_address;
	a.pointer_value = note->number;
	a.has_string_value_iid = !note->text && note->is_text;
	a.string_value_iid = note->number;
	a.has_uint_value = !note->text && !note->is_address && !note->is_text;
	a.uint_value = note->number;
	return a;
}

static P(TrackEvent) event_on(uint64_t track, int type)
{
	P(TrackEvent) event = INIT(TRACK_EVENT);

	event.has_track_uuid = event.has_type = true;
	event.track_uuid = track;
	event.type = type;
	return event;
}

static void put_end(struct tracks *t, const struct slice *slice)
{
	P(TrackEvent) event = event_on(slice->track, TYPE(SLICE_END));

	put_event(t, &event, slice->end_ns, false);
}

void tracks__slice(struct tracks *t, const struct slice *slice)
{
	const bool instant = slice->end_ns <= slice->begin_ns;
	P(TrackEvent) event = event_on(slice->track, instant ? TYPE(INSTANT) : TYPE(SLICE_BEGIN));
	P(DebugAnnotation) notes[NOTES_MAX], *list[NOTES_MAX];
	char *texts[NOTES_MAX], *category = (char *)slice->category;
	uint64_t flow_out = slice->flow_out, flow_in = slice->flow_in;
	bool refers = false;

	for (size_t i = 0; i < slice->nr_notes; i++) {
		refers |= slice->notes[i].is_text;
		notes[i] = annotate(t, &slice->notes[i], &texts[i]);
		list[i] = &notes[i];
	}
	event.debug_annotations = list;
	event.n_debug_annotations = slice->nr_notes;
	event.name = (char *)slice->name;
	event.categories = &category;
	event.n_categories = 1;
	event.flow_ids = &flow_out;
	event.n_flow_ids = flow_out != 0;
	event.terminating_flow_ids = &flow_in;
	event.n_terminating_flow_ids = flow_in != 0;
	put_event(t, &event, slice->begin_ns, refers);
	if (!instant)
		put_end(t, slice);
	for (size_t i = 0; i < slice->nr_notes; i++)
		free(texts[i]);
}

void tracks__count(struct tracks *t, uint64_t track, uint64_t time_ns, uint64_t value)
{
	P(TrackEvent) event = event_on(track, TYPE(COUNTER));

	event.has_counter_value = true;
	event.counter_value = (int64_t)value;
	put_event(t, &event, time_ns, false);
}
