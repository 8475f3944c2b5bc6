/* SPDX-License-Identifier: GPL-3.0-or-later */
/* winfo.c - who watches, out of documents of all kinds. */
#include <errno.h>
#include "doc.h"
#include "winfo.h"

int test_winfo(void);

#define NS "xmlns='urn:ietf:params:xml:ns:watcherinfo'"
#define LIST \
	"<watcher-list resource='sip:alice@example.org' package='presence'>"

struct heard {
	struct mbuf *mb;
	bool deaf; /* after the head */
};


static bool head_h(bool full, uint32_t version, void *arg)
{
	const struct heard *heard = arg;

	mbuf_printf(heard->mb, "%s %u\n", full ? "full" : "partial", version);
	return !heard->deaf;
}


static void watcher_h(const struct winfo_watcher *w, void *arg)
{
	static const char *const statuses[] = {
		[WINFO_PENDING] = "pending",
		[WINFO_WAITING] = "waiting",
		[WINFO_ACTIVE] = "active",
		[WINFO_TERMINATED] = "terminated",
	};
	static const char *const causes[] = {
		[WINFO_OTHER] = "",
		[WINFO_APPROVED] = "/approved",
		[WINFO_REJECTED] = "/rejected",
	};
	const struct heard *heard = arg;

	mbuf_printf(heard->mb, "%s %s %s%s %s%s%s\n", w->resource, w->package,
		statuses[w->status], causes[w->cause], w->peer,
		w->name ? " " : "", w->name ? w->name : "");
}


/* All that BODY says, after the error if there is one (mem_deref). */
static char *read_pl(const struct pl *body, bool deaf)
{
	struct heard heard = {mbuf_alloc(SIZE_MAX), deaf};
	const struct winfo_handlers h = {
		.head = head_h,
		.watcher = watcher_h,
		.arg = &heard,
	};
	int err = winfo_decode(body, &h);
	char *text;

	if (err)
		mbuf_printf(heard.mb, "%s\n",
			err == EBADMSG		  ? "EBADMSG"
				: err == EMSGSIZE ? "EMSGSIZE"
						  : "?");
	text = mbuf_strdup(heard.mb);
	mem_deref(heard.mb);
	return text;
}


static char *read_text(const char *text)
{
	struct pl pl = pl_str(text);

	return read_pl(&pl, false);
}


static void texts(void **state)
{
	static const struct {
		const char *text;
		const char *heard;
	} rows[] = {
		{"<watcherinfo " NS " version='0' state='full'/>", "full 0\n"},
		{"<watcherinfo " NS " version=' 4294967295 ' state='partial'>"
		 "<watcher-list resource='r' package='p'/></watcherinfo>",
			"partial 4294967295\n"},
		/* Every status; a name; what is not known. */
		{"<w:watcherinfo xmlns:w='urn:ietf:params:xml:ns:watcherinfo' "
		 "version='7' state='full' x='y'><other xmlns='urn:x'/>"
		 "<w:watcher-list resource='sip:a@b' package='presence'>"
		 "<w:watcher id='1' status='pending' event='subscribe' "
		 "display-name=' Bob &lt;b&gt; '>\n sip:Bob@EXAMPLE.org;x=y\n"
		 "</w:watcher><more xmlns='urn:x'/>"
		 "<w:watcher id='2' status='waiting' event='timeout' "
		 "display-name=' '>sip:kim@example.com</w:watcher>"
		 "<w:watcher id='3' status='active' event='approved'>"
		 "sips:kim@example.com</w:watcher>"
		 "<w:watcher id='4' status='terminated' event='rejected'>"
		 "<x>sip:kim</x>@example.com</w:watcher>"
		 "</w:watcher-list></w:watcherinfo>",
			"full 7\n"
			"sip:a@b presence pending sip:Bob@example.org "
			"Bob <b>\n"
			"sip:a@b presence waiting sip:kim@example.com\n"
			"sip:a@b presence active/approved "
			"sips:kim@example.com\n"
			"sip:a@b presence terminated/rejected "
			"sip:kim@example.com\n"},
		/* Left out: no address, no status, none of its words, another
		 * namespace, a list without its attributes. */
		{"<watcherinfo " NS " version='1' state='partial'>" LIST
		 "<watcher status='pending'/>"
		 "<watcher status='pending'>tel:+123</watcher>"
		 "<watcher status='pending'>sip:</watcher>"
		 "<watcher status='pending'>sip:a b@c</watcher>"
		 "<watcher>sip:bob@example.org</watcher>"
		 "<watcher status='Pending'>sip:bob@example.org</watcher>"
		 "<watcher xmlns='' status='pending'>sip:bob@example.org"
		 "</watcher></watcher-list>"
		 "<watcher-list package='presence'><watcher status='pending'>"
		 "sip:bob@example.org</watcher></watcher-list>"
		 "<watcher-list resource='sip:a@b'><watcher status='pending'>"
		 "sip:bob@example.org</watcher></watcher-list>"
		 "<watcher status='pending'>sip:bob@example.org</watcher>"
		 "</watcherinfo>",
			"partial 1\n"},
		/* No such document. */
		{"", "EBADMSG\n"},
		{"<presence " NS " version='0' state='full'/>", "EBADMSG\n"},
		{"<watcherinfo version='0' state='full'/>", "EBADMSG\n"},
		{"<watcherinfo " NS " version='0'/>", "EBADMSG\n"},
		{"<watcherinfo " NS " state='full'/>", "EBADMSG\n"},
		{"<watcherinfo " NS " version='' state='full'/>", "EBADMSG\n"},
		{"<watcherinfo " NS " version='-1' state='full'/>",
			"EBADMSG\n"},
		{"<watcherinfo " NS " version='4294967296' state='full'/>",
			"EBADMSG\n"},
		{"<watcherinfo " NS " version='0' state='whole'/>",
			"EBADMSG\n"},
		{"<watcherinfo " NS " version='0' state='full'>" LIST,
			"EBADMSG\n"},
		{"<!DOCTYPE watcherinfo [<!ENTITY e 'x'>]><watcherinfo " NS
		 " version='0' state='full'/>",
			"EBADMSG\n"},
	};
	size_t i;

	(void)state;
	for (i = 0; i < UNIT_N(rows); i++) {
		char *heard = read_text(rows[i].text);

		assert_string_equal(heard, rows[i].heard);
		mem_deref(heard);
	}
}


