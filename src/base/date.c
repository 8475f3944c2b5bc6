/* SPDX-License-Identifier: GPL-3.0-or-later */
/* date.c - dates as text and back (RFC 3339; RFC 3261 20.17). */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>
#include <time.h>
#include "date.h"


enum {
	DAY_SECONDS = 86400,
};


/* A date of the Gregorian calendar and a time of day. */
struct civil {
	int year, month, day; /* month from 1 */
	int hour, minute, second, ms;
	int weekday; /* 0: Sunday */
};


static const char *const weekdays[] = {"Sunday", "Monday", "Tuesday",
	"Wednesday", "Thursday", "Friday", "Saturday"};

static const char *const months[] = {"January", "February", "March", "April",
	"May", "June", "July", "August", "September", "October", "November",
	"December"};


/* Days from 1970-01-01 to a date. Years run from March here, so that the
 * leap day is the last of its year. */
static int64_t days_of(int year, int month, int day)
{
	int64_t y = month <= 2 ? year - 1 : year;
	int64_t era = (y >= 0 ? y : y - 399) / 400;
	int64_t of_era = y - era * 400;
	int64_t of_year =
		(153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;

	return era * 146097 + of_era * 365 + of_era / 4 - of_era / 100 +
		of_year - 719468;
}


static void date_of(struct civil *c, int64_t days)
{
	int64_t z = days + 719468;
	int64_t era = (z >= 0 ? z : z - 146096) / 146097;
	int64_t of_era = z - era * 146097;
	int64_t y =
		(of_era - of_era / 1460 + of_era / 36524 - of_era / 146096) /
		365;
	int64_t of_year = of_era - (365 * y + y / 4 - y / 100);
	int64_t m = (5 * of_year + 2) / 153;

	c->day = (int)(of_year - (153 * m + 2) / 5 + 1);
	c->month = (int)(m < 10 ? m + 3 : m - 9);
	c->year = (int)(y + era * 400 + (c->month <= 2));
	c->weekday = (int)(((days + 4) % 7 + 7) % 7);
}


static void civil_of(struct civil *c, int64_t ms)
{
	/* The first and last millisecond of the years 0 to 9999. */
	const int64_t first = -62167219200000, last = 253402300799999;
	int64_t seconds, days;

	if (ms < first)
		ms = first;
	if (ms > last)
		ms = last;
	seconds = (ms - (ms < 0 ? 999 : 0)) / 1000;
	days = (seconds - (seconds < 0 ? DAY_SECONDS - 1 : 0)) / DAY_SECONDS;
	date_of(c, days);
	c->ms = (int)(ms - seconds * 1000);
	seconds -= days * DAY_SECONDS;
	c->hour = (int)(seconds / 3600);
	c->minute = (int)(seconds / 60 % 60);
	c->second = (int)(seconds % 60);
}


static int month_days(int year, int month)
{
	static const int days[] = {
		31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};

	if (month == 2 && year % 4 == 0 && (year % 100 || year % 400 == 0))
		return 29;
	return days[month - 1];
}


/* The time of C, OFFSET minutes east of UTC; EBADMSG if there is no such
 * date. Second 60 is a leap second. */
static int ms_of(int64_t *ms, const struct civil *c, int offset)
{
	int64_t seconds;

	if (c->month < 1 || c->month > 12 || c->day < 1 ||
		c->day > month_days(c->year, c->month) || c->hour > 23 ||
		c->minute > 59 || c->second > 60)
		return EBADMSG;
	seconds = days_of(c->year, c->month, c->day) * DAY_SECONDS +
		c->hour * 3600 + c->minute * 60 + c->second -
		(int64_t)offset * 60;
	*ms = seconds * 1000 + c->ms;
	return 0;
}


/* N digits at the start of PL. */
static int take_number(struct pl *pl, size_t n, int *v)
{
	struct pl digits = {pl->p, n};
	uint32_t u;

	if (pl->l < n || pl_u32(&digits, &u))
		return EBADMSG;
	*v = (int)u;
	pl_skip(pl, n);
	return 0;
}


/* One of the bytes CHOICE, case folded. */
static int take_char(struct pl *pl, char choice)
{
	struct pl c = {pl->p, pl->l ? 1 : 0}, want = {&choice, 1};

	if (!pl_caseeq(&c, &want))
		return EBADMSG;
	pl_skip(pl, 1);
	return 0;
}


/* "13:04:05". */
static int take_time(struct pl *pl, struct civil *c)
{
	int err = take_number(pl, 2, &c->hour);

	err = err ? err : take_char(pl, ':');
	err = err ? err : take_number(pl, 2, &c->minute);
	err = err ? err : take_char(pl, ':');
	return err ? err : take_number(pl, 2, &c->second);
}


/* ".123456", of which milliseconds are kept; absent is fine. */
static int take_fraction(struct pl *pl, struct civil *c)
{
	int scale = 100;
	size_t n = 0;

	c->ms = 0;
	if (take_char(pl, '.'))
		return 0;
	for (; pl->l && pl->p[0] >= '0' && pl->p[0] <= '9'; pl_skip(pl, 1)) {
		c->ms += scale * (pl->p[0] - '0');
		scale /= 10;
		++n;
	}
	return n ? 0 : EBADMSG;
}


/* "Z" or "+01:30", in minutes. */
static int take_offset(struct pl *pl, int *offset)
{
	int sign, hours, minutes;

	*offset = 0;
	if (!take_char(pl, 'Z'))
		return 0;
	sign = take_char(pl, '-') ? 1 : -1;
	if ((sign > 0 && take_char(pl, '+')) || take_number(pl, 2, &hours) ||
		take_char(pl, ':') || take_number(pl, 2, &minutes) ||
		hours > 23 || minutes > 59)
		return EBADMSG;
	*offset = sign * (hours * 60 + minutes);
	return 0;
}


/* Writes the last N digits of V and a letter at P, and returns what is behind
 * them. */
static char *put_number(char *p, unsigned n, unsigned v, char letter)
{
	char *end = p + n;

	*end = letter;
	for (p = end; n; n--, v /= 10)
		*--p = (char)('0' + v % 10);
	return end + 1;
}


/* Each event has one: by hand, for printf() is felt. */
void date_rfc3339(char buf[DATE_SIZE], int64_t ms)
{
	struct civil c;
	char *p = buf;

	civil_of(&c, ms);
	p = put_number(p, 4, (unsigned)c.year, '-');
	p = put_number(p, 2, (unsigned)c.month, '-');
	p = put_number(p, 2, (unsigned)c.day, 'T');
	p = put_number(p, 2, (unsigned)c.hour, ':');
	p = put_number(p, 2, (unsigned)c.minute, ':');
	p = put_number(p, 2, (unsigned)c.second, '.');
	p = put_number(p, 3, (unsigned)c.ms, 'Z');
	*p = '\0';
}


int date_rfc3339_decode(int64_t *ms, const struct pl *pl)
{
	struct pl p = *pl;
	struct civil c;
	int offset = 0;
	int err = take_number(&p, 4, &c.year);

	err = err ? err : take_char(&p, '-');
	err = err ? err : take_number(&p, 2, &c.month);
	err = err ? err : take_char(&p, '-');
	err = err ? err : take_number(&p, 2, &c.day);
	err = err ? err : take_char(&p, 'T');
	err = err ? err : take_time(&p, &c);
	err = err ? err : take_fraction(&p, &c);
	err = err ? err : take_offset(&p, &offset);
	if (err || p.l)
		return EBADMSG;
	return ms_of(ms, &c, offset);
}


void date_sip(char buf[DATE_SIZE], int64_t ms)
{
	struct civil c;

	civil_of(&c, ms);
	(void)snprintf(buf, DATE_SIZE,
		"%.3s, %02u %.3s %04u %02u:%02u:%02u GMT", weekdays[c.weekday],
		(unsigned)c.day % 100, months[c.month - 1],
		(unsigned)c.year % 10000, (unsigned)c.hour % 100,
		(unsigned)c.minute % 100, (unsigned)c.second % 100);
}


/* The first three letters of one of the N names; I gets its place. */
static int take_name(struct pl *pl, const char *const *names, int n, int *i)
{
	if (pl->l < 3)
		return EBADMSG;
	for (*i = 0; *i < n; ++*i) {
		if (!strncasecmp(pl->p, names[*i], 3)) {
			pl_skip(pl, 3);
			return 0;
		}
	}
	return EBADMSG;
}


int date_sip_decode(int64_t *ms, const struct pl *pl)
{
	struct pl p = *pl;
	struct civil c = {0};
	int month = 0;
	int err = take_name(&p, weekdays, 7, &c.weekday);

	err = err ? err : take_char(&p, ',');
	err = err ? err : take_char(&p, ' ');
	err = err ? err : take_number(&p, 2, &c.day);
	err = err ? err : take_char(&p, ' ');
	err = err ? err : take_name(&p, months, 12, &month);
	err = err ? err : take_char(&p, ' ');
	err = err ? err : take_number(&p, 4, &c.year);
	err = err ? err : take_char(&p, ' ');
	err = err ? err : take_time(&p, &c);
	err = err ? err : take_char(&p, ' ');
	if (err || !pl_strcaseeq(&p, "GMT"))
		return EBADMSG;
	c.month = month + 1;
	return ms_of(ms, &c, 0);
}


static void local_of(struct tm *tm, int64_t ms)
{
	time_t t = (time_t)((ms - (ms < 0 ? 999 : 0)) / 1000);

	if (!localtime_r(&t, tm)) {
		t = 0;
		(void)gmtime_r(&t, tm);
	}
}


void date_clock(char buf[DATE_SIZE], int64_t ms)
{
	struct tm tm;

	local_of(&tm, ms);
	(void)snprintf(buf, DATE_SIZE, "%02u:%02u", (unsigned)tm.tm_hour % 100,
		(unsigned)tm.tm_min % 100);
}


void date_clock_exact(char buf[DATE_SIZE], int64_t ms)
{
	struct tm tm;

	local_of(&tm, ms);
	(void)snprintf(buf, DATE_SIZE, "%02u:%02u:%02u.%03u",
		(unsigned)tm.tm_hour % 100, (unsigned)tm.tm_min % 100,
		(unsigned)tm.tm_sec % 100,
		(unsigned)((ms % 1000 + 1000) % 1000));
}


void date_day(char buf[DATE_SIZE], int64_t ms)
{
	struct tm tm;

	local_of(&tm, ms);
	(void)snprintf(buf, DATE_SIZE, "%s %u %s", weekdays[tm.tm_wday % 7],
		(unsigned)tm.tm_mday % 100, months[tm.tm_mon % 12]);
}


void date_stamp(char buf[DATE_SIZE], int64_t ms)
{
	struct tm tm;

	local_of(&tm, ms);
	(void)snprintf(buf, DATE_SIZE, "%04d-%02u-%02u %02u:%02u",
		tm.tm_year + 1900, (unsigned)(tm.tm_mon + 1) % 100,
		(unsigned)tm.tm_mday % 100, (unsigned)tm.tm_hour % 100,
		(unsigned)tm.tm_min % 100);
}


void date_stamp_short(char buf[DATE_SIZE], int64_t ms, int64_t now)
{
	struct tm tm, today;

	local_of(&tm, ms);
	local_of(&today, now);
	if (tm.tm_year == today.tm_year && tm.tm_yday == today.tm_yday)
		date_clock(buf, ms);
	else
		date_stamp(buf, ms);
}
