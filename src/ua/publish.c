/* SPDX-License-Identifier: GPL-3.0-or-later */
/* publish.c - event state publication (RFC 3903). */
#include <errno.h>
#include <string.h>
#include "ua_int.h"


enum {
	BACKOFF_MAX = 600, /* seconds */
	REFRESH_MIN = 10, /* seconds */
	RAISES_MAX = 3,
};


/* What a PUBLISH under way does. */
enum publish_kind {
	PUBLISH_NONE,
	PUBLISH_STATE, /* initial or modify: with the body */
	PUBLISH_REFRESH, /* only the entity-tag */
	PUBLISH_REMOVE,
};


struct ua_publisher {
	struct le le; /* ua->publishers */
	struct ua *ua; /* NULL once the account is gone */
	char *event;
	char *content_type;
	char *body;
	size_t len;
	uint32_t expires; /* asked for; a 423 raises it */
	char *etag; /* NULL: nothing published */
	bool dirty; /* BODY is newer than what was published */
	bool off; /* the server takes no publication */
	unsigned failures;
	unsigned raises;
	enum publish_kind kind; /* of req */
	struct sip_dialog *dialog;
	struct sip_request *req;
	struct tmr tmr; /* next PUBLISH */
	ua_result_h *h;
	void *arg;
	struct ua_bye bye;
};


static void publisher_destructor(void *data)
{
	struct ua_publisher *p = data;

	list_unlink(&p->le);
	tmr_cancel(&p->tmr);
	ua_bye_cancel(&p->bye);
	mem_deref(p->req);
	mem_deref(p->dialog);
	mem_deref(p->event);
	mem_deref(p->content_type);
	mem_deref(p->body);
	mem_deref(p->etag);
}


static void publisher_tmr_h(void *arg);


static void again_in(struct ua_publisher *p, uint64_t ms)
{
	tmr_start(p->ua->stack->tmrs, &p->tmr, ms, publisher_tmr_h, p);
}


/* ---- sending ---- */

static void publish_h(const struct sip_result *r, void *arg);


static int publish_send(struct ua_publisher *p, enum publish_kind kind)
{
	struct mbuf *mb = mbuf_alloc(UA_TEXT_MAX);
	char *number =
		mem_printf("%u", kind == PUBLISH_REMOVE ? 0 : p->expires);
	struct pl headers, pl_number = pl_str(number);
	struct sip_request_params params = {
		.dialog = p->dialog,
		.method = "PUBLISH",
		.expires = &pl_number,
	};
	int err;

	(void)mbuf_printf(mb, "Event: %s\r\n", p->event);
	if (p->etag)
		(void)mbuf_printf(mb, "SIP-If-Match: %s\r\n", p->etag);
	headers = mbuf_all(mb);
	params.headers = &headers;
	if (kind == PUBLISH_STATE) {
		params.content_type = p->content_type;
		params.body = pl_make(p->body, p->len);
		p->dirty = false;
	}
	p->kind = kind;
	err = mbuf_err(mb);
	if (!err)
		err = sip_request_send(&p->req, &params, publish_h, p);
	mem_deref(mb);
	mem_deref(number);
	return err;
}


static void go_on(struct ua_publisher *p)
{
	int err = 0;

	if (!p->ua || p->req || !ua_isonline(p->ua))
		return;
	if (p->bye.active) {
		if (!p->etag || publish_send(p, PUBLISH_REMOVE))
			ua_bye_finish(&p->bye);
		return;
	}
	if (p->off || !p->body || p->ua->stopping)
		return;
	if (p->dirty || !p->etag)
		err = publish_send(p, PUBLISH_STATE);
	else
		err = publish_send(p, PUBLISH_REFRESH);
	if (err)
		log_print(p->ua->stack->log, LOG_WARN, "publish",
			"cannot publish: %s", strerror(err));
}


static void publisher_tmr_h(void *arg)
{
	go_on(arg);
}


/* ---- answers ---- */

static void tell(struct ua_publisher *p, const struct sip_result *r)
{
	struct ua_result result;

	ua_result_set(&result, r);
	if (p->h && !p->bye.active && mem_nrefs(p) > 1)
		p->h(&result, p->arg);
}


static void etag_take(struct ua_publisher *p, const struct msg *resp)
{
	struct pl value;

	p->etag = mem_deref(p->etag);
	if (msg_value(resp, HDR_SIP_ETAG, &value) && msg_token_ok(&value))
		p->etag = pl_strdup(&value);
}


static void published(struct ua_publisher *p, const struct sip_result *r)
{
	enum publish_kind kind = p->kind;
	uint32_t seconds, wait;

	etag_take(p, r->msg);
	if (msg_seconds(r->msg, HDR_EXPIRES, &seconds))
		seconds = p->expires;
	p->failures = p->raises = 0;
	wait = seconds > 600 ? seconds - 60 : seconds / 10 * 9;
	if (wait < REFRESH_MIN)
		wait = REFRESH_MIN;
	again_in(p, p->dirty ? 0 : (uint64_t)wait * 1000);
	if (kind == PUBLISH_STATE)
		tell(p, r);
}


