/* SPDX-License-Identifier: GPL-3.0-or-later */
/* head.c - the head of a message: where it ends, unfolded (RFC 3261 7.3.1). */
#include <string.h>
#include "msg_int.h"
#include "word.h"


/* The first byte below SP, or the end: CR, LF, NUL and hardly anything else
 * is, so that one look at sixteen bytes passes over most of a head. */
static inline const char *next_control(const char *p, const char *e)
{
	uint64_t one, two;

	for (; e - p >= 16; p += 16) {
		one = word_below(word_load(p), ' ');
		two = word_below(word_load(p + 8), ' ');
		if (one | two)
			return one ? p + word_first(one)
				   : p + 8 + word_first(two);
	}
	while (p < e && (uint8_t)*p >= ' ')
		++p;
	return p;
}


/* Returns what is behind the blank line, or behind the last whole line. */
static const char *scan(struct head *head, const char *p, const char *e)
{
	const char *start = p, *c;
	size_t lines = 0;

	for (c = next_control(p, e); c < e; c = next_control(c + 1, e)) {
		if (*c == '\r' && e - c > 1 && c[1] == '\n')
			++c;
		if (*c != '\n') {
			head->stray_cr |= *c == '\r';
			head->nul |= !*c;
			continue;
		}
		if (c == start || (c == start + 1 && *start == '\r')) {
			head->ended = true;
			start = c + 1;
			break;
		}
		head->folded |= *start == ' ' || *start == '\t';
		if (lines < HEAD_LINES)
			head->end[lines] = (size_t)(c - p);
		++lines;
		start = c + 1;
	}
	head->lines = lines;
	return start;
}


void head_scan(struct head *head, const char *p, size_t n, size_t max)
{
	const char *e = p + (n < max ? n : max);

	head->folded = head->ended = head->nul = head->stray_cr = false;
	head->len = (size_t)(scan(head, p, e) - p);
	head->too_long = !head->ended && n > max;
}


size_t head_unfold(char *to, const char *p, size_t n)
{
	const char *e = p + n;
	char *start = to;

	while (p < e) {
		const char *lf = memchr(p, '\n', (size_t)(e - p));
		size_t len = (size_t)(lf - p + 1);

		if (lf + 1 == e || (lf[1] != ' ' && lf[1] != '\t')) {
			memcpy(to, p, len);
			to += len;
			p += len;
			continue;
		}
		while (len && ch_is(p[len - 1], CH_LWS))
			--len;
		memcpy(to, p, len);
		to += len;
		*to++ = ' ';
		for (p = lf + 1; *p == ' ' || *p == '\t'; p++)
			;
	}
	return (size_t)(to - start);
}
