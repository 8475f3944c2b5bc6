/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * bot.h - the demo's peers: front ends without a person. They are real sotto
 * processes; a peer prints "ready" once it listens and leaves when its
 * standard input closes.
 */
#ifndef SOTTO_BOT_H
#define SOTTO_BOT_H

#include "cmd.h"
#include "core.h"
#include "loop.h"

struct bot_front;

struct bot_front_config {
	struct loop *loop;
	struct core *core;

	/* "echo": online, types, pauses, answers with the same text; "kim":
	 * Offline 3 s after somebody adds her, Online 3 s later, then she
	 * writes first. */
	const char *role;

	/* The program shall leave. */
	void (*quit)(int status, void *arg);
	void *arg;
};

/* EINVAL: no such role. */
int bot_front_alloc(
	struct bot_front **fp, const struct bot_front_config *config);
struct cmd *bot_front_cmd(struct bot_front *f);

/* Plays its role from now on; leaves when standard input ends. */
void bot_front_ready(struct bot_front *f);

#endif
