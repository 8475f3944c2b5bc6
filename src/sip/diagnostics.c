/* SPDX-License-Identifier: GPL-3.0-or-later */
/* diagnostics.c - what the numbers of ms-diagnostics mean ([MS-OCER] 2.2.1,
 * 8). */
#include <string.h>
#include "mem.h"
#include "sip_int.h"


/* Ids FROM to TO. */
static const struct row {
	uint32_t from;
	uint32_t to;
	const char *say;
} rows[] = {
	{0, 0, "the service is not available"},
	{1, 1, "the service could not be reached"},
	{1000, 1000, "wrong user name or password"},
	{1001, 1001, "your account may not talk to public IM networks"},
	{1002, 1002, "your account may not talk to other companies"},
	{1003, 1003, "no such user"},
	{1004, 1004, "the session is lost"},
	{1005, 1005, "no connection to that domain"},
	{1007, 1007, "no connection to that domain for now"},
	{1008, 1009, "their server could not be found"},
	{1010, 1010, "a server's certificate is not trusted by another one"},
	{1012, 1012, "your account may not talk to other companies"},
	{1013, 1013, "the clock of this computer is wrong"},
	{1014, 1014, "their server could not be found"},
	{1034, 1035, "the other network refused and gave no reason"},
	{2165, 2165, "the contact list has moved to a mail server"},
	{4003, 4003, "this account is not allowed from outside"},
	{4004, 4004, "the login and the SIP address do not belong together"},
	{4005, 4005, "no such user"},
	{4010, 4012, "the server does not take our endpoint id"},
	{4141, 4141, "this account is disabled"},
	{6001, 6001, "not delivered in time"},
	{16000, 16999, "the message is blocked by a policy"},
	{17000, 17999,
		"the server does not take this client; set another user-agent"},
};

/* What stands in HRESULT says more than its number. */
static const struct {
	const char *name;
	const char *say;
} results[] = {
	{"SIPPROXY_E_EPROUTING_MSG_INT_GET_RICH_PRESENCE_FILTERED",
		"their presence is not told until you add them as a contact"},
};


static const char *say_of(uint32_t id)
{
	size_t i;

	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		if (id >= rows[i].from && id <= rows[i].to)
			return rows[i].say;
	}
	return NULL;
}


static const char *say_of_result(const struct pl *params)
{
	struct pl value, name;
	size_t i;

	if (!msg_param(params, "HRESULT", &value))
		return NULL;
	for (i = 0; i < sizeof(results) / sizeof(results[0]); i++) {
		name = pl_str(results[i].name);
		if (pl_find(&value, &name))
			return results[i].say;
	}
	return NULL;
}


const char *sip_diagnostics_say(const struct pl *value, bool *whole)
{
	const char *semicolon = pl_chr(value, ';'), *say;
	struct pl id = *value, params;
	uint32_t n;

	*whole = false;
	if (semicolon) {
		id.l = (size_t)(semicolon - value->p);
		params = pl_make(semicolon, value->l - id.l);
		say = say_of_result(&params);
		*whole = say;
		if (say)
			return say;
	}
	id = pl_trim(&id);
	return pl_u32(&id, &n) ? NULL : say_of(n);
}
