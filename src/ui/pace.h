/* SPDX-License-Identifier: GPL-3.0-or-later */
/* pace.h - how often frames are drawn that nobody waits for. */
#ifndef SOTTO_PACE_H
#define SOTTO_PACE_H

#include <stdint.h>

enum {
	PACE_MS = 16, /* between frames, where they are many */
	PACE_AT_ONCE = 4, /* frames after a rest that do not wait */
};

/* All-zero is a long rest. */
struct pace {
	uint64_t due; /* the next frame, were there no rest */
};

/* A frame is drawn at NOW (ms), whoever waits. */
void pace_count(struct pace *p, uint64_t now);

/* 0: a frame may be drawn at NOW, and is counted; else ms until it may. */
uint64_t pace_wait(struct pace *p, uint64_t now);

#endif
