/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Challenges and answers (DG1-DG10, UA3, TR1, RE8).
 *
 *   us                     peer at 192.0.2.2, the account's proxy
 *   |--- REGISTER --------->|
 *   |<-- 401, challenge ----|
 *   |--- REGISTER, CSeq+1 ->|
 *   |<-- 200 ---------------|
 */
#include <errno.h>
#include <stdlib.h>
#include "lab.h"

int test_auth(void);


#define CHALLENGE(realm_, nonce_, more_)                                 \
	"WWW-Authenticate: Digest realm=\"" realm_ "\", nonce=\"" nonce_ \
	"\"" more_
#define PROXY_CHALLENGE(realm_, nonce_, more_)                             \
	"Proxy-Authenticate: Digest realm=\"" realm_ "\", nonce=\"" nonce_ \
	"\"" more_

struct fixture {
	struct lab *lab;
	struct sip_agent *agent;
	struct lab_peer *peer;
	struct lab_results results;
	struct sip_request *r;
};


static void fixture_set(struct fixture *f, const char *const *script, size_t n)
{
	const struct sip_agent_config config = {.proxy = "sip:192.0.2.2"};

	memset(f, 0, sizeof(*f));
	f->lab = lab_new(3);
	f->agent = lab_agent(f->lab, &config);
	f->peer = lab_peer(f->lab, lab_host(f->lab, "192.0.2.2"), SIP_UDP, 5060,
		script, n);
}


static void fixture_clear(struct fixture *f)
{
	mem_deref(f->r);
	lab_results_clear(&f->results);
	mem_deref(f->agent);
	mem_deref(f->lab);
}


/* Sends METHOD; the final status or minus the error. */
static int ask(struct fixture *f, const char *method, const char *target)
{
	const struct lab_result *last;

	f->r = mem_deref(f->r);
	lab_results_clear(&f->results);
	f->r = lab_send(f->lab, f->agent, method, target, &f->results);
	assert_true(lab_wait_final(f->lab, &f->results, 100000));
	last = &f->results.all[f->results.n - 1];
	return last->err ? -last->err : last->status;
}


static const struct lab_result *last(const struct fixture *f)
{
	return &f->results.all[f->results.n - 1];
}


static uint32_t cseq(const struct fixture *f, size_t i)
{
	return f->peer->msgs[i]->cseq;
}


/* What the digest in message I must be, from what it says of itself. */
static void assert_digest(const struct fixture *f, size_t i, enum hdr_id id,
	enum hash_kind hash, bool sess, const char *password)
{
	struct sip_digest d = {.hash = hash, .sess = sess};
	char ha1[HASH_HEX_MAX], response[HASH_HEX_MAX];
	struct pl text, nc;
	struct msg_challenge c;
	char *s;

	assert_true(msg_value(f->peer->msgs[i], id, &text));
	assert_int_equal(msg_challenge_decode(&c, &text), 0);
	assert_true(msg_challenge_param(&c, "username", &d.user, NULL));
	assert_true(msg_challenge_param(&c, "realm", &d.realm, NULL));
	assert_true(msg_challenge_param(&c, "nonce", &d.nonce, NULL));
	assert_true(msg_challenge_param(&c, "uri", &d.uri, NULL));
	(void)msg_challenge_param(&c, "cnonce", &d.cnonce, NULL);
	(void)msg_challenge_param(&c, "qop", &d.qop, NULL);
	if (msg_challenge_param(&c, "nc", &nc, NULL)) {
		s = pl_strdup(&nc);
		d.nc = (uint32_t)strtoul(s, NULL, 16);
		mem_deref(s);
	}
	/* DG4 */
	assert_true(pl_eq(&d.uri, &f->peer->msgs[i]->uri_text));
	d.password = pl_str(password);
	d.method = f->peer->msgs[i]->method_text;
	d.body = f->peer->msgs[i]->body;
	sip_digest_ha1(&d, ha1);
	sip_digest_response(&d, ha1, response);
	lab_assert_param(f->peer, i, id, "response", response);
}


/* UA3, TR1, DG1, DG3: the same request again with CSeq + 1 and a new
 * branch. */
