/* SPDX-License-Identifier: GPL-3.0-or-later */
/* exchange_file.c - files of buddies: where they are and what is in them. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>
#include "core_int.h"
#include "exchange.h"
#include "file.h"


enum exchange_format core_exchange_format(const char *path)
{
	static const struct {
		const char *ending;
		enum exchange_format format;
	} endings[] = {
		{".xml", EXCHANGE_RESLIST},
		{".csv", EXCHANGE_CSV},
		{".vcf", EXCHANGE_VCARD},
	};
	const char *dot = strrchr(path, '.');
	size_t i;

	for (i = 0; dot && i < sizeof(endings) / sizeof(*endings); i++) {
		if (!strcasecmp(dot, endings[i].ending))
			return endings[i].format;
	}
	return EXCHANGE_UNKNOWN;
}


char *core_exchange_path(const char *path, int *err)
{
	char *expanded = file_expand(path);
	char *real = realpath(expanded, NULL), *copy;
	struct stat st;

	*err = 0;
	if (real && !stat(real, &st) && !S_ISREG(st.st_mode))
		*err = S_ISDIR(st.st_mode) ? EISDIR : EINVAL;
	copy = mem_strdup(real ? real : expanded);
	free(real);
	mem_deref(expanded);
	return copy;
}
