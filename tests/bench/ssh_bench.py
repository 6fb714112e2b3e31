"""ssh_bench.py DIRECTORY OURS PORT PEER PORT - measures both servers with the
stock client, in turns: their process ids and ports are given, DIRECTORY has
the key.  Prints lines of "WHAT  OURS  PEER  RATIO"."""
import fcntl
import os
import pty
import pwd
import select
import signal
import statistics
import struct
import subprocess
import sys
import termios
import time

DIRECTORY = sys.argv[1]
ROUNDS = int(os.environ.get("SSH_ROUNDS", "15"))
IDLE = int(os.environ.get("SSH_IDLE", "20"))
KEYS = 60
FIRST_SCREEN = b"GO TO"


class Server:
    def __init__(self, process, port, user):
        self.process, self.port, self.user = int(process), port, user

    def client(self, *words, terminal=True):
        return ["ssh", "-F", "none", "-tt" if terminal else "-T", "-p",
                self.port, "-i", DIRECTORY + "/key", "-o", "LogLevel=ERROR",
                "-o", "IdentityAgent=none", "-o", "IdentitiesOnly=yes",
                "-o", "StrictHostKeyChecking=no", "-o", "BatchMode=yes",
                "-o", "UserKnownHostsFile=/dev/null",
                self.user + "@127.0.0.1", *words]

    def processes(self):
        """All below the server, without itself."""
        found, look = [], [self.process]
        while look:
            process = look.pop()
            try:
                with open(f"/proc/{process}/task/{process}/children") as file:
                    children = [int(x) for x in file.read().split()]
            except FileNotFoundError:
                continue
            found += children
            look += children
        return found


class Screen:
    """One session in a terminal of 80x24, of which only bytes are seen."""

    def __init__(self, server, wait=True):
        self.pid, self.fd = pty.fork()
        if self.pid == 0:
            os.environ["TERM"] = "xterm-256color"
            os.execvp("ssh", server.client())
        fcntl.ioctl(self.fd, termios.TIOCSWINSZ,
                    struct.pack("HHHH", 24, 80, 0, 0))
        self.got = b""
        if wait:
            self.until(FIRST_SCREEN)

    def until(self, text):
        start = len(self.got)
        while text not in self.got[start:]:
            if not self.read(20):
                raise SystemExit("   no %r in %r" % (text, self.got[-400:]))

    def read(self, seconds):
        if not select.select([self.fd], [], [], seconds)[0]:
            return b""
        try:
            part = os.read(self.fd, 65536)
        except OSError:
            part = b""
        self.got += part
        return part

    def quiet(self, seconds=0.3):
        while self.read(seconds):
            pass

    def press(self, key):
        """Milliseconds until the screen began to change."""
        start = time.monotonic()
        os.write(self.fd, key)
        self.read(10)
        return (time.monotonic() - start) * 1000

    def bytes_of(self, key):
        self.quiet()
        before = len(self.got)
        os.write(self.fd, key)
        self.read(10)
        self.quiet()
        return len(self.got) - before

    def close(self):
        os.kill(self.pid, signal.SIGTERM)
        os.close(self.fd)
        os.waitpid(self.pid, 0)


def line(what, ours, peer, form="%9.1f"):
    print("%-44s %s %s %8s" % (what, form % ours, form % peer,
                               "%.2f x" % (ours / peer if peer else 0)))


def seconds(act):
    start = time.monotonic()
    act()
    return time.monotonic() - start


def in_turns(act):
    """Medians of milliseconds, both servers in each round."""
    times = [[], []]
    for _ in range(ROUNDS):
        for server, into in zip(SERVERS, times):
            into.append(seconds(lambda: act(server)) * 1000)
    return [statistics.median(x) for x in times]


def first_screen(server):
    Screen(server).close()


def command(server):
    done = subprocess.run(
        server.client("tenant", "list", "--json", terminal=False),
        capture_output=True, check=True)
    assert b"Acme" in done.stdout, done.stdout


def log_ins(server, at_once=4, count=24):
    """Log-ins with their first screen per second; more than that many at
    once of one source are refused."""
    left, running = count, []
    start = time.monotonic()
    while left or running:
        while left and len(running) < at_once:
            running.append(Screen(server, wait=False))
            left -= 1
        ready = select.select([x.fd for x in running], [], [], 20)[0]
        for screen in [x for x in running if x.fd in ready]:
            if not screen.read(0):
                raise SystemExit("   a log-in failed: %r" % screen.got)
            if FIRST_SCREEN in screen.got:
                screen.close()
                running.remove(screen)
    return count / (time.monotonic() - start)


def pss(processes):
    total = 0
    for process in processes:
        try:
            with open(f"/proc/{process}/smaps_rollup") as file:
                total += sum(int(x.split()[1]) for x in file
                             if x.startswith("Pss:"))
        except (FileNotFoundError, ProcessLookupError):
            pass
    return total


def ticks(processes):
    total = 0
    for process in processes:
        try:
            with open(f"/proc/{process}/stat") as file:
                fields = file.read().rsplit(")", 1)[1].split()
        except FileNotFoundError:
            continue
        total += int(fields[11]) + int(fields[12])
    return total


def idle(server):
    """Kilobytes of a session, ticks of all of them in ten seconds."""
    screens = [Screen(server) for _ in range(IDLE)]
    for screen in screens:
        screen.quiet()
    processes = server.processes()
    kilobytes = pss(processes) / IDLE
    before = ticks(processes)
    time.sleep(10)
    spent = ticks(processes) - before
    for screen in screens:
        screen.close()
    return kilobytes, spent


def key_to_redraw(server):
    screen = Screen(server)
    screen.quiet()
    times = sorted(screen.press(b"j" if i % 2 == 0 else b"k")
                   for i in range(KEYS))
    screen.close()
    return times[len(times) // 2], times[len(times) * 99 // 100]


def redraw_bytes():
    screen = Screen(SERVERS[0])
    screen.quiet()
    screen.press(b"3")
    screen.until(b"user1")
    move, page = screen.bytes_of(b"j"), screen.bytes_of(b"\033[6~")
    screen.close()
    return move, page


def main():
    print("%-44s %9s %9s %8s" % ("", "postern", "sshd", "ratio"))
    line("connect to the first screen, ms", *in_turns(first_screen))
    line("tenant list --json, ms", *in_turns(command))
    line("log-ins with first screen per second",
         *[log_ins(x) for x in SERVERS])
    (kilobytes, spent), (peer_kilobytes, peer_spent) = [
        idle(x) for x in SERVERS]
    line("memory of an idle session (Pss), kB", kilobytes, peer_kilobytes)
    line(f"ticks of {IDLE} idle sessions in 10 s", spent, peer_spent, "%9d")
    half, most = zip(*[key_to_redraw(x) for x in SERVERS])
    line("key to redraw, median, ms", *half, form="%9.2f")
    line("key to redraw, p99, ms", *most, form="%9.2f")
    move, page = redraw_bytes()
    line("bytes of a move of the cursor / full redraw", move, 1550, "%9d")
    line("bytes of a page of a list / full redraw", page, 1550, "%9d")


# sshd knows the accounts of the machine, ours those of the console.
SERVERS = [Server(*sys.argv[2:4], "admin"),
           Server(*sys.argv[4:6], pwd.getpwuid(os.getuid()).pw_name)]
if __name__ == "__main__":
    main()
