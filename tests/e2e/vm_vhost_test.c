// SPDX-License-Identifier: GPL-2.0-only
/*
 * vm_vhost_test - faults of threads that vhost makes for a process: -p has them, of a worker that was
 * there and of one that is made later. A guest has the device; machines have it where it is loaded.
 */
#include "check.h"
#include "gated.h"
#include "scope.h"
#include "system.h"

#include <stdio.h>

static void vhost_workers_of_a_process(void **state)
{
	struct json_object *json, *vma, *range;
	struct vt_gated g;

	(void)state;
	vt_gated_start(&g, VT_ARGS("vhost", "--buffers", "200"));
	json = vt_gated_process(&g);
	if (vt_int(g.known, "workers")) {
		vt_equal(vt_int(g.known, "workers"), 2, "workers that are the process's threads");
		vt_check_ranges(json, g.known);
	} else { /* before 6.4 they are threads of the kernel: getrusage has none of their faults */
		vt_each(range, g.known, "ranges")
			vt_each(vma, vt_process(json, vt_int(g.known, "pid")), "vmas")
				vt_true(!vt_get(vma, "start") ||
					vt_hex(vma, "start") != vt_hex(range, "start"));
	}
	json_object_put(json);
	vt_gated_free(&g);
}

static const struct CMUnitTest tests[] = {
	VT_TEST(vhost_workers_of_a_process),
};

VT_MAIN(tests)
