/* SPDX-License-Identifier: GPL-3.0-or-later */
/* fuzz_challenge.c - one header value for each of the small decoders:
 * challenges and answers, parameters, states, warnings. */
#include <string.h>
#include "fuzz.h"
#include "mem.h"
#include "msg.h"


static void check_challenge(const struct pl *pl)
{
	static const char *const names[] = {"realm", "nonce", "qop",
		"algorithm", "opaque", "gssapi-data", "stale"};
	struct msg_challenge c;
	struct pl value;
	size_t i, len;
	bool quoted;
	char *s;

	if (msg_challenge_decode(&c, pl))
		return;
	must_be_inside(&c.scheme, pl);
	must_be_inside(&c.params, pl);
	for (i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		if (!msg_challenge_param(&c, names[i], &value, &quoted))
			continue;
		must_be_inside(&value, pl);
		s = msg_unquote(&value, &len);
		MUST(len <= value.l);
		mem_deref(s);
	}
}


static void check_lists(const struct pl *pl)
{
	struct pl rest = *pl, name, value;
	size_t n = 0;

	while (msg_split_list(&rest, &value)) {
		must_be_inside(&value, pl);
		MUST(++n <= pl->l + 1);
	}
	rest = *pl;
	for (n = 0; msg_param_next(&rest, &name, &value); n++) {
		must_be_inside(&name, pl);
		must_be_inside(&value, pl);
		MUST(name.l && n <= pl->l);
	}
}


static void check_values(const struct pl *pl)
{
	struct msg_subscription_state ss;
	struct msg_retry_after ra;
	struct msg_warning w;
	struct msg_reason r;
	struct msg_event e;
	struct msg_type t;
	struct pl method;
	uint32_t n;

	if (!msg_subscription_state_decode(&ss, pl))
		must_be_inside(&ss.reason_text, pl);
	if (!msg_retry_after_decode(&ra, pl))
		must_be_inside(&ra.comment, pl);
	if (!msg_warning_decode(&w, pl)) {
		must_be_inside(&w.agent, pl);
		must_be_inside(&w.text, pl);
	}
	if (!msg_reason_decode(&r, pl))
		must_be_inside(&r.text, pl);
	if (!msg_event_decode(&e, pl))
		must_be_inside(&e.id, pl);
	if (!msg_type_decode(&t, pl))
		must_be_inside(&t.params, pl);
	if (!msg_cseq_decode(&n, &method, pl))
		must_be_inside(&method, pl);
}


/* What is quoted by us is read back as it was. */
static void check_quoted(const struct pl *pl)
{
	/* Writing asks for a little more than it needs (msg.h). */
	struct mbuf *mb = mbuf_alloc(2 * pl->l + 2 + 64);
	struct pl text;
	size_t len;
	char *s;

	if (!msg_put_quoted(mb, pl)) {
		text = pl_make((char *)mb->buf + 1, mb->end - 2);
		s = msg_unquote(&text, &len);
		text = pl_make(s, len);
		MUST(pl_eq(&text, pl));
		mem_deref(s);
	} else {
		MUST(!msg_value_ok(pl));
	}
	mem_deref(mb);
}


/* The text as the credentials of a request: nothing secret is left. */
static void check_mask(const struct pl *pl)
{
	static const struct pl name = PL("Authorization");
	struct mbuf *mb = mbuf_alloc(8 * pl->l + 100), *out;
	struct msg_challenge c;
	struct pl value, line;

	out = mbuf_alloc(8 * pl->l + 100);
	if (!msg_put_named(mb, &name, pl)) {
		MUST(!msg_mask(out, mb->buf, mb->end));
		line = mbuf_all(out);
		pl_skip(&line, name.l + 2);
		line = pl_trim(&line);
		if (!msg_challenge_decode(&c, &line) &&
			msg_challenge_param(&c, "response", &value, NULL))
			MUST(pl_streq(&value, "***"));
	}
	mem_deref(out);
	mem_deref(mb);
}


int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct pl pl = pl_make((const char *)data, size);

	check_challenge(&pl);
	check_lists(&pl);
	check_values(&pl);
	check_quoted(&pl);
	check_mask(&pl);
	return 0;
}
