/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <errno.h>
#include <stdlib.h>
#include "../../../src/net/dns_int.h"
#include "unit.h"

int test_dns_answer(void);

#define HEADER(answers_)                             \
	"\x12\x34\x81\x80\0\1\0" answers_ "\0\0\0\0" \
	"\7example\3org\0\0\1\0\1" /* question at 12, 17 bytes */
#define OWNER "\xc0\x0c"


struct answer_case {
	struct pl wire;
	enum dns_type type;
	int err; /* of decoding */
	int inner; /* of the answer */
	size_t n;
	uint32_t ttl;
};


static struct dns_answer *decode(const struct answer_case *c)
{
	struct dns_answer *a = NULL;
	/* On the heap, so that a byte too far is noticed. */
	uint8_t *copy = malloc(c->wire.l ? c->wire.l : 1);

	memcpy(copy, c->wire.p, c->wire.l);
	assert_int_equal(
		dns_answer_decode(&a, c->type, copy, c->wire.l), c->err);
	free(copy);
	if (c->err)
		assert_null(a);
	return a;
}


static void answers(void **state)
{
	static const struct answer_case cases[] = {
		{PL(HEADER("\1") OWNER "\0\1\0\1\0\0\0\x3c\0\4\xc0\0\2\1"),
			DNS_A, 0, 0, 1, 60},
		/* an alias on the way: the least TTL counts */
		{PL(HEADER("\2") OWNER
			 "\0\5\0\1\0\0\0\5\0\4\1a\xc0\x0c"
			 "\xc0\x2b\0\1\0\1\0\0\0\x3c\0\4\xc0\0\2\1"),
			DNS_A, 0, 0, 1, 5},
		{PL(HEADER("\1") OWNER
			 "\0\x1c\0\1\0\0\0\x3c\0\x10"
			 "\x20\1\x0d\xb8\0\0\0\0\0\0\0\0\0\0\0\1"),
			DNS_AAAA, 0, 0, 1, 60},
		/* only others, or none */
		{PL(HEADER("\1") OWNER "\0\5\0\1\0\0\0\5\0\4\1a\xc0\x0c"),
			DNS_A, 0, ENOENT, 0, 5},
		{PL(HEADER("\0")), DNS_A, 0, ENOENT, 0, UINT32_MAX},
		/* another class; a TTL with its first bit set */
		{PL(HEADER("\1") OWNER "\0\1\0\3\0\0\0\x3c\0\4\xc0\0\2\1"),
			DNS_A, 0, ENOENT, 0, UINT32_MAX},
		{PL(HEADER("\1") OWNER "\0\1\0\1\x80\0\0\x3c\0\4\xc0\0\2\1"),
			DNS_A, 0, 0, 1, 0},
		/* a record shorter than it should be is passed over */
		{PL(HEADER("\1") OWNER "\0\1\0\1\0\0\0\x3c\0\3\xc0\0\2"), DNS_A,
			0, ENOENT, 0, 60},
		/* cut short, lying about lengths, pointing at itself */
		{PL(HEADER("\2") OWNER "\0\1\0\1\0\0\0\x3c\0\4\xc0\0\2\1"),
			DNS_A, EBADMSG, 0, 0, 0},
		{PL(HEADER("\1") OWNER "\0\1\0\1\0\0\0\x3c\0\x40\xc0\0\2\1"),
			DNS_A, EBADMSG, 0, 0, 0},
		{PL(HEADER("\1") "\xc0\x1d\0\1\0\1\0\0\0\x3c\0\4\xc0\0\2\1"),
			DNS_A, EBADMSG, 0, 0, 0},
		{PL(HEADER("\1") "\xff\xff\0\1\0\1\0\0\0\x3c\0\4\xc0\0\2\1"),
			DNS_A, EBADMSG, 0, 0, 0},
		{PL(HEADER("\1") "\x80\0\1\0\1\0\0\0\x3c\0\4\xc0\0\2\1"), DNS_A,
			EBADMSG, 0, 0, 0},
		{PL("\x12\x34\x81"), DNS_A, EBADMSG, 0, 0, 0},
		{PL(""), DNS_A, EBADMSG, 0, 0, 0},
	};
	size_t i;

	(void)state;
	for (i = 0; i < UNIT_N(cases); i++) {
		struct dns_answer *a = decode(&cases[i]);

		if (!a)
			continue;
		assert_int_equal(a->err, cases[i].inner);
		assert_int_equal(a->n, cases[i].n);
		assert_int_equal(a->ttl, cases[i].ttl);
		mem_deref(a);
	}
}


static const struct answer_case srv_case = {
	PL(HEADER("\4") OWNER "\0\x21\0\1\0\0\0\x3c\0\x0c\0\1\0\2\x13\xc5"
			      "\3sip\xc0\x0c"
		/* no such service */
		OWNER "\0\x21\0\1\0\0\0\x3c\0\7\0\0\0\0\0\0\0"
		/* a target that is no host name */
		OWNER "\0\x21\0\1\0\0\0\x3c\0\x0c\0\0\0\0\0\0\4a\x1b[b\0"
		/* no room for a target */
		OWNER "\0\x21\0\1\0\0\0\x3c\0\6\0\0\0\0\0\0"),
	DNS_SRV, 0, 0, 2, 60};


static void srv(void **state)
{
	struct dns_answer *a = decode(&srv_case);

	(void)state;
	assert_non_null(a);
	assert_int_equal(a->n, 2);
	assert_int_equal(a->srv[0].priority, 1);
	assert_int_equal(a->srv[0].weight, 2);
	assert_int_equal(a->srv[0].port, 5061);
	assert_string_equal(a->srv[0].target, "sip.example.org");
	assert_string_equal(a->srv[1].target, "");
	mem_deref(a);
}


