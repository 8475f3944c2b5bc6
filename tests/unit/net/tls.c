/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <errno.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>
#include "cert.h"
#include "net_test.h"
#include "stream.h"

int test_tls(void);


/* Certificates of the whole group. */
struct world {
	char *dir;
	struct cert ca, other_ca, ok, client;
	struct tls *client_tls; /* trusts ca */
};

/* A server that speaks TLS with OpenSSL directly, over a plain stream. */
struct mini {
	SSL_CTX *ctx;
	SSL *ssl;
	BIO *in, *out;
	char got[32];
	bool peer_cert;
};

struct fixture {
	struct world *w;
	struct net_test t;
	struct stream_listener *listener;
	struct tls *server_tls;
	struct stream *client, *server;
	struct mini mini;
	bool up, down, accepted, stop_on_recv;
	bool free_on_down, free_on_recv;
	struct stream_end end;
	char why[600];
	char got[64];
	size_t got_len;
	const char *greeting;
};


static int make_world(void **state)
{
	struct world *w = calloc(1, sizeof(*w));
	const struct cert_spec ca = {
		"Test Authority", NULL, NULL, -2, 10, true, NULL};
	const struct cert_spec other = {
		"Other Authority", NULL, NULL, -2, 10, true, NULL};
	struct cert_spec ok = {"example.org",
		"URI:sip:example.org,DNS:host.example.org,IP:127.0.0.1,IP:::1",
		NULL, -1, 5, false, NULL};
	struct cert_spec client = {"alice", NULL, NULL, -1, 5, false, NULL};
	struct tls_config config = {0};

	w->dir = cert_dir_make();
	cert_make(&w->ca, w->dir, "ca", &ca);
	cert_make(&w->other_ca, w->dir, "other", &other);
	ok.issuer = client.issuer = &w->ca;
	cert_make(&w->ok, w->dir, "ok", &ok);
	cert_make(&w->client, w->dir, "client", &client);
	config.ca_file = w->ca.cert_file;
	assert_int_equal(tls_alloc(&w->client_tls, &config, NULL), 0);
	*state = w;
	return 0;
}


static int end_world(void **state)
{
	struct world *w = *state;

	mem_deref(w->client_tls);
	cert_free(&w->ca);
	cert_free(&w->other_ca);
	cert_free(&w->ok);
	cert_free(&w->client);
	cert_dir_remove(w->dir);
	free(w);
	return 0;
}


static void up_handler(void *arg)
{
	struct fixture *f = arg;

	f->up = true;
	loop_stop(f->t.loop, 0);
}


static void recv_handler(const uint8_t *p, size_t n, void *arg)
{
	struct fixture *f = arg;

	f->got_len += n;
	if (n < sizeof(f->got))
		memcpy(f->got, p, n);
	if (f->free_on_recv)
		f->client = mem_deref(f->client);
	if (f->stop_on_recv)
		loop_stop(f->t.loop, 0);
}


static void down_handler(const struct stream_end *end, void *arg)
{
	struct fixture *f = arg;

	f->down = true;
	f->end = *end;
	(void)snprintf(f->why, sizeof(f->why), "%s", end->why);
	if (f->free_on_down)
		f->client = mem_deref(f->client);
	loop_stop(f->t.loop, 0);
}


static const struct stream_handlers client_handlers = {
	up_handler, recv_handler, down_handler, NULL};


static void server_recv_handler(const uint8_t *p, size_t n, void *arg)
{
	struct fixture *f = arg;

	assert_int_equal(stream_send(f->server, p, n), 0);
}


static void server_down_handler(const struct stream_end *end, void *arg)
{
	struct fixture *f = arg;

	(void)end;
	f->server = mem_deref(f->server);
}


static const struct stream_handlers server_handlers = {
	NULL, server_recv_handler, server_down_handler, NULL};


