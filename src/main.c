/* SPDX-License-Identifier: GPL-3.0-or-later */
/* main.c - the start: options, front end, configuration, loop. */
#include <stdio.h>
#include "config.h"


int main(void)
{
	printf("sotto %s\n", PACKAGE_VERSION);
	return 0;
}
