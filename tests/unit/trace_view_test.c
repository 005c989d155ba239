// SPDX-License-Identifier: GPL-2.0-only
/*
 * trace_view_test.c - rows of each kind of event, as text and as JSON, byte by byte.
 */
#include "sample.h"

#include <errno.h>
#include <json-c/json.h>

#include "util/utf8.h"
#include "view/trace/trace.h"

#define BASE 0x7f3a12345000ULL
#define START_NS 5000000000ULL

static const struct trace_clock since_start = { .start_ns = START_NS };
static struct fault_row anon = { .is_vma = true, .name = (char *)"[anon]" };
static struct fault_row libc = { .is_vma = true, .name = (char *)"/usr/lib/libc.so.6" };

/** struct events - one of each kind: thread 1234 makes memory read-only, which 1235 reads */
struct events {
	struct vs_event_call call;
	struct vs_event_flush flush;
	struct vs_event_ipi ipi;
	struct vs_event_fault fault;
};

static struct vs_event head(enum vs_event_type type, uint32_t cpu, uint64_t us)
{
	return (struct vs_event){ .type = type, .cpu = cpu, .time_ns = START_NS + us * 1000 };
}

static struct events story(void)
{
	return (struct events){
		.call = { .head = head(VS_EVENT_CALL, 0, 1234),
			  .id = 17,
			  .duration_ns = 3120,
			  .argument = { BASE, 4096, 1 },
			  .ip = 0x7f0000001000,
			  .site = 0x7f0000002345,
			  .pid = 1234,
			  .tid = 1234,
			  .call = VS_CALL_MPROTECT,
			  .map_before = 12,
			  .map_after = 14,
			  .flush = { 1, 1 },
			  .queued = 1,
			  .pages = 1,
			  .nr_vmas = 1,
			  .vma = { { BASE, BASE + 8192, VS_VM_READ | VS_VM_WRITE, 2, 1 } },
			  .comm = "pingpong" },
		.flush = { .head = head(VS_EVENT_FLUSH, 0, 1235),
			   .id = 17,
			   .pages = 1,
			   .pid = 1234,
			   .tid = 1234,
			   .flush = VS_FLUSH_REMOTE,
			   .call = VS_CALL_MPROTECT,
			   .comm = "pingpong" },
		.ipi = { .head = head(VS_EVENT_IPI, 1, 1237),
			 .id = 17,
			 .sent_ns = START_NS + 1234700,
			 .stolen_ns = 412,
			 .from_pid = 1234,
			 .from_tid = 1234,
			 .from_cpu = 0,
			 .to_pid = 1234,
			 .to_tid = 1235,
			 .call = VS_CALL_MPROTECT,
			 .ipi = VS_IPI_USER,
			 .from_comm = "pingpong",
			 .to_comm = "reader" },
		.fault = { .head = head(VS_EVENT_FAULT, 1, 1240),
			   .duration_ns = 1620,
			   .address = BASE + 8,
			   .ip = 0x401000,
			   .pid = 1234,
			   .tid = 1235,
			   .vma_start = BASE,
			   .vma_end = BASE + 4096,
			   .access = VS_ACCESS_WRITE,
			   .outcome = VS_MINOR,
			   .cause = VS_CAUSE_COW,
			   .size = VS_SIZE_PAGE,
			   .mapped = 1,
			   .comm = "reader" },
	};
}

static int setup(void **state)
{
	(void)state;
	anon.vma.key.flags = VS_VM_READ | VS_VM_WRITE;
	libc.vma.name_kind = VS_NAME_FILE;
	libc.vma.start = 0x7f0000000000;
	libc.vma.key.pgoff = 0x26;
	return 0;
}

/* --- rows ---------------------------------------------------------------------------------- */

static struct table *call_table(const struct vs_event_call *e, const struct trace_clock *clock)
{
	const struct fault_row *vmas[VS_CALL_VMAS] = { &anon };
	const struct trace_call call = { .event = e,
					 .vmas = vmas,
					 .code = &libc,
					 .flushes_known = true,
					 .interrupts_known = true };
	struct table *t = new_table(&trace_call_table);

	trace_call_row(t, &call, clock);
	return t;
}

static struct table *flush_table(const struct vs_event_flush *e)
{
	struct table *t = new_table(&trace_flush_table);

	trace_flush_row(t, e, &since_start);
	return t;
}

static struct table *ipi_table(const struct vs_event_ipi *e)
{
	struct table *t = new_table(&trace_interrupt_table);

	trace_interrupt_row(t, e, &since_start);
	return t;
}