static void accept_handler(struct stream *s, const struct sa *peer, void *arg)
{
	struct fixture *f = arg;

	(void)peer;
	f->accepted = true;
	f->server = s;
	stream_set_handlers(s, &server_handlers, f);
	if (f->greeting)
		assert_int_equal(
			stream_send(s, f->greeting, strlen(f->greeting)), 0);
}


static void init(struct fixture *f, struct world *w)
{
	memset(f, 0, sizeof(*f));
	f->w = w;
	net_test_init(&f->t);
}


static void finish(struct fixture *f)
{
	mem_deref(f->client);
	mem_deref(f->server);
	mem_deref(f->listener);
	mem_deref(f->server_tls);
	net_test_close(&f->t);
}


static void listen_with(struct fixture *f, const char *addr,
	const struct cert *cert, stream_accept_h *accepth)
{
	struct tls_config config = {.server = true};
	struct sa sa;

	if (cert) {
		config.certificate = cert->cert_file;
		config.key = cert->key_file;
		assert_int_equal(tls_alloc(&f->server_tls, &config, NULL), 0);
	}
	assert_int_equal(sa_set_str(&sa, addr, 0), 0);
	assert_int_equal(stream_listen(&f->listener, f->t.loop, &sa,
				 f->server_tls, accepth, f),
		0);
}


static void connect_with(
	struct fixture *f, struct tls *tls, const struct tls_peer *peer)
{
	assert_int_equal(stream_connect(&f->client, f->t.loop,
				 stream_listener_local(f->listener), tls, peer,
				 &client_handlers, f),
		0);
	net_test_run(&f->t);
}


static void assert_has(const char *text, const char *part)
{
	if (!strstr(text, part))
		fail_msg("\"%s\" is not in \"%s\"", part, text);
}


static void exchange(struct world *w, const char *addr)
{
	static const char *const names[] = {"example.org", NULL};
	struct tls_peer peer = {"example.org", names, true, NULL};
	struct fixture f;

	init(&f, w);
	listen_with(&f, addr, &w->ok, accept_handler);
	connect_with(&f, w->client_tls, &peer);
	assert_true(f.up);
	assert_true(stream_is_tls(f.client));
	assert_has(stream_cipher(f.client), "TLS 1.");
	assert_has(stream_cipher(f.client), ", TLS_");
	assert_true(stream_peer_is(f.client, "EXAMPLE.org"));
	assert_true(stream_peer_is(f.client, addr));
	assert_false(stream_peer_is(f.client, "host.example.org"));
	assert_false(stream_peer_is(f.client, ""));
	assert_int_equal(stream_send(f.client, "ping", 4), 0);
	f.stop_on_recv = true;
	net_test_run(&f.t);
	assert_int_equal(f.got_len, 4);
	assert_memory_equal(f.got, "ping", 4);
	assert_true(f.accepted);
	assert_string_equal(stream_cipher(f.server), stream_cipher(f.client));
	assert_false(stream_peer_is(f.server, "alice"));
	f.server = mem_deref(f.server);
	net_test_run(&f.t);
	assert_true(f.down);
	assert_int_equal(f.end.err, 0);
	assert_false(f.end.tls);
	finish(&f);
}


static void ipv4(void **state)
{
	exchange(*state, "127.0.0.1");
}


static void ipv6(void **state)
{
	exchange(*state, "::1");
}


struct identity_case {
	const char *san;
	const char *names[3];
	const char *why; /* NULL: accepted */
};


static void check_case(struct world *w, const struct cert *cert,
	struct tls *tls, const struct tls_peer *peer, const char *why)
{
	struct fixture f;

	init(&f, w);
	listen_with(&f, "127.0.0.1", cert, accept_handler);
	connect_with(&f, tls, peer);
	if (why) {
		assert_false(f.up);
		assert_true(f.down);
		assert_int_equal(f.end.err, EPROTO);
		assert_true(f.end.tls);
		assert_has(f.why, why);
	} else {
		if (f.down)
			fail_msg("refused: %s", f.why);
		assert_true(f.up);
	}
	finish(&f);
}


