/* SPDX-License-Identifier: GPL-3.0-or-later */
/* fakeway.c - a way of HTTP whose answers a test gives itself. */
#include "fakeway.h"
#include "unit.h"


struct fake_request {
	struct le le;
	http_answer_h *h;
	void *arg;
};


static void request_destructor(void *data)
{
	struct fake_request *r = data;

	list_unlink(&r->le);
}


static void note(struct fakeway *f, const char *name, const char *value)
{
	size_t used = strlen(f->log);

	if (value)
		(void)snprintf(f->log + used, sizeof(f->log) - used, " %s%s%s",
			name, *name ? "=" : "", value);
}


static int fake_request(struct http_request **rp, const struct http_ask *ask,
	http_answer_h *h, void *arg, void *ctx)
{
	struct fakeway *f = ctx;
	struct fake_request *r;
	char *body = ask->body.p ? pl_strdup(&ask->body) : NULL;
	char *user = ask->user ? mem_printf("%s:%s", ask->user, ask->password)
			       : NULL;

	(void)snprintf(f->log, sizeof(f->log), "%s", ask->method);
	note(f, "", ask->url);
	note(f, "type", ask->content_type);
	note(f, "match", ask->if_match);
	note(f, "none", ask->if_none_match);
	note(f, "user", user);
	note(f, "ca", ask->ca_file);
	note(f, "name", ask->tls_name);
	note(f, "pin", ask->tls_pin);
	note(f, "", ask->verify ? NULL : "noverify");
	note(f, "body", body);
	mem_deref(body);
	mem_deref(user);
	f->count++;
	if (f->err)
		return f->err;
	r = mem_zalloc(sizeof(*r), request_destructor);
	r->h = h;
	r->arg = arg;
	list_append(&f->requests, &r->le, r);
	*rp = (struct http_request *)r;
	return 0;
}


void fakeway_init(struct fakeway *f)
{
	memset(f, 0, sizeof(*f));
	f->way.request = fake_request;
	f->way.ctx = f;
}


void fakeway_answer(struct fakeway *f, const struct http_answer *answer)
{
	struct fake_request *r = list_data(f->requests.head);

	assert_non_null(r);
	mem_ref(r);
	list_unlink(&r->le);
	r->h(answer, r->arg);
	mem_deref(r);
}