static void once(void **state)
{
	static const char *const script[] = {
		"401\n" CHALLENGE("example.org", "n1",
			", opaque=\"op\", qop=\"auth\", algorithm=MD5"),
		"200",
	};
	struct fixture f;

	(void)state;
	fixture_set(&f, script, 2);
	assert_int_equal(ask(&f, "REGISTER", "sip:example.org"), 200);
	assert_int_equal(f.peer->n, 2);
	assert_false(pl_isset(&f.peer->msgs[0]->via.branch) &&
		pl_eq(&f.peer->msgs[0]->via.branch,
			&f.peer->msgs[1]->via.branch));
	assert_int_equal(cseq(&f, 1), cseq(&f, 0) + 1);
	assert_true(
		pl_eq(&f.peer->msgs[0]->call_id, &f.peer->msgs[1]->call_id));
	assert_true(
		pl_eq(&f.peer->msgs[0]->from.tag, &f.peer->msgs[1]->from.tag));
	assert_false(pl_isset(&f.peer->msgs[1]->to.tag));
	assert_null(msg_hdr(f.peer->msgs[0], HDR_AUTHORIZATION));
	lab_assert_param(f.peer, 1, HDR_AUTHORIZATION, "opaque", "op");
	lab_assert_param(f.peer, 1, HDR_AUTHORIZATION, "nc", "00000001");
	assert_digest(&f, 1, HDR_AUTHORIZATION, HASH_MD5, false, "secret");
	assert_int_equal(f.lab->questions, 1);
	assert_string_equal(f.lab->realm, "example.org");
	assert_int_equal(f.results.n, 1);
	fixture_clear(&f);
}


/* DG6, RE8: told once, no loop; the password is not sent again either. */
static void wrong_password(void **state)
{
	static const char *const script[] = {
		"401\n" CHALLENGE("example.org", "n1", ", qop=\"auth\""),
		"401\n" CHALLENGE("example.org", "n2", ", qop=\"auth\""),
		"401\n" CHALLENGE("example.org", "n3", ", qop=\"auth\""),
		"401\n" CHALLENGE("example.org", "n4", ", qop=\"auth\""),
		"200",
	};
	struct fixture f;

	(void)state;
	fixture_set(&f, script, 5);
	assert_int_equal(ask(&f, "REGISTER", "sip:example.org"), -EACCES);
	assert_true(last(&f)->wrong_password);
	assert_int_equal(last(&f)->status, 401);
	assert_string_equal(
		last(&f)->why, "wrong password for alice in \"example.org\"");
	assert_int_equal(f.peer->n, 2);

	/* Another request does not send it either, unasked or asked. */
	assert_int_equal(ask(&f, "REGISTER", "sip:example.org"), -EACCES);
	assert_true(last(&f)->wrong_password);
	assert_int_equal(f.peer->n, 3);
	assert_null(msg_hdr(f.peer->msgs[2], HDR_AUTHORIZATION));
	assert_int_equal(f.lab->questions, 1);

	/* A new password is another matter. */
	sip_agent_reset_credentials(f.agent);
	f.lab->password = "other";
	assert_int_equal(ask(&f, "REGISTER", "sip:example.org"), 200);
	assert_int_equal(f.lab->questions, 2);
	assert_digest(&f, 4, HDR_AUTHORIZATION, HASH_MD5, false, "other");
	fixture_clear(&f);
}


/* DG6: stale=true is no refusal. */
static void stale(void **state)
{
	static const char *const script[] = {
		"401\n" CHALLENGE("example.org", "n1", ", qop=\"auth\""),
		"401\n" CHALLENGE(
			"example.org", "n2", ", qop=\"auth\", stale=true"),
		"200",
	};
	struct fixture f;

	(void)state;
	fixture_set(&f, script, 3);
	assert_int_equal(ask(&f, "REGISTER", "sip:example.org"), 200);
	assert_int_equal(f.peer->n, 3);
	lab_assert_param(f.peer, 2, HDR_AUTHORIZATION, "nonce", "n2");
	lab_assert_param(f.peer, 2, HDR_AUTHORIZATION, "nc", "00000001");
	assert_int_equal(f.lab->questions, 1);
	fixture_clear(&f);
}


