// SPDX-License-Identifier: GPL-2.0-only
/* header.c - the lines above the rows: target, meters, sparklines. */
#include <string.h>

#include "tui/tui.h"
#include "util/str.h"
#include "util/utf8.h"

/** Columns of a meter's label, and of its number. */
#define LABEL_WIDTH 9
#define NUMBER_WIDTH 11
/** A sparkline is not wider. */
#define SPARK_MOST 120
/** Width of meter details on narrow and on wide pages; sparklines use the rest. */
#define DETAILS_LEAST 38
#define DETAILS_MOST 58

/** Sparklines reach back so far: the wide ones, and those of fewer than WIDE_SPARK cells. */
#define SPARK_NS 180000000000ULL
#define SHORT_SPARK_NS 60000000000ULL
#define WIDE_SPARK 40

static void count_text(char *text, size_t size, double n, bool rates)
{
	if (rates && n < 99.95 && n > 0)
		snprintf(text, size, "%.1f", n);
	else
		str_format_count(text, size, (uint64_t)(n + 0.5));
}

/** number_text - the first number of a line, with /s if it is a rate. */
static void number_text(char *text, size_t size, double n, bool rates)
{
	count_text(text, size, n, rates);
	if (rates)
		strncat(text, "/s", size - strlen(text) - 1);
}

static void share_text(char *text, size_t size, double share)
{
	if (share < 0)
		snprintf(text, size, "-");
	else
		snprintf(text, size, "%.*f%%", share < 0.0995 ? 2 : 1, 100 * share);
}

/** struct detail - a number of a meter; @style where it is not nothing */
struct detail {
	const char *name;
	char text[STR_NUMBER_LEN + 16];
	enum style style;
};

/** draw_details - as many as fit whole. */
static void draw_details(struct canvas *c, unsigned int y, unsigned int x, const struct detail *d,
			 size_t nr)
{
	for (size_t i = 0; i < nr; i++) {
		const unsigned int name = strlen(d[i].name), text = strlen(d[i].text);

		if (x + name + 1 + text > c->width)
			return;
		canvas__put(c, y, x, name, STYLE_LABEL, d[i].name);
		canvas__put(c, y, x + name + 1, text, d[i].style, d[i].text);
		x += name + text + 3;
	}
}

/** spark_width - of a page; 0: there is no room. */
static unsigned int spark_width(const struct canvas *c)
{
	const unsigned int more = c->width > 80 ? (c->width - 80) / 2 : 0;
	const unsigned int details = DETAILS_LEAST + more < DETAILS_MOST ? DETAILS_LEAST + more
									 : DETAILS_MOST;
	const unsigned int taken = LABEL_WIDTH + NUMBER_WIDTH + 2 + details;
	const unsigned int left = c->width > taken + 6 ? c->width - taken : 0;

	return left > SPARK_MOST ? SPARK_MOST : left;
}

/** values_per_cell - so that a sparkline reaches back as far as it should. */
static unsigned int values_per_cell(const struct tui *t, unsigned int width)
{
	const uint64_t each = t->interval_ns ? t->interval_ns : 1000000000ULL;
	const uint64_t back = (width < WIDE_SPARK ? SHORT_SPARK_NS : SPARK_NS) / each;
	const uint64_t values = back < HISTORY_LEN ? back : HISTORY_LEN;

	return width && values > width ? (values + width - 1) / width : 1;
}

static void draw_meter(const struct tui *t, struct canvas *c, unsigned int y, const char *label,
		       const char *number, const struct history *h, const struct detail *d,
		       size_t nr)
{
	const unsigned int width = spark_width(c);
	unsigned int x = LABEL_WIDTH;
	const unsigned int len = strlen(number);

	canvas__put(c, y, 0, LABEL_WIDTH, STYLE_LABEL, label);
	canvas__put(c, y, x + (len < NUMBER_WIDTH ? NUMBER_WIDTH - len : 0), c->width, STYLE_VALUE,
		    number);
	x += len < NUMBER_WIDTH ? NUMBER_WIDTH : len;
	if (width)
		history__draw(h, c, y, x + 1, width, values_per_cell(t, width));
	draw_details(c, y, x + 1 + width + (width ? 1 : 0), d, nr);
}

static void draw_faults(const struct tui *t, struct canvas *c, unsigned int y)
{
	const struct top_summary *s = t->view.rates ? &t->now : &t->total;
	struct detail d[] = {
		{ .name = "minor", .style = STYLE_PLAIN },
		{ .name = "major", .style = s->major > 0 ? STYLE_WARN : STYLE_PLAIN },
		{ .name = t->view.sampled ? "est. time" : "time", .style = STYLE_PLAIN },
		{ .name = "failed", .style = s->failed > 0 ? STYLE_BAD : STYLE_PLAIN },
	};
	char number[STR_NUMBER_LEN];

	number_text(number, sizeof(number), s->faults, t->view.rates);
	count_text(d[0].text, sizeof(d[0].text), s->minor, t->view.rates);
	count_text(d[1].text, sizeof(d[1].text), s->major, t->view.rates);
	share_text(d[2].text, sizeof(d[2].text), s->fault_share);
	count_text(d[3].text, sizeof(d[3].text), s->failed, t->view.rates);
	draw_meter(t, c, y, "Faults", number, &t->faults, d, 4);
}

