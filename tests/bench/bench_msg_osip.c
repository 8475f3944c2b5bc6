/* SPDX-License-Identifier: GPL-3.0-or-later */
/* bench_msg_osip.c - libosip2 on the same messages. Its parser reads all
 * headers that it knows at once, so "routable" and "all" are one. */
#include <stdlib.h>
#include <osipparser2/osip_parser.h>
#include "bench.h"


static bool parse(const struct bench_message *m, void *arg)
{
	osip_message_t *sip;
	bool ok;

	(void)arg;
	if (osip_message_init(&sip))
		return false;
	ok = !osip_message_parse(sip, m->text, m->len);
	osip_message_free(sip);
	return ok;
}


static void set_request_line(osip_message_t *sip)
{
	osip_uri_t *uri;

	osip_message_set_method(sip, osip_strdup("MESSAGE"));
	osip_message_set_version(sip, osip_strdup("SIP/2.0"));
	if (osip_uri_init(&uri))
		return;
	(void)osip_uri_parse(uri, "sip:bob@example.org");
	osip_message_set_uri(sip, uri);
}


static bool build(const struct bench_message *m, void *arg)
{
	osip_message_t *sip;
	char *text = NULL;
	size_t len;
	bool ok;

	(void)m;
	(void)arg;
	if (osip_message_init(&sip))
		return false;
	set_request_line(sip);
	(void)osip_message_set_via(sip,
		"SIP/2.0/TLS 192.0.2.10:5061;rport;branch=z9hG4bKnashds8k2");
	(void)osip_message_set_max_forwards(sip, "70");
	(void)osip_message_set_from(
		sip, "\"Alice\" <sip:alice@example.org>;tag=49583");
	(void)osip_message_set_to(sip, "<sip:bob@example.org>");
	(void)osip_message_set_call_id(sip, "asd88asd77a@192.0.2.10");
	(void)osip_message_set_cseq(sip, "1 MESSAGE");
	(void)osip_message_set_user_agent(sip, "sotto/0.1.0");
	(void)osip_message_set_content_type(sip, "text/plain");
	(void)osip_message_set_body(sip, "Watson, come here.", 18);
	ok = !osip_message_to_str(sip, &text, &len);
	osip_free(text);
	osip_message_free(sip);
	return ok;
}


int main(void)
{
	struct bench_message msgs[BENCH_MESSAGES];
	size_t i;

	(void)parser_init();
	bench_messages(msgs);
	for (i = 0; i < BENCH_MESSAGES; i++)
		bench_run("osip", "all", &msgs[i], 2000, parse, NULL);
	bench_run("osip", "build", &msgs[3], 2000, build, NULL);
	return 0;
}
