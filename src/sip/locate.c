/* SPDX-License-Identifier: GPL-3.0-or-later */
/* locate.c - URI to a list of targets (RFC 3263 4, RFC 2782; [MS-CONMGMT] for
 * the names of Microsoft servers). */
#include <errno.h>
#include <string.h>
#include <strings.h>
#include "mem.h"
#include "sip_int.h"


enum {
	HOPS_MAX = 16, /* SRV records looked at, all transports together */
	ADDRS_MAX = 8, /* addresses tried of one host */
	PORT_SIP = 5060,
	PORT_SIPS = 5061,
};

/* SRV records that are asked for, in the order of preference of an agent that
 * may use any; those of Microsoft where the others are not, or alone. */
static const struct {
	const char *prefix;
	enum sip_tp tp;
	bool standard;
	bool microsoft;
} rows[] = {
	{"_sips._tcp.", SIP_TLS, true, false},
	{"_sipinternaltls._tcp.", SIP_TLS, false, true},
	{"_sip._tls.", SIP_TLS, false, true},
	{"_sipinternal._tcp.", SIP_TCP, false, true},
	{"_sip._tcp.", SIP_TCP, true, true},
	{"_sip._udp.", SIP_UDP, true, false},
};

enum {
	ROWS = sizeof(rows) / sizeof(rows[0]),
};

/* Hosts of a Microsoft domain without such records, and at last itself. */
static const char *const host_prefix[] = {
	"sipinternal.", "sipexternal.", "sip.", ""};


/* One host and port to look up, in the order to try. */
struct hop {
	struct sip_locate *locate;
	enum sip_tp tp;
	char *host;
	uint16_t port;
	void *query;
	struct sa addrs[ADDRS_MAX];
	size_t naddrs;
	int err;
};

struct service {
	struct sip_locate *locate;
	void *query;
	struct dns_srv *records; /* copied, targets too */
	size_t n;
	bool none; /* a record with target "." */
	int err;
};

struct sip_locate {
	struct sip *sip;
	sip_locate_h *h;
	void *arg;
	struct tmr tmr; /* for answers that need no name */
	char *name; /* the host as typed: what TLS must prove */
	char *host; /* the one to look up (maddr) */
	bool allowed[SIP_TPS];
	enum sip_tp fallback; /* where no SRV record is */
	struct service services[ROWS];
	enum sip_names names; /* which are still to be asked for */
	bool microsoft; /* those under way are Microsoft's */
	struct hop hops[HOPS_MAX];
	size_t nhops;
	size_t pending; /* queries under way */
	int err; /* for the timer */
	char *why;
};


static void service_release(struct service *s)
{
	size_t i;

	s->query = mem_deref(s->query);
	for (i = 0; i < s->n; i++)
		mem_deref(s->records[i].target);
	s->records = mem_deref(s->records);
	s->n = 0;
}


static void locate_destructor(void *data)
{
	struct sip_locate *l = data;
	size_t i;

	tmr_cancel(&l->tmr);
	for (i = 0; i < ROWS; i++)
		service_release(&l->services[i]);
	for (i = 0; i < l->nhops; i++) {
		mem_deref(l->hops[i].query);
		mem_deref(l->hops[i].host);
	}
	mem_deref(l->name);
	mem_deref(l->host);
	mem_deref(l->why);
}


static uint16_t default_port(enum sip_tp tp)
{
	return tp == SIP_TLS ? PORT_SIPS : PORT_SIP;
}


static void fail(struct sip_locate *l, int err, const char *why)
{
	mem_ref(l);
	l->h(err, why, NULL, 0, l->arg);
	mem_deref(l);
}


/* A failed look-up in words. */
static void fail_name(struct sip_locate *l, int err, const char *name)
{
	char *why;

	if (err == ENOENT)
		why = mem_printf("no such host: %s", name);
	else
		why = mem_printf(
			"no answer from the name service about %s", name);
	fail(l, err, why);
	mem_deref(why);
}


/* ---- addresses ---- */

/* Microsoft's servers prove what they are called themselves, which counts
 * where that is within the domain: whoever forges the records can name no
 * other. */
