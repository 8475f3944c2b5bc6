# SPDX-License-Identifier: GPL-3.0-or-later
# SOTTO_TRY_CFLAGS(VARIABLE, FLAGS): adds each of FLAGS that the compiler
# takes without a warning. A quoted group is tried as one.
AC_DEFUN([SOTTO_TRY_CFLAGS], [
	for sotto_flag in $2; do
		sotto_save=$CFLAGS
		CFLAGS="$CFLAGS -Werror $sotto_flag"
		AC_MSG_CHECKING([whether $CC takes $sotto_flag])
		AC_COMPILE_IFELSE([AC_LANG_SOURCE(
			[[int main(void) { return 0; }]])],
			[AC_MSG_RESULT([yes])
			$1="$$1 $sotto_flag"],
			[AC_MSG_RESULT([no])])
		CFLAGS=$sotto_save
	done])

# SOTTO_TRY_LDFLAGS(VARIABLE, FLAGS): the same for linking.
AC_DEFUN([SOTTO_TRY_LDFLAGS], [
	for sotto_flag in $2; do
		sotto_save=$LDFLAGS
		LDFLAGS="$LDFLAGS $sotto_flag"
		AC_MSG_CHECKING([whether linking takes $sotto_flag])
		AC_LINK_IFELSE([AC_LANG_SOURCE(
			[[int main(void) { return 0; }]])],
			[AC_MSG_RESULT([yes])
			$1="$$1 $sotto_flag"],
			[AC_MSG_RESULT([no])])
		LDFLAGS=$sotto_save
	done])
