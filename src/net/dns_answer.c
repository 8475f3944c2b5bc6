/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * dns_answer.c - decodes responses of name servers (RFC 1035 section 4, RFC
 * 2782 SRV, RFC 3403 NAPTR, RFC 3596 AAAA). Pure.
 */
#include <errno.h>
#include <string.h>
#include "dns_int.h"
#include "mem.h"


enum {
	HEADER_SIZE = 12,
	CLASS_IN = 1,
	POINTERS_MAX = 64, /* that a name may be made of */
	RECORDS_MAX = 256,
};


/* Where reading stands in a response. */
struct cursor {
	const uint8_t *p;
	size_t n, at;
	bool bad; /* something did not fit; every later read gives 0 */
};

struct record {
	uint16_t type, class;
	uint32_t ttl;
	size_t end; /* of its data */
};


static void dns_answer_destructor(void *data)
{
	struct dns_answer *a = data;
	size_t i;

	for (i = 0; a->srv && i < a->n; i++)
		mem_deref(a->srv[i].target);
	for (i = 0; a->naptr && i < a->n; i++) {
		mem_deref(a->naptr[i].flags);
		mem_deref(a->naptr[i].service);
		mem_deref(a->naptr[i].regexp);
		mem_deref(a->naptr[i].replacement);
	}
	mem_deref(a->addrs);
	mem_deref(a->srv);
	mem_deref(a->naptr);
}


/* ---- reading */

static const uint8_t *take(struct cursor *c, size_t n)
{
	if (c->bad || n > c->n - c->at) {
		c->bad = true;
		return NULL;
	}
	c->at += n;
	return c->p + c->at - n;
}


static uint16_t take_u16(struct cursor *c)
{
	const uint8_t *p = take(c, 2);

	return p ? (uint16_t)(p[0] << 8 | p[1]) : 0;
}


static uint32_t take_u32(struct cursor *c)
{
	uint32_t high = take_u16(c);

	return high << 16 | take_u16(c);
}


static bool is_name_char(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
		(c >= '0' && c <= '9') || c == '-' || c == '_';
}


/* Appends a label of N bytes to the name of *LEN in BUF. */
static bool put_label(
	char buf[DNS_NAME_SIZE], size_t *len, const uint8_t *p, size_t n)
{
	size_t i;

	if (*len + (*len ? 1 : 0) + n > DNS_NAME_MAX)
		return false;
	if (*len)
		buf[(*len)++] = '.';
	for (i = 0; i < n; i++) {
		if (!is_name_char((char)p[i]))
			return false;
		buf[(*len)++] = (char)p[i];
	}
	return true;
}


/* Reads a name, maybe a compressed one; false if it is none that a host or
 * service may have, in which case the cursor stands behind it nevertheless
 * unless it is bad. */
static bool take_name(struct cursor *c, char buf[DNS_NAME_SIZE])
{
	unsigned pointers = 0;
	size_t len = 0, behind = 0;
	bool good = true;

	for (;;) {
		const uint8_t *p = take(c, 1);
		size_t n = p ? *p : 0;

		if (!n)
			break;
		if ((n & 0xc0) == 0xc0) {
			p = take(c, 1);
			if (!p || ++pointers > POINTERS_MAX) {
				c->bad = true;
				break;
			}
			if (!behind)
				behind = c->at;
			c->at = (n & 0x3f) << 8 | *p;
			c->bad = c->at >= c->n;
		} else if (n & 0xc0) {
			c->bad = true;
		} else {
			p = take(c, n);
			good = p && good && put_label(buf, &len, p, n);
		}
	}
	if (behind && !c->bad)
		c->at = behind;
	buf[len < DNS_NAME_SIZE ? len : 0] = '\0';
	return good && !c->bad;
}


static char *take_string(struct cursor *c)
{
	const uint8_t *p = take(c, 1);
	size_t n = p ? *p : 0;

	p = take(c, n);
	return mem_strndup((const char *)p, p ? n : 0);
}


static void take_record(struct cursor *c, struct record *r)
{
	char owner[DNS_NAME_SIZE];
	size_t n;

	(void)take_name(c, owner);
	r->type = take_u16(c);
	r->class = take_u16(c);
	r->ttl = take_u32(c);
	/* RFC 2181 section 8 */
	if (r->ttl > INT32_MAX)
		r->ttl = 0;
	n = take_u16(c);
	if (n > c->n - c->at)
		c->bad = true;
	r->end = c->at + n;
}


/* ---- the data of records: false for one that is passed over */

static bool take_addr(struct cursor *c, struct dns_answer *a)
{
	struct sa *sa = &a->addrs[a->n];
	bool v6 = a->type == DNS_AAAA;
	const uint8_t *p = take(c, v6 ? 16 : 4);

	if (!p)
		return false;
	(void)sa_set_str(sa, v6 ? "::" : "0.0.0.0", 0);
	if (v6)
		memcpy(&sa->u.in6.sin6_addr, p, 16);
	else
		memcpy(&sa->u.in.sin_addr, p, 4);
	return true;
}


