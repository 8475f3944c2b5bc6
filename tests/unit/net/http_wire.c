/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <errno.h>
#include <stdlib.h>
#include "http_wire.h"
#include "unit.h"

int test_http_wire(void);


static void there_and_back(void **state)
{
	struct http_wire w = {.field = {[HTTP_METHOD] = PL("PUT"),
				      [HTTP_VERIFY] = PL(""),
				      [HTTP_BODY] = PL("a\0b\n")}};
	struct http_wire got;
	struct mbuf *mb;
	struct pl left;
	size_t n, i;

	(void)state;
	assert_int_equal(http_wire_encode(&mb, &w), 0);
	assert_int_equal(mb->end, 4 + 3 * 5 + 3 + 4);
	assert_int_equal(mb->end, mb->size);
	for (n = 0; n < mb->end; n++) {
		left = pl_make((const char *)mb->buf, n);
		assert_int_equal(http_wire_decode(&got, &left), EAGAIN);
		assert_int_equal(left.l, n);
	}
	left = mbuf_all(mb);
	assert_int_equal(http_wire_decode(&got, &left), 0);
	assert_int_equal(left.l, 0);
	for (i = 0; i < HTTP_FIELDS; i++) {
		assert_int_equal(!got.field[i].p, !w.field[i].p);
		assert_true(pl_eq(&got.field[i], &w.field[i]));
	}
	mem_deref(mb);
}


/* The next frame stays where it is. */
static void one_after_the_other(void **state)
{
	static const char two[] = "\0\0\0\6\0\0\0\0\1A"
				  "\0\0\0\6\0\0\0\0\1B";
	struct pl left = pl_make(two, sizeof(two) - 1);
	struct http_wire w;

	(void)state;
	assert_int_equal(http_wire_decode(&w, &left), 0);
	assert_pl(w.field[HTTP_METHOD], "A");
	assert_int_equal(left.l, 10);
	assert_int_equal(http_wire_decode(&w, &left), 0);
	assert_pl(w.field[HTTP_METHOD], "B");
	assert_int_equal(http_wire_decode(&w, &left), EAGAIN);
}


static void no_frames(void **state)
{
	static const struct pl bad[] = {
		PL("\377\0\0\0"), /* too long */
		PL("\0\0\0\5\176\0\0\0\0"), /* no such field */
		PL("\0\0\0\1\0"), /* cut off before the length */
		PL("\0\0\0\5\0\0\0\0\1"), /* ... before the value */
		PL("\0\0\0\5\0\0\1\0\0"), /* a text that is too long */
		PL("\0\0\0\12\0\0\0\0\0\0\0\0\0\0"), /* twice */
	};
	struct http_wire w;
	struct pl left;
	size_t i;

	(void)state;
	for (i = 0; i < UNIT_N(bad); i++) {
		left = bad[i];
		assert_int_equal(http_wire_decode(&w, &left), EBADMSG);
	}
}


static void bounds(void **state)
{
	struct http_wire w = {0};
	struct mbuf *mb;
	char *long_text = calloc(1, HTTP_BODY_MAX + 1);

	(void)state;
	w.field[HTTP_URL] = pl_make(long_text, HTTP_TEXT_MAX + 1);
	assert_int_equal(http_wire_encode(&mb, &w), EMSGSIZE);
	w.field[HTTP_URL].l--;
	w.field[HTTP_BODY] = pl_make(long_text, HTTP_BODY_MAX + 1);
	assert_int_equal(http_wire_encode(&mb, &w), EMSGSIZE);
	w.field[HTTP_BODY].l--;
	assert_int_equal(http_wire_encode(&mb, &w), 0);
	mem_deref(mb);
	free(long_text);
}


int test_http_wire(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(there_and_back),
		cmocka_unit_test(one_after_the_other),
		cmocka_unit_test(no_frames),
		cmocka_unit_test(bounds),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
