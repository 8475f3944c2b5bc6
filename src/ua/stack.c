/* SPDX-License-Identifier: GPL-3.0-or-later */
/* stack.c - one in a program: the network, the SIP machine, the accounts. */
#include <errno.h>
#include "ua_int.h"


static void stack_destructor(void *data)
{
	struct ua_stack *stack = data;

	mem_deref(stack->listener);
	mem_deref(stack->sip);
	mem_deref(stack->own_resolver);
	mem_deref(stack->dns);
	mem_deref(stack->own_net);
}


static void trace_h(bool sent, const char *transport, const struct sa *local,
	const struct sa *peer, const void *p, size_t n, void *arg)
{
	struct ua_stack *stack = arg;
	struct pl text = pl_make(p, n);
	char near[SA_TEXT_SIZE], far[SA_TEXT_SIZE];

	if (stack->trace)
		stack->trace(sent, transport, sa_text(local, near),
			sa_text(peer, far), &text, stack->trace_arg);
}


/* The real network, made over the loop. */
static int network_make(
	struct ua_stack *stack, const struct ua_stack_config *config)
{
	int err;

	err = dns_alloc(
		&stack->dns, config->loop, config->log, config->dns_servers);
	if (err)
		return err;
	stack->own_net = sip_net_real(config->loop);
	stack->own_resolver = sip_resolver_real(stack->dns);
	return stack->own_net && stack->own_resolver ? 0 : ENOMEM;
}


static int sip_make(
	struct ua_stack *stack, const struct ua_stack_config *config)
{
	struct sip_config sc = {
		.tmrs = config->tmrs,
		.rand = config->rand,
		.log = config->log,
		.net = config->loop ? stack->own_net : config->net,
		.resolver =
			config->loop ? stack->own_resolver : config->resolver,
		.limits = msg_limits_default,
		.max_transactions = config->max_transactions,
	};
	int err;

	if (!sc.net || !sc.resolver)
		return EINVAL;
	if (config->body_max)
		sc.limits.body_bytes = config->body_max;
	stack->net = sc.net;
	err = sip_alloc(&stack->sip, &sc);
	if (err)
		return err;
	return sip_listener_add(
		&stack->listener, stack->sip, ua_dispatch_h, stack);
}


int ua_stack_alloc(struct ua_stack **sp, const struct ua_stack_config *config)
{
	struct ua_stack *stack;
	int err = 0;

	stack = mem_zalloc(sizeof(*stack), stack_destructor);
	stack->tmrs = config->tmrs;
	stack->rand = config->rand;
	stack->log = config->log;
	if (config->loop)
		err = network_make(stack, config);
	if (!err)
		err = sip_make(stack, config);
	if (err)
		mem_deref(stack);
	else
		*sp = stack;
	return err;
}


void ua_stack_trace(struct ua_stack *stack, ua_trace_h *h, void *arg)
{
	stack->trace = h;
	stack->trace_arg = arg;
	sip_set_trace(stack->sip, h ? trace_h : NULL, stack);
}
