/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <dirent.h>
#include <stdlib.h>
#include <sys/stat.h>
#include "unit.h"
#include "data.h"


static void data_path(
	char *path, size_t size, const char *dir, const char *name)
{
	const char *top = getenv("SOTTO_SHARED");
	struct stat st;

	if (!top)
		top = TEST_SRCDIR "/../shared";
	(void)snprintf(path, size, "%s/data/%s/%s", top, dir, name);
	if (stat(path, &st))
		(void)snprintf(path, size, "%s/%s/%s", top, dir, name);
}


static struct mbuf *read_file(const char *path)
{
	FILE *f = fopen(path, "rb");
	struct mbuf *mb;
	char buf[4096];
	size_t n;

	if (!f)
		return NULL;
	mb = mbuf_alloc(8 * 1024 * 1024);
	while ((n = fread(buf, 1, sizeof(buf), f)) > 0)
		(void)mbuf_write_mem(mb, buf, n);
	(void)fclose(f);
	assert_int_equal(mbuf_err(mb), 0);
	return mb;
}


struct mbuf *data_read(const char *dir, const char *name)
{
	char path[1024];

	data_path(path, sizeof(path), dir, name);
	return read_file(path);
}


bool data_absent(const char *dir)
{
	char path[1024];
	struct stat st;

	data_path(path, sizeof(path), dir, "");
	if (!stat(path, &st))
		return false;
	(void)fprintf(stderr,
		"skipped: no %s (SOTTO_SHARED names where it is)\n", path);
	return true;
}


static bool ends_with(const char *name, const char *suffix)
{
	size_t n = strlen(name), m = strlen(suffix);

	return n >= m && !strcmp(name + n - m, suffix);
}


size_t data_each(const char *dir, const char *suffix,
	void (*h)(const char *name, const struct pl *bytes, void *arg),
	void *arg)
{
	char path[1024], sub[2048];
	struct dirent **names;
	int i, n;
	size_t count = 0;

	data_path(path, sizeof(path), dir, "");
	n = scandir(path, &names, NULL, alphasort);
	for (i = 0; i < n; i++) {
		const char *name = names[i]->d_name;
		struct mbuf *mb;
		struct pl bytes;

		(void)snprintf(sub, sizeof(sub), "%s/%s", dir, name);
		if (names[i]->d_type == DT_DIR && name[0] != '.') {
			count += data_each(sub, suffix, h, arg);
		} else if (ends_with(name, suffix)) {
			mb = data_read(dir, name);
			assert_non_null(mb);
			bytes = mbuf_all(mb);
			h(sub, &bytes, arg);
			mem_deref(mb);
			++count;
		}
		free(names[i]);
	}
	if (n >= 0)
		free(names);
	return count;
}


char *crlf(const char *text)
{
	char *s = mem_alloc(2 * strlen(text) + 1, NULL), *p = s;

	for (; *text; text++) {
		if (*text == '\n')
			*p++ = '\r';
		*p++ = *text;
	}
	*p = '\0';
	return s;
}


int decode_text(struct msg **mp, const char *text, const char **why)
{
	char *s = crlf(text);
	int err = msg_decode(mp, s, strlen(s), false, NULL, why);

	mem_deref(s);
	return err;
}


/* ---- every header with its decoder ------------------------------------ */

static void inside(const struct msg *msg, const struct pl *pl)
{
	if (!pl->p || !pl->l)
		return;
	assert_true(pl->p >= msg->all.p);
	assert_true(pl->p + pl->l <= msg->all.p + msg->all.l);
}


static void read_value(
	const struct msg *msg, enum hdr_id id, const struct pl *value)
{
	struct msg_subscription_state ss;
	struct msg_retry_after ra;
	struct msg_challenge ch;
	struct msg_warning w;
	struct msg_reason r;
	struct msg_event ev;
	struct msg_addr addr;
	struct msg_type type;
	struct msg_via via;
	struct pl v;
	uint32_t n;

	inside(msg, value);
	switch (id) {
	case HDR_VIA:
		if (!msg_via_decode(&via, value))
			inside(msg, &via.branch);
		break;
	case HDR_CONTACT:
	case HDR_FROM:
	case HDR_TO:
	case HDR_ROUTE:
	case HDR_RECORD_ROUTE:
	case HDR_PATH:
	case HDR_SERVICE_ROUTE:
	case HDR_P_ASSERTED_IDENTITY:
	case HDR_REFER_TO:
		if (msg_addr_decode(&addr, value))
			break;
		inside(msg, &addr.display);
		inside(msg, &addr.params);
		inside(msg, &addr.uri.host);
		(void)msg_contact_expires(&addr, &n);
		(void)uri_param(&addr.uri, "lr", &v);
		inside(msg, &v);
		break;
	case HDR_CSEQ:
		(void)msg_cseq_decode(&n, &v, value);
		break;
	case HDR_EVENT:
		if (!msg_event_decode(&ev, value))
			inside(msg, &ev.id);
		break;
	case HDR_SUBSCRIPTION_STATE:
		if (!msg_subscription_state_decode(&ss, value))
			inside(msg, &ss.reason_text);
		break;
	case HDR_AUTHORIZATION:
	case HDR_PROXY_AUTHORIZATION:
	case HDR_WWW_AUTHENTICATE:
	case HDR_PROXY_AUTHENTICATE:
	case HDR_AUTHENTICATION_INFO:
		if (msg_challenge_decode(&ch, value))
			break;
		(void)msg_challenge_param(&ch, "nonce", &v, NULL);
		inside(msg, &v);
		break;
	case HDR_RETRY_AFTER:
		if (!msg_retry_after_decode(&ra, value))
			inside(msg, &ra.comment);
		break;
	case HDR_WARNING:
		if (!msg_warning_decode(&w, value))
			inside(msg, &w.text);
		break;
	case HDR_REASON:
		if (!msg_reason_decode(&r, value))
			inside(msg, &r.text);
		break;
	case HDR_CONTENT_TYPE:
		if (!msg_type_decode(&type, value))
			inside(msg, &type.params);
		break;
	case HDR_EXPIRES:
	case HDR_MIN_EXPIRES:
	case HDR_MAX_FORWARDS:
		(void)msg_seconds(msg, id, &n);
		break;
	default:
		break;
	}
}


void read_everything(const struct msg *msg)
{
	struct msg_part part;
	struct msg_sdp sdp;
	struct msg_sdp_media media;
	size_t i;

	inside(msg, &msg->body);
	for (i = 0; i < msg->nhdrs; i++) {
		const struct msg_hdr *h = &msg->hdrs[i];
		struct msg_list it = {0};
		struct pl value;

		inside(msg, &h->name);
		inside(msg, &h->value);
		if (h->id != HDR_OTHER)
			assert_true(hdr_find(&h->name) == h->id);
		if (!hdr_is_list(h->id)) {
			read_value(msg, h->id, &h->value);
			continue;
		}
		if (h != msg_hdr(msg, h->id))
			continue;
		while (msg_list_next(msg, h->id, &it, &value))
			read_value(msg, h->id, &value);
	}
	if (!msg_body_find(msg, "text/plain", NULL, &part))
		inside(msg, &part.body);
	if (!msg_sdp_begin(&sdp, &msg->body)) {
		while (msg_sdp_next(&sdp, &media)) {
			inside(msg, &media.formats);
			inside(msg, &media.attributes);
		}
	}
}