static void host_set(const struct hop *hop, char host[SIP_HOST_MAX])
{
	const struct sip_locate *l = hop->locate;
	size_t n = strlen(hop->host), domain = strlen(l->host);

	if (l->microsoft && n < SIP_HOST_MAX && n > domain &&
		hop->host[n - domain - 1] == '.' &&
		!strcasecmp(hop->host + n - domain, l->host))
		memcpy(host, hop->host, n + 1);
}


/* All is known: flattens the hops. */
static void finish(struct sip_locate *l)
{
	struct sip_target *targets;
	size_t i, k, n = 0;
	int err = ENOENT;

	for (i = 0; i < l->nhops; i++) {
		n += l->hops[i].naddrs;
		if (l->hops[i].err && l->hops[i].err != ENOENT)
			err = l->hops[i].err;
	}
	if (!n) {
		fail_name(l, err, l->nhops == 1 ? l->hops[0].host : l->host);
		return;
	}
	targets = mem_zalloc(n * sizeof(*targets), NULL);
	n = 0;
	for (i = 0; i < l->nhops; i++) {
		for (k = 0; k < l->hops[i].naddrs; k++) {
			targets[n].tp = l->hops[i].tp;
			targets[n].addr = l->hops[i].addrs[k];
			host_set(&l->hops[i], targets[n].host);
			targets[n++].name = l->name;
		}
	}
	mem_ref(l);
	l->h(0, NULL, targets, n, l->arg);
	mem_deref(l);
	mem_deref(targets);
}


static void addr_h(int err, const struct sa *addrs, size_t n, void *arg)
{
	struct hop *hop = arg;
	struct sip_locate *l = hop->locate;
	size_t i;

	hop->query = mem_deref(hop->query);
	hop->err = err ? err : n ? 0 : ENOENT;
	if (err)
		n = 0;
	for (i = 0; i < n && i < ADDRS_MAX; i++) {
		hop->addrs[i] = addrs[i];
		sa_set_port(&hop->addrs[i], hop->port);
		hop->naddrs++;
	}
	if (!--l->pending)
		finish(l);
}


static void hop_add(
	struct sip_locate *l, enum sip_tp tp, const char *host, uint16_t port)
{
	struct hop *hop;

	if (l->nhops == HOPS_MAX)
		return;
	hop = &l->hops[l->nhops++];
	hop->locate = l;
	hop->tp = tp;
	hop->host = mem_strdup(host);
	hop->port = port;
}


static void later_h(void *arg)
{
	struct sip_locate *l = arg;

	if (l->err)
		fail(l, l->err, l->why);
	else
		finish(l);
}


static void later(struct sip_locate *l)
{
	tmr_start(sip_tmrs(l->sip), &l->tmr, 0, later_h, l);
}


/* Looks up all hops side by side. */
static void hops_query(struct sip_locate *l)
{
	const struct sip_resolver *r = sip_resolver(l->sip);
	size_t i;

	for (i = 0; i < l->nhops; i++) {
		struct hop *hop = &l->hops[i];

		if (!sa_set_str(&hop->addrs[0], hop->host, hop->port)) {
			hop->naddrs = 1;
			continue;
		}
		hop->err = r->addr(&hop->query, r->ctx, hop->host, addr_h, hop);
		if (!hop->err)
			++l->pending;
	}
	if (!l->pending)
		later(l);
}


/* ---- SRV ---- */

/* One record of the N at R with the lowest priority, by weight at random
 * (RFC 2782), goes to the front. */
static void srv_pick(struct rand *rand, struct dns_srv *r, size_t n)
{
	uint16_t priority = r[0].priority;
	struct dns_srv first;
	uint64_t sum = 0, at = 0;
	size_t i;

	for (i = 0; i < n && r[i].priority == priority; i++)
		sum += r[i].weight;
	/* A zero weight has a small chance too. */
	if (sum)
		at = rand_below(rand, (uint32_t)sum + 1);
	for (i = 0, sum = 0; i < n && r[i].priority == priority; i++) {
		sum += r[i].weight;
		if (sum >= at)
			break;
	}
	first = r[i];
	memmove(r + 1, r, i * sizeof(*r));
	r[0] = first;
}