static const struct answer_case naptr_case = {
	PL(HEADER("\2") OWNER "\0\x23\0\1\0\0\0\x3c\0\x26\0\x32\0\x0a\1s"
			      "\7SIP+D2T\0\4_sip\4_tcp\7example\3org\0"
		/* a string that goes beyond the record */
		OWNER "\0\x23\0\1\0\0\0\x3c\0\6\0\1\0\1\xfas"),
	DNS_NAPTR, 0, 0, 1, 60};


static void naptr(void **state)
{
	struct dns_answer *a = decode(&naptr_case);

	(void)state;
	assert_non_null(a);
	assert_int_equal(a->n, 1);
	assert_int_equal(a->naptr[0].order, 50);
	assert_int_equal(a->naptr[0].preference, 10);
	assert_string_equal(a->naptr[0].flags, "s");
	assert_string_equal(a->naptr[0].service, "SIP+D2T");
	assert_string_equal(a->naptr[0].regexp, "");
	assert_string_equal(a->naptr[0].replacement, "_sip._tcp.example.org");
	mem_deref(a);
}


/* Cut at every byte, and with every byte made another: no read beyond. */
static void damaged(void **state)
{
	const struct answer_case *cases[] = {&srv_case, &naptr_case};
	size_t i, j, k;

	(void)state;
	for (i = 0; i < UNIT_N(cases); i++) {
		const struct pl *wire = &cases[i]->wire;

		for (j = 0; j < wire->l; j++) {
			static const uint8_t values[] = {0, 0x3f, 0xc0, 0xff};
			struct dns_answer *a = NULL;
			uint8_t *copy = malloc(j + 1);

			memcpy(copy, wire->p, j);
			assert_int_equal(
				dns_answer_decode(&a, cases[i]->type, copy, j),
				EBADMSG);
			free(copy);
			for (k = 0; k < UNIT_N(values); k++) {
				copy = malloc(wire->l);
				memcpy(copy, wire->p, wire->l);
				copy[j] = values[k];
				(void)dns_answer_decode(
					&a, cases[i]->type, copy, wire->l);
				a = mem_deref(a);
				free(copy);
			}
		}
	}
}


static void names(void **state)
{
	static const struct {
		const char *in, *out; /* NULL: none */
	} cases[] = {
		{"Example.ORG", "example.org"},
		{"example.org.", "example.org"},
		{"_sip._tcp.example.org", "_sip._tcp.example.org"},
		{"a", "a"},
		{"", NULL},
		{".", NULL},
		{"a..b", NULL},
		{".a", NULL},
		{"a b", NULL},
		{"ex\xc3\xa4mple.org", NULL},
		{"a\x1b[", NULL},
		{"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
		 "aaa",
			NULL},
	};
	char buf[DNS_NAME_SIZE], longest[300];
	size_t i;

	(void)state;
	for (i = 0; i < UNIT_N(cases); i++) {
		int err = dns_name_normalise(buf, cases[i].in);

		assert_int_equal(err, cases[i].out ? 0 : EINVAL);
		if (cases[i].out)
			assert_string_equal(buf, cases[i].out);
	}
	for (i = 0; i < sizeof(longest); i++)
		longest[i] = i % 2 ? '.' : 'a';
	longest[253] = '\0';
	assert_int_equal(dns_name_normalise(buf, longest), 0);
	longest[253] = '.';
	longest[254] = 'a';
	longest[255] = '\0';
	assert_int_equal(dns_name_normalise(buf, longest), EINVAL);
}


static void cache(void **state)
{
	struct dns_cache *c = dns_cache_alloc();
	struct dns_answer *a = dns_answer_error(DNS_A, ENOENT, 10), *got;
	struct dns_answer *none = dns_answer_error(DNS_SRV, ENOENT, 0);
	struct dns_answer *ever = dns_answer_error(DNS_SRV, 0, UINT32_MAX);
	char name[32];
	unsigned i;

	(void)state;
	assert_null(dns_cache_get(c, DNS_A, "example.org", 0));
	dns_cache_put(c, "example.org", a, 1000);
	got = dns_cache_get(c, DNS_A, "example.org", 10999);
	assert_ptr_equal(got, a);
	mem_deref(got);
	assert_null(dns_cache_get(c, DNS_AAAA, "example.org", 1000));
	assert_null(dns_cache_get(c, DNS_A, "example.or", 1000));
	assert_null(dns_cache_get(c, DNS_A, "example.org", 11000));
	dns_cache_put(c, "example.org", none, 1000);
	assert_null(dns_cache_get(c, DNS_SRV, "example.org", 1000));
	dns_cache_put(c, "example.org", ever, 0);
	assert_null(dns_cache_get(c, DNS_SRV, "example.org", 86400000));

	/* The oldest go. */
	for (i = 0; i < 1500; i++) {
		(void)snprintf(name, sizeof(name), "n%u.example.org", i);
		dns_cache_put(c, name, a, 0);
	}
	assert_int_equal(mem_nrefs(a), 1001);
	assert_null(dns_cache_get(c, DNS_A, "n0.example.org", 1));
	got = dns_cache_get(c, DNS_A, "n1499.example.org", 1);
	assert_ptr_equal(got, a);
	mem_deref(got);
	dns_cache_flush(c);
	assert_int_equal(mem_nrefs(a), 1);
	mem_deref(c);
	mem_deref(a);
	mem_deref(none);
	mem_deref(ever);
}


int test_dns_answer(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(answers),
		cmocka_unit_test(srv),
		cmocka_unit_test(naptr),
		cmocka_unit_test(damaged),
		cmocka_unit_test(names),
		cmocka_unit_test(cache),
	};

	return cmocka_run_group_tests_name("dns_answer", tests, NULL, NULL);
}
