/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <errno.h>
#include "unit.h"
#include "reslist.h"

int test_reslist(void);

#define NS "xmlns='urn:ietf:params:xml:ns:resource-lists'"


/* The tree as text: "line kind name (display name)", indented. */
static void dump(
	struct mbuf *mb, const struct reslist_node *list, unsigned depth)
{
	static const char *const kinds[] = {"list", "entry", "ref", "external"};
	const struct le *le;
	unsigned i;

	for (le = list->nodes.head; le; le = le->next) {
		const struct reslist_node *node = le->data;

		for (i = 0; i < depth; i++)
			mbuf_write_str(mb, " ");
		mbuf_printf(mb, "%u %s %s (%s)\n", node->line,
			kinds[node->kind], node->name ? node->name : "-",
			node->display_name ? node->display_name : "-");
		dump(mb, node, depth + 1);
	}
}


static char *tree_of(const struct reslist_node *root)
{
	struct mbuf *mb = mbuf_alloc(SIZE_MAX);
	char *text;

	dump(mb, root, 0);
	text = mbuf_strdup(mb);
	mem_deref(mb);
	return text;
}


static int decode(struct reslist_node **rootp, const char *text)
{
	struct pl pl = pl_str(text);

	return reslist_decode(rootp, &pl);
}


/* The example of RFC 4826 3.3, with what is not known in it. */
static void read(void **state)
{
	static const char text[] =
		"<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
		"<r:resource-lists xmlns:r='urn:ietf:params:xml:ns:"
		"resource-lists' xmlns:x='urn:x'>\n"
		"<r:list name='friends' x:y='z'>\n"
		"<r:entry uri='sip:bob@example.org'>\n"
		"<r:display-name xml:lang='en'> Bob\n</r:display-name>"
		"<x:more/></r:entry>\n"
		"<r:entry-ref ref='resource-lists/users/sip:kim/index'/>\n"
		"<x:list name='other'><r:entry uri='sip:no@x'/></x:list>\n"
		"<r:list name='close'>\n"
		"<r:display-name>Close &amp; &lt;dear&gt;</r:display-name>\n"
		"<r:entry uri=' sip:kim@example.com '/>\n"
		"<r:external anchor='http://xcap.example.org/x'>"
		"<r:display-name>Marketing</r:display-name></r:external>\n"
		"</r:list></r:list>\n"
		"<r:list><r:entry/></r:list></r:resource-lists>\n";
	struct reslist_node *root = NULL;
	char *tree;

	(void)state;
	assert_int_equal(decode(&root, text), 0);
	tree = tree_of(root);
	assert_string_equal(tree,
		"3 list friends (-)\n"
		" 4 entry sip:bob@example.org (Bob)\n"
		" 7 ref resource-lists/users/sip:kim/index (-)\n"
		" 9 list close (Close & <dear>)\n"
		"  11 entry sip:kim@example.com (-)\n"
		"  12 external http://xcap.example.org/x (Marketing)\n"
		"14 list - (-)\n"
		" 14 entry - (-)\n");
	mem_deref(tree);
	mem_deref(root);
}


static void refused(void **state)
{
	static const struct {
		const char *text;
		int err;
	} cases[] = {
		{"", EBADMSG},
		{"uri,name", EBADMSG},
		{"<resource-lists " NS ">", EBADMSG},
		{"<resource-lists/>", EBADMSG},
		{"<list " NS "/>", EBADMSG},
		{"<!DOCTYPE x><resource-lists " NS "/>", EBADMSG},
		{"<resource-lists " NS "/>", 0},
	};
	size_t i;

	(void)state;
	for (i = 0; i < UNIT_N(cases); i++) {
		struct reslist_node *root = NULL;

		assert_int_equal(decode(&root, cases[i].text), cases[i].err);
		if (!cases[i].err)
			assert_true(list_isempty(&root->nodes));
		mem_deref(root);
	}
}


/* Lists in lists deeper than the bound. */
static void depth(void **state)
{
	struct mbuf *mb = mbuf_alloc(SIZE_MAX);
	struct reslist_node *root = NULL;
	struct pl pl;
	unsigned i;

	(void)state;
	mbuf_write_str(mb, "<resource-lists " NS ">");
	for (i = 0; i < 64; i++)
		mbuf_write_str(mb, "<list>");
	for (i = 0; i < 64; i++)
		mbuf_write_str(mb, "</list>");
	mbuf_write_str(mb, "</resource-lists>");
	pl = mbuf_all(mb);
	assert_int_equal(reslist_decode(&root, &pl), EMSGSIZE);
	assert_null(root);
	mem_deref(mb);
}


static void written(void **state)
{
	struct reslist_node *root = reslist_alloc(), *again = NULL, *list;
	struct mbuf *mb = mbuf_alloc(SIZE_MAX);
	struct pl pl;
	char *tree;

	(void)state;
	list = reslist_add(root, RESLIST_LIST, "a \"b\" <&>'", "J\xc3\xb6rg");
	reslist_add(list, RESLIST_ENTRY, "sip:bob@example.org;x=\"&\"", NULL);
	list = reslist_add(list, RESLIST_LIST, NULL, NULL);
	reslist_add(list, RESLIST_ENTRY_REF, "x/y", "X");
	reslist_add(root, RESLIST_EXTERNAL, "http://x", NULL);
	reslist_add(root, RESLIST_LIST, "empty", NULL);
	assert_int_equal(reslist_encode(mb, root), 0);
	pl = mbuf_all(mb);
	assert_int_equal(reslist_decode(&again, &pl), 0);
	tree = tree_of(again);
	assert_string_equal(tree,
		"3 list a \"b\" <&>' (J\xc3\xb6rg)\n"
		" 5 entry sip:bob@example.org;x=\"&\" (-)\n"
		" 6 list - (-)\n"
		"  7 ref x/y (X)\n"
		"12 external http://x (-)\n"
		"13 list empty (-)\n");
	mem_deref(tree);
	mem_deref(again);
	mem_deref(root);
	mem_deref(mb);
	mb = mbuf_alloc(20);
	root = reslist_alloc();
	assert_int_equal(reslist_encode(mb, root), ENOSPC);
	mem_deref(root);
	mem_deref(mb);
}


int test_reslist(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(read),
		cmocka_unit_test(refused),
		cmocka_unit_test(depth),
		cmocka_unit_test(written),
	};

	return cmocka_run_group_tests_name("reslist", tests, NULL, NULL);
}
