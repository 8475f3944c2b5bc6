/* SPDX-License-Identifier: GPL-3.0-or-later */
/* table.h - uthash on our memory: no memory ends the program, leaks are
 * counted. */
#ifndef SOTTO_SIP_TABLE_H
#define SOTTO_SIP_TABLE_H

#include "mem.h"

#define uthash_malloc(size_)	  mem_alloc((size_), NULL)
#define uthash_free(data_, size_) mem_deref(data_)
#include <uthash.h>

#endif
