/* SPDX-License-Identifier: GPL-3.0-or-later */
/* trust.c - whom a server's certificate must be of (RFC 9110 4.3.4). */
#include <curl/curl.h>
#include <stdbool.h>
#include <stdlib.h>
#include "http_int.h"
#include "mem.h"


char *http_text(const struct http_wire *w, enum http_field field)
{
	return w->field[field].p ? pl_strdup(&w->field[field]) : NULL;
}


struct pl http_origin(const struct pl *url)
{
	static const struct pl slashes = PL("://");
	const char *p = pl_find(url, &slashes);
	struct pl o = *url;

	if (p) {
		struct pl rest = *url;
		const char *end;

		pl_skip(&rest, (size_t)(p - url->p) + slashes.l);
		end = pl_chr(&rest, '/');
		if (end)
			o.l = (size_t)(end - url->p);
	}
	return o;
}


/* The pins as libcurl wants them. */
static void set_pins(CURL *curl, const struct http_wire *ask)
{
	struct pl rest = ask->field[HTTP_PIN], pin;
	struct mbuf *mb = mbuf_alloc(HTTP_TEXT_MAX * 4);
	char *pins;
	bool more = rest.l > 0;

	while (more) {
		more = pl_split(&rest, ' ', &pin);
		if (pin.l)
			(void)mbuf_printf(mb, "%ssha256//%.*s",
				mb->end ? ";" : "", PL_ARG(&pin));
	}
	pins = mb->end ? mbuf_strdup(mb) : NULL;
	curl_easy_setopt(curl, CURLOPT_PINNEDPUBLICKEY, pins);
	mem_deref(pins);
	mem_deref(mb);
}


void trust_set(CURL *curl, const struct http_wire *ask)
{
	bool verify = ask->field[HTTP_VERIFY].p != NULL;
	char *file = http_text(ask, HTTP_CA_FILE);
	const char *env_file = getenv("SSL_CERT_FILE");
	const char *env_dir = getenv("SSL_CERT_DIR");

	curl_easy_setopt(
		curl, CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2);
	curl_easy_setopt(curl, CURLOPT_SSL_VERIFYPEER, verify ? 1L : 0L);
	curl_easy_setopt(curl, CURLOPT_SSL_VERIFYHOST, verify ? 2L : 0L);
	if (file) {
		curl_easy_setopt(curl, CURLOPT_CAINFO, file);
		curl_easy_setopt(curl, CURLOPT_CAPATH, NULL);
	} else {
		if (env_file)
			curl_easy_setopt(curl, CURLOPT_CAINFO, env_file);
		if (env_dir)
			curl_easy_setopt(curl, CURLOPT_CAPATH, env_dir);
	}
	mem_deref(file);
	set_pins(curl, ask);
}


/* The host of URL without its port, in REST what follows, in FIRST what is
 * before it. */
static struct pl split_host(
	const struct pl *url, struct pl *first, struct pl *rest)
{
	struct pl o = http_origin(url), host;
	const char *slashes = pl_chr(&o, '/');
	const char *end;

	host = o;
	if (slashes && (size_t)(slashes - o.p) + 2 <= o.l)
		pl_skip(&host, (size_t)(slashes - o.p) + 2);
	*first = pl_make(url->p, (size_t)(host.p - url->p));
	end = *host.p == '[' ? pl_chr(&host, ']') : pl_chr(&host, ':');
	if (end)
		host.l = (size_t)(end - host.p) + (*host.p == '[');
	*rest = pl_make(
		host.p + host.l, url->l - (size_t)(host.p + host.l - url->p));
	return host;
}


char *trust_rename(const struct http_wire *ask, struct curl_slist **connect,
	struct curl_slist **headers)
{
	const struct pl *url = &ask->field[HTTP_URL];
	const struct pl *name = &ask->field[HTTP_NAME];
	struct pl first, rest, host = split_host(url, &first, &rest);
	struct pl o = http_origin(url);
	char *line;

	pl_skip(&o, first.l);
	line = mem_printf("Host: %.*s", PL_ARG(&o));
	*headers = curl_slist_append(*headers, line);
	mem_deref(line);
	/* Whatever the port. */
	line = mem_printf("%.*s::%.*s:", PL_ARG(name), PL_ARG(&host));
	*connect = curl_slist_append(NULL, line);
	mem_deref(line);
	return mem_printf(
		"%.*s%.*s%.*s", PL_ARG(&first), PL_ARG(name), PL_ARG(&rest));
}
