// SPDX-License-Identifier: GPL-2.0-only
/*
 * variants.c - find every variant of every hook on this kernel, and how to force each.
 *
 * This code has no list of hooks or features: `doctor` lists them, and which of its rows require a
 * feature. So a hook that is added to vmascope is tested without a change here.
 */
#include "variants.h"
#include "check.h"
#include "scope.h"
#include "system.h"

#include <stdio.h>

#define MAX_FEATURES 64

/* doctor's row of a variant: @needs has a bit for each feature that it requires. */
struct row {
	char hook[32];
	char name[96];
	bool in_use;
	bool works;
	uint64_t needs;
};

struct offer {
	size_t nr_rows;
	struct row rows[VT_VARIANTS_MAX];
	size_t nr_features;
	char features[MAX_FEATURES][32];
	uint64_t required; /* features that vmascope itself requires */
};

static struct offer offer;

/* Number of concurrent runs, as in an emulated guest each takes seconds. */
#define AT_ONCE 4

static void start_doctor(struct vt_cmd *cmd, const char *without)
{
	vt_start(cmd, NULL,
		 VT_ARGS(vt_vmascope(), "doctor", "-j", without ? "--no-feature" : NULL, without));
}

static struct json_object *end_doctor(struct vt_cmd *cmd)
{
	struct json_object *json;

	vt_wait(cmd, VT_PATIENCE);
	vt_cmp(cmd->exit, <=, 1, "doctor's exit status: %s", cmd->err);
	json = vt_json(cmd->out, "doctor");
	vt_free(cmd);
	return json;
}

static void read_rows(struct json_object *json)
{
	struct json_object *item;
	const char *hook = "";

	vt_each(item, json, "hooks")
	{
		struct row *row = &offer.rows[offer.nr_rows++];
		const char *reason = vt_str(item, "reason");

		vt_cmp(offer.nr_rows, <=, VT_VARIANTS_MAX, "variants of all hooks");
		if (*vt_str(item, "hook"))
			hook = vt_str(item, "hook");
		snprintf(row->hook, sizeof(row->hook), "%s", hook);
		snprintf(row->name, sizeof(row->name), "%s", vt_str(item, "variant"));
		row->in_use = vt_bool(item, "in_use");
		row->works = row->in_use ||
			     !strcmp(reason, "available (a preferred variant is in use)");
	}
	vt_cmp(offer.nr_rows, >=, 3, "variants that doctor tells of");
}

static void read_features(struct json_object *json)
{
	struct json_object *item;

	vt_each(item, json, "features")
	{
		if (!vt_bool(item, "available"))
			continue;
		vt_cmp(offer.nr_features, <, MAX_FEATURES, "features");
		snprintf(offer.features[offer.nr_features++], sizeof(offer.features[0]), "%s",
			 vt_str(item, "feature"));
	}
	vt_cmp(offer.nr_features, >=, 3, "features that doctor tells of");
}

/* Find the rows that require feature @f, from the output @json with the feature disabled. */
static void read_needs(size_t f, struct json_object *json)
{
	struct json_object *item;
	char disabled[80];
	size_t row = 0;

	snprintf(disabled, sizeof(disabled), "%s: disabled by --no-feature", offer.features[f]);
	vt_each(item, json, "hooks")
	{
		if (!strncmp(vt_str(item, "reason"), disabled, strlen(disabled)))
			offer.rows[row].needs |= 1ULL << f;
		row++;
	}
	vt_equal(row, offer.nr_rows, "doctor's variants without %s", offer.features[f]);
	if (!vt_bool(json, "usable"))
		offer.required |= 1ULL << f;
}

static void read_all_needs(void)
{
	const size_t nr = offer.nr_features, step = vt_cpus() < AT_ONCE ? vt_cpus() : AT_ONCE;
	struct vt_cmd cmds[AT_ONCE];

	for (size_t f = 0; f < nr; f += step) {
		const size_t end = f + step < nr ? f + step : nr;

		for (size_t i = f; i < end; i++)
			start_doctor(&cmds[i - f], offer.features[i]);
		for (size_t i = f; i < end; i++) {
			struct json_object *json = end_doctor(&cmds[i - f]);

			read_needs(i, json);
			json_object_put(json);
		}
	}
}

/* The features to disable, so that no preferred variant of its hook is chosen. */
static uint64_t without(const struct row *row)
{
	uint64_t off = 0;

	for (const struct row *better = offer.rows; better < row; better++) {
		uint64_t can = better->needs & ~row->needs & ~offer.required;

		if (strcmp(better->hook, row->hook) || !better->works || better->needs & off)
			continue;
		if (!can)
			fail_msg("%s: no feature switches '%s' off, and leaves '%s'", row->hook,
				 better->name, row->name);
		off |= can & -can;
	}
	return off;
}

static void set_args(struct vt_variant *v)
{
	size_t args = 0;

	memset(v->args, 0, sizeof(v->args));
	for (size_t f = 0; f < offer.nr_features; f++) {
		if (!(v->off >> f & 1))
			continue;
		vt_cmp(args, <, 16, "arguments that force a variant");
		v->args[args++] = "--no-feature";
		v->args[args++] = offer.features[f];
	}
}

/* It is the preferred variant of its hook, with the features in @off disabled. */
static bool is_best(const struct row *row, uint64_t off)
{
	for (const struct row *better = offer.rows; better < row; better++)
		if (!strcmp(better->hook, row->hook) && better->works && !(better->needs & off))
			return false;
	return !(row->needs & off);
}

bool vt_variants_join(struct vt_variant *to, const struct vt_variant *v)
{
	const uint64_t rows = to->rows | v->rows, off = to->off | v->off;

	for (size_t i = 0; i < offer.nr_rows; i++)
		if (rows >> i & 1 && !is_best(&offer.rows[i], off))
			return false;
	to->rows = rows;
	to->off = off;
	set_args(to);
	return true;
}

size_t vt_variants(struct vt_variant *v)
{
	struct json_object *json;
	struct vt_cmd cmd;
	size_t n = 0;

	memset(&offer, 0, sizeof(offer));
	start_doctor(&cmd, NULL);
	json = end_doctor(&cmd);
	read_rows(json);
	read_features(json);
	json_object_put(json);
	read_all_needs();
	for (size_t i = 0; i < offer.nr_rows; i++) {
		const struct row *row = &offer.rows[i];

		if (!row->works)
			continue;
		memset(&v[n], 0, sizeof(v[n]));
		memcpy(v[n].hook, row->hook, sizeof(row->hook));
		memcpy(v[n].name, row->name, sizeof(row->name));
		v[n].in_use = row->in_use;
		v[n].rows = 1ULL << i;
		v[n].off = without(row);
		set_args(&v[n]);
		n++;
	}
	return n;
}
