/* SPDX-License-Identifier: GPL-3.0-or-later */
/* im_int.h - what the files of this floor share. */
#ifndef SOTTO_IM_INT_H
#define SOTTO_IM_INT_H

#include "im.h"
#include "xml.h"

/* Bounds of a status document: they are a few lines. */
extern const struct xml_limits im_status_limits;

/* BODY with the Content-Transfer-Encoding NAME undone as a new block that
 * RESULT borrows from (mem_deref); NULL and RESULT as BODY where NAME is
 * 7bit, 8bit, binary, unset or unknown, or BODY is not what it says. */
char *im_transfer_decode(
	struct pl *result, const struct pl *name, const struct pl *body);

#endif
