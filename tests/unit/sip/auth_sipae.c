/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Strings that are signed, against published ones and trap by trap. */
#include "assoc.h"
#include "lab.h"

int test_auth_sipae(void);


#define REALM "SIP Communications Service"
#define COSMO "cosmo-ocs-r2.cosmo.local"
#define VIA   "Via: SIP/2.0/TLS 192.0.2.1\n"

static const struct {
	unsigned version;
	const char *rand, *num, *realm, *target, *msg, *text;
} rows[] = {
	/* a REGISTER of version 4 and its answer (2007 R2) */
	{4, "13317733", "1", REALM, COSMO,
		"REGISTER sip:cosmo.local SIP/2.0\n" VIA
		"From: <sip:user@cosmo.local>;tag=3e49177a52;epid=01010101\n"
		"To: <sip:user@cosmo.local>\n"
		"Call-ID: 4037df9284354df39065195bd57a4b14\n"
		"CSeq: 3 REGISTER\n\n",
		"<NTLM><13317733><1><" REALM "><" COSMO ">"
		"<4037df9284354df39065195bd57a4b14><3><REGISTER>"
		"<sip:user@cosmo.local><3e49177a52><sip:user@cosmo.local>"
		"<><><><>"},
	{4, "9616454F", "1", REALM, COSMO,
		"SIP/2.0 200 OK\n" VIA
		"From: \"User\"<sip:user@cosmo.local>;tag=3e49177a52\n"
		"To: <sip:user@cosmo.local>;"
		"tag=5E61CCD925D17E043D9A74835A88F664\n"
		"Call-ID: 4037df9284354df39065195bd57a4b14\n"
		"CSeq: 3 REGISTER\n"
		"Contact: <sip:192.0.2.1>;expires=900\n"
		"Expires: 7200\n\n",
		"<NTLM><9616454F><1><" REALM "><" COSMO ">"
		"<4037df9284354df39065195bd57a4b14><3><REGISTER>"
		"<sip:user@cosmo.local><3e49177a52><sip:user@cosmo.local>"
		"<5E61CCD925D17E043D9A74835A88F664><><><7200><200>"},
	/* names in capitals, an identity, the case of values kept */
	{4, "1B6D47A1", "11", REALM, "LOC-COMPANYT-FE03.COMPANY.COM",
		"SIP/2.0 180 Ringing\nVIA: SIP/2.0/TLS 192.0.2.1\n"
		"FROM: \"sender\"<sip:sender@company.com>;tag=2420628112;"
		"epid=54392eaf8d\n"
		"TO: <sip:recipient@company.com>;epid=2c3b86b8a1;"
		"tag=7aee15546a\n"
		"CSEQ: 1 INVITE\n"
		"CALL-ID: 41CEg82ECa0AC8i3DD7mE673t9CF4b19DAxF780x\n"
		"P-ASSERTED-IDENTITY: \"recipient\""
		"<SIP:recipient@company.com>\n\n",
		"<NTLM><1B6D47A1><11><" REALM ">"
		"<LOC-COMPANYT-FE03.COMPANY.COM>"
		"<41CEg82ECa0AC8i3DD7mE673t9CF4b19DAxF780x><1><INVITE>"
		"<sip:sender@company.com><2420628112>"
		"<sip:recipient@company.com><7aee15546a>"
		"<SIP:recipient@company.com><><><180>"},
	/* version 2: no URI of To, no identities */
	{2, "0878F41B", "1", REALM, "ocs1.ocs.provo.novell.com",
		"SIP/2.0 200 OK\n" VIA
		"From: <sip:gabriel@ocs.provo.novell.com>;tag=2947328781\n"
		"To: <sip:gabriel@ocs.provo.novell.com>;"
		"tag=B816D65C2300A32CFA6D371F2AF537FD\n"
		"Call-ID: 8592g5DCBa1694i5887m0D0Bt2247b3F38xAE9Fx\n"
		"CSeq: 3 REGISTER\nExpires: 900\n\n",
		"<NTLM><0878F41B><1><" REALM "><ocs1.ocs.provo.novell.com>"
		"<8592g5DCBa1694i5887m0D0Bt2247b3F38xAE9Fx><3><REGISTER>"
		"<sip:gabriel@ocs.provo.novell.com><2947328781>"
		"<B816D65C2300A32CFA6D371F2AF537FD><900><200>"},
};

