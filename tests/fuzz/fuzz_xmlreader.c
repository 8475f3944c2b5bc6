/* SPDX-License-Identifier: GPL-3.0-or-later */
/* fuzz_xmlreader.c - the first byte is how much is read at a time, the rest a
 * document: what is read bit by bit is what the tree has. */
#include <errno.h>
#include "fuzz.h"
#include "mem.h"
#include "xml.h"

struct heard {
	size_t starts, ends, depth;
};


static void start_h(const struct xml_tag *tag, size_t depth, void *arg)
{
	struct heard *heard = arg;
	struct pl x = xml_tag_attr(tag, "", "uri");

	MUST(depth == ++heard->depth);
	MUST(!x.l || x.p);
	(void)xml_tag_is(tag, "urn:a", "a");
	heard->starts++;
}


static void text_h(const struct pl *text, void *arg)
{
	const struct heard *heard = arg;

	MUST(text->p && text->l);
	MUST(heard->depth);
}


static void end_h(size_t depth, void *arg)
{
	struct heard *heard = arg;

	MUST(depth == heard->depth--);
	heard->ends++;
}


static int read_all(struct heard *heard, const struct pl *text, size_t n)
{
	const struct xml_reader_handlers h = {
		.start = start_h,
		.text = text_h,
		.end = end_h,
		.arg = heard,
	};
	struct xml_reader *r;
	size_t calls = 0;
	int err = xml_reader_alloc(&r, text, NULL, &h);

	if (err)
		return err;
	do {
		err = xml_reader_next(r, n);
		MUST(++calls <= 3 * text->l + 10);
	} while (err == EAGAIN);
	MUST(xml_reader_next(r, n) == err);
	mem_deref(r);
	return err;
}


static size_t count(const struct xml_node *node)
{
	size_t n = 0;

	for (; node; node = xml_next(node))
		n += 1 + count(xml_child(node));
	return n;
}


int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct pl text = pl_make((const char *)data, size);
	struct heard heard = {.starts = 0};
	struct xml_doc *doc = NULL;
	size_t n;
	int err, tree;

	if (!size)
		return 0;
	n = 1 + data[0];
	pl_skip(&text, 1);
	err = read_all(&heard, &text, n);
	tree = xml_decode(&doc, &text, NULL);
	MUST(err || !tree);
	MUST(tree || !err || err == EMSGSIZE);
	if (!err) {
		MUST(heard.starts == count(xml_root(doc)));
		MUST(heard.starts == heard.ends);
	}
	mem_deref(doc);
	return 0;
}
