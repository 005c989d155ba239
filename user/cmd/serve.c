// SPDX-License-Identifier: GPL-2.0-only
/* serve.c - `vmascope serve`: count until terminated, and serve the counts over HTTP. */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "cmd/shootdown.h"
#include "serve/exporter/exporter.h"
#include "serve/http/channel.h"
#include "serve/http/listen.h"
#include "serve/http/server.h"
#include "session/session.h"
#include "sys/privileges.h"
#include "util/log.h"

/** struct service - state of the counting process and of the HTTP server process */
struct service {
	struct session *session;
	struct exporter exporter;
	struct server_process server;
	struct access access;
	struct user_ids user;
	struct run_hook hooks[NR_HOOKS];
	struct listen_address address;
	int listen_fd;
};

/** check - check the options for conflicts, or print an error. Return: 0 or an exit status. */
static int check(const struct service *x, const struct options *o, struct listen_address *a)
{
	const int status = options__check_stacks(o, options__with_stacks(o), "add -U");

	if (status)
		return status;
	if (x->listen_fd == -EINVAL)
		return vs_fail(VS_EXIT_USAGE,
			       "pass exactly one socket that listens on an IP address",
			       "the service manager passed no usable socket (LISTEN_FDS)");
	if (x->listen_fd < 0 && listen__parse(o->listen, a))
		return vs_fail(VS_EXIT_USAGE,
			       "ADDRESS:PORT with a numeric address, for example 127.0.0.1:9469",
			       "bad address: '%s'", o->listen);
	if (!o->tls_cert != !o->tls_key || (o->client_ca && !o->tls_cert))
		return vs_fail(VS_EXIT_USAGE, "--client-ca requires both, too",
			       "--tls-cert and --tls-key require each other");
	if (o->max_series < metric_store__least())
		return vs_fail(VS_EXIT_USAGE,
			       "use at least that many; --group-by none needs fewest",
			       "--max-series is less than %u", metric_store__least());
	if (a->loopback)
		return 0;
	if (!o->allow_remote)
		return vs_fail(VS_EXIT_USAGE, "use --allow-remote with --token-file or --client-ca",
			       "%s is not a loopback address", o->listen);
	if (!o->token_file && !o->client_ca)
		return vs_fail(VS_EXIT_USAGE, "add --token-file FILE or --client-ca FILE",
			       "--allow-remote requires authentication of clients");
	if (!o->tls_cert)
		vs_warn("without --tls-cert, the token is sent over the network unencrypted");
	return 0;
}

/**
 * prepare - do everything that can fail without a capture, or print an error.
 * Return: 0 or an exit status.
 */
static int prepare(struct service *x, const struct options *o)
{
	const struct access_files files = { .token = o->token_file,
					    .certificate = o->tls_cert,
					    .key = o->tls_key,
					    .client_ca = o->client_ca };
	int status;

	x->listen_fd = listen__inherited(&x->address);
	status = check(x, o, &x->address);

	if (status)
		return status;
	x->access.loopback = x->address.loopback;
	x->access.required = o->token_file || o->client_ca;
	x->access.exposed = (o->expose_processes ? DETAIL_PROCESSES : 0) |
			    (o->expose_addresses ? DETAIL_ADDRESSES : 0);
	if (access__read(&x->access, &files))
		return VS_EXIT_FAILURE;
	if (!x->access.required && access__make_token(&x->access))
		return vs_fail(VS_EXIT_FAILURE, NULL, "cannot generate a token: no random numbers");
	if (privileges__find_user(o->run_as, &x->user))
		return vs_fail(VS_EXIT_USAGE, "choose another one with --run-as USER",
			       "no such user: '%s'", o->run_as);
	if (x->listen_fd < 0)
		x->listen_fd = listen__open(&x->address);
	if (x->listen_fd < 0)
		return vs_fail(VS_EXIT_FAILURE, "choose another address with --listen ADDRESS:PORT",
			       "cannot listen on %s: %s", o->listen, strerror(-x->listen_fd));
	/* otherwise the server process would only report that it cannot change its user */
	if (features__permitted() || server__fork(&x->server, &x->access, x->listen_fd, &x->user))
		return VS_EXIT_FAILURE;
	close(x->listen_fd);
	x->listen_fd = -1;
	return 0;
}

