/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * exchange.c - one HTTP request and its answer over libcurl (RFC 9110;
 * digest RFC 7616, basic RFC 7617 over TLS alone).
 *
 * A request goes without credentials first: libcurl would send a PUT without
 * its body to be asked for them, and a server that does not ask would keep
 * the empty document. Once asked, the same handle answers at once.
 */
#include <curl/curl.h>
#include <errno.h>
#include <poll.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>
#include "http_int.h"
#include "mem.h"


enum {
	TEXT_SIZE = 1024, /* of a header's value that we hand on */
	TRIES = 4, /* with what was learnt of the server, and without */
};

struct exchange {
	CURL *curl;
	char *key; /* whom CURL was made for */
	long scheme; /* CURLAUTH_... that the server has asked for */
	bool renamed; /* its certificate has the other name only */
	struct mbuf *body;
	bool too_long; /* the answer */
	char *etag, *type;
	char *why;
	char error[CURL_ERROR_SIZE];
	char number[16]; /* status or errno */
	int64_t until; /* this request may last */
};


static void exchange_destructor(void *data)
{
	struct exchange *x = data;

	if (x->curl)
		curl_easy_cleanup(x->curl);
	mem_deref(x->key);
	mem_deref(x->body);
	mem_deref(x->etag);
	mem_deref(x->type);
	mem_deref(x->why);
}


/* ---- what comes */

static void forget_answer(struct exchange *x)
{
	x->body = mem_deref(x->body);
	x->body = mbuf_alloc(HTTP_BODY_MAX);
	x->too_long = false;
	x->etag = mem_deref(x->etag);
	x->type = mem_deref(x->type);
	x->error[0] = '\0';
}


static size_t on_body(char *p, size_t size, size_t n, void *arg)
{
	struct exchange *x = arg;

	if (!mbuf_write_mem(x->body, p, size * n))
		return size * n;
	x->too_long = true;
	return 0;
}


static bool is_printable(const struct pl *pl)
{
	size_t i;

	for (i = 0; i < pl->l; i++) {
		if (pl->p[i] < ' ' || pl->p[i] == 0x7f)
			return false;
	}
	return true;
}


/* What we would have to send back: an entity-tag (RFC 9110 8.8.3), or one
 * whose server forgets the quotes. */
static bool is_tag(const struct pl *pl)
{
	struct pl tag = *pl;
	size_t i;

	if (pl_startswith(&tag, "W/"))
		pl_skip(&tag, 2);
	if (tag.l > 1 && tag.p[0] == '"' && tag.p[tag.l - 1] == '"')
		tag = pl_make(tag.p + 1, tag.l - 2);
	for (i = 0; i < tag.l; i++) {
		if ((unsigned char)tag.p[i] <= ' ' || tag.p[i] == '"' ||
			tag.p[i] == 0x7f)
			return false;
	}
	return true;
}


static void keep_value(
	char **to, const struct pl *value, bool (*is_good)(const struct pl *pl))
{
	struct pl v = pl_trim(value);

	*to = mem_deref(*to);
	if (v.l && v.l < TEXT_SIZE && is_good(&v))
		*to = pl_strdup(&v);
}


static size_t on_header(char *p, size_t size, size_t n, void *arg)
{
	struct exchange *x = arg;
	struct pl line = pl_make(p, size * n), name;

	/* Of several answers (100, 401) the last counts. */
	if (pl_startswith(&line, "HTTP/")) {
		x->etag = mem_deref(x->etag);
		x->type = mem_deref(x->type);
	} else if (pl_split(&line, ':', &name)) {
		if (pl_strcaseeq(&name, "ETag"))
			keep_value(&x->etag, &line, is_tag);
		else if (pl_strcaseeq(&name, "Content-Type"))
			keep_value(&x->type, &line, is_printable);
	}
	return size * n;
}


/* Called now and then: the other end of our input may have gone. */
static int on_progress(void *arg, curl_off_t down_all, curl_off_t down,
	curl_off_t up_all, curl_off_t up)
{
	struct pollfd fd = {.fd = STDIN_FILENO};

	(void)arg;
	(void)down_all;
	(void)down;
	(void)up_all;
	(void)up;
	return poll(&fd, 1, 0) > 0 && fd.revents & (POLLHUP | POLLERR);
}


/* ---- what goes */

