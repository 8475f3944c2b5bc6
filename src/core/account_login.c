/* SPDX-License-Identifier: GPL-3.0-or-later */
/* account_login.c - signing in and out: the endpoint of an account and what
 * becomes of it. */
#include <errno.h>
#include <string.h>
#include <unistd.h>
#include "contacts.h"
#include "message_int.h"
#include "file.h"


enum {
	LOGOUT_MS = 2000, /* what BYE, un-REGISTER and the like may take */
};


/* Why nothing is known of buddies now, in the words of the endpoint, which
 * tells each of them the same. */
static const char *lost_reason(const struct endpoint_status *status)
{
	if (status && status->state == ENDPOINT_CONNECTING)
		return "connecting";
	if (status && status->state == ENDPOINT_FAILED && status->why)
		return status->why;
	return "not signed in";
}


bool core_account_set_state(struct core_account *a, enum endpoint_state state,
	const char *reason, const struct endpoint_status *status)
{
	const char *address = status ? status->address : NULL;
	uint16_t code = status ? status->code : 0;
	int64_t retry_at = status ? status->retry_at : 0;
	enum endpoint_state before = a->state;

	if (state == before && code == a->code && retry_at == a->retry_at &&
		!strcmp(reason ? reason : "", a->reason ? a->reason : "") &&
		!strcmp(address ? address : "", a->address ? a->address : ""))
		return false;
	a->again = state == ENDPOINT_FAILED && state == before && reason &&
		a->reason && !strcmp(reason, a->reason);
	mem_deref(a->reason);
	mem_deref(a->address);
	a->state = state;
	a->reason = mem_strdup(reason);
	a->address = mem_strdup(address);
	a->code = code;
	a->retry_at = retry_at;
	core_account_post(a);
	if (before == ENDPOINT_ONLINE && state != before) {
		core_contacts_offline(a);
		core_presence_all(a, lost_reason(status));
	}
	return true;
}


/* Why it failed, as a user must read it: the words that tell what to cure are
 * always there (mem_deref). */
static char *failure(
	const struct core_account *a, const struct endpoint_status *status)
{
	const char *why = status->why;

	if (a->no_secret)
		return mem_strdup(a->no_secret);
	if (status->wrong_password && !(why && strstr(why, "wrong password")))
		return why ? mem_printf("wrong password: %s", why)
			   : mem_strdup("wrong password");
	if (status->tls && !(why && strstr(why, "certificate")))
		return why ? mem_printf("certificate: %s", why)
			   : mem_strdup("the certificate was refused");
	return mem_strdup(why ? why : "no answer");
}


static int failure_status(
	const struct core_account *a, const struct endpoint_status *status)
{
	if (a->no_secret || status->wrong_password || status->code == 403)
		return EX_NOPERM;
	if (status->tls || status->refused)
		return EX_UNAVAILABLE;
	return EX_TEMPFAIL;
}


static void failed(struct core_account *a, const struct endpoint_status *status)
{
	char *why = failure(a, status);
	int exit_status = failure_status(a, status);

	if (status->wrong_password)
		core_account_forget_secret(a);
	(void)core_account_set_state(a, ENDPOINT_FAILED, why, status);
	core_waiters_post(a->core, &a->logins, exit_status, why);
	mem_deref(why);
}


static void online(struct core_account *a, const struct endpoint_status *status)
{
	enum endpoint_state before = a->state;

	a->no_secret = mem_deref(a->no_secret);
	(void)core_account_set_state(a, ENDPOINT_ONLINE, NULL, status);
	core_waiters_post(a->core, &a->logins, 0, NULL);
	if (before == ENDPOINT_ONLINE)
		return;
	core_presence_all(a, "waiting for an answer");
	core_ruled_online(a);
	core_outbox_online(a);
}


static void status_h(const struct endpoint_status *status, void *arg)
{
	struct core_account *a = arg;

	if (a->removed || a->leaving || !a->core)
		return;
	switch (status->state) {
	case ENDPOINT_ONLINE:
		online(a, status);
		break;
	case ENDPOINT_FAILED:
		failed(a, status);
		break;
	case ENDPOINT_CONNECTING:
	case ENDPOINT_OFFLINE:
		(void)core_account_set_state(
			a, status->state, status->why, status);
		break;
	}
}