/* TL2, TL3: RFC 5922 sections 7.1 and 7.2, RFC 9525 */
static void identities(void **state)
{
	static const struct identity_case cases[] = {
		{"URI:sip:example.org", {"example.org"}, NULL},
		{"URI:SIP:Example.ORG", {"example.org"}, NULL},
		{"URI:sip:example.org", {"example.org."}, NULL},
		{"DNS:example.org", {"example.org"}, NULL},
		{"DNS:EXAMPLE.org", {"example.org"}, NULL},
		{"DNS:a.test,DNS:example.org", {"example.org"}, NULL},
		{"URI:sip:a.test,URI:sip:example.org", {"example.org"}, NULL},
		{"URI:sip:example.org:5061;transport=tls", {"example.org"},
			NULL},
		{"DNS:sip.lab.test", {"example.org", "sip.lab.test"}, NULL},
		{"IP:127.0.0.1", {"127.0.0.1"}, NULL},
		{"IP:::1", {"::1"}, NULL},
		{"IP:::1", {"[::1]"}, NULL},
		/* other URIs do not shut host names out */
		{"URI:https://a.test,DNS:example.org", {"example.org"}, NULL},
		{"URI:sips:a.test,DNS:example.org", {"example.org"}, NULL},
		{"URI:sip:alice@example.org,DNS:example.org", {"example.org"},
			NULL},

		{"URI:sip:other.example", {"example.org"},
			"certificate is for other.example, not for "
			"example.org (tls-name=other.example accepts it)"},
		/* a sip URI shuts host names out */
		{"URI:sip:a.test,DNS:example.org", {"example.org"},
			"certificate is for a.test, not for example.org"},
		{"URI:sip:alice@example.org", {"example.org"},
			"names no domain or host, so it is not for "
			"example.org (tls-verify=no"},
		{"URI:sips:example.org", {"example.org"}, "names no domain"},
		{"DNS:*.example.org", {"sip.example.org"},
			"certificate is for *.example.org, not for "
			"sip.example.org"},
		{"DNS:*.org", {"example.org"}, "not for example.org"},
		{"URI:sip:*.example.org", {"sip.example.org"}, "not for"},
		{"DNS:sip.example.org", {"example.org"}, "not for"},
		{"DNS:example.org", {"sip.example.org"}, "not for"},
		{"DNS:example.org.evil.test", {"example.org"}, "not for"},
		/* a NUL ends no name */
		{"DNS:example.org~.evil.test", {"example.org"}, "not for"},
		{"URI:sip:example.org~.evil.test", {"example.org"}, "not for"},
		{"URI:sip:example.org~@evil.test", {"example.org"}, "not for"},
		/* an address is no host name, nor the reverse */
		{"DNS:127.0.0.1,IP:127.0.0.2", {"127.0.0.3"},
			"certificate is for 127.0.0.1, 127.0.0.2, not for"},
		{"IP:127.0.0.2", {"example.org"},
			"certificate is for 127.0.0.2, not"},
		{"DNS:a.test,DNS:b.test,DNS:c.test,DNS:d.test,DNS:e.test",
			{"example.org"},
			"for a.test, b.test, c.test, ..., not"},
		/* the common name is not looked at */
		{NULL, {"example.org"}, "names no domain or host"},
		{"DNS:example.org", {NULL}, "not for any known name"},
	};
	struct world *w = *state;
	size_t i;

	for (i = 0; i < UNIT_N(cases); i++) {
		struct cert_spec spec = {"example.org", cases[i].san, &w->ca,
			-1, 5, false, NULL};
		struct tls_peer peer = {
			"example.org", cases[i].names, true, NULL};
		struct cert cert;

		cert_make(&cert, w->dir, "case", &spec);
		check_case(w, &cert, w->client_tls, &peer, cases[i].why);
		cert_free(&cert);
	}
}