/* Nothing learnt from one server or user serves for another. */
static int use(struct exchange *x, const struct http_wire *ask)
{
	struct pl o = http_origin(&ask->field[HTTP_URL]);
	const struct pl *user = &ask->field[HTTP_USER];
	const struct pl *password = &ask->field[HTTP_PASSWORD];
	const struct pl *ca = &ask->field[HTTP_CA_FILE];
	const struct pl *name = &ask->field[HTTP_NAME];
	const struct pl *pin = &ask->field[HTTP_PIN];
	char *key = mem_printf("%.*s\n%.*s\n%.*s\n%.*s\n%.*s\n%.*s\n%d",
		PL_ARG(&o), PL_ARG(user), PL_ARG(password), PL_ARG(ca),
		PL_ARG(name), PL_ARG(pin), ask->field[HTTP_VERIFY].p != NULL);
	struct pl secret = pl_str(key);

	if (x->curl && x->key && !strcmp(x->key, key)) {
		mem_wipe(key, secret.l);
		mem_deref(key);
		return 0;
	}
	if (x->curl)
		curl_easy_cleanup(x->curl);
	x->curl = curl_easy_init();
	x->scheme = CURLAUTH_NONE;
	x->renamed = false;
	mem_deref(x->key);
	x->key = mem_secret_strndup(secret.p, secret.l);
	mem_wipe(key, secret.l);
	mem_deref(key);
	return x->curl ? 0 : ENOMEM;
}


/* What is the same for every request of this handle. */
static void set_manners(struct exchange *x)
{
	CURL *curl = x->curl;

	curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
	curl_easy_setopt(curl, CURLOPT_PROXY, "");
	curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "http,https");
	curl_easy_setopt(curl, CURLOPT_FOLLOWLOCATION, 0L);
	curl_easy_setopt(curl, CURLOPT_DISALLOW_USERNAME_IN_URL, 1L);
	curl_easy_setopt(curl, CURLOPT_PATH_AS_IS, 1L);
	curl_easy_setopt(curl, CURLOPT_HTTP09_ALLOWED, 0L);
	curl_easy_setopt(
		curl, CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_1_1);
	curl_easy_setopt(curl, CURLOPT_ERRORBUFFER, x->error);
	curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, on_body);
	curl_easy_setopt(curl, CURLOPT_WRITEDATA, x);
	curl_easy_setopt(curl, CURLOPT_HEADERFUNCTION, on_header);
	curl_easy_setopt(curl, CURLOPT_HEADERDATA, x);
	curl_easy_setopt(curl, CURLOPT_XFERINFOFUNCTION, on_progress);
	curl_easy_setopt(curl, CURLOPT_NOPROGRESS, 0L);
}


static struct curl_slist *header(struct curl_slist *list, const char *name,
	const struct http_wire *ask, enum http_field field)
{
	const struct pl *value = &ask->field[field];
	char *line;

	if (!value->p)
		return list;
	line = mem_printf("%s: %.*s", name, PL_ARG(value));
	list = curl_slist_append(list, line);
	mem_deref(line);
	return list;
}


/* The request's own; the lists are the caller's. */
static struct curl_slist *set_request(struct exchange *x,
	const struct http_wire *ask, struct curl_slist **connect)
{
	/* A server that does not know of 100 costs a second. */
	struct curl_slist *list = curl_slist_append(NULL, "Expect:");
	const struct pl *body = &ask->field[HTTP_BODY];
	char *method = http_text(ask, HTTP_METHOD), *url;
	CURL *curl = x->curl;

	*connect = NULL;
	url = x->renamed ? trust_rename(ask, connect, &list)
			 : http_text(ask, HTTP_URL);
	list = header(list, "Content-Type", ask, HTTP_TYPE);
	list = header(list, "If-Match", ask, HTTP_IF_MATCH);
	list = header(list, "If-None-Match", ask, HTTP_IF_NONE_MATCH);
	curl_easy_setopt(curl, CURLOPT_HTTPGET, 1L);
	if (body->p) {
		curl_easy_setopt(
			curl, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)body->l);
		curl_easy_setopt(curl, CURLOPT_POSTFIELDS, body->p);
	}
	curl_easy_setopt(curl, CURLOPT_CUSTOMREQUEST, method);
	curl_easy_setopt(curl, CURLOPT_URL, url);
	curl_easy_setopt(curl, CURLOPT_CONNECT_TO, *connect);
	curl_easy_setopt(curl, CURLOPT_HTTPHEADER, list);
	mem_deref(method);
	mem_deref(url);
	return list;
}


