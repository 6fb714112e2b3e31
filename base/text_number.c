/* Numbers and amounts of bytes as text. */
#include <ctype.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"

bool
text_to_int64(const char *text, int64_t *number)
{
	int64_t value = 0;
	const bool is_negative = *text == '-';

	if (is_negative)
		text++;
	if (*text == '\0')
		return false;
	for (; *text != '\0'; text++) {
		if (*text < '0' || *text > '9' ||
		    __builtin_mul_overflow(value, 10, &value) ||
		    __builtin_add_overflow(value, *text - '0', &value))
			return false;
	}
	*number = is_negative ? -value : value;
	return true;
}

void
text_from_number(char *to, size_t size, int64_t number)
{
	char digits[24];
	size_t left, used = 0;

	text_format(digits, sizeof(digits), "%" PRId64, number);
	left = strlen(digits);
	if (size > 0)
		to[0] = '\0';
	for (; left > 0 && used + 2 < size; left--) {
		to[used++] = digits[strlen(digits) - left];
		if (left % 3 == 1 && left > 1 && to[used - 1] != '-')
			to[used++] = ',';
		to[used] = '\0';
	}
}

static const char units[] = "BKMGTP"; /* each 1024 times the one before */

bool
text_to_bytes(const char *text, int64_t *bytes)
{
	char *end;
	double value;
	const char *unit;
	int64_t factor = 1;

	if (*text < '0' || *text > '9' || strpbrk(text, "xXpPeEnN") == text + 1)
		return false;
	if (strspn(text, "0123456789") == strlen(text))
		return text_to_int64(text, bytes);
	value = strtod(text, &end);
	while (*end == ' ')
		end++;
	unit =
	    *end == '\0' ? units : strchr(units, toupper((unsigned char)*end));
	if (unit == NULL || *unit == '\0')
		return false;
	if (*end != '\0')
		end++;
	if (unit != units && toupper((unsigned char)*end) == 'I')
		end++;
	if (unit != units && toupper((unsigned char)*end) == 'B')
		end++;
	if (*end != '\0')
		return false;
	for (; unit > units; unit--)
		factor *= 1024;
	value *= (double)factor;
	if (!(value >= 0) || value > 9.0e18)
		return false;
	*bytes = (int64_t)(value + 0.5);
	return true;
}

void
text_from_bytes(char *to, size_t size, int64_t bytes)
{
	const char *unit = units;
	double value = (double)bytes;

	while (value >= 1024 && unit[1] != '\0') {
		value /= 1024;
		unit++;
	}
	if (unit == units)
		text_format(to, size, "%" PRId64 " B", bytes);
	else if (value - (double)(int64_t)value < 0.05)
		text_format(to, size, "%" PRId64 " %cB", (int64_t)value, *unit);
	else
		text_format(to, size, "%.1f %cB", value, *unit);
}
