/* SPDX-License-Identifier: GPL-3.0-or-later */
/* journal.c: what is kept of log and trace, and who hears of it. The fake core
 * traces one message each time that its trace is set. */
#include <string.h>
#include "cmd_int.h"
#include "unit.h"
#include "world.h"

int test_journal(void);


struct seen {
	unsigned lines;
	char *line;
	unsigned sips;
	const struct cmd_sip *sip; /* the first one, a reference */
	uint64_t last;
};


static void line_h(const struct cmd_log_line *line, void *arg)
{
	struct seen *s = arg;

	s->lines++;
	mem_deref(s->line);
	s->line = mem_printf("%lld %d %s %s", (long long)line->at,
		(int)line->level, line->topic, line->text);
}


static void sip_h(const struct cmd_sip *sip, void *arg)
{
	struct seen *s = arg;

	s->sips++;
	if (!s->sip)
		s->sip = mem_ref((void *)sip);
	assert_true(!s->last || sip->n == s->last + 1);
	s->last = sip->n;
}


static unsigned count(const char *text, const char *what)
{
	unsigned n = 0;

	for (; text && (text = strstr(text, what)); text++)
		n++;
	return n;
}


static void log_tap(void **state)
{
	struct world *w = world_alloc(0);
	struct seen s = {0};
	struct cmd_tap *tap, *other;

	(void)state;
	cmd_log(LOG_INFO, "tls", "one", w->cmd);
	cmd_log(LOG_ERROR, "sip", "two", w->cmd);
	cmd_log_tap(&tap, w->cmd, line_h, &s);
	assert_int_equal(s.lines, 2);
	assert_string_equal(s.line, "1700000000000 0 sip two");
	cmd_log_tap(&other, w->cmd, line_h, &s);
	assert_int_equal(s.lines, 4);
	mem_deref(other);
	cmd_log(LOG_DEBUG, "net", "three", w->cmd);
	assert_int_equal(s.lines, 5);
	assert_string_equal(s.line, "1700000000000 3 net three");
	mem_deref(tap);
	cmd_log(LOG_DEBUG, "net", "four", w->cmd);
	assert_int_equal(s.lines, 5);
	/* one that outlives the interpreter */
	cmd_log_tap(&tap, w->cmd, line_h, &s);
	world_free(w);
	mem_deref(tap);
	mem_deref(s.line);
}


static void trace_tap(void **state)
{
	struct world *w = world_alloc(0);
	struct seen s = {0};
	struct cmd_tap *tap;
	uint64_t first;

	(void)state;
	assert_false(cmd_trace_state(w->cmd, &first));
	assert_int_equal(first, 1);
	assert_int_equal(world_line(w, "trace on"), 0);
	w->now += 5;
	assert_int_equal(world_line(w, "trace on"), 0);
	assert_true(cmd_trace_state(w->cmd, &first));
	assert_int_equal(first, 1);
	cmd_trace_tap(&tap, w->cmd, sip_h, &s);
	assert_int_equal(s.sips, 2);
	assert_int_equal(s.sip->n, 1);
	assert_true(s.sip->at == 1700000000000);
	assert_true(s.sip->sent);
	assert_string_equal(s.sip->path, "UDP a -> b");
	assert_string_equal(s.sip->peer, "UDP b");
	assert_string_equal(s.sip->key, "out 21");
	assert_string_equal(s.sip->text_buf, "OPTIONS sip:x SIP/2.0");
	world_line(w, "trace on");
	assert_int_equal(s.sips, 3);
	world_line(w, "trace off");
	assert_int_equal(s.sips, 3);
	assert_false(cmd_trace_state(w->cmd, &first));
	mem_deref(tap);
	world_line(w, "trace on");
	assert_int_equal(s.sips, 3);
	mem_deref((void *)s.sip);
	world_free(w);
}


/* The oldest go; who holds one keeps it. `trace show` gives the newest. */
static void bounded(void **state)
{
	struct world *w = world_alloc(0);
	struct seen s = {0};
	struct cmd_tap *tap;
	uint64_t first;
	int i;

	(void)state;
	cmd_trace_tap(&tap, w->cmd, sip_h, &s);
	for (i = 0; i < 10050; i++)
		cmd_trace_on(w->cmd, true);
	assert_int_equal(s.sips, 10050);
	assert_true(cmd_trace_state(w->cmd, &first));
	assert_int_equal(first, 51);
	assert_int_equal(s.sip->n, 1);
	assert_string_equal(s.sip->text_buf, "OPTIONS sip:x SIP/2.0");
	mem_deref((void *)s.sip);
	mem_deref(tap);
	memset(&s, 0, sizeof(s));
	cmd_trace_tap(&tap, w->cmd, sip_h, &s);
	assert_int_equal(s.sips, 10000);
	assert_int_equal(s.sip->n, 51);
	assert_int_equal(world_line(w, "trace show"), 0);
	assert_int_equal(count(w->result, "\"path\""), 100);
	assert_int_equal(count(world_rows(w), "OPTIONS sip:x"), 100);
	world_free(w);
	mem_deref(tap);
	mem_deref((void *)s.sip);
}


/* Typed, they are panes where there are any; everybody else gets rows. */
static void panes(void **state)
{
	struct world *w = world_alloc(WORLD_PANES);

	(void)state;
	cmd_log(LOG_INFO, "tls", "one", w->cmd);
	cmd_trace_on(w->cmd, true);
	assert_int_equal(world_typed(w, "/log"), 0);
	assert_string_equal(world_rows(w), "");
	assert_null(w->result);
	assert_int_equal(world_typed(w, "/trace show"), 0);
	assert_string_equal(world_rows(w), "");
	assert_null(w->result);
	assert_int_equal(world_line(w, "log"), 0);
	assert_int_equal(count(world_rows(w), "tls: one"), 1);
	assert_int_equal(world_line(w, "trace show"), 0);
	assert_int_equal(count(world_rows(w), "OPTIONS"), 1);
	world_free(w);
	w = world_alloc(0);
	cmd_log(LOG_INFO, "tls", "one", w->cmd);
	assert_int_equal(world_typed(w, "/log"), 0);
	assert_int_equal(count(world_rows(w), "tls: one"), 1);
	world_free(w);
}


int test_journal(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(log_tap),
		cmocka_unit_test(trace_tap),
		cmocka_unit_test(bounded),
		cmocka_unit_test(panes),
	};

	return cmocka_run_group_tests_name("journal", tests, NULL, NULL);
}