static struct table *fault_table(const struct table_def *def, const struct vs_event_fault *e,
				 uint64_t after)
{
	const struct trace_fault fault = { .event = e, .row = &anon, .after = after };
	struct table *t = new_table(def);

	trace_fault_row(t, &fault, &since_start);
	return t;
}

/* The second line, without the heading. */
static void assert_line(struct table *t, unsigned int width, const char *expected)
{
	char *text = render_stream("text", t, width);
	const size_t heading = strcspn(text, "\n");

	assert_int_equal(text[heading], '\n');
	assert_string_equal(text + heading + 1, expected);
	free(text);
}

/* --- text ---------------------------------------------------------------------------------- */

static void all_events_in_one_stream(void **state)
{
	static const char heading[] = "      TIME COMM         TID CPU   TOOK EVENT\n";
	const struct events e = story();
	struct table *tables[] = { call_table(&e.call, &since_start), flush_table(&e.flush),
				   ipi_table(&e.ipi),
				   fault_table(&trace_mixed_table, &e.fault, 17) };

	(void)state;
	for (size_t i = 0; i < NR(tables); i++) {
		char *text = render_stream("text", tables[i], 80);

		assert_int_equal(strncmp(text, heading, strlen(heading)), 0);
		free(text);
	}
}

static void text_fits_80_columns(void **state)
{
	const struct events e = story();

	(void)state;
	assert_line(call_table(&e.call, &since_start), 80,
		    "  0.001234 pingpong    1234   0 3.12us #17 mprotect(7f3a12345000+4K, "
		    "rw->r--), …\n");
	assert_line(
		flush_table(&e.flush), 80,
		"  0.001235 pingpong    1234   0        #17   flush remote, 1 page, mprotect\n");
	assert_line(ipi_table(&e.ipi), 80,
		    "  0.001237 reader      1235   1  412ns #17   interrupted by CPU 0 after "
		    "2.30us,…\n");
	assert_line(fault_table(&trace_mixed_table, &e.fault, 17), 80,
		    "  0.001240 reader      1235   1 1.62us fault mw cow 7f3a12345008 after #17, "
		    "[an…\n");
}

static void wide_text_has_every_column(void **state)
{
	const struct events e = story();

	(void)state;
	assert_line(call_table(&e.call, &since_start), 0,
		    "  0.001234 pingpong           1234   0 3.12us #17 mprotect(7f3a12345000+4K, "
		    "rw->r--), "
		    "[anon], flushed 1 page, 1 IPI, 12->14 VMAs, from libc.so.6+0x28345\n");
	assert_line(ipi_table(&e.ipi), 0,
		    "  0.001237 reader             1235   1  412ns #17   interrupted by CPU 0 "
		    "after 2.30us, "
		    "mprotect of pingpong 1234\n");
	assert_line(fault_table(&trace_mixed_table, &e.fault, 0), 0,
		    "  0.001240 reader             1235   1 1.62us fault mw cow 7f3a12345008 "
		    "[anon]+0x8\n");
}

static void call_arguments_as_text(void **state)
{
	struct events e = story();

	(void)state;
	e.call.result = -ENOMEM;
	e.call.map_after = e.call.map_before;
	assert_line(call_table(&e.call, &since_start), 80,
		    "  0.001234 pingpong    1234   0 3.12us #17 mprotect = ENOMEM: "
		    "7f3a12345000+4K, …\n");
	e = story();
	e.call.nr_vmas = VS_CALL_VMAS;
	e.call.wx = VS_WX_BOTH;
	e.call.argument[2] = 7;
	e.call.full = 1;
	e.call.queued = 3;
	assert_line(call_table(&e.call, &since_start), 0,
		    "  0.001234 pingpong           1234   0 3.12us #17 mprotect(7f3a12345000+4K, "
		    "rw-|--->rwx!), [anon] and 3+ more, flushed all, 3 IPIs, writable and "
		    "executable, 12->14 VMAs, from libc.so.6+0x28345\n");
	e = story();
	e.call.call = VS_CALL_EXIT;
	e.call.duration_ns = 0;
	e.call.nr_vmas = e.call.pages = e.call.queued = 0;
	assert_line(
		call_table(&e.call, &since_start), 0,
		"  0.001234 pingpong           1234   0      - #17 exit, from libc.so.6+0x28345\n");
}

