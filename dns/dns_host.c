#include "dns/dns_host.h"

#include <stdbool.h>
#include <stddef.h>
#include <string.h>

#include "base/host_name.h"
#include "base/text.h"

/* The names below which each company's own documentation puts the servers of
 * its customers' zones; "awsdns-" begins a label. */
static const struct {
	const char *below, *company;
} hosts[] = {
	/* clang-format off */
	{ "awsdns-",                "Amazon Route 53" },
	{ "anycast.me",             "OVHcloud" },
	{ "azure-dns.com",          "Azure DNS" },
	{ "azure-dns.info",         "Azure DNS" },
	{ "azure-dns.net",          "Azure DNS" },
	{ "azure-dns.org",          "Azure DNS" },
	{ "desec.io",               "deSEC" },
	{ "desec.org",              "deSEC" },
	{ "digitalocean.com",       "DigitalOcean" },
	{ "dnsimple.com",           "DNSimple" },
	{ "domaincontrol.com",      "GoDaddy" },
	{ "gandi.net",              "Gandi" },
	{ "googledomains.com",      "Google" },
	{ "linode.com",             "Linode" },
	{ "ns.cloudflare.com",      "Cloudflare" },
	{ "ns.hetzner.com",         "Hetzner" },
	{ "ns.hetzner.de",          "Hetzner" },
	{ "ovh.net",                "OVHcloud" },
	{ "registrar-servers.com",  "Namecheap" },
	{ "ui-dns.biz",             "IONOS" },
	{ "ui-dns.com",             "IONOS" },
	{ "ui-dns.de",              "IONOS" },
	{ "ui-dns.org",             "IONOS" },
	/* clang-format on */
};

/* Does a label of the name begin so? */
static bool
has_label(const char *name, const char *start)
{
	for (const char *label = name; label != NULL;
	     label = strchr(label, '.')) {
		label += *label == '.';
		if (text_starts_with(label, start))
			return true;
	}
	return false;
}

const char *
dns_host_company(const char *name_server)
{
	for (size_t i = 0; i < sizeof(hosts) / sizeof(hosts[0]); i++) {
		const char *below = hosts[i].below;

		if (below[strlen(below) - 1] == '-'
			? has_label(name_server, below)
			: host_name_is_below(name_server, below))
			return hosts[i].company;
	}
	return NULL;
}
