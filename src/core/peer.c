/* SPDX-License-Identifier: GPL-3.0-or-later */
/* peer.c - people as texts: addresses, keys, names to show, labels. */
#include <ctype.h>
#include <string.h>
#include <strings.h>
#include "core_int.h"
#include "mbuf.h"
#include "uri.h"
#include "utf8.h"


char *core_peer_user(const char *aor)
{
	struct pl pl = pl_str(aor), text;
	struct uri uri;
	char *raw, *user;

	if (uri_decode(&uri, &pl))
		return mem_strdup(aor);
	if (!pl_isset(&uri.user))
		return pl_strdup(&uri.host);
	raw = uri_unescape(&uri.user, &text.l);
	text.p = raw;
	user = utf8_repair_dup(&text);
	mem_deref(raw);
	return user;
}


int core_peer_parse(const char *typed, char **aor, char **why)
{
	struct pl pl = pl_str(typed);
	struct uri uri;
	char *text = NULL;
	int err;

	pl = pl_trim(&pl);
	err = uri_from_user(&uri, &text, &pl);
	if (!err && uri.scheme != URI_SIP && uri.scheme != URI_SIPS &&
		uri.scheme != URI_TEL) {
		mem_deref(text);
		return core_fail(
			EX_DATAERR, why, "\"%s\" is not a SIP address", typed);
	}
	if (!err)
		*aor = uri_aor(&uri);
	mem_deref(text);
	if (err || !*aor)
		return core_fail(
			EX_DATAERR, why, "\"%s\" is not an address", typed);
	return 0;
}


char *core_label(const char *label)
{
	struct pl pl = pl_str(label);
	char *repaired, *cut, *p;

	pl = pl_trim(&pl);
	if (pl.l > CORE_NAME_MAX)
		pl.l = CORE_NAME_MAX;
	if (!pl_isset(&pl))
		return NULL;
	repaired = utf8_repair_dup(&pl);
	for (p = repaired; *p; p++) {
		if (*p == '\n' || *p == '\r' || *p == '\t')
			*p = ' ';
	}
	cut = mem_strdup(repaired);
	mem_deref(repaired);
	return cut;
}


/* The next folded character of REST that is no mark; 0: none. */
static uint32_t next_folded(struct pl *rest)
{
	uint32_t cp, folded = 0;

	while (rest->l && !folded) {
		pl_skip(rest, utf8_decode(&cp, rest->p, rest->l));
		folded = utf8_fold(cp);
	}
	return folded;
}


static bool begins_with(struct pl text, struct pl part)
{
	uint32_t want;

	while ((want = next_folded(&part))) {
		if (next_folded(&text) != want)
			return false;
	}
	return true;
}


bool core_match(const char *text, const char *part)
{
	struct pl rest = pl_str(text), wanted = pl_str(part);

	if (!text)
		return false;
	do {
		if (begins_with(rest, wanted))
			return true;
	} while (next_folded(&rest));
	return false;
}


bool core_is_address(const char *typed)
{
	static const char *const schemes[] = {
		"sip:", "sips:", "tel:", "im:", "pres:", NULL};
	size_t i;

	for (i = 0; schemes[i]; i++) {
		if (!strncasecmp(typed, schemes[i], strlen(schemes[i])))
			return true;
	}
	return strchr(typed, '@') != NULL;
}


const char *const *core_groups_copy(const char *const *groups)
{
	size_t i, n = 0, bytes = 0;
	const char **copy;
	char *out;

	if (!groups)
		return NULL;
	for (n = 0; groups[n]; n++)
		bytes += strlen(groups[n]) + 1;
	copy = mem_alloc((n + 1) * sizeof(*copy) + bytes, NULL);
	out = (char *)(copy + n + 1);
	for (i = 0; i < n; i++) {
		size_t len = strlen(groups[i]) + 1;

		copy[i] = memcpy(out, groups[i], len);
		out += len;
	}
	copy[n] = NULL;
	return copy;
}


const char *core_peer_name(struct core_account *a, const char *peer)
{
	const struct core_buddy *b = core_buddy_find(a, peer);
	const struct core_chat *c;

	if (b && core_buddy_name(b))
		return core_buddy_name(b);
	c = core_chat_find(a, peer);
	if (c)
		return c->name;
	return a->core ? core_scratch(a->core, core_peer_user(peer)) : peer;
}
