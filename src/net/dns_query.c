/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * dns_query.c - what users ask. A query waits for one lookup, or for two (A
 * and AAAA). Handlers are called from the loop, never from a lookup or from
 * the call that asks.
 */
#include <errno.h>
#include "dns_int.h"
#include "mem.h"


enum {
	OTHER_FAMILY_MS = 300,
};


struct dns_query {
	struct dns *dns;
	struct dns_part part[2];
	unsigned parts;
	unsigned waiting; /* parts without answer, and the start */
	struct tmr tmr; /* for the other family */
	struct loop_hook *hook; /* set once all is there */
	dns_srv_h *srvh; /* one of the three */
	dns_naptr_h *naptrh;
	dns_addr_h *addrh;
	void *arg;
};


static void dns_query_destructor(void *data)
{
	struct dns_query *q = data;
	unsigned i;

	for (i = 0; i < q->parts; i++) {
		list_unlink(&q->part[i].le);
		mem_deref(q->part[i].answer);
	}
	tmr_cancel(&q->tmr);
	mem_deref(q->hook);
	mem_deref(q->dns);
}


/* Failures that may pass come before "there is none". */
static int error_of(const struct dns_query *q)
{
	int err = ENOENT;
	unsigned i;

	for (i = 0; i < q->parts; i++) {
		const struct dns_answer *a = q->part[i].answer;

		if (a && a->err && a->err != ENOENT)
			err = a->err;
	}
	return err;
}


static void give_addrs(struct dns_query *q)
{
	const struct dns_answer *a = q->part[0].answer;
	const struct dns_answer *b = q->parts > 1 ? q->part[1].answer : NULL;
	size_t na = a ? a->n : 0, nb = b ? b->n : 0, i, n = 0;
	struct sa *addrs = mem_zalloc((na + nb + 1) * sizeof(*addrs), NULL);

	for (i = 0; i < na || i < nb; i++) {
		if (i < na)
			addrs[n++] = a->addrs[i];
		if (i < nb)
			addrs[n++] = b->addrs[i];
	}
	q->addrh(n ? 0 : error_of(q), addrs, n, q->arg);
	mem_deref(addrs);
}


static void finish_handler(void *arg)
{
	struct dns_query *q = mem_ref(arg);
	const struct dns_answer *a = q->part[0].answer;
	unsigned i;

	for (i = 0; i < q->parts; i++)
		list_unlink(&q->part[i].le);
	if (q->addrh)
		give_addrs(q);
	else if (q->srvh)
		q->srvh(a->err, a->srv, a->n, q->arg);
	else
		q->naptrh(a->err, a->naptr, a->n, q->arg);
	mem_deref(q);
}


static void finish(struct dns_query *q)
{
	tmr_cancel(&q->tmr);
	if (!q->hook)
		(void)loop_defer(&q->hook, dns_loop(q->dns), finish_handler, q);
}


static void other_family_handler(void *arg)
{
	finish(arg);
}


static void part_done(struct dns_part *part)
{
	struct dns_query *q = part->query;

	if (!--q->waiting)
		finish(q);
	else if (part->answer->n)
		tmr_start(loop_tmrs(dns_loop(q->dns)), &q->tmr, OTHER_FAMILY_MS,
			other_family_handler, q);
}


static struct dns_part *add_part(struct dns_query *q)
{
	struct dns_part *part = &q->part[q->parts++];

	part->query = q;
	part->done = part_done;
	return part;
}


static void look_up(struct dns_query *q, enum dns_type type, const char *name)
{
	struct dns_part *part = add_part(q);
	char normal[DNS_NAME_SIZE];
	struct dns_answer *answer;

	++q->waiting;
	if (dns_name_normalise(normal, name))
		answer = dns_answer_error(type, ENOENT, 0);
	else
		answer = dns_look_up(q->dns, type, normal, part);
	if (answer) {
		part->answer = answer;
		part_done(part);
	}
}


/* True if the hosts file knows NAME. */
static bool from_hosts(struct dns_query *q, const char *name)
{
	struct dns_answer *v6 = dns_hosts(q->dns, DNS_AAAA, name);
	struct dns_answer *v4 = dns_hosts(q->dns, DNS_A, name);
	bool known = v6->n || v4->n;

	if (known) {
		add_part(q)->answer = mem_ref(v6);
		add_part(q)->answer = mem_ref(v4);
	}
	mem_deref(v6);
	mem_deref(v4);
	return known;
}


/* True if NAME is an address itself. */
static bool from_address(struct dns_query *q, const char *name)
{
	struct dns_answer *answer;
	struct sa sa;

	if (sa_set_str(&sa, name, 0))
		return false;
	answer = dns_answer_error(DNS_A, 0, 0);
	answer->addrs = mem_zalloc(sizeof(*answer->addrs), NULL);
	answer->addrs[0] = sa;
	answer->n = 1;
	add_part(q)->answer = answer;
	return true;
}


static struct dns_query *query_alloc(struct dns *dns, void *arg)
{
	struct dns_query *q = mem_zalloc(sizeof(*q), dns_query_destructor);

	q->dns = mem_ref(dns);
	q->arg = arg;
	q->waiting = 1;
	return q;
}


/* Hands out a query that has been started. */
static int give_query(struct dns_query **qp, struct dns_query *q)
{
	if (!--q->waiting)
		finish(q);
	*qp = q;
	return 0;
}


int dns_srv(struct dns_query **qp, struct dns *dns, const char *name,
	dns_srv_h *h, void *arg)
{
	struct dns_query *q = query_alloc(dns, arg);

	q->srvh = h;
	look_up(q, DNS_SRV, name);
	return give_query(qp, q);
}


int dns_naptr(struct dns_query **qp, struct dns *dns, const char *name,
	dns_naptr_h *h, void *arg)
{
	struct dns_query *q = query_alloc(dns, arg);

	q->naptrh = h;
	look_up(q, DNS_NAPTR, name);
	return give_query(qp, q);
}


int dns_addr(struct dns_query **qp, struct dns *dns, const char *name,
	dns_addr_h *h, void *arg)
{
	struct dns_query *q = query_alloc(dns, arg);

	q->addrh = h;
	if (!from_address(q, name) && !from_hosts(q, name)) {
		look_up(q, DNS_AAAA, name);
		look_up(q, DNS_A, name);
	}
	return give_query(qp, q);
}
