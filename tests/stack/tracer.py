"""Holds a process and its children just before each ends, to look at their
memory: ptrace(2) by root."""
import ctypes
import os
import signal

SEIZE, CONT, SETOPTIONS = 0x4206, 7, 0x4200
FORKS, AT_EXIT = 0x02 | 0x04 | 0x08, 0x40  # PTRACE_O_TRACE...
EVENT_EXIT, ALL = 6, 0x40000000  # __WALL

libc = ctypes.CDLL(None, use_errno=True)


def ptrace(request, pid, data=0):
    libc.ptrace.argtypes = [ctypes.c_long, ctypes.c_long, ctypes.c_void_p,
                            ctypes.c_void_p]
    if libc.ptrace(request, pid, None, data) < 0:
        raise OSError(ctypes.get_errno(), "ptrace")


def children(pid):
    """Everything below a process."""
    found = []
    with open("/proc/%d/task/%d/children" % (pid, pid)) as file:
        for child in map(int, file.read().split()):
            found += [child] + children(child)
    return found


# A mapping of more bytes is the address sanitizer's own: no copy of a text.
SHADOW = 1 << 32


def memory(pid):
    """The readable bytes of a process: pairs of a mapping and its bytes."""
    with open("/proc/%d/maps" % pid) as maps, \
            open("/proc/%d/mem" % pid, "rb", 0) as file:
        for line in maps:
            span, mode = line.split()[:2]
            start, end = (int(x, 16) for x in span.split("-"))
            if mode[0] != "r" or "[v" in line or end - start > SHADOW:
                continue
            file.seek(start)
            part = b""
            while len(part) < end - start:
                try:
                    got = file.read(end - start - len(part))
                except OSError:
                    break
                if not got:
                    break
                part += got
            yield line.strip(), part


def at_exit(pids, go_on, look):
    """Lets the processes run by go_on(), and calls look(pid) for each one,
    and each that they make, as it ends."""
    for pid in pids:
        ptrace(SEIZE, pid, FORKS | AT_EXIT)
    left = set(pids)
    go_on()
    while left:
        pid, status = os.waitpid(-1, ALL)
        if not os.WIFSTOPPED(status):
            left.discard(pid)
            continue
        left.add(pid)
        event, number = status >> 16, os.WSTOPSIG(status)
        if event == EVENT_EXIT:
            look(pid)
        ptrace(CONT, pid, 0 if event or number == signal.SIGTRAP else number)