static void unknown_code_is_an_address(void **state)
{
	const struct fault_row *vmas[VS_CALL_VMAS] = {};
	struct events e = story();
	const struct trace_call call = { .event = &e.call, .vmas = vmas };
	struct table *t = new_table(&trace_call_table);

	(void)state;
	e.call.map_after = 12;
	e.call.pages = e.call.queued = 0;
	trace_call_row(t, &call, &since_start);
	assert_line(t, 0,
		    "  0.001234 pingpong           1234   0 3.12us #17 mprotect(7f3a12345000+4K, "
		    "rw->r--), "
		    "from 7f0000002345\n");
	t = new_table(&trace_call_table);
	e.call.site = 0;
	trace_call_row(t, &call, &since_start);
	assert_line(t, 0,
		    "  0.001234 pingpong           1234   0 3.12us #17 mprotect(7f3a12345000+4K, "
		    "rw->r--), "
		    "from 7f0000001000\n");
}

static void flushes_without_a_call_have_a_reason(void **state)
{
	struct events e = story();

	(void)state;
	e.flush.id = e.ipi.id = 0;
	e.flush.call = e.ipi.call = VS_CALL_COW;
	e.flush.flush = VS_FLUSH_LOCAL;
	e.flush.pages = 0;
	assert_line(flush_table(&e.flush), 0,
		    "  0.001235 pingpong           1234   0        cow: flush local, 0 pages: "
		    "already done\n");
	e.flush.pages = ~0ULL;
	assert_line(flush_table(&e.flush), 0,
		    "  0.001235 pingpong           1234   0        cow: flush local, all\n");
	e.ipi.ipi = VS_IPI_ALL;
	assert_line(ipi_table(&e.ipi), 0,
		    "  0.001237 reader             1235   1  412ns cow: interrupted by CPU 0 after "
		    "2.30us, "
		    "all, pingpong 1234\n");
}

static void interrupts_of_idle_cpus_and_unknown_initiators(void **state)
{
	struct events e = story();

	(void)state;
	e.ipi.to_pid = e.ipi.to_tid = 0;
	strcpy(e.ipi.to_comm, "swapper/1");
	e.ipi.sent_ns = 0;
	assert_line(
		ipi_table(&e.ipi), 0,
		"  0.001237 idle                  0   1  412ns interrupted, initiator unknown\n");
}

/* Where there are only faults, nothing has changed. */
static void faults_only_columns(void **state)
{
	const struct events e = story();

	(void)state;
	assert_text(
		render_stream("text", fault_table(&trace_table, &e.fault, 0), 80),
		"      TIME COMM         TID CPU   TOOK FAULT               ADDRESS VMA\n"
		"  0.001240 reader      1235   1 1.62us mw cow         7f3a12345008 [anon]+0x8\n");
}

static void time_of_day_is_not_cut(void **state)
{
	struct wall_clock clock;
	const struct trace_clock wall = { .start_ns = START_NS, .wall = &clock };
	const struct events e = story();

	(void)state;
	wall_clock__init(&clock, 1000000000000000000);
	setenv("TZ", "UTC", 1);
	assert_text(render_stream("text", call_table(&e.call, &wall), 80),
		    "           TIME COMM         TID CPU   TOOK EVENT\n"
		    "01:46:45.001234 pingpong    1234   0 3.12us #17 mprotect(7f3a12345000+4K, "
		    "rw->r…\n");
}

static void event_before_the_start_has_a_negative_time(void **state)
{
	struct events e = story();
	char *text;

	(void)state;
	e.fault.head.time_ns = START_NS - 292087;
	assert_line(fault_table(&trace_mixed_table, &e.fault, 0), 0,
		    " -0.000292 reader             1235   1 1.62us fault mw cow 7f3a12345008 "
		    "[anon]+0x8\n");
	text = render_stream("json", fault_table(&trace_table, &e.fault, 0), 0);
	assert_non_null(strstr(text, "\"time_ns\":-292087,"));
	free(text);
}

/* --- JSON ---------------------------------------------------------------------------------- */

#define LINE(x) x "\n"

static void calls_as_json(void **state)
{
	const struct events e = story();

	(void)state;
	assert_text(render_stream("json", call_table(&e.call, &since_start), 0),
		    LINE("{\"type\":\"memcall\",\"time_ns\":1234000,\"comm\":\"pingpong\","
			 "\"pid\":1234,\"tid\":1234,\"cpu\":0,\"id\":17,\"call\":\"mprotect\","
			 "\"advice\":null,\"start\":\"0x7f3a12345000\",\"length\":4096,"
			 "\"argument\":1,\"flags\":null,\"result\":0,\"errno\":null,"
			 "\"duration_ns\":3120,\"runqueue_ns\":0,\"blocked_ns\":0,\"unsplit_ns\":0,"
			 "\"ip\":\"0x7f0000001000\","
			 "\"site\":\"0x7f0000002345\","
			 "\"code\":{\"name\":\"/usr/lib/libc.so.6\",\"offset\":164677},"
			 "\"prot\":\"r--\",\"flushes\":{\"local\":1,\"remote\":1,\"full\":0},"
			 "\"pages\":1,\"interrupts\":1,\"map_before\":12,\"map_after\":14,"
			 "\"wx\":null,\"vmas\":[{\"start\":\"0x7f3a12345000\","
			 "\"end\":\"0x7f3a12347000\",\"perms\":\"rw-p\",\"prot_after\":\"r--\","
			 "\"name\":\"[anon]\"}],"
			 "\"frames\":null,\"kernel_frames\":null}"));
}

