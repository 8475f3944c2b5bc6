/* SPDX-License-Identifier: GPL-3.0-or-later */
/* resolver.c - the table of names over net/dns. */
#include "mem.h"
#include "sip_int.h"


/* The table comes first: a caller holds and releases just that. */
struct real {
	struct sip_resolver table;
	struct dns *dns;
};


static void real_destructor(void *data)
{
	struct real *real = data;

	mem_deref(real->dns);
}


static int real_srv(
	void **qp, void *ctx, const char *name, dns_srv_h *h, void *arg)
{
	struct dns_query *q;
	int err = dns_srv(&q, ctx, name, h, arg);

	if (!err)
		*qp = q;
	return err;
}


static int real_addr(
	void **qp, void *ctx, const char *name, dns_addr_h *h, void *arg)
{
	struct dns_query *q;
	int err = dns_addr(&q, ctx, name, h, arg);

	if (!err)
		*qp = q;
	return err;
}


struct sip_resolver *sip_resolver_real(struct dns *dns)
{
	struct real *real = mem_zalloc(sizeof(*real), real_destructor);

	real->dns = mem_ref(dns);
	real->table.srv = real_srv;
	real->table.addr = real_addr;
	real->table.ctx = dns;
	return &real->table;
}
