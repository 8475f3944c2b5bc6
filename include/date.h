/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * date.h - dates as text and back. Times are milliseconds since 1970, UTC.
 */
#ifndef SOTTO_DATE_H
#define SOTTO_DATE_H

#include <stddef.h>
#include <stdint.h>
#include "pl.h"

enum {
	DATE_SIZE = 40, /* room for any of them */
};

/* "2026-11-03T14:02:09.123Z" (RFC 3339). */
void date_rfc3339(char buf[DATE_SIZE], int64_t ms);

/* EBADMSG if PL is no RFC 3339 date-time. */
int date_rfc3339_decode(int64_t *ms, const struct pl *pl);

/* "Tue, 03 Nov 2026 14:02:09 GMT" (RFC 3261 20.17). */
void date_sip(char buf[DATE_SIZE], int64_t ms);

/* EBADMSG if PL is no SIP-date; zones other than GMT are refused. */
int date_sip_decode(int64_t *ms, const struct pl *pl);

/* "14:02", "14:02:09.123" and "Monday 3 November" in local time. */
void date_clock(char buf[DATE_SIZE], int64_t ms);
void date_clock_exact(char buf[DATE_SIZE], int64_t ms);
void date_day(char buf[DATE_SIZE], int64_t ms);

/* "2026-11-03 14:02" in local time; "14:02" where that is the day of NOW. */
void date_stamp(char buf[DATE_SIZE], int64_t ms);
void date_stamp_short(char buf[DATE_SIZE], int64_t ms, int64_t now);

#endif