static struct json_object *parsed(struct table *t)
{
	char *text = render_stream("json", t, 0);
	struct json_object *o = json_tokener_parse(text);

	assert_non_null(o);
	free(text);
	return o;
}

/* The value of @key is @json. */
static void assert_value(struct json_object *o, const char *key, const char *json)
{
	struct json_object *value = NULL;

	if (!json_object_object_get_ex(o, key, &value))
		fail_msg("no member %s", key);
	assert_string_equal(json_object_to_json_string_ext(value, JSON_C_TO_STRING_PLAIN), json);
}

static void failed_and_unreturned_calls(void **state)
{
	struct events e = story();
	struct json_object *o;

	(void)state;
	e.call.result = -ENOMEM;
	o = parsed(call_table(&e.call, &since_start));
	assert_value(o, "result", "-12");
	assert_value(o, "errno", "\"ENOMEM\"");
	assert_non_null(strstr(json_object_to_json_string(o), "\"prot_after\": null"));
	json_object_put(o);
	e.call.call = VS_CALL_MADVISE;
	e.call.detail = 8;
	e.call.result = 0;
	e.call.wx = VS_WX_FLIP;
	o = parsed(call_table(&e.call, &since_start));
	assert_value(o, "advice", "\"MADV_FREE\"");
	assert_value(o, "prot", "null");
	assert_value(o, "wx", "\"flip\"");
	json_object_put(o);
	e.call.call = VS_CALL_EXIT;
	o = parsed(call_table(&e.call, &since_start));
	assert_value(o, "result", "null");
	assert_value(o, "duration_ns", "null");
	assert_value(o, "start", "null");
	json_object_put(o);
}

/* Without their hooks, no flush is seen: that is not none. */
static void unknown_counts_are_null(void **state)
{
	const struct fault_row *vmas[VS_CALL_VMAS] = {};
	const struct events e = story();
	const struct trace_call call = { .event = &e.call, .vmas = vmas };
	struct table *t = new_table(&trace_call_table);
	struct json_object *o;

	(void)state;
	trace_call_row(t, &call, &since_start);
	o = parsed(t);
	assert_value(o, "flushes", "null");
	assert_value(o, "pages", "null");
	assert_value(o, "interrupts", "null");
	assert_value(o, "code", "null");
	json_object_put(o);
}

static void flushes_as_json(void **state)
{
	struct events e = story();

	(void)state;
	assert_text(render_stream("json", flush_table(&e.flush), 0),
		    LINE("{\"type\":\"flush\",\"time_ns\":1235000,\"comm\":\"pingpong\","
			 "\"pid\":1234,\"tid\":1234,\"cpu\":0,\"id\":17,\"call\":\"mprotect\","
			 "\"kind\":\"remote\",\"pages\":1,\"full\":false,"
			 "\"frames\":null,\"kernel_frames\":null}"));
	e.flush.id = 0;
	e.flush.pages = ~0ULL;
	assert_text(render_stream("json", flush_table(&e.flush), 0),
		    LINE("{\"type\":\"flush\",\"time_ns\":1235000,\"comm\":\"pingpong\","
			 "\"pid\":1234,\"tid\":1234,\"cpu\":0,\"id\":null,\"call\":\"mprotect\","
			 "\"kind\":\"remote\",\"pages\":null,\"full\":true,"
			 "\"frames\":null,\"kernel_frames\":null}"));
}

