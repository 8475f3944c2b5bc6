/* SPDX-License-Identifier: GPL-3.0-or-later */
/* keyboard.c - the KeyboardActivity document of the Microsoft clients */
#include <errno.h>
#include <string.h>
#include "im_int.h"
#include "mem.h"


int im_keyboard_decode(bool *active, const struct pl *body)
{
	const struct xml_node *root, *status;
	const char *word;
	struct xml_doc *doc;
	int err = xml_decode(&doc, body, &im_status_limits);

	if (err)
		return err;
	root = xml_root(doc);
	status = xml_find(root, NULL, "status");
	word = status ? xml_attr(status, "status") : NULL;
	if (!xml_is(root, NULL, "KeyboardActivity") || !word)
		err = EBADMSG;
	else
		*active = !strcmp(word, "type");
	mem_deref(doc);
	return err;
}


int im_keyboard_encode(struct mbuf *mb, bool active)
{
	return mbuf_printf(mb,
		"<?xml version=\"1.0\"?><KeyboardActivity>"
		"<status status=\"%s\" /></KeyboardActivity>",
		active ? "type" : "idle");
}