static void set_views(struct service *x)
{
	struct session *s = x->session;
	struct exporter *e = &x->exporter;

	e->shootdown.run =
		(struct run_facts){ .command = s->what,
				    .hooks = x->hooks,
				    .nr_hooks = NR_HOOKS,
				    .latency_period = s->options->capture.bpf.latency_period };
	e->shootdown.threads = &s->live->run.threads;
	e->shootdown.no_text = true;
	shootdown__know(s, x->hooks, &e->shootdown);
	e->stat = (struct stat_view){ .command = s->what,
				      .start_ns = s->start_ns,
				      .latency_period = s->options->capture.bpf.latency_period,
				      .threads = &s->live->run.threads,
				      .no_processes = true,
				      .stacks = s->namer ? &s->live->run.stacks : NULL,
				      .namer = s->namer,
				      .hooks = x->hooks,
				      .nr_hooks = NR_HOOKS };
	e->store.known |= (e->shootdown.calls_known ? NEEDS_CALLS : 0) |
			  (e->shootdown.flushes_known ? NEEDS_FLUSHES : 0) |
			  (e->shootdown.interrupts_known ? NEEDS_INTERRUPTS : 0) |
			  (e->shootdown.queued_known ? NEEDS_QUEUED : 0);
}

static void set_exporter(struct service *x)
{
	const struct options *o = x->session->options;
	struct exporter *e = &x->exporter;

	e->live = x->session->live;
	e->channel = x->server.channel;
	e->server_pid = x->server.pid;
	e->exposed = x->access.required ? DETAIL_ALL : x->access.exposed;
	e->command = x->session->what;
	e->group_by = o->group_by;
	e->expose_paths = o->expose_paths;
	e->interval_ns = o->interval_ns;
	e->start_ns = x->session->start_ns;
	metrics__init();
	exporter__init(e, o->max_series);
	set_views(x);
	self_metrics__name_programs(e, o->bpf_stats);
}

/** explained - print the cause of @err, an error of the connection to the server */
static int explained(struct service *x, int err)
{
	if (err == -EPIPE)
		server__explain(&x->server);
	else if (err)
		vs_error("cannot continue to serve: %s", strerror(-err));
	return err;
}

static int tick(struct session *s)
{
	struct service *x = s->private;

	return s->error = explained(x, exporter__tick(&x->exporter));
}

static int woken(struct session *s)
{
	struct service *x = s->private;

	return s->error = explained(x, exporter__answer(&x->exporter));
}

/** print_where - print the address, and what is required for full access */
static void print_where(const struct service *x)
{
	const char *scheme = x->session->options->tls_cert ? "https" : "http";
	char address[64];

	listen__format(&x->address, address, sizeof(address));
	vs_note("listening on %s://%s", scheme, address);
	if (!x->access.required && x->access.exposed != DETAIL_ALL)
		vs_note("with access to processes and addresses: %s://%s/#token=%s", scheme,
			address, x->access.token);
}

/** run - run the service on the open session. Return: an exit status. */
static int run(struct service *x)
{
	struct session *s = x->session;

	set_exporter(x);
	s->interval = tick;
	s->period_ns = s->options->interval_ns;
	s->wake_fd = x->server.channel;
	s->woken = woken;
	/* they are root's, and what they open is chosen by traced processes */
	if (s->namer)
		symbolizer__stop_helpers(namer__symbolizer(s->namer));
	if (privileges__drop(&x->user))
		return VS_EXIT_FAILURE;
	if (explained(x,
		      channel__send(x->server.channel, &(struct message){ .kind = MESSAGE_READY })))
		return VS_EXIT_FAILURE;
	print_where(x);
	return session__run(s);
}

static int run_serve(struct options *o)
{
	struct session s = { .hide_names = !o->expose_paths };
	struct service x = {
		.session = &s, .listen_fd = -1, .server.channel = -1, .exporter.run_stats_fd = -1
	};
	int status = prepare(&x, o);

	if (!status) {
		s.private = &x;
		machine__read(&s.machine);
		status = session__open(
			&s, o,
			SESSION_SHOOTDOWNS | (options__with_stacks(o) ? SESSION_FAULT_STACKS : 0));
		if (!status)
			status = run(&x);
	}
	server__stop(&x.server);
	access__free(&x.access);
	if (!s.private)
		return status;
	exporter__free(&x.exporter);
	machine__free(&s.machine);
	return session__close(&s, status);
}

const struct command command_serve = {
	.name = "serve",
	.args_doc = "[-- COMMAND [ARG...]]",
	.summary = "serve metrics for Prometheus and a web page, until stopped",
	.doc = "Count page faults, memory calls and TLB flushes continuously, and serve them over "
	       "HTTP: /metrics for Prometheus, /api/v1 and /events for programs, / is a web "
	       "page.\v"
	       "Only clients on this machine can connect, unless --allow-remote is given together "
	       "with --token-file or --client-ca. Capabilities are dropped once everything is "
	       "attached. Without a command or a filter, the whole system is traced.",
	.is = COMMAND_SERVE,
	.args = ARGS_COMMAND,
	.run = run_serve,
};
