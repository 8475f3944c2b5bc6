/* SPDX-License-Identifier: GPL-3.0-or-later */
/* keepalive.c - keep a flow alive (RFC 5626 4.4). */
#include <errno.h>
#include "stack.h"


enum {
	STREAM_SECONDS = 120,
	PONG_MS = 10000,
	DATAGRAM_MIN_MS = 24000,
	DATAGRAM_MAX_MS = 29000,
};

struct sip_keepalive {
	struct sip_flow *flow; /* which holds this one */
	struct tmr ping;
	struct tmr pong;
	uint32_t seconds;
	bool want_pong;
};


static void keepalive_destructor(void *data)
{
	struct sip_keepalive *k = data;

	tmr_cancel(&k->ping);
	tmr_cancel(&k->pong);
}


static void pong_due(void *arg)
{
	struct sip_keepalive *k = arg;
	struct stream_end end = {.err = ETIMEDOUT,
		.why = "no answer to a keep-alive within 10 s"};

	sip_flow_end(k->flow, &end);
}


static void ping_start(struct sip_keepalive *k);


static void ping_due(void *arg)
{
	struct sip_keepalive *k = arg;
	struct sip_flow *flow = k->flow;
	bool stream = flow->transp->reliable;

	(void)flow->transp->send(flow, "\r\n\r\n", 4);
	if (stream && k->want_pong && !tmr_isrunning(&k->pong))
		tmr_start(
			flow->sip->config.tmrs, &k->pong, PONG_MS, pong_due, k);
	ping_start(k);
}


/* Some chance in each interval, so that many clients do not ping at once. */
static void ping_start(struct sip_keepalive *k)
{
	const struct sip_config *config = &k->flow->sip->config;
	uint32_t max = DATAGRAM_MAX_MS, min = DATAGRAM_MIN_MS;

	if (k->flow->transp->reliable) {
		max = k->seconds * 1000;
		min = max / 10 * 8;
	}
	tmr_start(config->tmrs, &k->ping,
		min + rand_below(config->rand, max - min + 1), ping_due, k);
}


bool sip_keepalive_pong(struct sip_flow *flow)
{
	struct sip_keepalive *k = flow->keepalive;
	bool waited = k && tmr_isrunning(&k->pong);

	if (waited)
		tmr_cancel(&k->pong);
	return waited;
}


void sip_flow_keepalive(struct sip_flow *flow, uint32_t seconds, bool pong)
{
	struct sip_keepalive *k = flow->keepalive;

	if (!flow->up)
		return;
	if (!k) {
		k = mem_zalloc(sizeof(*k), keepalive_destructor);
		k->flow = flow;
		flow->keepalive = k;
	}
	k->seconds = seconds ? seconds : STREAM_SECONDS;
	if (k->seconds > UINT32_MAX / 1000)
		k->seconds = UINT32_MAX / 1000;
	k->want_pong = pong;
	if (!pong)
		tmr_cancel(&k->pong);
	ping_start(k);
}
