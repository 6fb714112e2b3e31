/*
 * random.h - bytes and words that nobody can guess.
 */
#ifndef BASE_RANDOM_H
#define BASE_RANDOM_H

#include <stddef.h>
#include <stdint.h>

/* From the kernel; ends the process when there are none. */
void random_bytes(void *to, size_t size);

/* 0 to limit - 1, without bias; limit > 0. */
uint32_t random_below(uint32_t limit);

#define RANDOM_PASSWORD_SIZE 24 /* bytes with the final NUL */

/* "kw7m-xq3d-9hpt-r2fz": 16 signs of 31 (79 bits), in groups that can be
 * read out on the telephone: no 0 o 1 l i.  The caller wipes it. */
void random_password(char to[RANDOM_PASSWORD_SIZE]);

/* Lower-case hexadecimal digits: size - 1 of them and a NUL. */
void random_token(char *to, size_t size);

#endif