static bool raise_expires(struct ua_publisher *p, const struct msg *resp)
{
	uint32_t min;

	if (++p->raises > RAISES_MAX ||
		msg_seconds(resp, HDR_MIN_EXPIRES, &min) || min <= p->expires ||
		min > UA_EXPIRES_MAX)
		return false;
	p->expires = min;
	return true;
}


static bool is_trouble(const struct sip_result *r)
{
	if (r->wrong_password || r->err == EACCES || r->err == EMSGSIZE)
		return false;
	return r->err || r->retry_after || r->status == 408 ||
		r->status == 480 || (r->status / 100 == 5 && r->status != 501);
}


/* Kamailio answers 500, not 412, to a tag of another server: said twice, it
 * is believed. */
static bool no_such_etag(
	const struct ua_publisher *p, const struct sip_result *r)
{
	return r->msg && p->etag &&
		(r->status == 412 || (r->status == 500 && p->failures));
}


static void refused(struct ua_publisher *p, const struct sip_result *r)
{
	uint32_t wait;

	p->dirty = p->dirty || p->kind == PUBLISH_STATE;
	if (is_trouble(r)) {
		wait = ua_backoff(p->ua, p->failures++, BACKOFF_MAX);
		again_in(p,
			(uint64_t)(wait > r->retry_after ? wait
							 : r->retry_after) *
				1000);
	} else {
		/* Until the next sign-in, or for a 4xx about the body until
		 * the next one. */
		p->off = r->status == 405 || r->status == 489 ||
			r->status == 501;
	}
	if (p->failures <= 1)
		tell(p, r);
}


static void answered(struct ua_publisher *p, const struct sip_result *r)
{
	if (r->msg && r->status / 100 == 2) {
		published(p, r);
	} else if (no_such_etag(p, r)) {
		p->etag = mem_deref(p->etag);
		p->dirty = true;
		again_in(p, 0);
	} else if (r->msg && r->status == 423 && raise_expires(p, r->msg)) {
		p->dirty = p->dirty || p->kind == PUBLISH_STATE;
		again_in(p, 0);
	} else {
		refused(p, r);
	}
}


static void publish_h(const struct sip_result *r, void *arg)
{
	struct ua_publisher *p = arg;
	struct sip_request *req = p->req;

	if (!r->final)
		return;
	mem_ref(p);
	p->req = NULL;
	if (p->kind == PUBLISH_REMOVE) {
		p->etag = mem_deref(p->etag);
		ua_bye_finish(&p->bye);
	} else {
		answered(p, r);
		if (p->bye.active)
			go_on(p);
	}
	mem_deref(req);
	mem_deref(p);
}


/* ---- for the account ---- */

void ua_publisher_account(struct ua_publisher *p)
{
	if (p->ua->state != UA_ONLINE) {
		tmr_cancel(&p->tmr);
		return;
	}
	p->off = false;
	p->failures = 0;
	p->dirty = p->body;
	if (p->body)
		again_in(p, 0);
}


void ua_publisher_detach(struct ua_publisher *p)
{
	list_unlink(&p->le);
	tmr_cancel(&p->tmr);
	p->req = mem_deref(p->req);
	p->dialog = mem_deref(p->dialog);
	p->ua = NULL;
	ua_bye_detach(&p->bye);
}


/* ---- public ---- */

int ua_publisher_alloc(struct ua_publisher **pp, struct ua *ua,
	const char *event, const char *content_type, uint32_t expires,
	ua_result_h *h, void *arg)
{
	struct ua_publisher *p = mem_zalloc(sizeof(*p), publisher_destructor);
	struct pl aor = pl_str(ua->aor);
	int err = sip_dialog_alloc(&p->dialog, ua->agent, &aor, NULL);

	if (err) {
		mem_deref(p);
		return err;
	}
	p->ua = ua;
	p->event = mem_strdup(event);
	p->content_type = mem_strdup(content_type);
	p->expires = expires ? expires : UA_EXPIRES_DEFAULT;
	p->h = h;
	p->arg = arg;
	ua_bye_init(&p->bye, ua, p);
	list_append(&ua->publishers, &p->le, p);
	*pp = p;
	return 0;
}


void ua_publisher_set(struct ua_publisher *p, const struct pl *body)
{
	mem_deref(p->body);
	p->body = mem_strndup(body->p, body->l);
	p->len = body->l;
	p->dirty = true;
	if (p->ua && !p->bye.active)
		again_in(p, 0);
}


void ua_publisher_end(struct ua_publisher *p, uint64_t limit,
	void (*done)(void *arg), void *arg)
{
	if (p->bye.active)
		return;
	tmr_cancel(&p->tmr);
	ua_bye_start(&p->bye, p->ua, limit, done, arg);
	if (!ua_isonline(p->ua))
		ua_bye_finish(&p->bye);
	else
		go_on(p);
}
