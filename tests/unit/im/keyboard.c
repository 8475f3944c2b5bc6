/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <errno.h>
#include "im.h"
#include "unit.h"

int test_keyboard(void);


static void documents(void **state)
{
	static const struct {
		const char *text;
		int err;
		bool active;
	} cases[] = {
		{"<KeyboardActivity>\n <status status=\"type\" />\n"
		 "</KeyboardActivity>",
			0, true},
		{"<?xml version=\"1.0\"?><KeyboardActivity><status "
		 "status='idle'/></KeyboardActivity>",
			0, false},
		{"<KeyboardActivity xmlns='urn:x'><status status='type'/>"
		 "</KeyboardActivity>",
			0, true},
		{"<KeyboardActivity><status status='other'/>"
		 "</KeyboardActivity>",
			0, false},
		{"<KeyboardActivity/>", EBADMSG, false},
		{"<KeyboardActivity><status/></KeyboardActivity>", EBADMSG,
			false},
		{"<Keyboard><status status='type'/></Keyboard>", EBADMSG,
			false},
		{"<KeyboardActivity><status status='type'/>", EBADMSG, false},
		{"type", EBADMSG, false},
		{"<!DOCTYPE a><KeyboardActivity><status status='type'/>"
		 "</KeyboardActivity>",
			EBADMSG, false},
	};
	size_t i;

	(void)state;
	for (i = 0; i < UNIT_N(cases); i++) {
		struct pl pl = pl_str(cases[i].text);
		bool active = false;
		int err = im_keyboard_decode(&active, &pl);

		if (err != cases[i].err || active != cases[i].active)
			fail_msg("%s: %d %d", cases[i].text, err, active);
	}
}


static void writing(void **state)
{
	struct mbuf *mb = mbuf_alloc(1000);
	bool active = false;
	struct pl pl;

	(void)state;
	assert_int_equal(im_keyboard_encode(mb, true), 0);
	pl = mbuf_all(mb);
	assert_pl(pl,
		"<?xml version=\"1.0\"?><KeyboardActivity>"
		"<status status=\"type\" /></KeyboardActivity>");
	assert_int_equal(im_keyboard_decode(&active, &pl), 0);
	assert_true(active);
	mbuf_reset(mb);
	assert_int_equal(im_keyboard_encode(mb, false), 0);
	pl = mbuf_all(mb);
	assert_int_equal(im_keyboard_decode(&active, &pl), 0);
	assert_false(active);
	mem_deref(mb);
}


int test_keyboard(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(documents),
		cmocka_unit_test(writing),
	};

	return cmocka_run_group_tests_name("keyboard", tests, NULL, NULL);
}