/* A server that is never content does not keep us busy. */
static void stale_for_ever(void **state)
{
	static const char *const script[] = {
		"401\n" CHALLENGE(
			"example.org", "n", ", qop=\"auth\", stale=true"),
	};
	struct fixture f;

	(void)state;
	fixture_set(&f, script, 1);
	assert_int_equal(ask(&f, "REGISTER", "sip:example.org"), -EACCES);
	assert_false(last(&f)->wrong_password);
	assert_in_range(f.peer->n, 3, 10);
	fixture_clear(&f);
}


/* DG10: the nonce serves the next request; DG3: its count rises; an old
 * nonce costs a round, not the password. */
static void preemptive(void **state)
{
	static const char *const script[] = {
		"401\n" CHALLENGE("example.org", "n1", ", qop=\"auth\""),
		"200",
		"200",
		"401\n" CHALLENGE("example.org", "n2", ", qop=\"auth\""),
		"200",
		"200",
	};
	struct fixture f;

	(void)state;
	fixture_set(&f, script, 6);
	assert_int_equal(ask(&f, "REGISTER", "sip:example.org"), 200);
	assert_int_equal(ask(&f, "REGISTER", "sip:example.org"), 200);
	assert_int_equal(f.peer->n, 3);
	lab_assert_param(f.peer, 2, HDR_AUTHORIZATION, "nonce", "n1");
	lab_assert_param(f.peer, 2, HDR_AUTHORIZATION, "nc", "00000002");
	assert_int_equal(ask(&f, "REGISTER", "sip:example.org"), 200);
	assert_int_equal(f.peer->n, 5);
	lab_assert_param(f.peer, 3, HDR_AUTHORIZATION, "nc", "00000003");
	lab_assert_param(f.peer, 4, HDR_AUTHORIZATION, "nonce", "n2");
	assert_int_equal(f.lab->questions, 1);

	/* Not with a method that nobody asked it for: a proxy would carry it
	 * on to the peer. */
	assert_int_equal(ask(&f, "MESSAGE", "sip:bob@example.org"), 200);
	assert_null(msg_hdr(f.peer->msgs[5], HDR_AUTHORIZATION));
	fixture_clear(&f);
}


/* Credentials to a proxy go with any request to it. */
static void preemptive_proxy(void **state)
{
	static const char *const script[] = {
		"407\n" PROXY_CHALLENGE("example.org", "n1", ", qop=\"auth\""),
		"202",
		"200",
	};
	struct fixture f;

	(void)state;
	fixture_set(&f, script, 3);
	assert_int_equal(ask(&f, "MESSAGE", "sip:bob@example.org"), 202);
	assert_int_equal(ask(&f, "PUBLISH", "sip:alice@example.org"), 200);
	assert_int_equal(f.peer->n, 3);
	lab_assert_param(f.peer, 2, HDR_PROXY_AUTHORIZATION, "nc", "00000002");
	assert_digest(
		&f, 2, HDR_PROXY_AUTHORIZATION, HASH_MD5, false, "secret");
	fixture_clear(&f);
}


/* DG1: two realms, one after the other and both at once. */
static void two_realms(void **state)
{
	static const char *const chain[] = {
		"407\n" PROXY_CHALLENGE("a", "na", ", qop=\"auth\""),
		"407\n" PROXY_CHALLENGE("b", "nb", ", qop=\"auth\""),
		"401\n" CHALLENGE("c", "nc", ""),
		"200",
	};
	static const char *const both[] = {
		"407\n" PROXY_CHALLENGE("a", "na", "") "\n" PROXY_CHALLENGE(
			"b", "nb", "") "\n" CHALLENGE("a", "nc", ""),
		"200",
	};
	struct fixture f;
	const struct msg_hdr *h;

	(void)state;
	fixture_set(&f, chain, 4);
	assert_int_equal(ask(&f, "MESSAGE", "sip:bob@example.org"), 200);
	assert_int_equal(f.peer->n, 4);
	h = msg_hdr(f.peer->msgs[3], HDR_PROXY_AUTHORIZATION);
	assert_non_null(h);
	assert_non_null(msg_hdr_next(f.peer->msgs[3], h));
	assert_digest(&f, 3, HDR_AUTHORIZATION, HASH_MD5, false, "secret");
	assert_int_equal(f.lab->questions, 3);
	fixture_clear(&f);

	fixture_set(&f, both, 2);
	assert_int_equal(ask(&f, "MESSAGE", "sip:bob@example.org"), 200);
	assert_int_equal(f.peer->n, 2);
	h = msg_hdr(f.peer->msgs[1], HDR_PROXY_AUTHORIZATION);
	assert_non_null(h);
	assert_non_null(msg_hdr_next(f.peer->msgs[1], h));
	lab_assert_param(f.peer, 1, HDR_AUTHORIZATION, "nonce", "nc");
	/* Realm "a" was asked for once, though it came twice. */
	assert_int_equal(f.lab->questions, 2);
	fixture_clear(&f);
}