static const char *const org[] = {"example.org", NULL};


/* TL1: validity, issuer, usage; a sentence and a cure for each. */
static void chains(void **state)
{
	struct world *w = *state;
	const char *san = "URI:sip:example.org";
	const struct {
		struct cert_spec spec;
		const char *why;
	} cases[] = {
		{{"x", san, &w->ca, -1, 5, false, NULL}, NULL},
		{{"x", san, &w->ca, -1, 5, false, "serverAuth"}, NULL},
		{{"x", san, &w->ca, -1, 5, false, "1.3.6.1.5.5.7.3.20"}, NULL},
		{{"x", san, &w->ca, -1, 5, false, "clientAuth"},
			"not meant for servers"},
		{{"x", san, &w->ca, -3, -1, false, NULL},
			"certificate expired on 20"},
		{{"x", san, &w->ca, -3, -1, false, NULL},
			"(tls-verify=no accepts it)"},
		{{"x", san, &w->ca, 1, 5, false, NULL},
			"certificate is not valid before 20"},
		{{"x", san, NULL, -1, 5, false, NULL},
			"certificate is self-signed and not known here "
			"(tls-ca-file=FILE"},
		{{"x", san, &w->other_ca, -1, 5, false, NULL},
			"certificate is from Other Authority, which is not a "
			"trusted authority (tls-ca-file=FILE"},
	};
	struct tls_peer peer = {"example.org", org, true, NULL};
	struct tls_peer lax = {"example.org", org, false, NULL};
	size_t i;

	for (i = 0; i < UNIT_N(cases); i++) {
		struct cert cert;

		cert_make(&cert, w->dir, "case", &cases[i].spec);
		check_case(w, &cert, w->client_tls, &peer, cases[i].why);
		check_case(w, &cert, w->client_tls, &lax, NULL);
		cert_free(&cert);
	}
}


/* What an issuer calls himself reaches a terminal only cleaned. */
static void hostile_issuer(void **state)
{
	struct world *w = *state;
	const struct cert_spec ca = {"\x1b]0;x\x07"
				     "Evil\n",
		NULL, NULL, -1, 5, true, NULL};
	struct cert_spec spec = {
		"x", "URI:sip:example.org", NULL, -1, 5, false, NULL};
	struct tls_peer peer = {"example.org", org, true, NULL};
	struct cert evil, cert;

	cert_make(&evil, w->dir, "evil", &ca);
	spec.issuer = &evil;
	cert_make(&cert, w->dir, "case", &spec);
	check_case(w, &cert, w->client_tls, &peer,
		"certificate is from \xef\xbf\xbd"
		"Evil , which");
	cert_free(&cert);
	cert_free(&evil);
}


/* A self-signed certificate that is named is trusted. */
static void own_trust(void **state)
{
	struct world *w = *state;
	const struct cert_spec spec = {
		"x", "URI:sip:example.org", NULL, -1, 5, false, NULL};
	struct tls_peer peer = {"example.org", org, true, NULL};
	struct tls_config config = {0};
	struct tls *tls = NULL;
	struct cert cert;

	cert_make(&cert, w->dir, "case", &spec);
	config.ca_file = cert.cert_file;
	assert_int_equal(tls_alloc(&tls, &config, NULL), 0);
	check_case(w, &cert, tls, &peer, NULL);
	tls = mem_deref(tls);

	/* one leaf of an authority, without the authority */
	config.ca_file = w->ok.cert_file;
	assert_int_equal(tls_alloc(&tls, &config, NULL), 0);
	check_case(w, &w->ok, tls, &peer, NULL);
	check_case(w, &cert, tls, &peer, "self-signed");
	tls = mem_deref(tls);
	cert_free(&cert);

	/* the system's trust knows neither */
	config.ca_file = NULL;
	assert_int_equal(tls_alloc(&tls, &config, NULL), 0);
	check_case(w, &w->ok, tls, &peer,
		"certificate is from Test Authority, which");
	mem_deref(tls);
}