static bool take_srv(struct cursor *c, struct dns_answer *a)
{
	struct dns_srv *srv = &a->srv[a->n];
	char target[DNS_NAME_SIZE];

	srv->priority = take_u16(c);
	srv->weight = take_u16(c);
	srv->port = take_u16(c);
	if (!take_name(c, target))
		return false;
	srv->target = mem_strdup(target);
	return true;
}


static bool take_naptr(struct cursor *c, struct dns_answer *a)
{
	struct dns_naptr *naptr = &a->naptr[a->n];
	char replacement[DNS_NAME_SIZE];
	bool good;

	naptr->order = take_u16(c);
	naptr->preference = take_u16(c);
	naptr->flags = take_string(c);
	naptr->service = take_string(c);
	naptr->regexp = take_string(c);
	good = take_name(c, replacement);
	if (good) {
		naptr->replacement = mem_strdup(replacement);
		return true;
	}
	naptr->flags = mem_deref(naptr->flags);
	naptr->service = mem_deref(naptr->service);
	naptr->regexp = mem_deref(naptr->regexp);
	return false;
}


static bool take_data(struct cursor *c, struct dns_answer *a)
{
	switch (a->type) {
	case DNS_A:
	case DNS_AAAA:
		return take_addr(c, a);
	case DNS_SRV:
		return take_srv(c, a);
	case DNS_NAPTR:
		return take_naptr(c, a);
	case DNS_CNAME:
		break;
	}
	return false;
}


static void make_room(struct dns_answer *a, size_t n)
{
	switch (a->type) {
	case DNS_A:
	case DNS_AAAA:
		a->addrs = mem_zalloc(n * sizeof(*a->addrs), NULL);
		break;
	case DNS_SRV:
		a->srv = mem_zalloc(n * sizeof(*a->srv), NULL);
		break;
	case DNS_NAPTR:
		a->naptr = mem_zalloc(n * sizeof(*a->naptr), NULL);
		break;
	case DNS_CNAME:
		break;
	}
}


/* One record of the answer section. */
static void take_answer(struct cursor *c, struct dns_answer *a)
{
	struct record r;
	struct cursor data;

	take_record(c, &r);
	if (c->bad || r.class != CLASS_IN)
		goto out;
	if (r.type != a->type && r.type != DNS_CNAME)
		goto out;
	if (r.ttl < a->ttl)
		a->ttl = r.ttl;
	if (r.type != a->type)
		goto out;
	/* Names in it may point back into the whole message, but nothing in
	 * it may go beyond its end. */
	data = *c;
	data.n = r.end;
	if (take_data(&data, a))
		++a->n;

out:
	if (!c->bad)
		c->at = r.end;
}


struct dns_answer *dns_answer_error(enum dns_type type, int err, uint32_t ttl)
{
	struct dns_answer *a = mem_zalloc(sizeof(*a), dns_answer_destructor);

	a->type = type;
	a->err = err;
	a->ttl = ttl;
	return a;
}


int dns_answer_decode(
	struct dns_answer **ap, enum dns_type type, const uint8_t *p, size_t n)
{
	struct cursor c = {p, n, 4, n < HEADER_SIZE};
	char name[DNS_NAME_SIZE];
	struct dns_answer *a;
	size_t questions = take_u16(&c), answers = take_u16(&c);

	c.at = HEADER_SIZE;
	for (; questions && !c.bad; questions--) {
		(void)take_name(&c, name);
		(void)take_u32(&c);
	}
	if (c.bad)
		return EBADMSG;
	if (answers > RECORDS_MAX)
		answers = RECORDS_MAX;
	a = dns_answer_error(type, 0, UINT32_MAX);
	make_room(a, answers);
	for (; answers && !c.bad; answers--)
		take_answer(&c, a);
	if (c.bad) {
		mem_deref(a);
		return EBADMSG;
	}
	if (!a->n)
		a->err = ENOENT;
	*ap = a;
	return 0;
}


int dns_name_normalise(char buf[DNS_NAME_SIZE], const char *name)
{
	size_t n = strlen(name), i, label = 0;

	if (n > 1 && name[n - 1] == '.')
		--n;
	if (!n || n > DNS_NAME_MAX)
		return EINVAL;
	for (i = 0; i < n; i++) {
		char c = name[i];

		if (c != '.' && !is_name_char(c))
			return EINVAL;
		label = c == '.' ? 0 : label + 1;
		if (label > 63 || (c == '.' && (!i || name[i - 1] == '.')))
			return EINVAL;
		buf[i] = c >= 'A' && c <= 'Z' ? (char)(c + 'a' - 'A') : c;
	}
	buf[n] = '\0';
	return 0;
}
