/* SPDX-License-Identifier: GPL-3.0-or-later */
/* head.c - the head of a message: where it ends, unfolded (RFC 3261 7.3.1). */
#include <string.h>
#include "msg_int.h"


void head_scan(struct head *head, const char *p, size_t n, size_t max)
{
	const char *e = p + (n < max ? n : max);
	const char *at = p, *lf;

	memset(head, 0, sizeof(*head));
	while (at < e && (lf = memchr(at, '\n', (size_t)(e - at)))) {
		if (lf == at || (lf == at + 1 && *at == '\r')) {
			head->ended = true;
			at = lf + 1;
			break;
		}
		if (*at == ' ' || *at == '\t')
			head->folded = true;
		else
			++head->lines;
		at = lf + 1;
	}
	head->len = (size_t)(at - p);
	head->too_long = !head->ended && n > max;
	head->nul = head->len && memchr(p, '\0', head->len);
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
