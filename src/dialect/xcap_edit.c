/* SPDX-License-Identifier: GPL-3.0-or-later */
/* xcap_edit.c - a change of a document that others change too (RFC 4825
 * 7.11). */
#include <errno.h>
#include <string.h>
#include "mem.h"
#include "xcap.h"
#include "xml.h"


enum {
	TRIES_MAX = 5,
};

struct xcap_edit {
	struct xcap *x; /* there as long as an answer can come */
	char *auid, *document, *type;
	bool global;
	struct xcap_request *request;
	struct mbuf *fresh; /* on its way */
	unsigned tries;
	xcap_change_h *change;
	xcap_h *done;
	void *arg;
};


static void edit_destructor(void *data)
{
	struct xcap_edit *e = data;

	mem_deref(e->request);
	mem_deref(e->fresh);
	mem_deref(e->auid);
	mem_deref(e->document);
	mem_deref(e->type);
}


static struct xcap_where where_of(const struct xcap_edit *e)
{
	return (struct xcap_where){
		.auid = e->auid, .document = e->document, .global = e->global};
}


static void refuse(struct xcap_edit *e, const char *why)
{
	const struct xcap_answer answer = {.result = XCAP_REFUSED, .why = why};

	e->done(&answer, e->arg);
}


static void not_understood(struct xcap_edit *e, int err)
{
	char *why = mem_printf(
		"the document on the XCAP server is not understood: %s",
		xml_why(err));

	refuse(e, why);
	mem_deref(why);
}


static void fetched_handler(const struct xcap_answer *answer, void *arg);


static int fetch(struct xcap_edit *e)
{
	const struct xcap_where where = where_of(e);

	e->tries++;
	return xcap_get(&e->request, e->x, &where, NULL, fetched_handler, e);
}


static void written_handler(const struct xcap_answer *answer, void *arg)
{
	struct xcap_edit *e = mem_ref(arg);
	struct xcap_answer now = *answer;

	e->request = mem_deref(e->request);
	if (answer->result == XCAP_CHANGED && e->tries < TRIES_MAX) {
		e->fresh = mem_deref(e->fresh);
		if (fetch(e))
			refuse(e, "the document cannot be asked for");
	} else {
		if (answer->result == XCAP_OK)
			now.body = mbuf_all(e->fresh);
		e->done(&now, e->arg);
	}
	mem_deref(e);
}


static void write_fresh(struct xcap_edit *e, const char *etag)
{
	const struct xcap_where where = where_of(e);
	struct pl body = mbuf_all(e->fresh);

	if (xcap_put(&e->request, e->x, &where, e->type, &body, etag,
		    written_handler, e))
		refuse(e, "the document cannot be sent");
}


/* A document that is there without a tag cannot be changed without the danger
 * of overwriting another device's change. */
static void change(struct xcap_edit *e, const struct xcap_answer *answer)
{
	bool there = answer->result == XCAP_OK;
	struct xcap_answer same = *answer;
	struct pl body = PL_INIT;
	int err;

	if (there)
		body = pl_make(
			answer->body.p ? answer->body.p : "", answer->body.l);
	err = e->change(&e->fresh, &body, e->arg);
	if (mem_nrefs(e) < 2)
		return; /* cancelled */
	if (err) {
		not_understood(e, err);
	} else if (!e->fresh) {
		same.result = XCAP_UNCHANGED;
		same.why = NULL;
		same.body = body;
		e->done(&same, e->arg);
	} else if (there && !answer->etag) {
		refuse(e,
			"the XCAP server does not tell which version of the "
			"document it has");
	} else {
		write_fresh(e, there ? answer->etag : NULL);
	}
}


static void fetched_handler(const struct xcap_answer *answer, void *arg)
{
	struct xcap_edit *e = mem_ref(arg);

	e->request = mem_deref(e->request);
	if (answer->result == XCAP_OK || answer->result == XCAP_ABSENT)
		change(e, answer);
	else
		e->done(answer, e->arg);
	mem_deref(e);
}


int xcap_edit(struct xcap_edit **ep, struct xcap *x,
	const struct xcap_where *where, const char *type,
	xcap_change_h *change_h, xcap_h *done, void *arg)
{
	struct xcap_edit *e;
	int err;

	if (where->node)
		return EINVAL;
	e = mem_zalloc(sizeof(*e), edit_destructor);
	e->x = x;
	e->auid = mem_strdup(where->auid);
	e->document = mem_strdup(where->document);
	e->global = where->global;
	e->type = mem_strdup(type);
	e->change = change_h;
	e->done = done;
	e->arg = arg;
	err = fetch(e);
	if (err)
		mem_deref(e);
	else
		*ep = e;
	return err;
}
