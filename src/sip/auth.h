/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * auth.h - the insides of an agent's credential cache, for auth.c (what is
 * kept and written) and auth_query.c (challenges being answered) alone.
 */
#ifndef SOTTO_SIP_AUTH_H
#define SOTTO_SIP_AUTH_H

#include "sip_int.h"

/* What is known of the user in one realm. */
struct auth_secret {
	struct le le;
	char *realm;
	struct sip_secret text;
	bool refused;
};

/* The answer to the last challenge of one realm, from servers or from
 * proxies. */
struct auth_realm {
	struct le le;
	bool proxy;
	char *name;
	const struct sip_auth_scheme *scheme;
	void *state;
	struct auth_secret *secret;
	uint32_t methods; /* a bit for each that was challenged */
};

struct sip_auth {
	struct sip *sip;
	sip_credentials_h *credentials; /* NULL once the agent is gone */
	void *arg;
	struct list secrets;
	struct list realms;
	struct list queries; /* struct sip_auth_query, waiting */
	char *asking; /* realm of the question that is open */
	enum sip_ntlm ntlm;
	char *aor;
	struct ntlm_crypto *crypto; /* made at first use */
	struct list assocs; /* struct sip_assoc, of any flow */
};

/* One realm that a request has answered. */
struct auth_attempt {
	struct le le;
	struct auth_realm *realm;
	void *state; /* that was used; of a handshake: its own */
	uint32_t sent;
	bool fresh; /* for a challenge of this very request */
};

/* NULL: not known. */
struct auth_secret *auth_secret_find(
	const struct sip_auth *auth, const char *name);
struct auth_attempt *auth_attempt_find(
	const struct sip_auth_tries *tries, bool proxy, const char *name);

/* Keeps USER and PASSWORD for realm NAME. */
void auth_secret_add(struct sip_auth *auth, const char *name, const char *user,
	const char *password);

/* STATE (taken over) of SCHEME answers realm NAME from now on. */
struct auth_realm *auth_realm_set(struct sip_auth *auth, bool proxy,
	const char *name, const struct sip_auth_scheme *scheme, void *state,
	struct auth_secret *secret);
struct auth_attempt *auth_attempt_add(
	struct sip_auth_tries *tries, struct auth_realm *realm);

/* True if PL can stand between quotes as it is: what we echo goes out byte
 * for byte. */
bool auth_echo_ok(const struct pl *pl);

/* Drops the oldest of what is over the bound. */
void auth_trim(struct sip_auth *auth);

#endif
