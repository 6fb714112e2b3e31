#include "base/machine.h"

#include <errno.h>
#include <ifaddrs.h>
#include <pwd.h>
#include <string.h>
#include <sys/stat.h>

#include "base/text.h"

static bool
is_address(const struct ifaddrs *entry, const struct ip *ip)
{
	struct sockaddr_storage storage = { 0 };
	struct ip_port at;
	size_t length;

	if (entry->ifa_addr == NULL)
		return false;
	if (entry->ifa_addr->sa_family == AF_INET)
		length = sizeof(struct sockaddr_in);
	else if (entry->ifa_addr->sa_family == AF_INET6)
		length = sizeof(struct sockaddr_in6);
	else
		return false;
	memcpy(&storage, entry->ifa_addr, length);
	return ip_from_sockaddr(&at, &storage) && ip_is_same(&at.ip, ip);
}

bool
machine_has_ip(const struct ip *ip, char interface[MACHINE_NAME_SIZE])
{
	struct ifaddrs *all, *entry;

	if (getifaddrs(&all) != 0)
		return false;
	for (entry = all; entry != NULL; entry = entry->ifa_next)
		if (is_address(entry, ip)) {
			text_copy(
			    interface, MACHINE_NAME_SIZE, entry->ifa_name);
			break;
		}
	freeifaddrs(all);
	return entry != NULL;
}

void
machine_look_at(struct machine_directory *found, const char *path)
{
	struct stat status;
	const struct passwd *user;

	*found = (struct machine_directory){ 0 };
	if (stat(path, &status) != 0) {
		found->place = errno == ENOENT ? PLACE_MISSING : PLACE_HIDDEN;
		return;
	}
	found->place = S_ISDIR(status.st_mode) ? PLACE_DIRECTORY : PLACE_OTHER;
	found->mode = status.st_mode & 07777;
	user = getpwuid(status.st_uid);
	if (user != NULL)
		text_copy(found->owner, sizeof(found->owner), user->pw_name);
	else
		text_format(found->owner, sizeof(found->owner), "user %u",
		    (unsigned)status.st_uid);
}