static void srv_sort(struct rand *rand, struct dns_srv *r, size_t n)
{
	struct dns_srv key;
	size_t i, k;

	/* By priority, those of weight 0 first (RFC 2782). */
	for (i = 1; i < n; i++) {
		key = r[i];
		for (k = i; k > 0; k--) {
			if (r[k - 1].priority < key.priority)
				break;
			if (r[k - 1].priority == key.priority &&
				(!r[k - 1].weight || key.weight))
				break;
			r[k] = r[k - 1];
		}
		r[k] = key;
	}
	for (i = 0; i < n; i++)
		srv_pick(rand, r + i, n - i);
}


static void service_hops(struct sip_locate *l, size_t row)
{
	struct service *s = &l->services[row];
	size_t i;

	srv_sort(sip_rand(l->sip), s->records, s->n);
	for (i = 0; i < s->n; i++)
		hop_add(l, rows[row].tp, s->records[i].target,
			s->records[i].port);
}


/* A name that only this machine or site knows may have no name service
 * behind it. */
static bool is_local(const char *host)
{
	return !strchr(host, '.');
}


static void fail_service(struct sip_locate *l, size_t row)
{
	char *name = mem_printf("%s%s", rows[row].prefix, l->host);

	fail_name(l, l->services[row].err, name);
	mem_deref(name);
}


/* Without an answer about TLS nothing weaker may be chosen: the record that
 * was not answered, or ROWS. */
static size_t unanswered(const struct sip_locate *l)
{
	bool weaker = l->allowed[SIP_TCP] || l->allowed[SIP_UDP];
	size_t i;

	if (!weaker || is_local(l->host))
		return ROWS;
	for (i = 0; i < ROWS; i++) {
		if (rows[i].tp == SIP_TLS && l->services[i].err &&
			l->services[i].err != ENOENT)
			break;
	}
	return i;
}


/* The host itself, and before it what a Microsoft domain may call it. */
static void hosts_add(struct sip_locate *l)
{
	size_t i = l->microsoft && l->names == SIP_NAMES_MICROSOFT
		? 0
		: sizeof(host_prefix) / sizeof(host_prefix[0]) - 1;

	for (; i < sizeof(host_prefix) / sizeof(host_prefix[0]); i++) {
		char *host = mem_printf("%s%s", host_prefix[i], l->host);

		hop_add(l, l->fallback, host, default_port(l->fallback));
		mem_deref(host);
	}
}


static void services_query(struct sip_locate *l, bool microsoft);


/* All SRV answers are there: TLS alone where there is TLS, else what else is
 * offered, else the host itself. */
static void services_choose(struct sip_locate *l)
{
	size_t i, row = unanswered(l);
	bool none = false;
	char *why;

	if (row < ROWS) {
		fail_service(l, row);
		return;
	}
	for (i = 0; i < ROWS; i++) {
		if (l->nhops && l->hops[0].tp == SIP_TLS &&
			rows[i].tp != SIP_TLS)
			break;
		none |= l->services[i].none;
		service_hops(l, i);
	}
	if (!l->nhops && none) {
		why = mem_printf("%s offers no SIP service", l->host);
		fail(l, ENOENT, why);
		mem_deref(why);
	} else if (!l->nhops && !l->microsoft && l->names == SIP_NAMES_ANY) {
		services_query(l, true);
	} else {
		if (!l->nhops)
			hosts_add(l);
		hops_query(l);
	}
}


static void weaker_cancel(struct sip_locate *l)
{
	size_t i;

	for (i = 0; i < ROWS; i++) {
		if (rows[i].tp == SIP_TLS || !l->services[i].query)
			continue;
		l->services[i].query = mem_deref(l->services[i].query);
		--l->pending;
	}
}


static void srv_h(int err, const struct dns_srv *srv, size_t n, void *arg)
{
	struct service *s = arg;
	struct sip_locate *l = s->locate;
	size_t i;

	s->query = mem_deref(s->query);
	s->err = err;
	if (err)
		n = 0;
	if (n > HOPS_MAX)
		n = HOPS_MAX;
	if (n)
		s->records = mem_zalloc(n * sizeof(*s->records), NULL);
	for (i = 0; i < n; i++) {
		if (!srv[i].target || !*srv[i].target) {
			s->none = true;
			continue;
		}
		s->records[s->n] = srv[i];
		s->records[s->n++].target = mem_strdup(srv[i].target);
	}
	--l->pending;
	/* Where TLS is found nothing weaker is asked for. */
	if (rows[s - l->services].tp == SIP_TLS && s->n)
		weaker_cancel(l);
	if (!l->pending)
		services_choose(l);
}