static void unheard(void **state)
{
	struct pl pl =
		pl_str("<watcherinfo " NS " version='3' state='full'>" LIST
		       "<watcher status='pending'>sip:bob@example.org"
		       "</watcher></watcher-list></watcherinfo>");
	char *heard = read_pl(&pl, true);

	(void)state;
	assert_string_equal(heard, "full 3\n");
	mem_deref(heard);
}


/* Of documents without end only the bound is heard. */
static void bounds(void **state)
{
	static const struct {
		const char *unit;
		size_t n;
		const char *heard;
	} rows[] = {
		{"<x>", 15, "EBADMSG\n"},
		{"<x>", 16, "EMSGSIZE\n"},
		{"<watcher a=''/>", 200001, "EMSGSIZE\n"},
		{"                ", (8 << 20) / 16, "EMSGSIZE\n"},
	};
	size_t i, j;

	(void)state;
	for (i = 0; i < UNIT_N(rows); i++) {
		struct mbuf *mb = mbuf_alloc(SIZE_MAX);
		struct pl all;
		char *heard;

		mbuf_write_str(
			mb, "<watcherinfo " NS " version='0' state='full'>");
		for (j = 0; j < rows[i].n; j++)
			mbuf_write_str(mb, rows[i].unit);
		all = mbuf_all(mb);
		heard = read_pl(&all, false);
		assert_string_equal(heard, rows[i].heard);
		mem_deref(heard);
		mem_deref(mb);
	}
}


static void documents(void **state)
{
	static const struct {
		const char *name;
		const char *heard;
	} rows[] = {
		{"winfo/own-0-full.xml",
			"full 0\n"
			"sip:alice@example.com presence pending "
			"sip:mallory@example.net Mallory <x>\n"
			"sip:alice@example.com presence active "
			"sip:bob@example.com\n"},
		{"winfo/own-1-partial.xml",
			"partial 1\n"
			"sip:alice@example.com presence terminated/rejected "
			"sip:mallory@example.net\n"},
		{"winfo/own-2-late.xml",
			"partial 2\n"
			"sip:alice@example.com presence waiting "
			"sip:carol@example.com\n"},
		{"winfo/own-3-partial-gap.xml",
			"partial 3\n"
			"sip:alice@example.com presence terminated "
			"sip:bob@example.com\n"},
		{"winfo/rfc3857-s3.1-1.xml",
			"full 0\n"
			"sip:B@example.com presence pending "
			"sip:A@example.com\n"},
		{"winfo/rfc3857-s5-2.xml",
			"full 0\n"
			"sip:joe@example.com presence pending "
			"sip:A@example.com\n"},
		{"winfo/rfc3857-s5-3.xml",
			"partial 1\n"
			"sip:joe@example.com presence active/approved "
			"sip:A@example.com\n"},
		{"winfo/rfc3858-s5-1.xml",
			"full 0\n"
			"sip:professor@example.net presence active/approved "
			"sip:userA@example.net\n"
			"sip:professor@example.net presence pending "
			"sip:userB@example.org Mr. Subscriber\n"},
	};
	size_t i;

	(void)state;
	for (i = 0; i < UNIT_N(rows); i++) {
		struct mbuf *mb = doc_read(rows[i].name);
		struct pl all;
		char *heard;

		if (!mb) {
			print_message("no shared test data: skipped\n");
			skip();
		}
		all = mbuf_all(mb);
		heard = read_pl(&all, false);
		assert_string_equal(heard, rows[i].heard);
		mem_deref(heard);
		mem_deref(mb);
	}
}


int test_winfo(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(texts),
		cmocka_unit_test(unheard),
		cmocka_unit_test(bounds),
		cmocka_unit_test(documents),
	};

	return cmocka_run_group_tests_name("winfo", tests, NULL, NULL);
}
