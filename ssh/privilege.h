/*
 * privilege.h - what a process of the doors gives up before it does its work.
 *
 * Every function ends the process when it can't do what it says: a door that
 * kept rights by accident must not open.
 */
#ifndef SSH_PRIVILEGE_H
#define SSH_PRIVILEGE_H

/* For brokers and applications: no core dumps, no tracing, no new rights;
 * root becomes the owner of the state directory. */
void privilege_become_owner(const char *state_directory);

/*
 * For the transport: all of that, and further an empty root directory, user
 * "postern-ssh" (or "nobody") when root, and hard limits on processes,
 * files, descriptors and memory.
 */
void privilege_lock_in(void);

#endif