/* DG2: the strongest known one, whatever stands before it; DG8: not Basic. */
static void strongest(void **state)
{
	static const char *const script[] = {
		"401\nWWW-Authenticate: Basic realm=\"a\"\n"
		"WWW-Authenticate: Digest realm=\"a\", nonce=\"1\"\n"
		"WWW-Authenticate: Digest realm=\"a\", nonce=\"2\", "
		"algorithm=SHA-256-sess, qop=\"auth-int\"\n"
		"WWW-Authenticate: Digest realm=\"a\", nonce=\"3\", "
		"algorithm=MD5\n"
		"WWW-Authenticate: Digest realm=\"a\", nonce=\"4\", "
		"algorithm=SHA3\n"
		"WWW-Authenticate: NTLM realm=\"a\"",
		"200",
	};
	struct fixture f;

	(void)state;
	fixture_set(&f, script, 2);
	assert_int_equal(ask(&f, "REGISTER", "sip:example.org"), 200);
	lab_assert_param(f.peer, 1, HDR_AUTHORIZATION, "nonce", "2");
	lab_assert_param(f.peer, 1, HDR_AUTHORIZATION, "qop", "auth-int");
	assert_digest(&f, 1, HDR_AUTHORIZATION, HASH_SHA256, true, "secret");
	fixture_clear(&f);
}


/* DG8 and whatever cannot be answered: refused in words, nothing sent. */
static void hostile(void **state)
{
	static const char *const answers[] = {
		"401\nWWW-Authenticate: Basic realm=\"a\"",
		"401",
		"401\nWWW-Authenticate: Digest",
		"401\nWWW-Authenticate: Digest realm=\"a\"",
		"401\nWWW-Authenticate: Digest realm=\"a\", nonce=\"",
		"401\nWWW-Authenticate: Digest realm=\"a\", nonce=\"b\\",
		"401\nWWW-Authenticate: Digest realm=\"a\", nonce=\"b\x01\"",
		"401\nWWW-Authenticate: Digest realm=\"a\", nonce=\"b\", "
		"algorithm=none",
		"407\nProxy-Authenticate: Digest realm=\"a\", nonce=\"b\", "
		"qop=\"conf\"",
		"401\nWWW-Authenticate: ,,,=\"\"\"",
	};
	struct fixture f;
	size_t i;

	(void)state;
	for (i = 0; i < UNIT_N(answers); i++) {
		fixture_set(&f, &answers[i], 1);
		/* To REGISTER the answer itself comes up: it tells what kind
		 * of server this is. */
		assert_int_equal(ask(&f, "REGISTER", "sip:example.org"),
			atoi(answers[i]));
		assert_non_null(strstr(last(&f)->why, "not supported"));
		assert_false(last(&f)->wrong_password);
		assert_int_equal(
			ask(&f, "MESSAGE", "sip:example.org"), -EACCES);
		assert_false(last(&f)->wrong_password);
		assert_int_equal(f.peer->n, 2);
		assert_int_equal(f.lab->questions, 0);
		fixture_clear(&f);
	}
}


