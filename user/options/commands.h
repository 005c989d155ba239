/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * commands.h - the list of commands: each has its row, struct command, in a file of user/cmd/.
 */
#ifndef VMASCOPE_OPTIONS_COMMANDS_H
#define VMASCOPE_OPTIONS_COMMANDS_H

/** VS_EACH_COMMAND - X(ID, name), in the order in which help lists them; user/cmd/ defines command_NAME */
#define VS_EACH_COMMAND(X)                                                                         \
	X(STAT, stat)                                                                              \
	X(TRACE, trace)                                                                            \
	X(SHOOTDOWN, shootdown)                                                                    \
	X(RECORD, record)                                                                          \
	X(REPORT, report)                                                                          \
	X(TOP, top)                                                                                \
	X(SERVE, serve)                                                                            \
	X(DOCTOR, doctor)                                                                          \
	X(EXPLAIN, explain)                                                                        \
	X(ADVISE, advise)

enum command_number {
#define COMMAND_NUMBER(ID, name) COMMAND_NUMBER_##ID,
	VS_EACH_COMMAND(COMMAND_NUMBER)
#undef COMMAND_NUMBER
	NR_COMMANDS,
};

/** Commands, a bit each, COMMAND_STAT and so on: an option's row names those that have it. */
enum command_bit {
#define COMMAND_BIT(ID, name) COMMAND_##ID = 1 << COMMAND_NUMBER_##ID,
	VS_EACH_COMMAND(COMMAND_BIT)
#undef COMMAND_BIT
};

#endif /* VMASCOPE_OPTIONS_COMMANDS_H */
