/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * redis.h - a redis-server of the test's own, on a unix socket in the test's own directory.
 */
#ifndef VT_REDIS_H
#define VT_REDIS_H

#include "run.h"

struct vt_redis {
	struct vt_cmd server;
	char dir[256];
	char socket[300];
};

void vt_redis_start(struct vt_redis *r);
/** vt_redis_bench - redis-benchmark's SET requests per second, over @requests of them */
double vt_redis_bench(struct vt_redis *r, const char *requests);
/** vt_redis_cli - one command; fails the test unless redis-cli ends with status 0 */
void vt_redis_cli(struct vt_redis *r, const char *a, const char *b);
/** vt_redis_stop - end it, by its own pid */
void vt_redis_stop(struct vt_redis *r);

#endif /* VT_REDIS_H */
