/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <errno.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>
#include "world.h"
#include "file.h"

int test_exchange_import(void);

struct place {
	char dir[32];
	char *file;
};


static void place_open(struct place *p)
{
	strcpy(p->dir, "/tmp/sotto-unit.XXXXXX");
	assert_non_null(mkdtemp(p->dir));
	p->file = NULL;
}


/* The path of NAME, which then holds TEXT. */
static const char *place_put(
	struct place *p, const char *name, const char *text)
{
	mem_deref(p->file);
	p->file = mem_printf("%s/%s", p->dir, name);
	if (text)
		assert_int_equal(
			file_replace(p->file, text, strlen(text), 0600), 0);
	return p->file;
}


static void place_close(struct place *p)
{
	if (p->file)
		(void)unlink(p->file);
	assert_int_equal(rmdir(p->dir), 0);
	mem_deref(p->file);
}


static void bad_h(unsigned line, const char *why, void *arg)
{
	struct world *w = arg;

	mbuf_printf(w->calls, "%u: %s\n", line, why);
}


static void done_h(
	int status, const char *why, const struct core_imported *n, void *arg)
{
	struct world *w = arg;
	const char *slash = why ? strrchr(why, '/') : NULL;

	mbuf_printf(w->calls, "%d %zu %zu %zu %zu%s%s\n", status, n->added,
		n->changed, n->same, n->bad, why ? " " : "",
		slash	      ? slash + 1
			: why ? why
			      : "");
}


static void import(struct world *w, struct core_account *a, const char *path)
{
	assert_int_equal(
		core_exchange_import(w->core, a, path, bad_h, done_h, w, NULL),
		0);
	world_run(w, 0);
}


static void merged(void **state)
{
	static const char *const own[] = {"Own", NULL};
	const struct core_origin origin = {"sotto.conf", 3};
	struct core_account *a;
	struct core_buddy *b;
	struct place p;
	struct world w;

	(void)state;
	place_open(&p);
	world_open(&w);
	a = world_account(&w, "work", ALICE);
	core_buddy_add(a, BOB, "Robert", own, &origin, &b, NULL);
	core_buddy_found(a, KIM, "Found", NULL, NULL, NULL);
	world_run(&w, 0);
	world_quiet(&w);
	import(&w, NULL,
		place_put(&p, "a.csv",
			"uri,name,groups\n" BOB ",Bob,New\n\"x\n" KIM ",,G\n"
			"nobody,,\nb c@x,,\nmailto:a@x,,\nsips:new@x,N,\n"));
	assert_calls(&w,
		"3: a quote is not closed\n"
		"5: \"nobody\" is not an address\n"
		"6: \"b c@x\" is not an address\n"
		"7: \"mailto:a@x\" is not a SIP address\n"
		"65 2 1 0 4\n");
	assert_string_equal(core_buddy_name(b), "Bob");
	assert_string_equal(core_buddy_groups(b)[0], "Own");
	assert_string_equal(core_buddy_groups(b)[1], "New");
	assert_string_equal(core_buddy_name(core_buddy_find(a, KIM)), "Found");
	assert_true(core_buddy_added(core_buddy_find(a, KIM)));
	assert_ptr_equal(core_buddy_find(a, "sip:new@x"),
		core_buddy_find(a, "sips:new@x"));
	/* The same again changes nothing and puts nothing. */
	w.n_put = 0;
	import(&w, a,
		place_put(&p, "a.csv", BOB ",Bob,New\n" KIM "\nsip:new@x\n"));
	assert_calls(&w, "0 0 0 3 0\n");
	assert_int_equal(w.n_put, 0);
	place_close(&p);
	world_close(&w);
}


/* What is in a file tells what it is where its name does not. */
static void formats(void **state)
{
	static const struct {
		const char *name;
		const char *text;
		const char *told;
	} cases[] = {
		{"a", "bob@example.org,B\n", "0 1 0 0 0\n"},
		{"b",
			"\n<resource-lists xmlns='urn:ietf:params:xml:ns:"
			"resource-lists'><list><entry uri='sip:x@x'/></list>"
			"</resource-lists>",
			"0 1 0 0 0\n"},
		{"c.txt",
			"\xef\xbb\xbf"
			"begin:vcard\nX-SIP:y@x\nend:vcard\n",
			"0 1 0 0 0\n"},
		{"d.XML", "z@x",
			"65 0 0 0 0 d.XML: no resource lists, or the "
			"XML is not well-formed\n"},
		{"e.vcf", "z@x", "1: not in a vCard\n65 0 0 0 1\n"},
		{"f.csv", "", "0 0 0 0 0\n"},
		{"g.csv", NULL,
			"71 0 0 0 0 g.csv: No such file or directory\n"},
	};
	struct core_account *a;
	struct place p;
	struct world w;
	size_t i;

	(void)state;
	place_open(&p);
	world_open(&w);
	a = world_account(&w, "work", ALICE);
	for (i = 0; i < UNIT_N(cases); i++) {
		import(&w, a, place_put(&p, cases[i].name, cases[i].text));
		assert_calls(&w, cases[i].told);
		(void)unlink(p.file);
	}
	import(&w, a, "/tmp");
	assert_calls(&w, "71 0 0 0 0 tmp: Is a directory\n");
	import(&w, a, "/dev/null");
	assert_calls(&w, "71 0 0 0 0 null: Invalid argument\n");
	place_close(&p);
	world_close(&w);
}


