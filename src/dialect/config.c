/* SPDX-License-Identifier: GPL-3.0-or-later */
/* config.c - the settings of an endpoint, kept. */
#include <stddef.h>
#include "dialect_int.h"
#include "mem.h"

#define TEXT(field_) offsetof(struct endpoint_config, field_)

static const size_t texts[] = {
	TEXT(aor),
	TEXT(display_name),
	TEXT(proxy),
	TEXT(transport),
	TEXT(dialect),
	TEXT(session),
	TEXT(listen),
	TEXT(long_messages),
	TEXT(user_agent),
	TEXT(tls_ca_file),
	TEXT(tls_name),
	TEXT(tls_pin),
	TEXT(tls_certificate),
	TEXT(tls_key),
	TEXT(presence_list),
	TEXT(xcap_root),
	TEXT(instance),
};


static char **text_of(struct endpoint_config *config, size_t i)
{
	return (char **)(void *)((char *)config + texts[i]);
}


static void config_destructor(void *data)
{
	size_t i;

	for (i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
		mem_deref(*text_of(data, i));
}


struct endpoint_config *endpoint_config_copy(
	const struct endpoint_config *config)
{
	struct endpoint_config *copy =
		mem_zalloc(sizeof(*copy), config_destructor);
	size_t i;

	*copy = *config;
	for (i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
		*text_of(copy, i) = mem_strdup(*text_of(copy, i));
	return copy;
}