/* The hashed directory is the system's trust. */
static void hashed_directory(void **state)
{
	struct world *w = *state;
	struct tls_peer peer = {"example.org", org, true, NULL};
	struct tls_config config = {0};
	struct tls *tls = NULL;
	char *link = mem_printf("%s/%08lx.0", w->dir,
		X509_NAME_hash_ex(
			X509_get_subject_name(w->ca.x509), NULL, NULL, NULL));

	assert_int_equal(symlink(w->ca.cert_file, link), 0);
	setenv("SSL_CERT_DIR", w->dir, 1);
	assert_int_equal(tls_alloc(&tls, &config, NULL), 0);
	check_case(w, &w->ok, tls, &peer, NULL);
	tls = mem_deref(tls);

	/* a bundle in it is not read, one elsewhere is */
	unlink(link);
	setenv("SSL_CERT_FILE", w->ca.cert_file, 1);
	assert_int_equal(tls_alloc(&tls, &config, NULL), 0);
	check_case(w, &w->ok, tls, &peer, "not a trusted authority");
	tls = mem_deref(tls);
	setenv("SSL_CERT_DIR", "/", 1);
	assert_int_equal(tls_alloc(&tls, &config, NULL), 0);
	check_case(w, &w->ok, tls, &peer, NULL);
	mem_deref(tls);
	unsetenv("SSL_CERT_FILE");
	unsetenv("SSL_CERT_DIR");
	mem_deref(link);
}


static void pins(void **state)
{
	struct world *w = *state;
	char *right = cert_pin(&w->ok), *wrong = cert_pin(&w->ca);
	char *why = mem_printf("public key of the certificate is %s, not the "
			       "pinned one (tls-pin=%s accepts it)",
		right, right);
	char *both = mem_printf("%s %s", wrong, right);
	struct tls_peer peer = {"example.org", org, true, right};
	static const char *const other[] = {"other.example", NULL};

	check_case(w, &w->ok, w->client_tls, &peer, NULL);
	peer.pin = wrong;
	check_case(w, &w->ok, w->client_tls, &peer, why);
	peer.pin = "";
	check_case(w, &w->ok, w->client_tls, &peer, why);
	peer.pin = both;
	check_case(w, &w->ok, w->client_tls, &peer, NULL);
	/* checked where nothing else is, and in addition */
	peer.verify = false;
	peer.pin = wrong;
	check_case(w, &w->ok, w->client_tls, &peer, why);
	peer.pin = right;
	check_case(w, &w->ok, w->client_tls, &peer, NULL);
	peer.verify = true;
	peer.names = other;
	check_case(w, &w->ok, w->client_tls, &peer, "not for other.example");
	mem_deref(right);
	mem_deref(wrong);
	mem_deref(both);
	mem_deref(why);
}


