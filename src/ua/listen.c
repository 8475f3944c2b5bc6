/* SPDX-License-Identifier: GPL-3.0-or-later */
/* listen.c - the ports of an address, shared by the accounts that name it. */
#include <errno.h>
#include <string.h>
#include "ua_int.h"


enum {
	PORT_TRIES = 20, /* to find one that is free for UDP and TCP */
	PORT_DEFAULT = 5060,
};


struct ua_listen {
	struct le le; /* stack->listens */
	char *text; /* as configured; NULL with port 0, which nobody shares */
	struct tls *tls;
	struct sip_port *ports[SIP_TPS];
};


static void listen_destructor(void *data)
{
	struct ua_listen *l = data;
	size_t i;

	list_unlink(&l->le);
	for (i = 0; i < SIP_TPS; i++)
		mem_deref(l->ports[i]);
	mem_deref(l->tls);
	mem_deref(l->text);
}


static int port_open(struct ua_listen *l, struct ua_stack *stack,
	enum sip_tp tp, const struct sa *local)
{
	return sip_listen(&l->ports[tp], stack->sip, tp, local,
		tp == SIP_TLS ? l->tls : NULL);
}


static int tls_open(struct ua_listen *l, struct ua_stack *stack)
{
	struct sa sa = *ua_listen_local(l);

	if (sa_port(&sa) == 65535)
		return EADDRNOTAVAIL;
	sa_set_port(&sa, (uint16_t)(sa_port(&sa) + 1));
	return port_open(l, stack, SIP_TLS, &sa);
}


static void ports_close(struct ua_listen *l)
{
	size_t i;

	for (i = 0; i < SIP_TPS; i++)
		l->ports[i] = mem_deref(l->ports[i]);
}


/* One try: UDP where it is wanted, TCP on the port that UDP got. */
static int ports_open_once(
	struct ua_listen *l, struct ua_stack *stack, const struct sa *local)
{
	struct sa sa;
	int err;

	err = port_open(l, stack, SIP_UDP, local);
	if (err)
		return err;
	sa = *local;
	sa_set_port(&sa, sa_port(ua_listen_local(l)));
	err = port_open(l, stack, SIP_TCP, &sa);
	if (!err && l->tls)
		err = tls_open(l, stack);
	if (err)
		ports_close(l);
	return err;
}


static int ports_open(
	struct ua_listen *l, struct ua_stack *stack, const struct sa *local)
{
	unsigned tries = sa_port(local) ? 1 : PORT_TRIES;
	int err;

	do
		err = ports_open_once(l, stack, local);
	while (err == EADDRINUSE && --tries > 0);
	return err;
}


static struct ua_listen *listen_find(
	const struct ua_stack *stack, const char *text)
{
	const struct le *le;
	struct ua_listen *l;

	for (le = stack->listens.head; le; le = le->next) {
		l = le->data;
		if (l->text && !strcmp(l->text, text))
			return l;
	}
	return NULL;
}


static int tls_make(
	struct ua_listen *l, const char *cert, const char *key, char **why)
{
	const struct tls_config tc = {
		.certificate = cert, .key = key, .server = true};

	return tls_alloc(&l->tls, &tc, why);
}


/* A shared listener grows a TLS port for the first account that can serve
 * one. */
static int listen_share(struct ua_listen **lp, struct ua_listen *l,
	struct ua_stack *stack, const char *cert, const char *key, char **why)
{
	int err;

	if (cert && key && !l->tls) {
		err = tls_make(l, cert, key, why);
		if (err)
			return err;
		err = tls_open(l, stack);
		if (err) {
			l->tls = mem_deref(l->tls);
			*why = mem_printf("cannot listen for TLS beside %s: %s",
				l->text, strerror(err));
			return err;
		}
	}
	*lp = mem_ref(l);
	return 0;
}


int ua_listen_get(struct ua_listen **lp, struct ua_stack *stack,
	const char *text, const char *cert, const char *key, char **why)
{
	struct pl pl = pl_str(text);
	struct ua_listen *l = listen_find(stack, text);
	struct sa sa;
	int err;

	if (l)
		return listen_share(lp, l, stack, cert, key, why);
	l = mem_zalloc(sizeof(*l), listen_destructor);
	err = sa_decode(&sa, &pl, PORT_DEFAULT);
	if (!err && cert && key)
		err = tls_make(l, cert, key, why);
	if (!err)
		err = ports_open(l, stack, &sa);
	if (err) {
		if (!*why)
			*why = mem_printf(
				"cannot listen at %s: %s", text, strerror(err));
		mem_deref(l);
		return err;
	}
	if (sa_port(&sa))
		l->text = mem_strdup(text);
	list_append(&stack->listens, &l->le, l);
	*lp = l;
	return 0;
}


void ua_listen_add_to(const struct ua_listen *l, struct sip_agent *agent)
{
	size_t i;

	for (i = 0; i < SIP_TPS; i++) {
		if (l->ports[i])
			sip_agent_add_port(agent, l->ports[i]);
	}
}


const struct sa *ua_listen_local(const struct ua_listen *l)
{
	return sip_port_local(l->ports[SIP_UDP]);
}


bool ua_listen_has(
	const struct ua_listen *l, enum sip_tp tp, const struct sa *local)
{
	const struct sa *sa;

	if (!l->ports[tp])
		return false;
	sa = sip_port_local(l->ports[tp]);
	return sa_port(sa) == sa_port(local) &&
		(sa_isany(sa) || sa_addr_eq(sa, local));
}
