/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * redis.h - run a private redis-server, on a unix socket in the test's directory.
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
/**
 * vt_redis_bench - run @requests SET requests with redis-benchmark. Return: requests per second.
 */
double vt_redis_bench(struct vt_redis *r, const char *requests);
/** vt_redis_cli - run one command; fails the test unless redis-cli exits with status 0 */
void vt_redis_cli(struct vt_redis *r, const char *a, const char *b);
/** vt_redis_stop - end it, by its pid */
void vt_redis_stop(struct vt_redis *r);

#endif /* VT_REDIS_H */
