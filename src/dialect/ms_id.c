/* SPDX-License-Identifier: GPL-3.0-or-later */
/* ms_id.c - an endpoint's id and the UUID derived from it ([MS-SIPRE] 2.2.5,
 * 3.2.3.1). */
#include <stdio.h>
#include <string.h>
#include "hash.h"
#include "mem.h"
#include "ms_int.h"


enum {
	EPID_BYTES = 5,
};


char *ms_epid(const char *instance, const char *aor)
{
	struct pl pieces[2] = {pl_str(instance), pl_str(aor)};
	char hex[2 * EPID_BYTES + 1];
	uint8_t digest[HASH_MAX];

	(void)hash_pieces(HASH_SHA256, pieces, 2, digest);
	hash_to_hex(digest, EPID_BYTES, hex);
	return mem_strdup(hex);
}


char *ms_instance(const char *epid)
{
	/* fcacfb03-8a73-46ef-91b1-e5ebeeaba4fe as it lies in memory. */
	static const uint8_t space[16] = {0x03, 0xfb, 0xac, 0xfc, 0x73, 0x8a,
		0xef, 0x46, 0x91, 0xb1, 0xe5, 0xeb, 0xee, 0xab, 0xa4, 0xfe};
	const struct pl pieces[2] = {
		pl_make((const char *)space, sizeof(space)), pl_str(epid)};
	uint8_t h[HASH_MAX] = {0};

	(void)hash_pieces(HASH_SHA1, pieces, 2, h);
	h[7] = (uint8_t)((h[7] & 0x0f) | 0x50); /* version 5 */
	h[8] = (uint8_t)((h[8] & 0x3f) | 0x80); /* variant */
	return mem_printf("urn:uuid:%02x%02x%02x%02x-%02x%02x-%02x%02x-"
			  "%02x%02x-%02x%02x%02x%02x%02x%02x",
		h[3], h[2], h[1], h[0], h[5], h[4], h[7], h[6], h[8], h[9],
		h[10], h[11], h[12], h[13], h[14], h[15]);
}
