/* SPDX-License-Identifier: GPL-3.0-or-later */
/* fuzz_uri.c - two URIs, one a line: decode, write, compare. */
#include "fuzz.h"
#include "mbuf.h"
#include "mem.h"
#include "uri.h"


static void check_slices(const struct uri *u)
{
	must_be_inside(&u->scheme_text, &u->all);
	must_be_inside(&u->user, &u->all);
	must_be_inside(&u->password, &u->all);
	must_be_inside(&u->host, &u->all);
	must_be_inside(&u->params, &u->all);
	must_be_inside(&u->headers, &u->all);
	MUST(u->host.l > 0);
}


static void check_encode(const struct uri *u)
{
	struct mbuf *mb = mbuf_alloc(u->all.l + 16);
	struct uri again;
	struct pl text;

	MUST(!uri_encode(mb, u));
	text = mbuf_all(mb);
	MUST(!uri_decode(&again, &text));
	MUST(uri_eq(u, &again) && uri_eq(&again, u));
	mem_deref(mb);
}


/* The AOR is a URI, the same one, and its own AOR. */
static void check_aor(const struct uri *u)
{
	char *s = uri_aor(u), *t;
	struct pl text = pl_str(s);
	struct uri aor;

	MUST(!uri_decode(&aor, &text));
	MUST(uri_aor_eq(u, &aor, true));
	t = uri_aor(&aor);
	MUST(pl_streq(&text, t));
	mem_deref(s);
	mem_deref(t);
}


static void check_user(const struct pl *pl)
{
	struct mbuf *mb = mbuf_alloc(3 * pl->l + 1);
	struct pl escaped;
	size_t len;
	char *s;

	MUST(!uri_escape_user(mb, pl));
	escaped = mbuf_all(mb);
	s = uri_unescape(&escaped, &len);
	escaped = pl_make(s, len);
	MUST(pl_eq(&escaped, pl));
	mem_deref(s);
	mem_deref(mb);
}


static void check_typed(const struct pl *pl)
{
	char *text = NULL;
	struct uri u;

	if (uri_from_user(&u, &text, pl)) {
		MUST(!text);
		return;
	}
	check_slices(&u);
	mem_deref(text);
}


int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct pl rest = pl_make((const char *)data, size), first, value;
	struct uri a, b;
	bool two;

	two = pl_split(&rest, '\n', &first);
	check_user(&first);
	check_typed(&first);
	if (uri_decode(&a, &first))
		return 0;
	check_slices(&a);
	check_encode(&a);
	check_aor(&a);
	MUST(uri_eq(&a, &a) && uri_aor_eq(&a, &a, true));
	if (uri_param(&a, "lr", &value))
		must_be_inside(&value, &a.params);
	if (!two || uri_decode(&b, &rest))
		return 0;
	MUST(uri_eq(&a, &b) == uri_eq(&b, &a));
	MUST(uri_aor_eq(&a, &b, false) == uri_aor_eq(&b, &a, false));
	MUST(!uri_eq(&a, &b) || uri_aor_eq(&a, &b, true));
	return 0;
}
