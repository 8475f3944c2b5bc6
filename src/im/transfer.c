/* SPDX-License-Identifier: GPL-3.0-or-later */
/* transfer.c - undoes base64 and quoted-printable (RFC 2045 6) */
#include <string.h>
#include "hash.h"
#include "im_int.h"
#include "mem.h"


static char *base64_decode(struct pl *result, const struct pl *body)
{
	char *letters = mem_alloc(body->l + 1, NULL);
	struct pl pl;
	size_t n = 0, i, len;
	char *bytes;

	for (i = 0; i < body->l; i++) {
		if (!body->p[i] || !strchr(" \t\r\n", body->p[i]))
			letters[n++] = body->p[i];
	}
	pl = pl_make(letters, n);
	bytes = (char *)hash_base64_decode(&pl, &len);
	mem_deref(letters);
	if (bytes)
		*result = pl_make(bytes, len);
	return bytes;
}


static int hex_value(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'A' && c <= 'F')
		return c - 'A' + 10;
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}


/* Bytes of the line end at the start of PL; 0 if there is none. */
static size_t line_end(const struct pl *pl)
{
	size_t n = pl->l && pl->p[0] == '\r';

	return n < pl->l && pl->p[n] == '\n' ? n + 1 : 0;
}


static char *quoted_decode(struct pl *result, const struct pl *body)
{
	char *bytes = mem_alloc(body->l + 1, NULL);
	struct pl rest = *body;
	size_t n = 0;

	while (rest.l) {
		char c = rest.p[0];

		pl_skip(&rest, 1);
		if (c == '=' && line_end(&rest)) {
			pl_skip(&rest, line_end(&rest));
		} else if (c == '=' && rest.l >= 2 &&
			hex_value(rest.p[0]) >= 0 &&
			hex_value(rest.p[1]) >= 0) {
			bytes[n++] = (char)(hex_value(rest.p[0]) * 16 +
				hex_value(rest.p[1]));
			pl_skip(&rest, 2);
		} else {
			bytes[n++] = c;
		}
	}
	*result = pl_make(bytes, n);
	return bytes;
}


char *im_transfer_decode(
	struct pl *result, const struct pl *name, const struct pl *body)
{
	struct pl trimmed = pl_trim(name);

	*result = *body;
	if (pl_strcaseeq(&trimmed, "base64"))
		return base64_decode(result, body);
	if (pl_strcaseeq(&trimmed, "quoted-printable"))
		return quoted_decode(result, body);
	return NULL;
}
