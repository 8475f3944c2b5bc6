/* SPDX-License-Identifier: GPL-3.0-or-later */
/* stack.c - what all endpoints of the program share. */
#include "dialect_int.h"
#include "mem.h"
#include "msg.h"


static void stack_destructor(void *data)
{
	struct dialect_stack *stack = data;

	mem_deref(stack->ua);
	mem_deref(stack->lang);
}


int dialect_stack_alloc(
	struct dialect_stack **sp, const struct dialect_stack_config *config)
{
	struct ua_stack_config uc = {
		.tmrs = config->tmrs,
		.rand = config->rand,
		.log = config->log,
		.loop = config->loop,
		.dns_servers = config->dns_servers,
		.net = config->net,
		.resolver = config->resolver,
		.max_transactions = config->max_transactions,
	};
	struct dialect_stack *stack;
	int err;

	stack = mem_zalloc(sizeof(*stack), stack_destructor);
	stack->tmrs = config->tmrs;
	stack->rand = config->rand;
	stack->log = config->log;
	stack->loop = config->loop;
	stack->lang = mem_strdup(config->lang);
	if (config->http)
		stack->http = *config->http;
	err = ua_stack_alloc(&stack->ua, &uc);
	if (err)
		mem_deref(stack);
	else
		*sp = stack;
	return err;
}


void dialect_stack_trace(
	struct dialect_stack *stack, dialect_trace_h *h, void *arg)
{
	ua_stack_trace(stack->ua, h, arg);
}


char *dialect_trace_key(bool sent, const struct pl *text)
{
	return msg_trace_key(sent, text);
}