static void set_credentials(struct exchange *x, const struct http_wire *ask)
{
	char *user = http_text(ask, HTTP_USER),
	     *password = http_text(ask, HTTP_PASSWORD);

	curl_easy_setopt(x->curl, CURLOPT_HTTPAUTH, x->scheme);
	curl_easy_setopt(x->curl, CURLOPT_USERNAME, user);
	curl_easy_setopt(x->curl, CURLOPT_PASSWORD, password);
	mem_deref(user);
	if (password)
		mem_wipe(password, strlen(password));
	mem_deref(password);
}


/* ---- the course of it */

static int64_t now_ms(void)
{
	struct timespec ts;

	(void)clock_gettime(CLOCK_MONOTONIC, &ts);
	return (int64_t)ts.tv_sec * 1000 + ts.tv_nsec / 1000000;
}


static CURLcode perform(struct exchange *x)
{
	int64_t left = x->until - now_ms();

	if (left < 1)
		left = 1;
	forget_answer(x);
	curl_easy_setopt(x->curl, CURLOPT_TIMEOUT_MS, (long)left);
	curl_easy_setopt(x->curl, CURLOPT_CONNECTTIMEOUT_MS,
		left < HTTP_CONNECT_MS ? (long)left : (long)HTTP_CONNECT_MS);
	return curl_easy_perform(x->curl);
}


static long status_of(struct exchange *x)
{
	long status = 0;

	(void)curl_easy_getinfo(x->curl, CURLINFO_RESPONSE_CODE, &status);
	return status;
}


/* Which scheme to answer a 401 with; CURLAUTH_NONE and *WHY: none. */
static long choose_scheme(
	struct exchange *x, const struct http_wire *ask, const char **why)
{
	long offered = 0;

	(void)curl_easy_getinfo(x->curl, CURLINFO_HTTPAUTH_AVAIL, &offered);
	if (offered & CURLAUTH_DIGEST)
		return CURLAUTH_DIGEST;
	if (!(offered & CURLAUTH_BASIC))
		*why = "the server asks for credentials of a kind that is not "
		       "known here";
	else if (!pl_startswith(&ask->field[HTTP_URL], "https:"))
		*why = "the server asks for the password in clear, without TLS";
	else
		return CURLAUTH_BASIC;
	return CURLAUTH_NONE;
}


static const struct {
	CURLcode code;
	int err;
} errors[] = {
	{CURLE_URL_MALFORMAT, EINVAL},
	{CURLE_UNSUPPORTED_PROTOCOL, EPROTO},
	{CURLE_COULDNT_RESOLVE_HOST, EHOSTUNREACH},
	{CURLE_COULDNT_CONNECT, ECONNREFUSED},
	{CURLE_OPERATION_TIMEDOUT, ETIMEDOUT},
	{CURLE_PEER_FAILED_VERIFICATION, EACCES},
	{CURLE_SSL_CACERT_BADFILE, EACCES},
	{CURLE_SSL_PINNEDPUBKEYNOTMATCH, EACCES},
	{CURLE_SSL_CONNECT_ERROR, EACCES},
	{CURLE_SSL_ISSUER_ERROR, EACCES},
	{CURLE_GOT_NOTHING, ECONNRESET},
	{CURLE_PARTIAL_FILE, ECONNRESET},
	{CURLE_RECV_ERROR, ECONNRESET},
	{CURLE_SEND_ERROR, ECONNRESET},
};


static int errno_of(const struct exchange *x, CURLcode code)
{
	size_t i;

	if (x->too_long)
		return EMSGSIZE;
	for (i = 0; i < sizeof(errors) / sizeof(errors[0]); i++) {
		if (errors[i].code == code)
			return errors[i].err;
	}
	return EPROTO;
}


static void answer_error(
	struct exchange *x, struct http_wire *answer, int err, const char *why)
{
	(void)snprintf(x->number, sizeof(x->number), "%d", err);
	answer->field[HTTP_ERRNO] = pl_str(x->number);
	answer->field[HTTP_WHY] = pl_str(why);
}


static void answer_code(
	struct exchange *x, struct http_wire *answer, CURLcode code)
{
	int err = errno_of(x, code);
	const char *why = x->error[0] ? x->error : curl_easy_strerror(code);

