/* SPDX-License-Identifier: GPL-3.0-or-later */
/* fuzz_dns.c - responses of name servers; the first byte picks the type. The
 * names in what is decoded are names. */
#include <stdlib.h>
#include "../../src/net/dns_int.h"
#include "mem.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);


static void check_name(const char *name)
{
	char buf[DNS_NAME_SIZE];

	if (name[0] && dns_name_normalise(buf, name))
		abort();
}


int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const enum dns_type types[] = {
		DNS_A, DNS_AAAA, DNS_SRV, DNS_NAPTR};
	struct dns_answer *a = NULL;
	size_t i;

	if (!size ||
		dns_answer_decode(&a, types[data[0] & 3], data + 1, size - 1))
		return 0;
	if (!a->n != (a->err != 0))
		abort();
	for (i = 0; a->srv && i < a->n; i++)
		check_name(a->srv[i].target);
	for (i = 0; a->naptr && i < a->n; i++)
		check_name(a->naptr[i].replacement);
	mem_deref(a);
	return 0;
}