static void config_errors(void **state)
{
	struct world *w = *state;
	char *empty = mem_printf("%s/empty", w->dir);
	char *locked = mem_printf("%s/locked.key", w->dir);
	FILE *f = fopen(locked, "w");
	const char *cert = w->client.cert_file, *key = w->client.key_file;
	const struct {
		struct tls_config config;
		int err;
		const char *why;
	} cases[] = {
		{{"/nonexistent/ca", NULL, NULL, false}, ENOENT,
			"/nonexistent/ca (tls-ca-file) cannot be read: No "
			"such file"},
		{{empty, NULL, NULL, false}, EINVAL,
			"(tls-ca-file) holds no certificate"},
		{{NULL, "/nonexistent/c", NULL, false}, ENOENT,
			"(tls-certificate) cannot be read"},
		{{NULL, cert, "/nonexistent/k", false}, ENOENT,
			"(tls-key) cannot be read"},
		{{NULL, empty, key, false}, EINVAL,
			"(tls-certificate) holds no certificate"},
		{{NULL, cert, empty, false}, EINVAL,
			"(tls-key) holds no private key"},
		{{NULL, cert, w->ca.key_file, false}, EINVAL,
			"(tls-key) is not the key of the certificate"},
		{{NULL, cert, locked, false}, EINVAL, "without passphrase"},
		{{NULL, NULL, NULL, true}, EINVAL,
			"needs tls-certificate and tls-key"},
		{{NULL, cert, NULL, true}, EINVAL, "(tls-key) holds no"},
	};
	struct tls *tls = NULL;
	size_t i;

	assert_non_null(f);
	PEM_write_PrivateKey(f, w->client.key, EVP_aes_128_cbc(),
		(const unsigned char *)"secret", 6, NULL, NULL);
	fclose(f);
	f = fopen(empty, "w");
	fclose(f);
	for (i = 0; i < UNIT_N(cases); i++) {
		char *why = NULL;

		assert_int_equal(
			tls_alloc(&tls, &cases[i].config, &why), cases[i].err);
		assert_null(tls);
		assert_non_null(why);
		assert_has(why, cases[i].why);
		mem_deref(why);
		assert_int_equal(
			tls_alloc(&tls, &cases[i].config, NULL), cases[i].err);
	}
	mem_deref(empty);
	mem_deref(locked);
}


static void plain_accept_handler(
	struct stream *s, const struct sa *peer, void *arg)
{
	struct fixture *f = arg;

	(void)peer;
	f->server = s;
	stream_set_handlers(s, &server_handlers, f);
	assert_int_equal(stream_send(s, f->greeting, strlen(f->greeting)), 0);
}


static void not_tls(void **state)
{
	struct world *w = *state;
	struct tls_peer peer = {"example.org", org, true, NULL};
	struct fixture f;

	init(&f, w);
	f.greeting = "SIP/2.0 400 Bad Request\r\n\r\n";
	listen_with(&f, "127.0.0.1", NULL, plain_accept_handler);
	connect_with(&f, w->client_tls, &peer);
	assert_true(f.down);
	assert_int_equal(f.end.err, EPROTO);
	assert_has(f.why, "does not speak TLS at this port");
	finish(&f);

	/* and the other way round: the listener closes such a one */
	init(&f, w);
	listen_with(&f, "127.0.0.1", &w->ok, accept_handler);
	assert_int_equal(stream_connect(&f.client, f.t.loop,
				 stream_listener_local(f.listener), NULL, NULL,
				 &client_handlers, &f),
		0);
	net_test_run(&f.t);
	assert_true(f.up);
	assert_int_equal(
		stream_send(f.client, "OPTIONS sip:x SIP/2.0\r\n", 23), 0);
	net_test_run(&f.t);
	assert_true(f.down);
	assert_false(f.accepted);
	finish(&f);
}


static void wrong_use(void **state)
{
	struct world *w = *state;
	struct tls_peer peer = {"example.org", org, true, NULL};
	struct stream_listener *l = NULL;
	struct stream *s = NULL;
	struct fixture f;

	init(&f, w);
	listen_with(&f, "127.0.0.1", &w->ok, accept_handler);
	assert_int_equal(
		stream_connect(&s, f.t.loop, stream_listener_local(f.listener),
			f.server_tls, &peer, &client_handlers, &f),
		EINVAL);
	assert_int_equal(
		stream_listen(&l, f.t.loop, stream_listener_local(f.listener),
			w->client_tls, accept_handler, &f),
		EINVAL);
	assert_null(s);
	assert_null(l);
	finish(&f);
}


