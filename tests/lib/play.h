/*
 * play.h - the main() of a program that plays .keys files in memory.
 *
 * Each file is played at 80x24 in UTF-8, and again for each variant that a
 * line "also 120x40 ascii" names; its golden screens then are
 * golden/NAME.VARIANT.screen.
 */
#ifndef TESTS_PLAY_H
#define TESTS_PLAY_H

#include "tests/lib/app_backend.h"

/* Plays the files named on the command line; what `backend` points to makes
 * the app at each login.  Prints what failed and "N passed, N failed"; gives
 * the exit status. */
int play_main(int argc, char **argv, const struct app_backend *);

#endif
