/*
 * field_text.h - the parsers of those kinds of fields that are kept as text.
 * For base/field.c alone.
 */
#ifndef BASE_FIELD_TEXT_H
#define BASE_FIELD_TEXT_H

#include "base/field.h"

/* Reads one value, which is not empty; writes its stored form to `to`.
 * ERR_INVALID with a sentence. */
typedef enum err_code text_parser(
    char *to, size_t size, const char *text, struct err *);

text_parser field_parse_text, field_parse_block, field_parse_secret;
text_parser field_parse_address, field_parse_addresses, field_parse_alias;
text_parser field_parse_host, field_parse_hosts, field_parse_label;
text_parser field_parse_ip, field_parse_ip4, field_parse_ip6;
text_parser field_parse_ip_ports;

#endif