/* A realm over the bound; many realms at once: eight are answered. */
static void huge(void **state)
{
	struct mbuf *mb = mbuf_alloc(1 << 16);
	const char *script[2];
	struct fixture f;
	char *text;
	size_t i;

	(void)state;
	mbuf_write_str(mb, "401\nWWW-Authenticate: Digest realm=\"");
	for (i = 0; i < 600; i++)
		mbuf_write_u8(mb, 'r');
	mbuf_write_str(mb, "\", nonce=\"n\"");
	for (i = 0; i < 30; i++)
		mbuf_printf(mb,
			"\nWWW-Authenticate: Digest realm=\"%zu\", "
			"nonce=\"n\"",
			i);
	script[0] = text = mbuf_strdup(mb);
	script[1] = "200";
	fixture_set(&f, script, 2);
	assert_int_equal(ask(&f, "REGISTER", "sip:example.org"), 200);
	assert_int_equal(f.lab->questions, 8);
	fixture_clear(&f);
	mem_deref(text);
	mem_deref(mb);
}


/* DG8: a peer's own challenge gets nothing, not even a question. */
static void foreign(void **state)
{
	static const char *const script[] = {
		"407\n" PROXY_CHALLENGE("example.org", "n", ""),
	};
	static const char *const targets[] = {
		"sip:bob@192.0.2.2", "sip:bob@192.0.2.2:5060"};
	static const struct sip_agent_config numeric = {
		.aor = "sip:alice@192.0.2.2:5070"};
	struct fixture f;
	size_t i;

	(void)state;
	for (i = 0; i < UNIT_N(targets); i++) {
		fixture_set(&f, script, 1);
		mem_deref(f.agent);
		/* The same address is not the same server. */
		f.agent = lab_agent(f.lab, i ? &numeric : NULL);
		assert_int_equal(ask(&f, "MESSAGE", targets[i]), 407);
		assert_int_equal(f.lab->questions, 0);
		assert_int_equal(f.peer->n, 1);
		assert_non_null(strstr(last(&f)->why, "peer asks"));
		fixture_clear(&f);
	}
}


/* A 401 from behind the own proxy is a peer's: nothing of ours answers it,
 * and what answers the server does not go there unasked. */
static void behind_proxy(void **state)
{
	static const char *const script[] = {
		"401\n" CHALLENGE("example.org", "n1", ""),
		"200",
		"401\n" CHALLENGE("example.org", "n2", ""),
		"401\n" CHALLENGE("example.org", "n3", "") "\n" PROXY_CHALLENGE(
			"example.org", "n4", ""),
		"200",
	};
	struct fixture f;

	(void)state;
	fixture_set(&f, script, UNIT_N(script));
	assert_int_equal(ask(&f, "MESSAGE", "sip:bob@example.org"), 200);
	assert_int_equal(f.lab->questions, 1);
	assert_int_equal(ask(&f, "MESSAGE", "sip:eve@example.com"), 401);
	assert_non_null(strstr(last(&f)->why, "peer asks"));
	assert_int_equal(f.peer->n, 3);
	assert_null(msg_hdr(f.peer->msgs[2], HDR_AUTHORIZATION));
	/* Of both, the proxy's is answered. */
	assert_int_equal(ask(&f, "MESSAGE", "sip:eve@example.com"), 200);
	assert_int_equal(f.peer->n, 5);
	assert_null(msg_hdr(f.peer->msgs[4], HDR_AUTHORIZATION));
	assert_non_null(msg_hdr(f.peer->msgs[4], HDR_PROXY_AUTHORIZATION));
	fixture_clear(&f);
}


/* A URI that names the own server and leads elsewhere, or by less than TLS,
 * as a peer may write it into its Contact. */
static void led_astray(void **state)
{
	static const char *const script[] = {
		"407\n" PROXY_CHALLENGE("example.org", "n", ""),
	};
	static const struct {
		const char *target;
		const struct sip_agent_config config;
		size_t questions;
	} rows[] = {
		{"sip:bob@example.org;maddr=192.0.2.2", {0}, 0},
		{"sip:bob@example.org:5060;transport=udp;maddr=192.0.2.2", {0},
			0},
		{"sip:bob@example.org", {0}, 1},
		{"sip:bob@example.org;transport=udp",
			{.transport = SIP_TRANSPORT_TLS}, 0},
		{"sip:bob@example.org;transport=udp",
			{.aor = "sips:alice@example.org"}, 0},
		{"sip:bob@example.org;transport=udp",
			{.transport = SIP_TRANSPORT_UDP}, 1},
	};
	static const struct lab_name names[] = {
		{.name = "example.org", .addr = "192.0.2.2"}, {0}};
	struct fixture f;
	size_t i;

	(void)state;
	for (i = 0; i < UNIT_N(rows); i++) {
		fixture_set(&f, script, 1);
		mem_deref(f.agent);
		f.lab->names = names;
		f.agent = lab_agent(f.lab, &rows[i].config);
		(void)ask(&f, "MESSAGE", rows[i].target);
		assert_int_equal(f.lab->questions, rows[i].questions);
		fixture_clear(&f);
	}
}


