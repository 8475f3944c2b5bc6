/* SPDX-License-Identifier: GPL-3.0-or-later */
/* head.c - the head of a message: where it ends, unfolded (RFC 3261 7.3.1). */
#include <string.h>
#include "msg_int.h"
#include "word.h"


/* The line from START ends at LF; true if that is the blank one. */
static inline bool line_ends(
	struct head *head, const char *p, const char *start, const char *lf)
{
	if (lf == start || (lf == start + 1 && *start == '\r'))
		return true;
	if (*start == ' ' || *start == '\t')
		head->folded = true;
	if (head->lines < HEAD_LINES)
		head->end[head->lines] = (size_t)(lf - p);
	++head->lines;
	return false;
}


/*
 * Below SP are the line ends, NUL and hardly anything else: one look at
 * eight bytes passes over most of a head, and nothing needs a second pass.
 * Returns what is behind the blank line, or behind the last whole line.
 */
static const char *scan(struct head *head, const char *p, const char *e)
{
	const char *start = p, *at, *c;
	uint64_t flags;

	for (at = p; at < e; at += 8) {
		if (e - at >= 8)
			flags = word_below(word_load(at), ' ');
		else
			flags = word_below(
				word_load_part(at, (size_t)(e - at)), ' ');
		for (; flags; flags &= flags - 1) {
			c = at + word_first(flags);
			if (c >= e)
				break;
			if (*c == '\r') {
				head->stray_cr |= c + 1 == e || c[1] != '\n';
			} else if (*c == '\n') {
				head->ended = line_ends(head, p, start, c);
				start = c + 1;
				if (head->ended)
					return start;
			} else if (!*c) {
				head->nul = true;
			}
		}
	}
	return start;
}


void head_scan(struct head *head, const char *p, size_t n, size_t max)
{
	const char *e = p + (n < max ? n : max);

	head->lines = 0;
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