static void draw_flushes(const struct tui *t, struct canvas *c, unsigned int y)
{
	const struct top_summary *s = t->view.rates ? &t->now : &t->total;
	struct detail d[] = {
		{ .name = "sent", .style = STYLE_PLAIN },
		{ .name = "stolen", .style = s->stolen_share >= 0.05 ? STYLE_WARN : STYLE_PLAIN },
	};
	char number[STR_NUMBER_LEN] = "-";

	if (t->view.interrupts_known)
		number_text(number, sizeof(number), s->received, t->view.rates);
	snprintf(d[0].text, sizeof(d[0].text), "-");
	if (t->view.flushes_known)
		count_text(d[0].text, sizeof(d[0].text), s->sent, t->view.rates);
	share_text(d[1].text, sizeof(d[1].text), t->view.interrupts_known ? s->stolen_share : -1);
	draw_meter(t, c, y, "TLB IPIs", number, &t->received, d, 2);
}

static void draw_own(const struct tui *t, struct canvas *c, unsigned int y)
{
	const struct tui_facts *f = &t->facts;
	struct detail d[] = {
		{ .name = "bpf", .style = STYLE_PLAIN },
		{ .name = "lost", .style = f->lost ? STYLE_BAD : STYLE_PLAIN },
		{ .name = "slots", .style = STYLE_PLAIN },
		{ .name = "processes", .style = STYLE_PLAIN },
	};
	char number[STR_NUMBER_LEN];

	share_text(number, sizeof(number), f->own_share);
	share_text(d[0].text, sizeof(d[0].text), f->bpf_share);
	str_format_count(d[1].text, sizeof(d[1].text), f->lost);
	snprintf(d[2].text, sizeof(d[2].text), "%.0f%%",
		 f->nr_slots ? 100.0 * f->slots / f->nr_slots : 0);
	str_format_count(d[3].text, sizeof(d[3].text), t->total.processes);
	draw_meter(t, c, y, "Own CPU", number, &t->own, d, 4);
}

/** draw_badge - at the right end. Return: where it begins. */
static unsigned int draw_badge(struct canvas *c, unsigned int y, unsigned int end, const char *text)
{
	const unsigned int len = strlen(text) + 2;

	if (len + 1 > end)
		return end;
	canvas__printf(c, y, end - len, STYLE_BADGE, " %s ", text);
	return end - len - 1;
}

/** every_text - an interval as it is typed: 200ms, 1s. */
static void every_text(char *text, size_t size, uint64_t ns)
{
	if (ns % 1000000000)
		snprintf(text, size, "%llums", (unsigned long long)ns / 1000000);
	else
		snprintf(text, size, "%llus", (unsigned long long)ns / 1000000000);
}

/** clock_text - a time that passes: 0:09, 12:34, 1:02:03. */
static void clock_text(char *text, size_t size, uint64_t ns)
{
	const unsigned long long s = ns / 1000000000;

	if (s >= 3600)
		snprintf(text, size, "%llu:%02llu:%02llu", s / 3600, s / 60 % 60, s % 60);
	else
		snprintf(text, size, "%llu:%02llu", s / 60, s % 60);
}

static void draw_title(const struct tui *t, struct canvas *c, unsigned int y)
{
	char length[STR_NUMBER_LEN], every[STR_NUMBER_LEN], right[96];
	unsigned int end = c->width, x;

	clock_text(length, sizeof(length), t->view.run_ns);
	every_text(every, sizeof(every), t->interval_ns);
	if (t->ended)
		end = draw_badge(c, y, end, t->end_why);
	if (t->frozen)
		end = draw_badge(c, y, end, "FROZEN");
	if (t->facts.storm && !t->ended)
		end = draw_badge(c, y, end, "STORM");
	snprintf(right, sizeof(right), "%s, every %s, %s",
		 t->view.rates ? "per second" : "since the start", every, length);
	x = strlen(right) + 14 < end ? end - strlen(right) : end;
	if (x < end)
		canvas__put(c, y, x, end - x, STYLE_PLAIN, right);
	canvas__put(c, y, 0, 8, STYLE_BOLD, "vmascope");
	if (x > 10)
		canvas__put_any(c, y, 9, x - 10, STYLE_PLAIN, t->what, UTF8_KEEP_START);
}

unsigned int tui_header__draw(struct tui *t, struct canvas *c, unsigned int y)
{
	draw_title(t, c, y++);
	draw_faults(t, c, y++);
	draw_flushes(t, c, y++);
	draw_own(t, c, y++);
	return y;
}