static void interrupts_as_json(void **state)
{
	struct events e = story();

	(void)state;
	assert_text(render_stream("json", ipi_table(&e.ipi), 0),
		    LINE("{\"type\":\"interrupt\",\"time_ns\":1237000,\"cpu\":1,\"id\":17,"
			 "\"call\":\"mprotect\",\"kind\":\"user\","
			 "\"initiator\":{\"pid\":1234,\"tid\":1234,\"comm\":\"pingpong\","
			 "\"cpu\":0},"
			 "\"target\":{\"pid\":1234,\"tid\":1235,\"comm\":\"reader\"},"
			 "\"sent_ns\":1234700,\"delay_ns\":2300,\"stolen_ns\":412}"));
	e.ipi.sent_ns = 0;
	assert_text(render_stream("json", ipi_table(&e.ipi), 0),
		    LINE("{\"type\":\"interrupt\",\"time_ns\":1237000,\"cpu\":1,\"id\":null,"
			 "\"call\":null,\"kind\":\"user\",\"initiator\":null,"
			 "\"target\":{\"pid\":1234,\"tid\":1235,\"comm\":\"reader\"},"
			 "\"sent_ns\":null,\"delay_ns\":null,\"stolen_ns\":412}"));
}

/* The clocks of two CPUs may differ: a delay is not negative. */
static void negative_delay_is_unknown(void **state)
{
	struct events e = story();
	struct json_object *o;

	(void)state;
	e.ipi.sent_ns = e.ipi.head.time_ns + 50;
	o = parsed(ipi_table(&e.ipi));
	assert_value(o, "delay_ns", "0");
	json_object_put(o);
}

static void faults_as_json(void **state)
{
	static const char fault[] =
		"{\"type\":\"fault\",\"time_ns\":1240000,\"comm\":\"reader\",\"pid\":1234,"
		"\"tid\":1235,\"cpu\":1,\"duration_ns\":1620,\"mode\":\"user\","
		"\"access\":\"write\",\"outcome\":\"minor\",\"cause\":\"cow\",\"size\":\"page\","
		"\"mapped_pages\":1,\"runqueue_ns\":0,\"blocked_ns\":0,\"unsplit_ns\":0,"
		"\"mmap_lock_read_ns\":0,\"mmap_lock_write_ns\":0,\"direct_reclaim_ns\":0,"
		"\"memcg_reclaim_ns\":0,\"compaction_ns\":0,\"other_ns\":0,"
		"\"address\":\"0x7f3a12345008\",\"ip\":\"0x401000\","
		"\"vma\":{\"start\":\"0x7f3a12345000\",\"end\":\"0x7f3a12346000\","
		"\"perms\":\"rw-p\",\"name\":\"[anon]\",\"owner\":null,\"offset\":8},\"crash\":"
		"null,\"frames\":"
		"null,\"kernel_frames\":null";
	const struct events e = story();
	char wanted[1024];

	(void)state;
	snprintf(wanted, sizeof(wanted), "%s}\n", fault);
	assert_text(render_stream("json", fault_table(&trace_table, &e.fault, 0), 0), wanted);
	/* among others, what it follows is told, too */
	snprintf(wanted, sizeof(wanted), "%s,\"after\":17}\n", fault);
	assert_text(render_stream("json", fault_table(&trace_mixed_table, &e.fault, 17), 0),
		    wanted);
	snprintf(wanted, sizeof(wanted), "%s,\"after\":null}\n", fault);
	assert_text(render_stream("json", fault_table(&trace_mixed_table, &e.fault, 0), 0), wanted);
}

static void calls_as_csv(void **state)
{
	const struct events e = story();
	char *text = render_stream("csv", call_table(&e.call, &since_start), 0);

	(void)state;
	assert_non_null(strstr(text, ",flushes.local,flushes.remote,flushes.full,pages,"));
	assert_non_null(strstr(text, ",/usr/lib/libc.so.6,164677,r--,1,1,0,1,1,12,14,"));
	free(text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(all_events_in_one_stream),
		cmocka_unit_test(text_fits_80_columns),
		cmocka_unit_test(wide_text_has_every_column),
		cmocka_unit_test(call_arguments_as_text),
		cmocka_unit_test(unknown_code_is_an_address),
		cmocka_unit_test(flushes_without_a_call_have_a_reason),
		cmocka_unit_test(interrupts_of_idle_cpus_and_unknown_initiators),
		cmocka_unit_test(faults_only_columns),
		cmocka_unit_test(time_of_day_is_not_cut),
		cmocka_unit_test(event_before_the_start_has_a_negative_time),
		cmocka_unit_test(calls_as_json),
		cmocka_unit_test(failed_and_unreturned_calls),
		cmocka_unit_test(unknown_counts_are_null),
		cmocka_unit_test(flushes_as_json),
		cmocka_unit_test(interrupts_as_json),
		cmocka_unit_test(negative_delay_is_unknown),
		cmocka_unit_test(faults_as_json),
		cmocka_unit_test(calls_as_csv),
	};

	return cmocka_run_group_tests_name("trace_view", tests, setup, NULL);
}
