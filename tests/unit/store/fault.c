/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The disk fails at its n-th write, sync, lock or truncate, for each n: what
 * was completed with success is there after reopening. A VFS in front of the
 * real one does that. SOTTO_TEST_ALL=1 tries each n, else a sample. */
#include <errno.h>
#include <sqlite3.h>
#include <stdatomic.h>
#include <stdlib.h>
#include "disk.h"

int test_fault(void);

enum {
	ADDS = 6, /* of one run, two transactions each */
	N_MAX = 3000,
};

/* The only state of the test: the VFS has no argument of its own. */
static atomic_int countdown; /* calls until the failure; 0: none */
static atomic_int failure; /* SQLITE_FULL, SQLITE_IOERR_… */
static atomic_int lasting; /* every call from then on */
static sqlite3_vfs *real;

struct file {
	sqlite3_file base;
	sqlite3_file *real;
};


static int fails(void)
{
	int n = atomic_load(&countdown);

	if (!n)
		return 0;
	if (n > 1) {
		atomic_fetch_sub(&countdown, 1);
		return 0;
	}
	if (!atomic_load(&lasting))
		atomic_store(&countdown, 0);
	return atomic_load(&failure);
}


static sqlite3_file *real_of(sqlite3_file *f)
{
	return ((struct file *)f)->real;
}


static int x_close(sqlite3_file *f)
{
	sqlite3_file *r = real_of(f);
	int rc = r->pMethods ? r->pMethods->xClose(r) : SQLITE_OK;

	sqlite3_free(r);
	return rc;
}


static int x_read(sqlite3_file *f, void *p, int n, sqlite3_int64 at)
{
	return real_of(f)->pMethods->xRead(real_of(f), p, n, at);
}


static int x_write(sqlite3_file *f, const void *p, int n, sqlite3_int64 at)
{
	int rc = fails();

	return rc ? rc : real_of(f)->pMethods->xWrite(real_of(f), p, n, at);
}


static int x_truncate(sqlite3_file *f, sqlite3_int64 size)
{
	int rc = fails();

	return rc ? rc : real_of(f)->pMethods->xTruncate(real_of(f), size);
}


static int x_sync(sqlite3_file *f, int flags)
{
	int rc = fails();

	return rc ? rc : real_of(f)->pMethods->xSync(real_of(f), flags);
}


static int x_size(sqlite3_file *f, sqlite3_int64 *size)
{
	return real_of(f)->pMethods->xFileSize(real_of(f), size);
}


static int x_lock(sqlite3_file *f, int lock)
{
	int rc = fails();

	return rc ? rc : real_of(f)->pMethods->xLock(real_of(f), lock);
}


static int x_unlock(sqlite3_file *f, int lock)
{
	return real_of(f)->pMethods->xUnlock(real_of(f), lock);
}


static int x_reserved(sqlite3_file *f, int *out)
{
	return real_of(f)->pMethods->xCheckReservedLock(real_of(f), out);
}


static int x_control(sqlite3_file *f, int op, void *arg)
{
	return real_of(f)->pMethods->xFileControl(real_of(f), op, arg);
}


static int x_sector(sqlite3_file *f)
{
	return real_of(f)->pMethods->xSectorSize(real_of(f));
}


static int x_device(sqlite3_file *f)
{
	return real_of(f)->pMethods->xDeviceCharacteristics(real_of(f));
}


static int x_shm_map(
	sqlite3_file *f, int page, int size, int extend, void volatile **p)
{
	return real_of(f)->pMethods->xShmMap(real_of(f), page, size, extend, p);
}


static int x_shm_lock(sqlite3_file *f, int at, int n, int flags)
{
	int rc = flags & SQLITE_SHM_LOCK ? fails() : 0;

	return rc ? rc
		  : real_of(f)->pMethods->xShmLock(real_of(f), at, n, flags);
}


static void x_shm_barrier(sqlite3_file *f)
{
	real_of(f)->pMethods->xShmBarrier(real_of(f));
}


static int x_shm_unmap(sqlite3_file *f, int gone)
{
	return real_of(f)->pMethods->xShmUnmap(real_of(f), gone);
}


static const sqlite3_io_methods methods = {2, x_close, x_read, x_write,
	x_truncate, x_sync, x_size, x_lock, x_unlock, x_reserved, x_control,
	x_sector, x_device, x_shm_map, x_shm_lock, x_shm_barrier, x_shm_unmap,
	NULL, NULL};


static int x_open(sqlite3_vfs *vfs, const char *name, sqlite3_file *f,
	int flags, int *out)
{
	struct file *file = (struct file *)f;
	int rc;

	(void)vfs;
	file->real = sqlite3_malloc(real->szOsFile);
	memset(file->real, 0, (size_t)real->szOsFile);
	rc = real->xOpen(real, name, file->real, flags, out);
	file->base.pMethods = rc ? NULL : &methods;
	if (rc)
		sqlite3_free(file->real);
	return rc;
}


static sqlite3_vfs shim;


