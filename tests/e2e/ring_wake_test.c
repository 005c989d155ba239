// SPDX-License-Identifier: GPL-2.0-only
/*
 * ring_wake_test - the reader is woken once when the ring buffer holds enough, not by each record
 * from then on: by the kernel's count of interrupts for deferred work in the target.
 */
#include "behind.h"
#include "check.h"
#include "load.h"
#include "recorded.h"
#include "scope.h"
#include "system.h"

#include <signal.h>
#include <stdio.h>
#include <unistd.h>

#define FAULTS "5000"
#define NR_FAULTS 5000
/** All of its events fit, and most of them lie beyond the mark, which is an eighth. */
#define RING "--ring", "1024"

/*
 * The reader is stopped, so that the ring stays above the mark. Others may queue work on that CPU
 * meanwhile, but not with each fault.
 */
static void the_reader_is_woken_once(void **state)
{
	const char *file = vt_path("behind.rec");
	struct json_object *json;
	struct vt_behind b;
	int64_t wakes;
	int fd;

	(void)state;
	vt_behind_attach(&b, FAULTS, VT_ARGS("record", "-q", "-o", file, RING));
	fd = vt_count_event(b.target.work.pid, "irq_vectors/irq_work_entry", NULL);
	vt_behind_fault(&b);
	wakes = vt_counted(fd);
	close(fd);
	vt_signal(&b.cmd, SIGCONT);
	vt_gated_run(&b.target);
	vt_wait(&b.cmd, VT_PATIENCE);
	vt_equal(b.cmd.exit, 0, "exit status: %s", b.cmd.err);
	print_message("# %lld interrupts for deferred work, %s faults\n", (long long)wakes, FAULTS);
	vt_cmp(wakes, >=, 1, "wake-ups");
	vt_cmp(wakes, <, NR_FAULTS / 10, "wake-ups");
	json = vt_report_json(file, 0);
	vt_equal(vt_int(json, "lost.events"), 0, "lost events");
	vt_equal(vt_int(json, "totals.minor"),
		 vt_int(b.target.known, "self.minor") - vt_int(b.target.known, "at_gate.minor"),
		 "minor faults");
	json_object_put(json);
	vt_behind_free(&b);
}

static const struct CMUnitTest tests[] = {
	VT_TEST(the_reader_is_woken_once),
};

VT_MAIN(tests)