static const char *instance(struct core_account *a)
{
	char uuid[37];

	if (!a->instance) {
		rand_uuid(a->core->config.rand, uuid);
		a->instance = mem_printf("urn:uuid:%s", uuid);
		core_saved_instance(a);
	}
	return a->instance;
}


static char *path(const struct core_account *a, const char *setting)
{
	const char *value = core_account_setting(a, setting);

	return value ? file_expand(value) : NULL;
}


static void trouble_h(const char *text, void *arg)
{
	struct core_account *a = arg;

	if (a->core && !a->removed)
		core_say(a->core, LOG_WARN, "%s: %s", a->name, text);
}


/* A file that cannot be read is a mistake of the configuration, to be told
 * before anybody is asked anything. */
static int readable(const char *setting, const char *file, char **why)
{
	if (!file || access(file, R_OK) == 0)
		return 0;
	*why = mem_printf("%s: %s: %s", setting, file, strerror(errno));
	return EINVAL;
}


/* A new endpoint out of the settings. Errno, EINVAL and ENOTSUP with *WHY. */
static int make(struct core_account *a, char **why)
{
	const struct endpoint_handlers handlers = {
		.status = status_h,
		.credentials = core_account_credentials,
		.presence = core_presence_heard,
		.message = core_incoming_message,
		.typing = core_chat_typing_heard,
		.sent = core_outbox_sent,
		.chat = core_chat_heard,
		.invite = core_chat_invite,
		.notice = core_chat_notice,
		.contacts = core_contacts_heard,
		.card = core_card_heard,
		.authorize = core_watcher_authorize,
		.settled = core_watcher_settled,
		.ruled = core_ruled_heard,
		.rules = core_ruled_rules,
		.waits = core_ruled_waits,
		.trouble = trouble_h,
		.arg = a,
	};
	char *ca = path(a, "tls-ca-file"), *key = path(a, "tls-key");
	char *certificate = path(a, "tls-certificate");
	struct pl expires = pl_str(core_account_setting(a, "expires"));
	struct endpoint_config config = {
		.aor = a->aor,
		.display_name = core_account_setting(a, "display-name"),
		.proxy = core_account_setting(a, "proxy"),
		.transport = core_account_setting(a, "transport"),
		.dialect = core_account_setting(a, "dialect"),
		.session = core_account_setting(a, "session"),
		.listen = core_account_setting(a, "listen"),
		.long_messages = core_account_setting(a, "long-messages"),
		.user_agent = core_account_setting(a, "user-agent"),
		.tls_ca_file = ca,
		.tls_name = core_account_setting(a, "tls-name"),
		.tls_pin = core_account_setting(a, "tls-pin"),
		.tls_certificate = certificate,
		.tls_key = key,
		.presence_list = core_account_setting(a, "presence-list"),
		.xcap_root = core_account_setting(a, "xcap-root"),
		.instance = instance(a),
		.tls_verify = core_yes(core_account_setting(a, "tls-verify")),
		.do_register = core_yes(core_account_setting(a, "register")),
		.publish = core_yes(core_account_setting(a, "publish")),
		.typing = core_yes(core_account_setting(a, "typing")),
	};
	struct dialect_stack *stack = NULL;
	int err;

	a->told_waits = false;
	(void)pl_u32(&expires, &config.expires);
	err = readable("tls-ca-file", ca, why);
	if (!err)
		err = readable("tls-certificate", certificate, why);
	if (!err)
		err = readable("tls-key", key, why);
	if (!err)
		err = core_stack(a->core, &stack);
	if (!err)
		err = endpoint_alloc(
			&a->endpoint, stack, &config, &handlers, why);
	mem_deref(ca);
	mem_deref(key);
	mem_deref(certificate);
	return err;
}


