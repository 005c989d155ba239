// SPDX-License-Identifier: GPL-2.0-only
/*
 * redis.c - run a private redis-server, on a unix socket in the test's directory.
 */
#include "redis.h"
#include "check.h"
#include "system.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

static bool answers(void *arg)
{
	struct vt_redis *r = arg;
	struct sockaddr_un addr = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	char reply[8] = "";
	bool pong;

	if (vt_ended(&r->server))
		fail_msg("redis-server ended at its start");
	vt_true(strlen(r->socket) < sizeof(addr.sun_path));
	strcpy(addr.sun_path, r->socket);
	pong = !connect(fd, (struct sockaddr *)&addr, sizeof(addr)) &&
	       write(fd, "PING\r\n", 6) == 6 && read(fd, reply, 7) == 7 &&
	       !strncmp(reply, "+PONG", 5);
	close(fd);
	return pong;
}

void vt_redis_start(struct vt_redis *r)
{
	memset(r, 0, sizeof(*r));
	if (!vt_exists("redis-server") || !vt_exists("redis-benchmark"))
		fail_msg("redis-server and redis-benchmark are needed (redis-server, redis-tools)");
	snprintf(r->dir, sizeof(r->dir), "%s", vt_path("redis"));
	vt_sys(mkdir(r->dir, 0700));
	snprintf(r->socket, sizeof(r->socket), "%s/s", r->dir);
	vt_start(&r->server, NULL,
		 VT_ARGS("redis-server", "--port", "0", "--unixsocket", r->socket, "--save", "",
			 "--appendonly", "no", "--daemonize", "no", "--dir", r->dir));
	vt_await(answers, r, "redis-server answers", VT_PATIENCE);
}

double vt_redis_bench(struct vt_redis *r, const char *requests)
{
	struct vt_cmd cmd;
	char *line;
	double rate;

	vt_run(&cmd, NULL,
	       VT_ARGS("redis-benchmark", "-s", r->socket, "-n", requests, "-r", "100000", "-d",
		       "512", "-t", "set", "-P", "16", "--csv"));
	vt_equal(cmd.exit, 0, "redis-benchmark's exit status");
	/* "test","rps",… and "SET","123456.78",… */
	line = strstr(cmd.out, "\"SET");
	if (!line || !strchr(line, ',') || sscanf(strchr(line, ',') + 2, "%lf", &rate) != 1)
		fail_msg("redis-benchmark printed: %s", cmd.out);
	vt_free(&cmd);
	return rate;
}

void vt_redis_cli(struct vt_redis *r, const char *a, const char *b)
{
	struct vt_cmd cmd;

	vt_run(&cmd, NULL, VT_ARGS("redis-cli", "-s", r->socket, a, b));
	vt_equal(cmd.exit, 0, "redis-cli %s", a);
	vt_free(&cmd);
}

void vt_redis_stop(struct vt_redis *r)
{
	if (r->server.pid > 0) {
		vt_signal(&r->server, SIGTERM);
		vt_wait(&r->server, VT_PATIENCE);
	}
	vt_free(&r->server);
}
