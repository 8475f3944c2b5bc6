/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sink.h"

int test_exchange_csv(void);


static void read(void **state)
{
	static const struct {
		const char *text;
		const char *told;
	} cases[] = {
		{"", ""},
		{"\n\r\n", ""},
		{"uri,name,groups\r\n", ""},
		{"\xef\xbb\xbfuri,name,groups\r\na@x,A,G\r\n", "2 a@x A|G\n"},
		{"a@x", "1 a@x -\n"},
		{"a@x,A,G;H\nb@x\r\nc@x,,\r",
			"1 a@x A|G|H\n2 b@x -\n3 c@x -\n"},
		/* Columns by name, in any order, others passed over. */
		{"id,Groups,\"NAME\", URI \n1,g,n,a@x\n2,,m\n",
			"2 a@x n|g\n3! no address\n"},
		{"Address\na@x,b,c\n", "2 a@x -\n"},
		{"name,groups\na@x,A\n", "1 name groups\n2 a@x A\n"},
		/* Quotes. */
		{"\"a@x\",\"A \"\"B\"\", C\",\"G;H\"\n",
			"1 a@x A \"B\", C|G|H\n"},
		{"a@x,\"A\r\nB\nC\",g\nb@x\n", "1 a@x A\r\nB\nC|g\n4 b@x -\n"},
		{"a@x,\"\",\"\"\n", "1 a@x -\n"},
		{"a@x,\"\"\"\"\n", "1 a@x \"\n"},
		{"a@x,A \"B\"\n", "1 a@x A \"B\"\n"},
		{"a@x,\"A\"B,g\nb@x\n",
			"1! text behind a quoted cell\n2 b@x -\n"},
		{"a@x,\"A\nb@x,B\nc@x\n",
			"1! a quote is not closed\n2 b@x B\n3 c@x -\n"},
		{"a@x\n\"", "1 a@x -\n2! a quote is not closed\n"},
		{"a@x\n\"\"\"", "1 a@x -\n2! a quote is not closed\n"},
		/* Blank rows, rows without an address. */
		{"a@x\n , ,\n\nb@x\n", "1 a@x -\n4 b@x -\n"},
		{"a@x\n,B,g\nb@x\n", "1 a@x -\n2! no address\n3 b@x -\n"},
		/* Groups. */
		{"a@x,,  g ;; g;h h ;", NULL},
		{"a@x,,a\\;b;c\\\\;d\\e;f\\", "1 a@x -|a;b|c\\|d\\e|f\\\n"},
		/* Not UTF-8. */
		{"a@x,J\xf6rg\nb@x\n", "1! not UTF-8\n2 b@x -\n"},
		{"a@x,J\xc3\xb6rg\n", "1 a@x J\xc3\xb6rg\n"},
		/* A lone CR is no end. */
		{"a@x,A\rB\nb@x", "1 a@x A\rB\n2 b@x -\n"},
	};
	struct mbuf *mb = mbuf_alloc(SIZE_MAX);
	const struct exchange_sink sink = SINK(mb);
	size_t i;

	(void)state;
	for (i = 0; i < UNIT_N(cases); i++) {
		struct pl pl = pl_str(cases[i].text);

		exchange_csv_read(&pl, &sink);
		sink_is(mb, cases[i].told ? cases[i].told : "1 a@x -|g|h h\n");
	}
	mem_deref(mb);
}


static void bounds(void **state)
{
	struct mbuf *mb = mbuf_alloc(SIZE_MAX), *text = mbuf_alloc(SIZE_MAX);
	const struct exchange_sink sink = SINK(mb);
	const struct pl nul = PL("a@x,A\0B\n");
	struct pl pl;
	size_t i;

	(void)state;
	mbuf_write_str(text, "a@x,");
	for (i = 0; i < 70000; i++)
		mbuf_write_u8(text, 'x');
	mbuf_write_str(text, "\nb@x,B,g0");
	for (i = 1; i < 70; i++)
		mbuf_printf(text, ";g%zu", i % 65);
	mbuf_write_str(text, "\nc@x");
	for (i = 0; i < 300; i++)
		mbuf_write_str(text, ",c");
	pl = mbuf_all(text);
	exchange_csv_read(&pl, &sink);
	pl = mbuf_all(mb);
	assert_true(pl_startswith(&pl, "1! the row is too long\n2 b@x B|g0|"));
	assert_non_null(strstr((char *)mb->buf, "|g63|...\n3 c@x c|c\n"));
	mbuf_reset(mb);
	exchange_csv_read(&nul, &sink);
	sink_is(mb,
		"1 a@x A\xef\xbf\xbd"
		"B\n");
	mem_deref(text);
	mem_deref(mb);
}


static void round_trip(void **state)
{
	struct exchange *x = sink_people(), *y = exchange_alloc();
	const struct exchange_sink sink = {sink_take, sink_refuse, y};
	struct mbuf *mb = mbuf_alloc(SIZE_MAX);
	struct pl pl;

	(void)state;
	assert_int_equal(exchange_csv_write(mb, x), 0);
	pl = mbuf_all(mb);
	assert_true(pl_startswith(&pl,
		"uri,name,groups\r\n"
		"sip:kim@example.com,\"Kim \"\"K\"\", <&> 'x'\","
		"Friends;a\\;b\\\\;<&>\r\n"));
	exchange_csv_read(&pl, &sink);
	sink_same(x, y);
	mem_deref(mb);
	mem_deref(y);
	mem_deref(x);
}


int test_exchange_csv(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(read),
		cmocka_unit_test(bounds),
		cmocka_unit_test(round_trip),
	};

	return cmocka_run_group_tests_name("exchange_csv", tests, NULL, NULL);
}