static void services_query(struct sip_locate *l, bool microsoft)
{
	const struct sip_resolver *r = sip_resolver(l->sip);
	char *name;
	size_t i;

	l->microsoft = microsoft;
	for (i = 0; i < ROWS; i++) {
		struct service *s = &l->services[i];
		bool asked = microsoft ? rows[i].microsoft : rows[i].standard;

		s->locate = l;
		/* What both know was asked for already. */
		if (!l->allowed[rows[i].tp] || !asked ||
			(microsoft && rows[i].standard &&
				l->names == SIP_NAMES_ANY))
			continue;
		name = mem_printf("%s%s", rows[i].prefix, l->host);
		s->err = r->srv(&s->query, r->ctx, name, srv_h, s);
		mem_deref(name);
		if (!s->err)
			++l->pending;
	}
	/* No name service at all: the host itself may still be known. */
	if (!l->pending) {
		hosts_add(l);
		hops_query(l);
	}
}


/* ---- transports ---- */

static void allow_only(struct sip_locate *l, enum sip_tp tp)
{
	size_t i;

	for (i = 0; i < SIP_TPS; i++)
		l->allowed[i] = i == tp;
	l->fallback = tp;
}


/* RFC 3263 4.1: what URI says, then what AGENT wants. */
static int transports_set(struct sip_locate *l, const struct sip_agent *agent,
	const struct uri *uri)
{
	bool sips = uri->scheme == URI_SIPS;
	struct pl param;
	enum sip_tp tp;

	if (uri_param(uri, "transport", &param)) {
		if (!sip_tp_find(&tp, &param))
			return EPROTONOSUPPORT;
		if (sips && tp == SIP_UDP)
			return EPROTONOSUPPORT;
		allow_only(l, sips ? SIP_TLS : tp);
		return 0;
	}
	if (sips) {
		allow_only(l, SIP_TLS);
		return 0;
	}
	switch (sip_agent_config(agent)->transport) {
	case SIP_TRANSPORT_UDP:
		allow_only(l, SIP_UDP);
		break;
	case SIP_TRANSPORT_TCP:
		allow_only(l, SIP_TCP);
		break;
	case SIP_TRANSPORT_TLS:
		allow_only(l, SIP_TLS);
		break;
	case SIP_TRANSPORT_AUTO:
		/* Microsoft servers never take UDP. */
		allow_only(
			l, l->names == SIP_NAMES_MICROSOFT ? SIP_TLS : SIP_UDP);
		l->allowed[SIP_TCP] = l->allowed[SIP_TLS] = true;
		break;
	}
	return 0;
}


int sip_locate(struct sip_locate **lp, struct sip_agent *agent,
	const struct uri *uri, sip_locate_h *h, void *arg)
{
	struct sip_locate *l;
	struct pl host;
	struct sa numeric;

	if (!pl_isset(&uri->host))
		return EINVAL;
	l = mem_zalloc(sizeof(*l), locate_destructor);
	l->sip = sip_agent_stack(agent);
	l->h = h;
	l->arg = arg;
	l->name = pl_strdup(&uri->host);
	if (!uri_param(uri, "maddr", &host) || !pl_isset(&host))
		host = uri->host;
	l->host = pl_strdup(&host);
	l->names = sip_agent_config(agent)->names;
	l->err = transports_set(l, agent, uri);
	if (l->err) {
		l->why = mem_printf("this transport cannot be used: %.*s",
			PL_ARG(&uri->all));
		later(l);
	} else if (uri->port || !sa_set(&numeric, &host, 0)) {
		hop_add(l, l->fallback, l->host,
			uri->port ? uri->port : default_port(l->fallback));
		hops_query(l);
	} else {
		services_query(l, l->names == SIP_NAMES_MICROSOFT);
	}
	*lp = l;
	return 0;
}
