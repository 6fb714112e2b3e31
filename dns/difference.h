/*
 * difference.h - where two long texts part, and in words, why.
 */
#ifndef DNS_DIFFERENCE_H
#define DNS_DIFFERENCE_H

#include <stddef.h>

#define DIFFERENCE_SIZE 240

/*
 * Compares what was found with what is wanted and writes a sentence such as
 * "It was cut after 255 characters."  Returns the byte of `found` where they
 * part, or -1 (and "") when they are the same.
 */
int difference_describe(char to[DIFFERENCE_SIZE], const char *found,
    size_t found_length, const char *wanted, size_t wanted_length);

#endif
