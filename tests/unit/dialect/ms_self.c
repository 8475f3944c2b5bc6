/* SPDX-License-Identifier: GPL-3.0-or-later */
/* ms_self.c - what a server tells of our own publications and containers. */
#include "ms_world.h"

int test_ms_self(void);

#define ROAMING(inside_) "<roamingData>" inside_ "</roamingData>"
#define DEVICE(instance_, version_)                       \
	"<category name=\"device\" instance=\"" instance_ \
	"\" container=\"2\" version=\"" version_ "\"/>"
#define STATE(container_, version_)                                       \
	"<category name=\"state\" instance=\"1\" container=\"" container_ \
	"\" version=\"" version_ "\"/>"


static void tell(struct ms_world *m, const char *body)
{
	ms_tell(m, MS_SELF, MSDOC_SELF_TYPE, body);
}


static struct ms_world *open_world(void)
{
	struct ms_world *m = ms_world_make();

	m->a.config.publish = false;
	m->self = ROAMING("<categories>" DEVICE("1", "3") DEVICE("2", "1")
			STATE("2", "5") STATE("3", "6") "</categories>");
	ms_world_start(m);
	return m;
}


static uint32_t state_version(const struct ms_world *m, uint32_t container)
{
	return ms_held_version(m->a.e->ms, "state", 1, container);
}


/* A category in a container is replaced by what is said of it; what is not
 * named stays. */
static void parts(void **state)
{
	struct ms_world *m = open_world();

	(void)state;
	assert_int_equal(ms_devices(m->a.e->ms), 2);
	assert_int_equal(state_version(m, 2), 5);
	tell(m, ROAMING("<categories>" DEVICE("2", "2") "</categories>"));
	assert_int_equal(ms_devices(m->a.e->ms), 1);
	assert_int_equal(state_version(m, 2), 5);
	tell(m,
		ROAMING("<categories><category name=\"state\" "
			"container=\"3\"/></categories>"));
	assert_int_equal(state_version(m, 2), 5);
	assert_int_equal(state_version(m, 3), 0);
	tell(m,
		ROAMING("<categories><category name=\"state\"/>"
			"</categories>"));
	assert_int_equal(state_version(m, 2), 0);
	tell(m, ROAMING(""));
	assert_int_equal(ms_devices(m->a.e->ms), 1);
	ms_world_close(m);
}


/* What cannot be read changes nothing; the next one is heard. */
static void broken(void **state)
{
	struct ms_world *m = open_world();

	(void)state;
	tell(m, "<roamingData><categories>");
	tell(m, "<x/>");
	assert_int_equal(ms_devices(m->a.e->ms), 2);
	tell(m, ROAMING("<categories>" DEVICE("9", "2") "</categories>"));
	assert_int_equal(ms_devices(m->a.e->ms), 1);
	ms_world_close(m);
}


/* More than anybody publishes costs neither room nor time. */
static void huge(void **state)
{
	struct ms_world *m = open_world();
	struct mbuf *mb = mbuf_alloc(8 << 20);
	char *text;
	unsigned i;

	(void)state;
	(void)mbuf_write_str(mb, "<roamingData><categories>");
	for (i = 0; i < 30000; i++)
		(void)mbuf_printf(mb,
			"<category name=\"device\" instance=\"%u\" "
			"container=\"2\" version=\"1\"/>",
			i);
	(void)mbuf_write_str(mb, "</categories><containers>");
	for (i = 0; i < 30000; i++)
		(void)mbuf_printf(
			mb, "<container id=\"%u\" version=\"1\"/>", i);
	(void)mbuf_write_str(mb, "</containers></roamingData>");
	text = mbuf_strdup(mb);
	assert_non_null(text);
	tell(m, text);
	ms_run(m, 1000);
	assert_in_range(ms_devices(m->a.e->ms), 1, 5000);
	assert_in_range(m->a.e->ms->members.count, 1, 5000);
	mem_deref(text);
	mem_deref(mb);
	ms_world_close(m);
}


/* With the connection goes what was known. */
static void again(void **state)
{
	struct ms_world *m = open_world();

	(void)state;
	m->self = ROAMING("<categories>" DEVICE("7", "1") "</categories>");
	ms_break(m);
	assert_int_equal(ms_devices(m->a.e->ms), 1);
	assert_int_equal(state_version(m, 2), 0);
	ms_world_close(m);
}


int test_ms_self(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(parts),
		cmocka_unit_test(broken),
		cmocka_unit_test(huge),
		cmocka_unit_test(again),
	};

	return cmocka_run_group_tests_name("ms_self", tests, NULL, NULL);
}
