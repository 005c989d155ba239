// SPDX-License-Identifier: GPL-2.0-only
/*
 * poweroff.c - end the guest.
 *
 * Ends the guest with a status that the host sees: `poweroff FIFO` waits for a line in FIFO, "0"
 * or anything else, and writes to QEMU's isa-debug-exit port, which makes QEMU exit with 33
 * or 35; a panic or a plain power-off cannot be taken for either.
 *
 * It is started at boot because the port is asked for first: a kernel that is locked down later
 * refuses ioperm(). cloud kernels have no /dev/port.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/io.h>
#include <sys/reboot.h>
#include <termios.h>
#include <unistd.h>

enum {
	EXIT_PORT = 0xf4, /* as given to -device isa-debug-exit; QEMU exits with value * 2 + 1 */
	EXIT_PASS = 16,
	EXIT_FAIL = 17,
};

int main(int argc, char **argv)
{
	char line[16] = "";
	FILE *fifo;

	if (argc != 2) {
		fprintf(stderr, "usage: poweroff FIFO\n");
		return 2;
	}
	if (ioperm(EXIT_PORT, 1, 1)) {
		fprintf(stderr, "poweroff: ioperm: %s\n", strerror(errno));
		return 1;
	}
	fifo = fopen(argv[1], "r");
	if (!fifo || !fgets(line, sizeof(line), fifo))
		fprintf(stderr, "poweroff: cannot read %s: %s\n", argv[1], strerror(errno));
	tcdrain(STDOUT_FILENO); /* the console: the marker lines are still on their way */
	sync();
	outb(strcmp(line, "0\n") == 0 ? EXIT_PASS : EXIT_FAIL, EXIT_PORT);
	reboot(RB_POWER_OFF); /* only without the device: QEMU exits 0, a failure to the host */
	return 1;
}
