/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "log.h"
#include "unit.h"

int test_log(void);


struct seen {
	unsigned n;
	enum log_level level;
	char topic[32];
	char text[8192];
};


static void sink(
	enum log_level level, const char *topic, const char *text, void *arg)
{
	struct seen *seen = arg;

	++seen->n;
	seen->level = level;
	(void)snprintf(seen->topic, sizeof(seen->topic), "%s", topic);
	(void)snprintf(seen->text, sizeof(seen->text), "%s", text);
}


static void levels(void **state)
{
	struct seen seen = {0}, other = {0};
	struct log *log = log_alloc(LOG_WARN, sink, &seen);

	(void)state;
	log_print(log, LOG_INFO, "sip", "not wanted");
	assert_int_equal(seen.n, 0);
	assert_false(log_wants(log, LOG_INFO));
	assert_true(log_wants(log, LOG_ERROR));
	log_print(log, LOG_WARN, "sip", "%d of %s", 3, "bob");
	assert_int_equal(seen.n, 1);
	assert_int_equal(seen.level, LOG_WARN);
	assert_string_equal(seen.topic, "sip");
	assert_string_equal(seen.text, "3 of bob");
	log_set_level(log, LOG_DEBUG);
	log_set_sink(log, sink, &other);
	log_print(log, LOG_DEBUG, "tls", "x");
	assert_int_equal(seen.n, 1);
	assert_int_equal(other.n, 1);
	log_set_sink(log, NULL, NULL);
	log_print(log, LOG_ERROR, "tls", "into nothing");
	mem_deref(log);
	log_print(NULL, LOG_ERROR, "tls", "into nothing");
	assert_false(log_wants(NULL, LOG_ERROR));
	assert_string_equal(log_level_name(LOG_WARN), "warning");
}


static void cleaned(void **state)
{
	struct seen seen = {0};
	struct log *log = log_alloc(LOG_INFO, sink, &seen);
	char big[6000];

	(void)state;
	log_print(log, LOG_INFO, "sip", "%s", "from \x1b]0;x\x07\"Al\nice\"");
	assert_string_equal(seen.text, "from \xef\xbf\xbd\"Al ice\"");
	memset(big, 'x', sizeof(big) - 1);
	big[sizeof(big) - 1] = '\0';
	log_print(log, LOG_INFO, "sip", "%s", big);
	assert_in_range(strlen(seen.text), 1000, 5000);
	mem_deref(log);
}


int test_log(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(levels),
		cmocka_unit_test(cleaned),
	};

	return cmocka_run_group_tests_name("log", tests, NULL, NULL);
}
