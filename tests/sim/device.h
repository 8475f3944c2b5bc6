/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * device.h - one of a user's devices in the simulator: the whole client over
 * a store that keeps what was written when it dies, on a network in memory.
 */
#ifndef SOTTO_SIM_DEVICE_H
#define SOTTO_SIM_DEVICE_H

#include "core.h"
#include "documents.h"
#include "memnet.h"

struct device {
	struct memnet *mn;
	struct memnet_host *host;
	struct documents_client client;
	struct sip_resolver *resolver;
	struct http_way way;
	struct work work;
	struct list jobs; /* completions, in order */
	struct tmr jobs_tmr;
	struct store *memory; /* what is on disk */
	struct list puts; /* what is not yet */
	struct tmr puts_tmr;
	struct core *core; /* NULL: it does not run */
	struct core_account *account;
	struct core_listener *listener;
	const char *name;
	bool trace;
};

void device_open(struct device *d, struct memnet *mn, const char *addr,
	struct documents *documents, struct sip_resolver *resolver);
void device_close(struct device *d);

/* The program begins; its account is there, not signed in. */
void device_start(struct device *d);

/* ... and ends without a word; what is not on disk is lost. */
void device_die(struct device *d);

void device_login(struct device *d);
void device_logout(struct device *d);

#endif