static void free_inside(void **state)
{
	struct world *w = *state;
	struct tls_peer peer = {"example.org", org, true, NULL};
	static const char *const other[] = {"other.example", NULL};
	struct tls_peer wrong = {"example.org", other, true, NULL};
	struct fixture f;

	init(&f, w);
	f.free_on_down = true;
	listen_with(&f, "127.0.0.1", &w->ok, accept_handler);
	connect_with(&f, w->client_tls, &wrong);
	assert_true(f.down);
	assert_null(f.client);
	finish(&f);

	init(&f, w);
	f.greeting = "hello";
	f.free_on_recv = true;
	listen_with(&f, "127.0.0.1", &w->ok, accept_handler);
	connect_with(&f, w->client_tls, &peer);
	f.stop_on_recv = true;
	if (!f.got_len)
		net_test_run(&f.t);
	assert_int_equal(f.got_len, 5);
	assert_null(f.client);
	net_test_pause(&f.t, 5);
	assert_false(f.down);
	assert_null(f.server); /* it was told */
	finish(&f);
}


/* Released in mid-handshake, on either side. */
static void free_early(void **state)
{
	struct world *w = *state;
	struct tls_peer peer = {"example.org", org, true, NULL};
	struct fixture f;

	init(&f, w);
	listen_with(&f, "127.0.0.1", &w->ok, accept_handler);
	assert_int_equal(stream_connect(&f.client, f.t.loop,
				 stream_listener_local(f.listener),
				 w->client_tls, &peer, &client_handlers, &f),
		0);
	f.client = mem_deref(f.client);
	net_test_pause(&f.t, 5);
	assert_false(f.accepted);
	/* a plain client that says nothing waits in the listener */
	assert_int_equal(stream_connect(&f.client, f.t.loop,
				 stream_listener_local(f.listener), NULL, NULL,
				 &client_handlers, &f),
		0);
	net_test_run(&f.t);
	net_test_pause(&f.t, 5);
	f.listener = mem_deref(f.listener);
	net_test_run(&f.t);
	assert_true(f.down);
	finish(&f);
}


static void bulk(void **state)
{
	const size_t n = 1000000;
	struct world *w = *state;
	struct tls_peer peer = {"example.org", org, true, NULL};
	char *big = calloc(1, n);
	struct fixture f;
	unsigned turns = 0;

	init(&f, w);
	listen_with(&f, "127.0.0.1", &w->ok, accept_handler);
	connect_with(&f, w->client_tls, &peer);
	assert_int_equal(stream_send(f.client, big, n), 0);
	f.stop_on_recv = true;
	while (f.got_len < n && turns++ < 10000)
		net_test_run(&f.t);
	assert_int_equal(f.got_len, n);
	free(big);
	finish(&f);
}


/* ---- client certificates: a server that asks for one */

static void mini_flush(struct fixture *f)
{
	char *p = NULL;
	long n = BIO_get_mem_data(f->mini.out, &p);

	if (n > 0)
		assert_int_equal(stream_send(f->server, p, (size_t)n), 0);
	(void)BIO_reset(f->mini.out);
}


static void mini_recv_handler(const uint8_t *p, size_t n, void *arg)
{
	struct fixture *f = arg;
	struct mini *m = &f->mini;
	X509 *cert;

	BIO_write(m->in, p, (int)n);
	(void)SSL_read(m->ssl, m->got, sizeof(m->got) - 1);
	ERR_clear_error();
	mini_flush(f);
	cert = SSL_get1_peer_certificate(m->ssl);
	m->peer_cert = cert;
	X509_free(cert);
	if (m->got[0])
		loop_stop(f->t.loop, 0);
}


static void mini_accept_handler(
	struct stream *s, const struct sa *peer, void *arg)
{
	static const struct stream_handlers handlers = {
		NULL, mini_recv_handler, server_down_handler, NULL};
	struct fixture *f = arg;
	struct mini *m = &f->mini;

	(void)peer;
	f->server = s;
	m->ssl = SSL_new(m->ctx);
	m->in = BIO_new(BIO_s_mem());
	m->out = BIO_new(BIO_s_mem());
	BIO_set_mem_eof_return(m->in, -1);
	SSL_set_bio(m->ssl, m->in, m->out);
	SSL_set_accept_state(m->ssl);
	stream_set_handlers(s, &handlers, f);
}