/* What is known of the own server does not go to a stranger unasked. */
static void no_leak(void **state)
{
	static const char *const script[] = {
		"407\n" PROXY_CHALLENGE("example.org", "n", ""),
		"200",
	};
	static const char *const ok[] = {"200"};
	static const struct lab_name names[] = {
		{.name = "example.org", .addr = "192.0.2.2"}, {0}};
	struct lab_peer *stranger;
	struct fixture f;

	(void)state;
	fixture_set(&f, script, 2);
	mem_deref(f.agent);
	f.lab->names = names;
	f.agent = lab_agent(f.lab, NULL);
	stranger = lab_peer(
		f.lab, lab_host(f.lab, "192.0.2.3"), SIP_UDP, 5060, ok, 1);
	assert_int_equal(ask(&f, "MESSAGE", "sip:bob@example.org"), 200);
	assert_int_equal(f.peer->n, 2);
	assert_int_equal(ask(&f, "MESSAGE", "sip:kim@192.0.2.3"), 200);
	assert_int_equal(stranger->n, 1);
	assert_null(msg_hdr(stranger->msgs[0], HDR_PROXY_AUTHORIZATION));
	fixture_clear(&f);
}


/* No password there is. */
static void none(void **state)
{
	static const char *const script[] = {
		"401\n" CHALLENGE("example.org", "n", ""),
		"200",
	};
	struct fixture f;

	(void)state;
	fixture_set(&f, script, 2);
	f.lab->password = NULL;
	assert_int_equal(ask(&f, "REGISTER", "sip:example.org"), -EACCES);
	assert_string_equal(last(&f)->why, "no password for \"example.org\"");
	assert_false(last(&f)->wrong_password);
	assert_int_equal(f.peer->n, 1);
	fixture_clear(&f);
}


/* The answer comes later; meanwhile others wait and one question stands. */
static void later(void **state)
{
	static const char *const script[] = {
		"401\n" CHALLENGE("example.org", "n1", ""),
		"401\n" CHALLENGE("example.org", "n2", ""),
		"200",
	};
	struct lab_results second = {0};
	struct sip_request *other;
	struct fixture f;

	(void)state;
	fixture_set(&f, script, 3);
	f.lab->later = true;
	f.r = lab_send(
		f.lab, f.agent, "REGISTER", "sip:example.org", &f.results);
	other = lab_send(
		f.lab, f.agent, "PUBLISH", "sip:alice@example.org", &second);
	memnet_run(f.lab->net, 60000);
	assert_int_equal(f.lab->questions, 1);
	assert_int_equal(f.results.n + second.n, 0);
	f.lab->answer("alice", "secret", f.lab->answer_ctx);
	assert_true(lab_wait_final(f.lab, &f.results, 1000));
	assert_true(lab_wait_final(f.lab, &second, 1000));
	assert_int_equal(f.results.all[0].status, 200);
	assert_int_equal(second.all[0].status, 200);
	/* UA3 holds for an answer that came later too. */
	assert_int_equal(f.peer->n, 4);
	assert_int_equal(cseq(&f, 0), 1);
	assert_int_equal(cseq(&f, 2), 2);
	assert_int_equal(cseq(&f, 3), 2);
	assert_int_equal(f.lab->questions, 1);
	/* An answer to no question is ignored. */
	f.lab->answer("alice", "other", f.lab->answer_ctx);
	mem_deref(other);
	lab_results_clear(&second);
	fixture_clear(&f);
}


