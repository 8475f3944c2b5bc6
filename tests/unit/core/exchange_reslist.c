/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <errno.h>
#include "sink.h"

int test_exchange_reslist(void);

#define NS "xmlns='urn:ietf:params:xml:ns:resource-lists'"


static void read(void **state)
{
	static const char text[] =
		"<resource-lists " NS ">\n"
		"<list><entry uri='sip:a@x'/>\n"
		"<list name='in'><entry uri='sip:b@x'>"
		"<display-name>B</display-name></entry>\n"
		"<list><entry uri='sip:c@x'/></list></list></list>\n"
		"<list name='n'><display-name>N N</display-name>\n"
		"<entry-ref ref='r'/>\n"
		"<entry uri='sip:a@x'/><external anchor='x'/>\n"
		"<entry/></list></resource-lists>\n";
	struct mbuf *mb = mbuf_alloc(SIZE_MAX);
	const struct exchange_sink sink = SINK(mb);
	const struct pl good = pl_str(text), bad = PL("<x/>");

	(void)state;
	assert_int_equal(exchange_reslist_read(&good, &sink), 0);
	sink_is(mb,
		"2 sip:a@x -\n3 sip:b@x B|in\n4 sip:c@x -|in\n"
		"6! entry-ref: it is in another document\n"
		"7 sip:a@x -|N N\n"
		"7! external: it is in another document\n"
		"8! an entry without a uri\n");
	assert_int_equal(exchange_reslist_read(&bad, &sink), EBADMSG);
	sink_is(mb, "");
	mem_deref(mb);
}


static void round_trip(void **state)
{
	struct exchange *x = sink_people(), *y = exchange_alloc();
	const struct exchange_sink sink = {sink_take, sink_refuse, y};
	struct mbuf *mb = mbuf_alloc(SIZE_MAX);
	struct pl pl;

	(void)state;
	assert_int_equal(exchange_reslist_write(mb, x), 0);
	pl = mbuf_all(mb);
	assert_int_equal(exchange_reslist_read(&pl, &sink), 0);
	sink_same(x, y);
	mem_deref(mb);
	mem_deref(y);
	mem_deref(x);
}


int test_exchange_reslist(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(read),
		cmocka_unit_test(round_trip),
	};

	return cmocka_run_group_tests_name(
		"exchange_reslist", tests, NULL, NULL);
}
