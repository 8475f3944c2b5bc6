/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <errno.h>
#include <string.h>
#include <sysexits.h>
#include "unit.h"
#include "mbuf.h"
#include "mem.h"
#include "world.h"

int test_history(void);


static void show(void **state)
{
	struct world *w = world_alloc(0);

	(void)state;
	world_people(w);
	assert_int_equal(world_line(w, "history show -n 3"), 0);
	assert_string_equal(fake_log(w->core), "page - - 0 4\n");
	/* An escape sequence of the text is gone, its lines are indented, and
	 * a reason is one line. */
	assert_string_equal(world_rows(w),
		"19:26 Bob one\n      two\n"
		"2020-09-13 12:26 me to Bob h\xc3\xa9llo \xef\xbf\xbdred "
		"(failed: Not Found)\n"
		"2020-09-13 12:26 me to sip:kim@example.com three "
		"(delivered)\n");
	assert_null(w->text);
	assert_non_null(strstr(w->result,
		"\"direction\":\"out\",\"id\":\"1001\",\"text\":\"h\\u00E9llo "
		"\\u001B[31mred\",\"via\":\"page\",\"state\":\"failed\","
		"\"reason\":\"Not\\nFound\",\"code\":404,"
		"\"at\":\"2020-09-13T12:26:40.000Z\""));
	fake_forget(w->core);
	assert_int_equal(
		world_line(w, "history show -n 1 'kim lee' --before 9"), 0);
	assert_string_equal(
		fake_log(w->core), "page work sip:kim@example.org 9 2\n");
	assert_string_equal(
		world_rows(w), "2020-09-13 12:26 me three (delivered)\n");
	assert_string_equal(
		w->text, "older ones: history show 'kim lee' --before 1002");
	fake_store(w->core, EIO);
	assert_int_equal(world_line(w, "history show"), EX_IOERR);
	assert_string_equal(w->text, "the store failed: Input/output error");
	fake_store(w->core, ENOTSUP);
	assert_int_equal(world_line(w, "history show"), EX_UNAVAILABLE);
	assert_string_equal(w->text, "no history is kept here");
	assert_int_equal(world_line(w, "history show nobody"), EX_DATAERR);
	world_free(w);
}


static void files(void **state)
{
	struct world *w = world_alloc(0);

	(void)state;
	world_people(w);
	assert_int_equal(world_line(w, "history export a.txt"), 0);
	assert_string_equal(fake_log(w->core),
		"export a.txt - - 2023-11-14 19:26 Bob: one\n      two\n"
		"2020-09-13 12:26 me to Bob: h\xc3\xa9llo \xef\xbf\xbdred "
		"(failed: Not Found)\n"
		"2020-09-13 12:26 me to Bob: three (delivered)\n\n");
	assert_string_equal(w->text, "messages written to a.txt: 3");
	assert_string_equal(w->result, "{\"file\":\"a.txt\",\"messages\":3}");
	fake_forget(w->core);
	assert_int_equal(world_line(w, "history export b.jsonl 'kim lee'"), 0);
	assert_non_null(strstr(fake_log(w->core),
		"export b.jsonl work sip:kim@example.org "
		"{\"event\":\"message\",\"time\":\"2023-11-14T19:26:40.000Z\","
		"\"account\":\"work\",\"peer\":\"sip:bob@example.org\","
		"\"direction\":\"in\",\"id\":\"1000\",\"text\":\"one\\ntwo\","
		"\"via\":\"page\"}\n{"));
	assert_non_null(strstr(fake_log(w->core), "\\u001B[31mred"));
	fake_store(w->core, ENOSPC);
	assert_int_equal(world_line(w, "history export out"), EX_OSERR);
	assert_string_equal(w->text, "out: No space left on device");
	world_free(w);
}


static void clear(void **state)
{
	struct world *w = world_alloc(0);

	(void)state;
	world_people(w);
	assert_int_equal(world_line(w, "history clear 'kim lee'"), 0);
	assert_string_equal(
		fake_log(w->core), "clear work sip:kim@example.org\n");
	assert_string_equal(w->text, "messages forgotten: 3");
	assert_string_equal(w->result, "{\"forgotten\":3,\"waiting\":0}");
	fake_store(w->core, ENOSPC);
	assert_int_equal(world_line(w, "history clear 'kim lee'"), EX_IOERR);
	assert_int_equal(world_line(w, "history clear"), EX_USAGE);
	world_free(w);
}


static void search(void **state)
{
	struct world *w = world_alloc(0);

	(void)state;
	world_people(w);
	assert_int_equal(world_line(w, "search -m -n 1 a 'b c'"), 0);
	assert_string_equal(fake_log(w->core), "messages - a b c 0 2\n");
	assert_string_equal(
		w->text, "older ones: search -m --before 1001 'a b c'");
	fake_store(w->core, EIO);
	assert_int_equal(world_line(w, "search -m x"), EX_IOERR);
	fake_store(w->core, ENOTSUP);
	assert_int_equal(world_line(w, "search -m x"), EX_UNAVAILABLE);
	assert_string_equal(w->text, "no history is kept here");
	/* What there is is searched where nothing was asked for. */
	world_line(w, "search x");
	fake_answer(w->core, "search", 0, NULL, 0, NULL);
	assert_int_equal(w->status, 0);
	world_free(w);
}


static void surroundings(void **state)
{
	struct world *w = world_alloc(0);

	(void)state;
	world_people(w);
	assert_int_equal(world_line(w, "chat show 'kim lee' 1001"), 0);
	assert_string_equal(
		fake_log(w->core), "around work sip:kim@example.org 1001 10\n");
	assert_string_equal(world_rows(w),
		"  19:26 Kim Lee one\n      two\n"
		"> 2020-09-13 12:26 me h\xc3\xa9llo \xef\xbf\xbdred "
		"(failed: Not Found)\n");
	assert_non_null(strstr(w->result, "\"messages\":[{"));
	fake_forget(w->core);
	assert_int_equal(world_line(w, "chat show 'kim lee'"), 0);
	assert_string_equal(
		fake_log(w->core), "page work sip:kim@example.org 0 10\n");
	w = world_free(w);
	w = world_alloc(WORLD_PANES);
	world_people(w);
	assert_int_equal(world_line(w, "chat show 'kim lee'"), 0);
	assert_string_equal(fake_log(w->core), "");
	world_free(w);
}


int test_history(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(show),
		cmocka_unit_test(files),
		cmocka_unit_test(clear),
		cmocka_unit_test(search),
		cmocka_unit_test(surroundings),
	};

	return cmocka_run_group_tests_name("history", tests, NULL, NULL);
}
