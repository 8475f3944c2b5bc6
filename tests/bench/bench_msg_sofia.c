/* SPDX-License-Identifier: GPL-3.0-or-later */
/* bench_msg_sofia.c - Sofia-SIP on the same messages. Its parser reads all
 * headers that it knows at once, so "routable" and "all" are one. */
#include <sofia-sip/msg_addr.h>
#include <sofia-sip/sip.h>
#include <sofia-sip/sip_header.h>
#include <sofia-sip/sip_tag.h>
#include <sofia-sip/su.h>
#include "bench.h"


static bool parse(const struct bench_message *m, void *arg)
{
	msg_t *msg =
		msg_make(sip_default_mclass(), 0, m->text, (issize_t)m->len);
	sip_t *sip = sip_object(msg);
	bool ok = sip && !sip->sip_error && sip->sip_via && sip->sip_from &&
		sip->sip_to && sip->sip_call_id && sip->sip_cseq;

	(void)arg;
	msg_destroy(msg);
	return ok;
}


static bool build(const struct bench_message *m, void *arg)
{
	msg_t *msg = msg_create(sip_default_mclass(), 0);
	sip_t *sip = sip_object(msg);
	bool ok;

	(void)m;
	(void)arg;
	ok = sip_add_tl(msg, sip,
		     SIPTAG_REQUEST_STR("MESSAGE sip:bob@example.org SIP/2.0"),
		     SIPTAG_VIA_STR("SIP/2.0/TLS 192.0.2.10:5061;rport"
				    ";branch=z9hG4bKnashds8k2"),
		     SIPTAG_MAX_FORWARDS_STR("70"),
		     SIPTAG_FROM_STR("\"Alice\" <sip:alice@example.org>"
				     ";tag=49583"),
		     SIPTAG_TO_STR("<sip:bob@example.org>"),
		     SIPTAG_CALL_ID_STR("asd88asd77a@192.0.2.10"),
		     SIPTAG_CSEQ_STR("1 MESSAGE"),
		     SIPTAG_USER_AGENT_STR("sotto/0.1.0"),
		     SIPTAG_CONTENT_TYPE_STR("text/plain"),
		     SIPTAG_PAYLOAD_STR("Watson, come here."),
		     TAG_END()) >= 0 &&
		msg_serialize(msg, (msg_pub_t *)sip) >= 0 &&
		msg_prepare(msg) > 0;
	msg_destroy(msg);
	return ok;
}


int main(void)
{
	struct bench_message msgs[BENCH_MESSAGES];
	size_t i;

	(void)su_init();
	bench_messages(msgs);
	for (i = 0; i < BENCH_MESSAGES; i++)
		bench_run("sofia", "all", &msgs[i], 2000, parse, NULL);
	bench_run("sofia", "build", &msgs[3], 2000, build, NULL);
	su_deinit();
	return 0;
}
