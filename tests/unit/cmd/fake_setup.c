/* SPDX-License-Identifier: GPL-3.0-or-later */
/* fake_setup.c - the fake core's accounts that are tried before they are
 * kept. */
#include <string.h>
#include <sysexits.h>
#include "fake_core.h"
#include "mem.h"


int core_account_name_check(struct core *core, const char *name, char **why)
{
	if (!core_account_find(core, name))
		return 0;
	*why = mem_printf("account %s exists", name);
	return EX_USAGE;
}


int core_account_try(struct core *core, const char *name, const char *uri,
	struct core_account **ap, char **why)
{
	const struct core_origin origin = {"trial", 0};
	int status = core_account_name_check(core, name, why);

	return status ? status
		      : core_account_add(core, name, uri, &origin, ap, why);
}


int core_account_parse(const char *typed, char **aor, char **why)
{
	if (!strchr(typed, '@')) {
		*why = mem_printf("%s is no URI", typed);
		return EX_DATAERR;
	}
	*aor = !strncmp(typed, "sip:", 4) ? mem_strdup(typed)
					  : mem_printf("sip:%s", typed);
	return 0;
}


char *core_account_propose(struct core *core, const char *aor)
{
	(void)core;
	return mem_strndup(aor + 4, strcspn(aor + 4, "@"));
}


int core_account_check(const char *setting, const char *value, char **why)
{
	if (!strstr(value, "bad"))
		return 0;
	*why = mem_printf("%s cannot be bad", setting);
	return EX_USAGE;
}


void core_account_secret(struct core_account *a, const char *secret)
{
	fake_note(
		fake_core_of(a), "secret %s %s", core_account_name(a), secret);
}


void core_account_keep(struct core_account *a)
{
	fake_note(fake_core_of(a), "keep %s", core_account_name(a));
}


void core_account_write(struct core_account *a, const char *path,
	const char *text, unsigned line, bool secret, core_done_h *done,
	void *arg)
{
	fake_note(fake_core_of(a), "write %s %u %s\n%s", path, line,
		secret ? "secret" : "-", text);
	fake_later(fake_core_of(a), "write", done, arg);
}