static void watch_all(struct core_account *a)
{
	struct le *le;

	for (le = a->buddies.head; le; le = le->next) {
		const struct core_buddy *b = le->data;

		if (b->added)
			endpoint_watch(a->endpoint, b->aor);
	}
}


static void misconfigured(struct core_account *a, int err, const char *why)
{
	if (!why)
		why = strerror(err);
	(void)core_account_set_state(a, ENDPOINT_FAILED, why, NULL);
	core_waiters_post(a->core, &a->logins,
		err == EINVAL || err == ENOTSUP ? EX_CONFIG : EX_OSERR, why);
}


void core_account_start(struct core_account *a)
{
	char *why = NULL;
	int err;

	if (a->leaving) {
		a->wanted = true;
		return;
	}
	a->wanted = false;
	a->no_secret = mem_deref(a->no_secret);
	if (a->endpoint && a->dirty && a->state == ENDPOINT_FAILED)
		core_account_drop(a, "not signed in");
	if (!a->endpoint) {
		err = make(a, &why);
		if (err) {
			misconfigured(a, err, why);
			mem_deref(why);
			return;
		}
		a->dirty = false;
		core_presence_publish(a);
		core_way_tell(a);
		watch_all(a);
	}
	if (a->state != ENDPOINT_CONNECTING)
		(void)core_account_set_state(
			a, ENDPOINT_CONNECTING, NULL, NULL);
	endpoint_sign_in(a->endpoint);
}


void core_account_nudge(struct core_account *a)
{
	if (a && a->core && a->endpoint && !a->leaving &&
		a->state == ENDPOINT_FAILED)
		endpoint_nudge(a->endpoint);
}


void core_login(struct core_account *a, core_done_h *done, void *arg)
{
	if (!a->core)
		return;
	if (a->removed || a->core->going_down) {
		core_outcome_post(a->core, done, arg, EX_TEMPFAIL,
			a->removed ? "the account was removed"
				   : "the program is leaving");
		return;
	}
	if (core_account_online(a)) {
		core_outcome_post(a->core, done, arg, 0, NULL);
		return;
	}
	core_waiter_add(&a->logins, done, arg);
	if (a->core->loading)
		a->wanted = true;
	else
		core_account_start(a);
}


static void signed_out_h(void *arg)
{
	struct core_account *a = mem_ref(arg);
	struct core *core = mem_ref(a->core);

	core_account_drop(a, "not signed in");
	core_waiters_post(core, &a->logouts, 0, NULL);
	if (a->removed)
		core_account_detach(a);
	else if (a->wanted)
		core_account_start(a);
	core_shutdown_check(core);
	mem_deref(a);
	mem_deref(core);
}


void core_account_stop(struct core_account *a, uint64_t limit)
{
	a->wanted = false;
	if (!a->endpoint || a->leaving)
		return;
	a->leaving = true;
	core_waiters_post(a->core, &a->logins, EX_TEMPFAIL, "signed out");
	core_account_questions_flush(a);
	endpoint_sign_out(a->endpoint, limit, signed_out_h, a);
}


void core_logout(struct core_account *a, core_done_h *done, void *arg)
{
	if (!a->core)
		return;
	a->wanted = false;
	if (!a->endpoint) {
		core_waiters_post(
			a->core, &a->logins, EX_TEMPFAIL, "signed out");
		(void)core_account_set_state(a, ENDPOINT_OFFLINE, NULL, NULL);
		core_outcome_post(a->core, done, arg, 0, NULL);
		return;
	}
	core_waiter_add(&a->logouts, done, arg);
	core_account_stop(a, LOGOUT_MS);
}


void core_account_drop(struct core_account *a, const char *why)
{
	struct endpoint *e = a->endpoint;

	core_account_questions_flush(a);
	core_account_forget_secret(a);
	a->endpoint = NULL;
	a->leaving = false;
	a->dirty = false;
	mem_deref(e);
	if (!e)
		return;
	core_outbox_drop(a);
	core_chat_drop(a, why);
	core_presence_drop(a, why);
	(void)core_account_set_state(a, ENDPOINT_OFFLINE, NULL, NULL);
}