/* Who is in no list goes where his domain is. */
static void accounts(void **state)
{
	struct core_account *work, *home;
	struct place p;
	struct world w;
	char *why = NULL;

	(void)state;
	place_open(&p);
	world_open(&w);
	assert_int_equal(core_exchange_import(w.core, NULL, "x.csv", bad_h,
				 done_h, &w, &why),
		78);
	assert_non_null(why);
	work = world_account(&w, "work", ALICE);
	home = world_account(&w, "home", "sip:alice@lab.test");
	core_buddy_add(home, BOB, NULL, NULL, NULL, NULL, NULL);
	world_run(&w, 0);
	world_quiet(&w);
	import(&w, NULL,
		place_put(&p, "a.csv",
			BOB ",Bob\nx@lab.test\ny@example.org\nz@z.test\n"));
	assert_calls(&w, "0 3 1 0 0\n");
	assert_string_equal(core_buddy_name(core_buddy_find(home, BOB)), "Bob");
	assert_null(core_buddy_find(work, BOB));
	assert_non_null(core_buddy_find(home, "sip:x@lab.test"));
	assert_non_null(core_buddy_find(work, "sip:y@example.org"));
	assert_non_null(core_buddy_find(work, "sip:z@z.test"));
	mem_deref(why);
	place_close(&p);
	world_close(&w);
}


static char *many(size_t n)
{
	struct mbuf *mb = mbuf_alloc(SIZE_MAX);
	char *text;
	size_t i;

	for (i = 0; i < n; i++)
		mbuf_printf(mb, "u%zu@x\n", i);
	text = mbuf_strdup(mb);
	mem_deref(mb);
	return text;
}


static void large(void **state)
{
	struct core_account *a;
	struct place p;
	struct world w;
	char *text = many(2500);

	(void)state;
	place_open(&p);
	world_open(&w);
	a = world_account(&w, "work", ALICE);
	world_run(&w, 0);
	world_quiet(&w);
	import(&w, a, place_put(&p, "a.csv", text));
	world_run(&w, 10);
	assert_calls(&w, "0 2500 0 0 0\n");
	/* What cannot be kept is told. */
	w.add_err = ENOSPC;
	import(&w, a, place_put(&p, "a.csv", "late@x\n"));
	assert_true(world_has(w.calls, "74 1 0 0 0 the store failed"));
	world_quiet(&w);
	w.add_err = 0;
	text = mem_deref(text);
	text = many(100001);
	assert_int_equal(
		core_exchange_import(w.core, a, place_put(&p, "a.csv", text),
			bad_h, done_h, &w, NULL),
		0);
	/* The account goes meanwhile. */
	core_account_remove(a, NULL);
	world_run(&w, 10);
	assert_true(world_has(w.calls,
		"100001: more than 100,000 people: the rest was not read\n"
		"78 0 0 0 1 the account was removed\n"));
	mem_deref(text);
	place_close(&p);
	world_close(&w);
}


/* The program ends while a file is read, and while it is taken. */
static void ended(void **state)
{
	struct core_account *a;
	struct place p;
	struct world w;
	char *text = many(500);

	(void)state;
	place_open(&p);
	place_put(&p, "a.csv", text);
	world_open(&w);
	a = world_account(&w, "work", ALICE);
	world_run(&w, 0);
	w.hold = true;
	import(&w, a, p.file);
	world_close(&w);
	mem_deref(text);
	place_close(&p);
}


int test_exchange_import(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(merged),
		cmocka_unit_test(formats),
		cmocka_unit_test(accounts),
		cmocka_unit_test(large),
		cmocka_unit_test(ended),
	};

	return cmocka_run_group_tests_name(
		"exchange_import", tests, NULL, NULL);
}