	mem_deref(x->why);
	if (err == EMSGSIZE)
		x->why = mem_strdup("the answer is longer than 8 MiB");
	else if (code == CURLE_PEER_FAILED_VERIFICATION)
		x->why = mem_printf("the server's certificate is refused: %s "
				    "(tls-ca-file names whom to trust, "
				    "tls-name one more name, tls-verify=no "
				    "accepts it)",
			why);
	else if (code == CURLE_SSL_PINNEDPUBKEYNOTMATCH)
		x->why = mem_strdup("the public key of the server's "
				    "certificate is none that tls-pin names");
	else if (err == ETIMEDOUT)
		x->why = mem_strdup("no whole answer came in time");
	else if (code == CURLE_SSL_CACERT_BADFILE)
		x->why = mem_printf("tls-ca-file: %s", why);
	else
		x->why = mem_strdup(why);
	answer_error(x, answer, err, x->why);
}


static void answer_status(struct exchange *x, struct http_wire *answer)
{
	(void)snprintf(x->number, sizeof(x->number), "%ld", status_of(x));
	answer->field[HTTP_STATUS] = pl_str(x->number);
	if (x->etag)
		answer->field[HTTP_ETAG] = pl_str(x->etag);
	if (x->type)
		answer->field[HTTP_TYPE] = pl_str(x->type);
	if (x->body->end)
		answer->field[HTTP_BODY] = mbuf_all(x->body);
}


static int64_t deadline(const struct http_wire *ask)
{
	uint32_t ms = HTTP_ALL_MS;

	(void)pl_u32(&ask->field[HTTP_TIMEOUT], &ms);
	return now_ms() + ms;
}


/* Sends it, and again with credentials where the server asks for them. False:
 * again, as what was learnt of the server before holds no more, or as its
 * certificate may have the other name. */
static bool converse(struct exchange *x, const struct http_wire *ask,
	struct http_wire *answer)
{
	const char *why = NULL;
	bool known = x->scheme != CURLAUTH_NONE;
	CURLcode code = perform(x);

	if (code == CURLE_PEER_FAILED_VERIFICATION && !x->renamed &&
		ask->field[HTTP_NAME].l) {
		x->renamed = true;
		return false;
	}
	if (!code && status_of(x) == 401 && ask->field[HTTP_USER].p) {
		if (known) {
			x->key = mem_deref(x->key);
			return false;
		}
		x->scheme = choose_scheme(x, ask, &why);
		if (!why) {
			set_credentials(x, ask);
			code = perform(x);
		}
	}
	if (why)
		answer_error(x, answer, EACCES, why);
	else if (code)
		answer_code(x, answer, code);
	else
		answer_status(x, answer);
	return true;
}


/* As converse(), with a handle that fits. */
static bool attempt(struct exchange *x, const struct http_wire *ask,
	struct http_wire *answer)
{
	struct curl_slist *list, *connect;
	bool done;
	int err = use(x, ask);

	if (err) {
		answer_error(x, answer, err, "libcurl does not start");
		return true;
	}
	set_manners(x);
	trust_set(x->curl, ask);
	list = set_request(x, ask, &connect);
	done = converse(x, ask, answer);
	curl_easy_setopt(x->curl, CURLOPT_HTTPHEADER, NULL);
	curl_easy_setopt(x->curl, CURLOPT_CONNECT_TO, NULL);
	curl_easy_setopt(x->curl, CURLOPT_POSTFIELDS, NULL);
	curl_slist_free_all(list);
	curl_slist_free_all(connect);
	return done;
}


void exchange_run(struct exchange *x, const struct http_wire *ask,
	struct http_wire *answer)
{
	unsigned tries = 0;
	bool done = false;

	memset(answer, 0, sizeof(*answer));
	if (!ask->field[HTTP_METHOD].p || !ask->field[HTTP_URL].p) {
		answer_error(x, answer, EINVAL, "no method or no URL");
		return;
	}
	x->until = deadline(ask);
	while (tries++ < TRIES && !done) {
		done = attempt(x, ask, answer);
	}
	if (!done)
		answer_error(x, answer, EPROTO, "the server changes its mind");
}


int exchange_alloc(struct exchange **xp)
{
	*xp = mem_zalloc(sizeof(**xp), exchange_destructor);
	return 0;
}
