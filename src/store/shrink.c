/* SPDX-License-Identifier: GPL-3.0-or-later */
/* shrink.c - what was removed leaves the file: a few free pages in a step, so
 * that nothing else has to wait. */
#include "db.h"


enum {
	STEP = 200, /* pages given back in a step */
	KEPT = 256, /* free ones that are soon used again */
};


int shrink_step(struct db *db, bool *more)
{
	char sql[64];
	int64_t n;
	int err;

	*more = false;
	if (!db->shrink)
		return 0;
	(void)sqlite3_snprintf(
		sizeof(sql), sql, "PRAGMA incremental_vacuum(%d)", (int)STEP);
	err = db_begin(db, true);
	n = err ? 0 : db_number(db, "PRAGMA freelist_count");
	if (n > KEPT)
		(void)db_exec(db, sql);
	err = db_end(db);
	/* Where it cannot be done, what is free is used by what comes. */
	db->shrink = !err && n > KEPT;
	db->checkpoint |= db->shrink;
	*more = db->shrink;
	return err;
}
