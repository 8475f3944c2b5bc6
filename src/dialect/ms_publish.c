/* SPDX-License-Identifier: GPL-3.0-or-later */
/* ms_publish.c - own presence by SERVICE: this device, what it sees of its
 * user, what the user says ([MS-PRES] 2.2.2.1, 3.5). */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include "mem.h"
#include "ms_int.h"


enum {
	BODY_MAX = 64 * 1024,
	PIECE_MAX = 8192, /* bytes of one publication */
	PUBS_MAX = 12,
	CONFLICTS_MAX = 3, /* with the versions of other devices, in a row */
	MACHINE_FREE = 3500, /* whoever sits here is here */
	MACHINE_IDLE = 15500,
	MACHINE_BITS = 0x30000000,
};

/* Containers: what the server makes our state of; who may see notes. */
static const uint32_t state_containers[] = {2, 3};
static const uint32_t note_containers[] = {200, 300, 400};

/* A publication being put together, or under way. */
struct ms_draft {
	struct msdoc_publication pubs[PUBS_MAX];
	size_t n;
};


static void draft_destructor(void *data)
{
	struct ms_draft *d = data;

	while (d->n)
		mem_deref((char *)(uintptr_t)d->pubs[--d->n].body);
}


/* BODY (NULL: nothing is to be there any more) is taken over. */
static void add(struct ms *ms, struct ms_draft *d, const char *category,
	uint32_t instance, uint32_t container, const char *expire, char *body)
{
	uint32_t version = ms_held_version(ms, category, instance, container);

	if ((!body && !version) || d->n == PUBS_MAX) {
		mem_deref(body);
		return;
	}
	d->pubs[d->n++] = (struct msdoc_publication){
		.category = category,
		.instance = instance,
		.container = container,
		.version = version,
		.expire_type = expire,
		.body = body,
	};
}


static char *text_of(struct mbuf *mb)
{
	char *text = mbuf_err(mb) ? NULL : mbuf_strdup(mb);

	mem_deref(mb);
	return text;
}


static char *state_text(bool machine, uint32_t availability)
{
	struct mbuf *mb = mbuf_alloc(PIECE_MAX);

	(void)msdoc_state_encode(mb, machine, availability);
	return text_of(mb);
}


static char *device_text(const struct ms *ms)
{
	struct mbuf *mb = mbuf_alloc(PIECE_MAX);
	const char *uuid = strrchr(ms->instance, ':');

	(void)msdoc_device_encode(mb, ms->e->aor, uuid + 1);
	return text_of(mb);
}


/* No key is pressed, whether or not that changes what is said. */
static bool rests(const struct endpoint *e)
{
	return e->idle || (e->own && e->own->idle_since);
}


/* What the user says; plainly here, or gone without a word, says nothing
 * beside the device. */
static uint32_t user_number(const struct endpoint *e)
{
	if (e->visibility != ENDPOINT_VISIBLE)
		return 18500;
	if (!e->own || e->idle ||
		(e->own->state == PRESENCE_ONLINE &&
			e->own->activity == PRESENCE_NONE))
		return 0;
	return msdoc_availability(e->own);
}


static char *note_text(const struct endpoint *e)
{
	struct mbuf *mb;

	if (!e->own || !e->own->note || e->visibility != ENDPOINT_VISIBLE)
		return NULL;
	mb = mbuf_alloc(PIECE_MAX);
	(void)msdoc_note_encode(mb, e->own->note);
	return text_of(mb);
}


/* What another device says of the user is not ours to take back, unless they
 * said otherwise here. */
static void add_user(struct ms *ms, struct ms_draft *d)
{
	uint32_t number = user_number(ms->e);
	size_t i;

	for (i = 0; i < 2 && ms->said; i++)
		add(ms, d, "state", MS_USER_STATE, state_containers[i],
			"static", number ? state_text(false, number) : NULL);
	for (i = 0; i < 3 && (ms->said || ms->noted); i++)
		add(ms, d, "note", 0, note_containers[i], "static",
			note_text(ms->e));
}


static struct ms_draft *draft_make(struct ms *ms)
{
	struct ms_draft *d = mem_zalloc(sizeof(*d), draft_destructor);
	char *first = mem_strndup(ms->epid, 8);
	uint32_t device = (uint32_t)strtoul(first, NULL, 16), machine;
	size_t i;

