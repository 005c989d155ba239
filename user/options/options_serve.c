// SPDX-License-Identifier: GPL-2.0-only
/* options_serve.c - the options of serve. */
#include "model/names.h"
#include "options/options_parts.h"
#include "serve/http/listen.h"
#include "util/str.h"

/** Series of /metrics by default, and at most. */
#define SERIES_DEFAULT 5000
#define SERIES_MOST 1000000
/** No file belongs to this user. */
#define RUN_AS_DEFAULT "nobody"
#define INTERVAL_DEFAULT_NS 1000000000ULL
/** No interval is shorter: each reads all counters. */
#define INTERVAL_LEAST_NS 100000000ULL

enum {
	OPT_LISTEN = OPTION_SERVE_KEYS,
	OPT_ALLOW_REMOTE,
	OPT_TOKEN_FILE,
	OPT_TLS_CERT,
	OPT_TLS_KEY,
	OPT_CLIENT_CA,
	OPT_GROUP_BY,
	OPT_MAX_SERIES,
	OPT_EXPOSE_PATHS,
	OPT_EXPOSE_PROCESSES,
	OPT_EXPOSE_ADDRESSES,
	OPT_RUN_AS,
	OPT_NO_BPF_STATS,
};

void serve_options__defaults(struct options *o)
{
	o->listen = LISTEN_DEFAULT;
	o->max_series = SERIES_DEFAULT;
	o->bpf_stats = true;
	o->run_as = RUN_AS_DEFAULT;
	o->interval_ns = INTERVAL_DEFAULT_NS;
}

OPTION_STRING(listen)
OPTION_STRING(token_file)
OPTION_STRING(tls_cert)
OPTION_STRING(tls_key)
OPTION_STRING(client_ca)
OPTION_FLAG(allow_remote)
OPTION_FLAG(expose_paths)
OPTION_FLAG(expose_processes)
OPTION_FLAG(expose_addresses)
OPTION_STRING(run_as)

static int parse_group_by(struct options *o, char *arg, struct argp_state *state)
{
	int by = names__find(group_by_names, NR_GROUP_BY, arg);

	if (by < 0)
		return option_bad(state, "grouping", arg, "comm, cgroup, unit, container or none");
	o->group_by = by;
	return 0;
}

static int parse_max_series(struct options *o, char *arg, struct argp_state *state)
{
	uint64_t n;

	if (str_parse_u64(arg, SERIES_MOST, &n))
		return option_bad(state, "number of series", arg, "a number up to 1000000");
	o->max_series = n;
	return 0;
}

static int parse_no_bpf_stats(struct options *o, char *arg, struct argp_state *state)
{
	(void)arg;
	(void)state;
	o->bpf_stats = false;
	return 0;
}

static int parse_interval(struct options *o, char *arg, struct argp_state *state)
{
	if (str_parse_duration(arg, &o->interval_ns) || o->interval_ns < INTERVAL_LEAST_NS)
		return option_bad(state, "interval", arg, "100ms at least");
	return 0;
}

/* clang-format off */
static const struct option_def serve_defs[] = {
	{{NULL, 0, NULL, 0, "Serving:", 5}, OPTIONS_SERVE, NULL},
	{{"listen", OPT_LISTEN, "ADDR:PORT", 0, "listen on this address (default " LISTEN_DEFAULT ")", 5},
	 OPTIONS_SERVE, parse_listen},
	{{"allow-remote", OPT_ALLOW_REMOTE, NULL, 0,
	  "allow --listen on a non-loopback address (requires --token-file or --client-ca)", 5},
	 OPTIONS_SERVE, parse_allow_remote},
	{{"token-file", OPT_TOKEN_FILE, "FILE", 0, "require the first line of FILE as bearer token", 5},
	 OPTIONS_SERVE, parse_token_file},
	{{"tls-cert", OPT_TLS_CERT, "FILE", 0, "serve HTTPS with this certificate (PEM)", 5},
	 OPTIONS_SERVE, parse_tls_cert},
	{{"tls-key", OPT_TLS_KEY, "FILE", 0, "private key of the certificate (PEM)", 5},
	 OPTIONS_SERVE, parse_tls_key},
	{{"client-ca", OPT_CLIENT_CA, "FILE", 0, "require client certificates signed by this CA (PEM)", 5},
	 OPTIONS_SERVE, parse_client_ca},
	{{"group-by", OPT_GROUP_BY, "RULE", 0,
	  "group metrics by comm (default), cgroup, unit, container, none", 5},
	 OPTIONS_SERVE, parse_group_by},
	{{"max-series", OPT_MAX_SERIES, "N", 0,
	  "limit the number of series in /metrics (default 5000); the rest counts as group other", 5},
	 OPTIONS_SERVE, parse_max_series},
	{{"expose-paths", OPT_EXPOSE_PATHS, NULL, 0, "show paths of mapped files, to whoever sees VMAs", 5},
	 OPTIONS_SERVE, parse_expose_paths},
	{{"expose-processes", OPT_EXPOSE_PROCESSES, NULL, 0,
	  "show process IDs and command names to clients without a token", 5},
	 OPTIONS_SERVE, parse_expose_processes},
	{{"expose-addresses", OPT_EXPOSE_ADDRESSES, NULL, 0,
	  "show addresses and sizes of VMAs to clients without a token", 5},
	 OPTIONS_SERVE, parse_expose_addresses},
	{{"run-as", OPT_RUN_AS, "USER", 0,
	  "run as this user once everything is attached, if started as root (default "
	  RUN_AS_DEFAULT ")", 5},
	 OPTIONS_SERVE, parse_run_as},
	{{"interval", 'i', "TIME", 0, "interval of events (default 1s)", 5},
	 OPTIONS_SERVE, parse_interval},
	{{"no-bpf-stats", OPT_NO_BPF_STATS, NULL, 0,
	  "do not enable the kernel's run-time statistics of BPF programs", 5},
	 OPTIONS_SERVE, parse_no_bpf_stats},
};
/* clang-format on */

const struct option_table serve_options = OPTION_TABLE(serve_defs);
