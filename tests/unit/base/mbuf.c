/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <errno.h>
#include "mbuf.h"
#include "mem.h"
#include "unit.h"

int test_mbuf(void);


static void writes(void **state)
{
	struct mbuf *mb = mbuf_alloc(1000);
	struct pl pl = PL("pl");

	(void)state;
	mbuf_write_str(mb, "a");
	mbuf_write_pl(mb, &pl);
	mbuf_write_u8(mb, '!');
	mbuf_write_u32_dec(mb, 4294967295U);
	mbuf_write_u32_dec(mb, 0);
	mbuf_printf(mb, "%03d", 5);
	assert_int_equal(mbuf_err(mb), 0);
	assert_pl(mbuf_all(mb), "apl!42949672950005");
	mb->pos = 3;
	assert_pl(mbuf_left(mb), "!42949672950005");
	mbuf_shift(mb);
	assert_pl(mbuf_all(mb), "!42949672950005");
	mem_deref(mb);
}


/* Bytes asked for at birth are in the buffer's own block, until it grows. */
static void one_block(void **state)
{
	size_t before = mem_live_count();
	struct mbuf *mb = mbuf_alloc_size(8, 100);

	(void)state;
	assert_int_equal(mem_live_count(), before + 1);
	mbuf_write_str(mb, "12345678");
	assert_int_equal(mem_live_count(), before + 1);
	mbuf_write_u8(mb, '9');
	assert_int_equal(mem_live_count(), before + 2);
	assert_pl(mbuf_all(mb), "123456789");
	mbuf_printf(mb, "%0300d", 1);
	assert_int_equal(mbuf_err(mb), ENOSPC);
	mem_deref(mb);
	assert_int_equal(mem_live_count(), before);

	/* printf() wants a byte more than it writes. */
	mb = mbuf_alloc_size(4, 4);
	mbuf_printf(mb, "%s", "abcd");
	assert_int_equal(mbuf_err(mb), 0);
	assert_pl(mbuf_all(mb), "abcd");
	mem_deref(mb);
	mb = mbuf_alloc_size(0, 4);
	assert_int_equal(mem_live_count(), before + 1);
	mem_deref(mb);
}


static void maximum(void **state)
{
	struct mbuf *mb = mbuf_alloc(4);

	(void)state;
	assert_int_equal(mbuf_write_str(mb, "abc"), 0);
	assert_int_equal(mbuf_write_str(mb, "de"), ENOSPC);
	assert_int_equal(mbuf_write_str(mb, "d"), ENOSPC);
	assert_pl(mbuf_all(mb), "abc");
	mbuf_reset(mb);
	assert_int_equal(mbuf_printf(mb, "%s", "abcd"), 0);
	assert_int_equal(mbuf_printf(mb, "%s", "e"), ENOSPC);
	assert_pl(mbuf_all(mb), "abcd");
	mem_deref(mb);
}


/* Memory of some size is given back. */
static void keeps(void **state)
{
	struct mbuf *mb = mbuf_alloc(4096), *born = mbuf_alloc_size(512, 4096);

	(void)state;
	assert_int_equal(mbuf_printf(mb, "%600d", 1), 0);
	mbuf_reset_keep(mb, 1024);
	assert_true(mb->size >= 600);
	mbuf_reset_keep(mb, 100);
	assert_int_equal(mb->size, 0);
	assert_int_equal(mbuf_write_str(mb, "abc"), 0);
	assert_pl(mbuf_all(mb), "abc");
	mbuf_reset_keep(born, 100);
	assert_int_equal(mbuf_write_str(born, "abc"), 0);
	assert_pl(mbuf_all(born), "abc");
	mem_deref(born);
	mem_deref(mb);
}


int test_mbuf(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(writes),
		cmocka_unit_test(one_block),
		cmocka_unit_test(maximum),
		cmocka_unit_test(keeps),
	};

	return cmocka_run_group_tests_name("mbuf", tests, NULL, NULL);
}
