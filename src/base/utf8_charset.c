/* SPDX-License-Identifier: GPL-3.0-or-later */
/* utf8_charset.c - text in other charsets to UTF-8, over iconv. */
#include <errno.h>
#include <iconv.h>
#include <string.h>
#include "mem.h"
#include "utf8.h"


enum {
	CHARSET_MAX = 32,
	CHUNK = 1024,
};


/* Only charsets that people write: a peer must not choose among all the
 * modules of the C library, some of which have had holes. */
static const char *const charsets[] = {
	"big5",
	"big5-hkscs",
	"euc-jp",
	"euc-kr",
	"gb18030",
	"gb2312",
	"gbk",
	"iso-2022-jp",
	"koi8-r",
	"koi8-u",
	"shift_jis",
	"tis-620",
	"utf-16",
	"utf-16be",
	"utf-16le",
	"utf-32",
	"utf-32be",
	"utf-32le",
};


/* PREFIX and one or two digits: a family such as iso-8859-15. */
static bool is_numbered(const struct pl *name, const char *prefix)
{
	struct pl pre = pl_str(prefix), head = *name, rest = *name;
	uint32_t number;

	if (name->l <= pre.l || name->l > pre.l + 2)
		return false;
	head.l = pre.l;
	pl_skip(&rest, pre.l);
	return pl_caseeq(&head, &pre) && !pl_u32(&rest, &number);
}


static bool is_known(const struct pl *name)
{
	size_t i;

	for (i = 0; i < sizeof(charsets) / sizeof(charsets[0]); i++) {
		if (pl_strcaseeq(name, charsets[i]))
			return true;
	}
	return is_numbered(name, "iso-8859-") ||
		is_numbered(name, "windows-12") || is_numbered(name, "cp12");
}


static bool is_utf8(const struct pl *name)
{
	return pl_strcaseeq(name, "utf-8") || pl_strcaseeq(name, "utf8");
}


/* Appends the text TEXT of UTF-8 as far as whole code points fit; false when
 * the buffer is full. */
static bool append(struct mbuf *mb, const struct pl *text)
{
	uint32_t cp;
	size_t i, n;

	for (i = 0; i < text->l; i += n) {
		char buf[4];
		size_t len;

		n = utf8_decode(&cp, text->p + i, text->l - i);
		len = utf8_encode(buf, cp ? cp : 0xfffd);
		if (mbuf_write_mem(mb, buf, len))
			return false;
	}
	return true;
}


/* One byte that no rule converts. */
static bool append_raw(struct mbuf *mb, unsigned char c)
{
	static const struct pl bad = PL("\xef\xbf\xbd");
	char s = (char)c;
	struct pl ascii = {&s, 1};

	return append(mb, c > 0x7f ? &bad : &ascii);
}


static void convert(struct mbuf *mb, iconv_t cd, const struct pl *pl)
{
	char *in = (char *)(uintptr_t)pl->p;
	size_t left = pl->l;
	bool room = true;

	while (left && room) {
		char chunk[CHUNK], *out = chunk;
		size_t space = sizeof(chunk);
		size_t n = iconv(cd, &in, &left, &out, &space);
		int err = n == (size_t)-1 ? errno : 0;
		struct pl text = pl_make(chunk, sizeof(chunk) - space);

		room = append(mb, &text);
		if (room && (err == EILSEQ || err == EINVAL) && left) {
			room = append_raw(mb, (unsigned char)*in++);
			--left;
		}
	}
}


/* True if PL is a string already that needs no change. */
static bool is_right(const struct pl *pl, const struct pl *charset, size_t max)
{
	return pl->l <= max && is_utf8(charset) && !pl_chr(pl, '\0') &&
		utf8_valid(pl);
}


char *utf8_from_charset(
	const struct pl *pl, const struct pl *charset, size_t max)
{
	struct mbuf *mb;
	iconv_t cd = (iconv_t)-1;
	char name[CHARSET_MAX];
	size_t i;
	char *s;

	if (is_right(pl, charset, max))
		return mem_strndup(pl->p, pl->l);
	mb = mbuf_alloc(max);
	if (charset->l < sizeof(name) && is_known(charset)) {
		memcpy(name, charset->p, charset->l);
		name[charset->l] = '\0';
		cd = iconv_open("UTF-8", name);
	}
	if (cd != (iconv_t)-1) {
		convert(mb, cd, pl);
		(void)iconv_close(cd);
	} else if (is_utf8(charset)) {
		(void)append(mb, pl);
	} else {
		for (i = 0; i < pl->l; i++) {
			if (!append_raw(mb, (unsigned char)pl->p[i]))
				break;
		}
	}
	s = mbuf_strdup(mb);
	mem_deref(mb);
	return s;
}