/* What comes of the identities alone. */
static const struct {
	const char *lines, *text;
} identities[] = {
	{"P-Asserted-Identity: \"Lunch, Lucas\" <sip:llucas@cisco.com>,"
	 "<tel:+420123456;ext=88463>\n",
		"<sip:llucas@cisco.com><tel:+420123456;ext=88463>"},
	{"P-Asserted-Identity: tel:+14085264000\n", "<><tel:+14085264000>"},
	{"P-Asserted-Identity: <tel:+1>\nP-Asserted-Identity: <sip:a@b.c>\n",
		"<sip:a@b.c><tel:+1>"},
	{"P-Asserted-Identity: <sip:a@b.c>\nP-Asserted-Identity: <sip:d@e.f>\n",
		"<sip:a@b.c><>"},
	{"P-Preferred-Identity: <sip:a@b.c>\n", "<sip:a@b.c><>"},
	{"P-Preferred-Identity: <sip:a@b.c>\nP-Asserted-Identity: <tel:+1>\n",
		"<><tel:+1>"},
	{"P-Asserted-Identity: \"a\\\"<b>\" <sip:a@b.c;x=y>;z\n",
		"<sip:a@b.c;x=y><>"},
	{"P-Asserted-Identity: <SIP:A@b.c>\n", "<SIP:A@b.c><>"},
	{"P-Asserted-Identity: <sip:a@b.c\n", "<sip:a@b.c><>"},
	{"P-Asserted-Identity: <http://b.c>\n", "<><>"},
	{"P-Asserted-Identity: \"\n", "<><>"},
	{"", "<><>"},
};


static char *text_of(const struct sipae *s, const char *text)
{
	struct msg *msg = lab_msg(text);
	struct mbuf *mb = mbuf_alloc(8192);
	char *string;

	assert_int_equal(sipae_text(mb, s, msg), 0);
	string = mbuf_strdup(mb);
	mem_deref(mb);
	mem_deref(msg);
	return string;
}


static void published(void **state)
{
	size_t i;
	char *s;

	(void)state;
	for (i = 0; i < UNIT_N(rows); i++) {
		const struct sipae sa = {
			.version = rows[i].version,
			.rand = pl_str(rows[i].rand),
			.num = pl_str(rows[i].num),
			.realm = pl_str(rows[i].realm),
			.target = pl_str(rows[i].target),
		};

		s = text_of(&sa, rows[i].msg);
		assert_string_equal(s, rows[i].text);
		mem_deref(s);
	}
}


static void identity(void **state)
{
	const struct sipae sa = {.version = 3};
	char *msg, *s, *want;
	size_t i;

	(void)state;
	for (i = 0; i < UNIT_N(identities); i++) {
		msg = mem_printf(
			"MESSAGE sip:a@b.c SIP/2.0\n" VIA
			"From: sip:x@y.z;tag=1\nTo: <sip:a@b.c>;tag=2\n"
			"Call-ID: i\nCSeq: 007 MESSAGE\n%s\n",
			identities[i].lines);
		s = text_of(&sa, msg);
		/* The number of CSeq as it was written. */
		want = mem_printf("<NTLM><><><><><i><007><MESSAGE><sip:x@y.z>"
				  "<1><sip:a@b.c><2>%s<>",
			identities[i].text);
		assert_string_equal(s, want);
		mem_deref(want);
		mem_deref(s);
		mem_deref(msg);
	}
}


int test_auth_sipae(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(published),
		cmocka_unit_test(identity),
	};

	return cmocka_run_group_tests_name("auth_sipae", tests, NULL, NULL);
}
