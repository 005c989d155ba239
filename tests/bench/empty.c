// SPDX-License-Identifier: GPL-2.0-only
/*
 * empty - run a command while BPF programs that do nothing are attached where `vmascope stat`'s are:
 * what is left of its cost is its own. With "begin", only where faults begin.
 */
#include <errno.h>
#include <linux/perf_event.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <bpf/libbpf.h>

static const struct {
	const char *program;
	int sw_event; /* -1: its section says where */
} hooks[] = {
	{ "begin_user", -1 },
	{ "begin_kernel", -1 },
	{ "end_minor", PERF_COUNT_SW_PAGE_FAULTS_MIN },
	{ "end_major", PERF_COUNT_SW_PAGE_FAULTS_MAJ },
};

static int attach_sw_event(struct bpf_program *prog, int config)
{
	struct perf_event_attr attr = {
		.type = PERF_TYPE_SOFTWARE,
		.size = sizeof(attr),
		.config = (unsigned int)config,
		.sample_period = 1,
	};

	for (int cpu = 0; cpu < libbpf_num_possible_cpus(); cpu++) {
		int fd = (int)syscall(SYS_perf_event_open, &attr, -1, cpu, -1,
				      PERF_FLAG_FD_CLOEXEC);

		if (fd < 0 && errno != ENODEV)
			return -errno;
		if (fd >= 0 && !bpf_program__attach_perf_event(prog, fd))
			return -errno;
	}
	return 0;
}

static int attach(struct bpf_object *obj, const char *part)
{
	for (size_t i = 0; i < sizeof(hooks) / sizeof(*hooks); i++) {
		struct bpf_program *prog = bpf_object__find_program_by_name(obj, hooks[i].program);
		int err = 0;

		if (!strcmp(part, "begin") && strncmp(hooks[i].program, "begin", 5))
			continue;
		if (hooks[i].sw_event >= 0)
			err = attach_sw_event(prog, hooks[i].sw_event);
		else if (!bpf_program__attach(prog))
			err = -errno;
		if (err)
			return err;
	}
	return 0;
}

int main(int argc, char **argv)
{
	struct bpf_object *obj;
	int err, status;
	pid_t pid;

	if (argc < 4) {
		fprintf(stderr, "usage: empty OBJECT begin|all COMMAND…\n");
		return 2;
	}
	obj = bpf_object__open_file(argv[1], NULL);
	err = obj ? bpf_object__load(obj) : -errno;
	err = err ? err : attach(obj, argv[2]);
	if (err) {
		fprintf(stderr, "empty: %s: %s\n", argv[1], strerror(-err));
		return 1;
	}
	pid = fork();
	if (!pid) {
		execvp(argv[3], argv + 3);
		_exit(127);
	}
	if (pid < 0 || waitpid(pid, &status, 0) < 0)
		return 1;
	return WIFEXITED(status) ? WEXITSTATUS(status) : 1;
}