static void install(void)
{
	real = sqlite3_vfs_find(NULL);
	shim = *real;
	shim.szOsFile = sizeof(struct file);
	shim.zName = "fault";
	shim.xOpen = x_open;
	sqlite3_vfs_register(&shim, 1);
}


static void uninstall(void)
{
	sqlite3_vfs_unregister(&shim);
}


/* Adds messages of which each has its number as text; returns a mask of
 * those that were said to be stored. */
static unsigned add_some(struct disk *d, unsigned from)
{
	unsigned i, stored = 0;
	char text[20];

	for (i = from; i < from + ADDS; i++) {
		snprintf(text, sizeof(text), "m%u", i);
		if (!disk_add(d, BOB, text))
			stored |= 1u << i;
		else
			assert_true(d->err == ENOSPC || d->err == EIO);
	}
	return stored;
}


static void check_stored(struct disk *d, unsigned stored)
{
	const char *page = disk_page(d, BOB, 0, 50);
	unsigned i;

	assert_int_equal(d->err, 0);
	for (i = 0; i < 31; i++) {
		char text[20];

		snprintf(text, sizeof(text), "m%u:", i);
		if (stored & 1u << i)
			assert_non_null(strstr(page, text));
		else
			assert_null(strstr(page, text)); /* was refused */
	}
}


/* True if the N-th call was reached. */
static bool one(int n, int rc, bool lasts)
{
	struct disk d;
	unsigned stored, told;
	bool reached;

	atomic_store(&countdown, 0);
	disk_init(&d);
	stored = add_some(&d, 0);
	assert_int_equal(stored, (1u << ADDS) - 1);
	atomic_store(&failure, rc);
	atomic_store(&lasting, lasts);
	atomic_store(&countdown, n);
	stored |= add_some(&d, ADDS);
	reached = lasts ? atomic_load(&countdown) == 1
			: atomic_load(&countdown) == 0;
	if (reached && lasts) {
		/* It may have been the index or the log that met it: nothing
		 * that somebody asked for, and nobody is told. */
		told = stored >> ADDS != (1u << ADDS) - 1;
		assert_int_equal(d.notices, told);
		/* Room is made: it goes on by itself. */
		atomic_store(&countdown, 0);
		stored |= add_some(&d, 2 * ADDS);
		assert_int_equal(stored >> 2 * ADDS, (1u << ADDS) - 1);
		assert_int_equal(d.notices, 2 * told);
	}
	disk_close(&d);
	atomic_store(&countdown, 0);
	disk_open(&d);
	check_stored(&d, stored);
	disk_close(&d);
	assert_int_equal(disk_number(&d,
				 "SELECT integrity_check='ok' FROM "
				 "pragma_integrity_check"),
		1);
	disk_open(&d);
	disk_free(&d);
	return reached;
}


static void each(int rc, bool lasts)
{
	int n, step = 1, reached = 0;
	bool all = getenv("SOTTO_TEST_ALL") != NULL;

	for (n = 1; n < N_MAX && one(n, rc, lasts); n += step) {
		++reached;
		if (!all && n > 8)
			step = 7;
	}
	assert_true(reached > 4);
}


static void full(void **state)
{
	(void)state;
	each(SQLITE_FULL, false);
}


static void io_error(void **state)
{
	(void)state;
	each(SQLITE_IOERR_WRITE, false);
}


static void sync_error(void **state)
{
	(void)state;
	each(SQLITE_IOERR_FSYNC, false);
}


static void full_for_long(void **state)
{
	(void)state;
	each(SQLITE_FULL, true);
}


static void io_error_for_long(void **state)
{
	(void)state;
	each(SQLITE_IOERR_FSYNC, true);
}


/* Another error is the same trouble, and the one after it is new. */
static void told_once(void **state)
{
	struct disk d;

	(void)state;
	disk_init(&d);
	atomic_store(&lasting, 1);
	atomic_store(&failure, SQLITE_FULL);
	atomic_store(&countdown, 1);
	assert_int_equal(disk_add(&d, BOB, "a"), ENOSPC);
	atomic_store(&failure, SQLITE_IOERR_WRITE);
	assert_int_equal(disk_add(&d, BOB, "b"), EIO);
	assert_int_equal(d.notices, 1);
	atomic_store(&countdown, 0);
	assert_int_equal(disk_add(&d, BOB, "c"), 0);
	assert_int_equal(d.notices, 2);
	atomic_store(&countdown, 1);
	assert_int_equal(disk_add(&d, BOB, "d"), EIO);
	assert_int_equal(d.notices, 3);
	atomic_store(&countdown, 0);
	disk_free(&d);
}


int test_fault(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(full),
		cmocka_unit_test(told_once),
		cmocka_unit_test(io_error),
		cmocka_unit_test(sync_error),
		cmocka_unit_test(full_for_long),
		cmocka_unit_test(io_error_for_long),
	};
	int failed;

	install();
	failed = cmocka_run_group_tests_name("fault", tests, NULL, NULL);
	uninstall();
	return failed;
}