static void mini_init(struct fixture *f, int version)
{
	struct world *w = f->w;
	SSL_CTX *ctx = SSL_CTX_new(TLS_server_method());

	f->mini.ctx = ctx;
	assert_int_equal(SSL_CTX_use_certificate_file(
				 ctx, w->ok.cert_file, SSL_FILETYPE_PEM),
		1);
	assert_int_equal(SSL_CTX_use_PrivateKey_file(
				 ctx, w->ok.key_file, SSL_FILETYPE_PEM),
		1);
	assert_int_equal(
		SSL_CTX_load_verify_locations(ctx, w->ca.cert_file, NULL), 1);
	SSL_CTX_set_max_proto_version(ctx, version);
	SSL_CTX_set_verify(
		ctx, SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, NULL);
	listen_with(f, "127.0.0.1", NULL, mini_accept_handler);
}


static void mini_finish(struct fixture *f)
{
	SSL_free(f->mini.ssl);
	SSL_CTX_free(f->mini.ctx);
	finish(f);
}


static void client_certificate(void **state)
{
	static const int versions[] = {TLS1_2_VERSION, TLS1_3_VERSION};
	struct world *w = *state;
	struct tls_config config = {w->ca.cert_file, w->client.cert_file,
		w->client.key_file, false};
	struct tls_peer peer = {"example.org", org, true, NULL};
	struct tls *tls = NULL;
	struct fixture f;
	size_t i;

	assert_int_equal(tls_alloc(&tls, &config, NULL), 0);
	for (i = 0; i < UNIT_N(versions); i++) {
		init(&f, w);
		mini_init(&f, versions[i]);
		connect_with(&f, tls, &peer);
		assert_true(f.up);
		assert_int_equal(stream_send(f.client, "hello", 5), 0);
		net_test_run(&f.t);
		assert_string_equal(f.mini.got, "hello");
		assert_true(f.mini.peer_cert);
		mini_finish(&f);

		/* none to give */
		init(&f, w);
		mini_init(&f, versions[i]);
		connect_with(&f, w->client_tls, &peer);
		if (!f.down)
			net_test_run(&f.t);
		assert_true(f.down);
		assert_true(f.end.tls);
		assert_has(f.why, "tls-certificate and tls-key");
		mini_finish(&f);
	}
	mem_deref(tls);
}


/* RFC 8996: the old versions are not spoken. */
static void old_version(void **state)
{
	struct world *w = *state;
	struct tls_peer peer = {"example.org", org, true, NULL};
	struct fixture f;

	init(&f, w);
	mini_init(&f, TLS1_1_VERSION);
	SSL_CTX_set_min_proto_version(f.mini.ctx, TLS1_VERSION);
	SSL_CTX_set_security_level(f.mini.ctx, 0);
	connect_with(&f, w->client_tls, &peer);
	assert_true(f.down);
	assert_true(f.end.tls);
	assert_has(f.why, "knows no TLS of version 1.2");
	mini_finish(&f);
}


int test_tls(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(ipv4),
		cmocka_unit_test(ipv6),
		cmocka_unit_test(identities),
		cmocka_unit_test(chains),
		cmocka_unit_test(hostile_issuer),
		cmocka_unit_test(own_trust),
		cmocka_unit_test(hashed_directory),
		cmocka_unit_test(pins),
		cmocka_unit_test(config_errors),
		cmocka_unit_test(not_tls),
		cmocka_unit_test(wrong_use),
		cmocka_unit_test(free_inside),
		cmocka_unit_test(free_early),
		cmocka_unit_test(bulk),
		cmocka_unit_test(client_certificate),
		cmocka_unit_test(old_version),
	};

	return cmocka_run_group_tests_name("tls", tests, make_world, end_world);
}
