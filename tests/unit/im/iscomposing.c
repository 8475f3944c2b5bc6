/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <errno.h>
#include <stdlib.h>
#include "file.h"
#include "im.h"
#include "unit.h"

int test_iscomposing(void);

#define HEAD "<isComposing xmlns='urn:ietf:params:xml:ns:im-iscomposing'>"
#define TAIL "</isComposing>"


/* IC2: any word but "active" is idle. */
static void documents(void **state)
{
	static const struct {
		const char *text;
		int err;
		bool active;
		uint32_t refresh;
	} cases[] = {
		{HEAD "<state>active</state>" TAIL, 0, true, 0},
		{HEAD "<state> active\n</state>" TAIL, 0, true, 0},
		{HEAD "<state>idle</state>" TAIL, 0, false, 0},
		{HEAD "<state>thinking</state>" TAIL, 0, false, 0},
		{HEAD "<state>ACTIVE</state>" TAIL, 0, false, 0},
		{HEAD "<state/>" TAIL, 0, false, 0},
		{HEAD "<state>active</state><refresh>90</refresh>" TAIL, 0,
			true, 90},
		{HEAD "<state>active</state><refresh> 5 </refresh>" TAIL, 0,
			true, 5},
		{HEAD "<state>active</state><refresh>99999999999</"
		      "refresh>" TAIL,
			0, true, UINT32_MAX},
		{HEAD "<state>active</state><refresh>-1</refresh>" TAIL, 0,
			true, 0},
		{HEAD "<state>active</state><x:refresh xmlns:x='urn:x'>7"
		      "</x:refresh><x:y xmlns:x='urn:x'/>" TAIL,
			0, true, 0},
		{"<i:isComposing xmlns:i='urn:ietf:params:xml:ns:im-"
		 "iscomposing'><i:state>active</i:state></i:isComposing>",
			0, true, 0},
		{HEAD TAIL, EBADMSG, 0, 0},
		{HEAD "<x:state xmlns:x='urn:x'>active</x:state>" TAIL, EBADMSG,
			0, 0},
		{"<isComposing><state>active</state></isComposing>", EBADMSG, 0,
			0},
		{"<KeyboardActivity><status status='type'/></KeyboardActivity>",
			EBADMSG, 0, 0},
		{"<!DOCTYPE isComposing>" HEAD "<state>active</state>" TAIL,
			EBADMSG, 0, 0},
		{"", EBADMSG, 0, 0},
		{"active", EBADMSG, 0, 0},
	};
	size_t i;

	(void)state;
	for (i = 0; i < UNIT_N(cases); i++) {
		struct im_iscomposing ic = {.active = false, .refresh = 0};
		struct pl pl = pl_str(cases[i].text);
		int err = im_iscomposing_decode(&ic, &pl);

		if (err != cases[i].err || ic.active != cases[i].active ||
			ic.refresh != cases[i].refresh)
			fail_msg("%s: %d %d %u", cases[i].text, err, ic.active,
				ic.refresh);
	}
}


static void bounds(void **state)
{
	struct mbuf *mb = mbuf_alloc(64 * 1024);
	struct im_iscomposing ic;
	struct pl pl;
	size_t i;

	(void)state;
	mbuf_write_str(mb, HEAD "<state>active</state><!--");
	for (i = 0; i < 16 * 1024; i++)
		mbuf_write_u8(mb, 'x');
	mbuf_write_str(mb, "-->" TAIL);
	pl = mbuf_all(mb);
	assert_int_equal(im_iscomposing_decode(&ic, &pl), EMSGSIZE);
	mem_deref(mb);
}


static void writing(void **state)
{
	static const struct {
		struct im_iscomposing ic;
		const char *inner;
	} cases[] = {
		{{true, 120},
			"<state>active</state><contenttype>text/plain"
			"</contenttype><refresh>120</refresh>"},
		{{true, 0},
			"<state>active</state><contenttype>text/plain"
			"</contenttype>"},
		{{false, 120},
			"<state>idle</state><contenttype>text/plain"
			"</contenttype>"},
	};
	struct mbuf *mb = mbuf_alloc(1000);
	size_t i;

	(void)state;
	for (i = 0; i < UNIT_N(cases); i++) {
		char *text = mem_printf(
			"<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
			"<isComposing xmlns=\"urn:ietf:params:xml:ns:"
			"im-iscomposing\">%s</isComposing>\n",
			cases[i].inner);
		struct im_iscomposing ic;
		struct pl pl;

		mbuf_reset(mb);
		assert_int_equal(im_iscomposing_encode(mb, &cases[i].ic), 0);
		pl = mbuf_all(mb);
		assert_pl(pl, text);
		assert_int_equal(im_iscomposing_decode(&ic, &pl), 0);
		assert_int_equal(ic.active, cases[i].ic.active);
		mem_deref(text);
	}
	mem_deref(mb);
}


/* The documents of the RFC and others; absent in a bare checkout. */
static void collected(void **state)
{
	static const struct {
		const char *name;
		bool active;
		uint32_t refresh;
	} cases[] = {
		{"own-active", true, 90},
		{"own-extension-state", false, 0},
		{"own-idle", false, 0},
		{"rfc3994-s5-1", true, 90},
		{"rfc3994-s5-2", false, 0},
	};
	const char *shared = getenv("SOTTO_SHARED");
	size_t i;

	(void)state;
	for (i = 0; i < UNIT_N(cases); i++) {
		char *path = mem_printf("%s/data/iscomposing/%s.xml",
			shared ? shared : TEST_SRCDIR "/../shared",
			cases[i].name);
		struct im_iscomposing ic;
		struct mbuf *mb = NULL;
		int err = file_read(&mb, path, 65536);
		struct pl pl;

		mem_deref(path);
		if (err) {
			print_message("no shared data: documents skipped\n");
			skip();
		}
		pl = mbuf_all(mb);
		assert_int_equal(im_iscomposing_decode(&ic, &pl), 0);
		assert_int_equal(ic.active, cases[i].active);
		assert_int_equal(ic.refresh, cases[i].refresh);
		mem_deref(mb);
	}
}


int test_iscomposing(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(documents),
		cmocka_unit_test(bounds),
		cmocka_unit_test(writing),
		cmocka_unit_test(collected),
	};

	return cmocka_run_group_tests_name("iscomposing", tests, NULL, NULL);
}
