/*
 * dns_host.h - which company runs a name server, by the server's name.
 */
#ifndef DNS_DNS_HOST_H
#define DNS_DNS_HOST_H

/* "Cloudflare" for "ada.ns.cloudflare.com"; NULL when it isn't in our list. */
const char *dns_host_company(const char *name_server);

#endif