/* Released, and the agent closed, while the question stands. */
static void gone_meanwhile(void **state)
{
	static const char *const script[] = {
		"401\n" CHALLENGE("example.org", "n1", ""),
	};
	struct fixture f;

	(void)state;
	fixture_set(&f, script, 1);
	f.lab->later = true;
	f.r = lab_send(
		f.lab, f.agent, "REGISTER", "sip:example.org", &f.results);
	memnet_run(f.lab->net, 1000);
	assert_int_equal(f.lab->questions, 1);
	f.r = mem_deref(f.r);
	f.lab->answer("alice", "secret", f.lab->answer_ctx);
	memnet_run(f.lab->net, 1000);
	/* Nobody waits for the result, but the request is carried out. */
	assert_int_equal(f.peer->n, 2);
	assert_int_equal(f.results.n, 0);
	fixture_clear(&f);

	fixture_set(&f, script, 1);
	f.lab->later = true;
	f.r = lab_send(
		f.lab, f.agent, "REGISTER", "sip:example.org", &f.results);
	memnet_run(f.lab->net, 1000);
	f.agent = mem_deref(f.agent);
	assert_int_equal(f.results.n, 1);
	assert_int_equal(last(&f)->err, ECANCELED);
	fixture_clear(&f);
}


static void answer_and_close(const struct sip_result *result, void *arg)
{
	struct fixture *f = arg;

	(void)result;
	f->r = mem_deref(f->r);
	f->agent = mem_deref(f->agent);
}


/* A handler that runs out of an answer closes everything. */
static void closed_in_answer(void **state)
{
	static const char *const script[] = {
		"401\n" CHALLENGE("a", "n1", "") "\n" CHALLENGE("b", "n2", ""),
	};
	struct fixture f;

	(void)state;
	fixture_set(&f, script, 1);
	f.lab->later = true;
	f.results.act = answer_and_close;
	f.results.arg = &f;
	f.r = lab_send(
		f.lab, f.agent, "REGISTER", "sip:example.org", &f.results);
	memnet_run(f.lab->net, 1000);
	f.lab->answer(NULL, NULL, f.lab->answer_ctx);
	assert_int_equal(f.results.n, 1);
	assert_int_equal(last(&f)->err, EACCES);
	assert_null(f.agent);
	fixture_clear(&f);
}


/* DG7: the next nonce is used; a proof that is wrong is no success. */
static void info(void **state)
{
	static const char *const next[] = {
		"401\n" CHALLENGE("example.org", "n1", ", qop=\"auth\""),
		"200\nAuthentication-Info: nextnonce=\"n2\", qop=auth",
		"200",
	};
	static const char *const liar[] = {
		"401\n" CHALLENGE("example.org", "n1", ", qop=\"auth\""),
		"200\nAuthentication-Info: rspauth=\"0000\", qop=auth",
	};
	struct fixture f;

	(void)state;
	fixture_set(&f, next, 3);
	assert_int_equal(ask(&f, "REGISTER", "sip:example.org"), 200);
	assert_int_equal(ask(&f, "REGISTER", "sip:example.org"), 200);
	lab_assert_param(f.peer, 2, HDR_AUTHORIZATION, "nonce", "n2");
	lab_assert_param(f.peer, 2, HDR_AUTHORIZATION, "nc", "00000001");
	fixture_clear(&f);
	fixture_set(&f, liar, 2);
	assert_int_equal(ask(&f, "REGISTER", "sip:example.org"), -EACCES);
	assert_non_null(strstr(last(&f)->why, "proof"));
	fixture_clear(&f);
}


int test_auth(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(once),
		cmocka_unit_test(wrong_password),
		cmocka_unit_test(stale),
		cmocka_unit_test(stale_for_ever),
		cmocka_unit_test(preemptive),
		cmocka_unit_test(preemptive_proxy),
		cmocka_unit_test(two_realms),
		cmocka_unit_test(strongest),
		cmocka_unit_test(hostile),
		cmocka_unit_test(huge),
		cmocka_unit_test(foreign),
		cmocka_unit_test(behind_proxy),
		cmocka_unit_test(led_astray),
		cmocka_unit_test(no_leak),
		cmocka_unit_test(none),
		cmocka_unit_test(later),
		cmocka_unit_test(gone_meanwhile),
		cmocka_unit_test(closed_in_answer),
		cmocka_unit_test(info),
	};

	return cmocka_run_group_tests_name("auth", tests, NULL, NULL);
}
