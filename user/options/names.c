// SPDX-License-Identifier: GPL-2.0-only
/* names.c - words that options take, and names of the groups and types of options. */
#include "options/option.h"

const char *const trace_event_names[NR_TRACE_EVENTS] = {
	[TRACE_FAULT] = "fault",
	[TRACE_MEMCALL] = "memcall",
	[TRACE_SHOOTDOWN] = "shootdown",
};

const char *const report_view_names[NR_REPORT_VIEWS] = {
	[REPORT_STAT] = "stat",
	[REPORT_SHOOTDOWN] = "shootdown",
	[REPORT_TRACE] = "trace",
	[REPORT_ADVISE] = "advise",
};

const char *const stack_weight_names[NR_STACK_WEIGHTS] = {
	[WEIGHT_FAULTS] = "faults", [WEIGHT_TIME] = "time",   [WEIGHT_STOLEN] = "stolen",
	[WEIGHT_SENT] = "sent",	    [WEIGHT_CALLS] = "calls",
};

const char *const option_group_heads[NR_OPTION_GROUPS] = {
	[GROUP_TARGETS] = "Targets and filters:",
	[GROUP_RUN] = "Duration and intervals:",
	[GROUP_SHOWN] = "Output:",
	[GROUP_TUNING] = "Tuning:",
	[GROUP_SERVING] = "Serving:",
};

const char *const option_type_names[NR_OPTION_TYPES] = {
	[OPTION_FLAG] = "flag",	    [OPTION_OFF] = "flag",	[OPTION_TIMES] = "flag",
	[OPTION_TEXT] = "text",	    [OPTION_NUMBER] = "number", [OPTION_TIME] = "time",
	[OPTION_SIZE] = "size",	    [OPTION_NAME] = "name",	[OPTION_NAMES] = "names",
	[OPTION_CUSTOM] = "custom",
};