	mem_deref(first);
	machine = (device >> 4) | MACHINE_BITS;
	add(ms, d, "device", device, 2, "endpoint", device_text(ms));
	for (i = 0; i < 2; i++)
		add(ms, d, "state", machine, state_containers[i], "endpoint",
			state_text(true,
				rests(ms->e) ? MACHINE_IDLE : MACHINE_FREE));
	add_user(ms, d);
	return d;
}


/* ---- the answer ----------------------------------------------------- */

struct fault {
	struct ms *ms;
	const struct ms_draft *draft;
	bool any;
};


static void fault_handler(size_t index, uint32_t current, void *arg)
{
	struct fault *f = arg;
	const struct msdoc_publication *p;

	if (index >= f->draft->n)
		return;
	p = &f->draft->pubs[index];
	ms_held_set(f->ms, p->category, p->instance, p->container, current);
	f->any = true;
}


/* Another device published meanwhile: its versions are the ones to go by. */
static bool conflict(
	struct ms *ms, const struct ms_draft *d, const struct ua_result *r)
{
	struct fault f = {.ms = ms, .draft = d};

	if (!r->msg || r->status != 409 || ++ms->conflicts > CONFLICTS_MAX)
		return false;
	(void)msdoc_fault_decode(&r->msg->body, fault_handler, &f);
	return f.any;
}


/* Each version is one more now, whether the answer says so or not. */
static void taken(
	struct ms *ms, const struct ms_draft *d, const struct ua_result *r)
{
	size_t i;

	ms->conflicts = 0;
	for (i = 0; i < d->n; i++) {
		const struct msdoc_publication *p = &d->pubs[i];

		ms_held_set(ms, p->category, p->instance, p->container,
			p->body ? p->version + 1 : 0);
	}
	if (r->msg && r->msg->body.l)
		(void)ms_self_take(ms, &r->msg->body);
}


static void published_handler(const struct ua_result *r, void *arg)
{
	struct ms *ms = mem_ref(arg);
	struct endpoint *e = endpoint_hold(ms->e);
	struct ms_draft *d = ms->draft;
	bool again = ms->publish_again;

	ms->publishing = mem_deref(ms->publishing);
	ms->draft = NULL;
	ms->publish_again = false;
	if (r->status / 100 == 2) {
		taken(ms, d, r);
	} else if (conflict(ms, d, r)) {
		again = true;
	} else {
		log_print(e->stack->log, LOG_WARN, "presence",
			"%s: own presence is not published: %s", e->aor,
			r->why ? r->why : "no reason is known");
	}
	mem_deref(d);
	if (again && endpoint_hears(e))
		ms_publish_now(ms);
	mem_deref(ms);
	endpoint_release(e);
}


void ms_publish_now(struct ms *ms)
{
	struct endpoint *e = ms->e;
	struct mbuf *mb;

	/* Before the server has told the versions all would be conflicts. */
	if (!e->online || !e->publish || !ms->self_heard)
		return;
	if (ms->publishing) {
		ms->publish_again = true;
		return;
	}
	mb = mbuf_alloc(BODY_MAX);
	ms->draft = draft_make(ms);
	(void)msdoc_publish_encode(mb, e->aor, ms->draft->pubs, ms->draft->n);
	if (ms_service(ms, &ms->publishing, MSDOC_PUBLISH_TYPE, mb,
		    published_handler, ms)) {
		ms->draft = mem_deref(ms->draft);
		log_print(e->stack->log, LOG_WARN, "presence",
			"%s: own presence cannot be published", e->aor);
	}
	mem_deref(mb);
}


void ms_publish(struct endpoint *e)
{
	struct ms *ms = e->ms;
	bool note = e->own && e->own->note && e->visibility == ENDPOINT_VISIBLE;

	/* That the keys rest, and move again, is nothing that was said. */
	if (!rests(e) && !ms->was_idle &&
		(ms->self_heard || user_number(e) || note))
		ms->said = true;
	ms->noted = ms->noted || note;
	ms->was_idle = rests(e);
	ms->conflicts = 0;
	ms_publish_now(ms);
}
