/* SPDX-License-Identifier: GPL-3.0-or-later */
/* presrules.c - presence authorization rules: who gets what (RFC 5025 3, RFC
 * 4745 7) */
#include <errno.h>
#include "mem.h"
#include "presrules.h"
#include "presrules_int.h"

const struct xml_limits presrules_limits = {
	.bytes = 4 * 1024 * 1024,
	.depth = 64,
	.nodes = 200000,
};

static const char *const words[] = {
	[PRESRULES_BLOCK] = "block",
	[PRESRULES_CONFIRM] = "confirm",
	[PRESRULES_POLITE_BLOCK] = "polite-block",
	[PRESRULES_ALLOW] = "allow",
};


const char *presrules_word(enum presrules_handling handling)
{
	return words[handling];
}


bool presrules_handling_of(
	enum presrules_handling *handling, const struct xml_node *rule)
{
	const struct xml_node *node = xml_find(rule, NS_POLICY, "actions");
	struct pl all, word;
	bool found = false;
	char *text;
	size_t i;

	node = node ? xml_find(node, NS_RULES, "sub-handling") : NULL;
	if (!node)
		return false;
	text = xml_text(node);
	all = pl_str(text);
	word = pl_trim(&all);
	for (i = 0; !found && i < sizeof(words) / sizeof(*words); i++) {
		found = pl_streq(&word, words[i]);
		if (found)
			*handling = (enum presrules_handling)i;
	}
	mem_deref(text);
	return found;
}


const struct xml_node *presrules_identity_of(
	const struct xml_node *rule, bool *conditional)
{
	const struct xml_node *node = xml_find(rule, NS_POLICY, "conditions");
	const struct xml_node *identity = NULL;
	size_t n = 0;

	*conditional = false;
	for (node = node ? xml_child(node) : NULL; node;
		node = xml_next(node)) {
		if (!xml_is(node, NS_POLICY, "identity"))
			*conditional = true;
		else if (++n == 1)
			identity = node;
	}
	if (n < 2)
		return identity;
	*conditional = true;
	return NULL;
}


static void read_rule(
	const struct xml_node *rule, presrules_one_h *h, void *arg)
{
	const char *name = xml_attr(rule, "id");
	const struct xml_node *node;
	enum presrules_handling handling;
	bool conditional;

	if (!presrules_handling_of(&handling, rule))
		return;
	node = presrules_identity_of(rule, &conditional);
	for (node = node ? xml_child(node) : NULL; node;
		node = xml_next(node)) {
		struct pl all, trimmed;
		char *id;

		if (!xml_is(node, NS_POLICY, "one"))
			continue;
		all = pl_str(xml_attr(node, "id"));
		trimmed = pl_trim(&all);
		if (!pl_isset(&trimmed))
			continue;
		id = pl_strdup(&trimmed);
		h(id, name ? name : "", handling, conditional, arg);
		mem_deref(id);
	}
}


int presrules_decode(const struct pl *text, presrules_one_h *h, void *arg)
{
	struct xml_doc *doc = NULL;
	const struct xml_node *node;
	int err = xml_decode(&doc, text, &presrules_limits);

	if (err)
		return err;
	node = xml_root(doc);
	if (!xml_is(node, NS_POLICY, "ruleset"))
		err = EBADMSG;
	for (node = err ? NULL : xml_child(node); node; node = xml_next(node)) {
		if (xml_is(node, NS_POLICY, "rule"))
			read_rule(node, h, arg);
	}
	mem_deref(doc);
	return err;
}


/* Conditions of the Open Mobile Alliance that do not hold for whom a rule
 * names, or who says who he is. */
static bool is_for_others(const struct xml_node *rule)
{
	static const char ns[] = "urn:oma:xml:xdm:common-policy";
	const struct xml_node *node = xml_find(rule, NS_POLICY, "conditions");

	for (node = node ? xml_child(node) : NULL; node;
		node = xml_next(node)) {
		if (xml_is(node, ns, "other-identity") ||
			xml_is(node, ns, "anonymous-request"))
			return true;
	}
	return false;
}


static char *rival_of(
	const struct xml_node *rule, enum presrules_handling handling)
{
	enum presrules_handling given;
	const char *name = xml_attr(rule, "id");
	bool conditional;

	if (!presrules_handling_of(&given, rule) || given <= handling ||
		presrules_identity_of(rule, &conditional) || !conditional ||
		is_for_others(rule))
		return NULL;
	return mem_strdup(name ? name : "");
}


char *presrules_rival(const struct pl *text, enum presrules_handling handling)
{
	struct xml_doc *doc = NULL;
	const struct xml_node *node;
	char *name = NULL;

	if (xml_decode(&doc, text, &presrules_limits))
		return NULL;
	for (node = xml_child(xml_root(doc)); node && !name;
		node = xml_next(node)) {
		if (xml_is(node, NS_POLICY, "rule"))
			name = rival_of(node, handling);
	}
	mem_deref(doc);
	return name;
}
