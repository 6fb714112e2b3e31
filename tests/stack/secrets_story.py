"""Nobody but the milter reads a private key, and no memory keeps one."""
import os
import pwd
import re
import shlex
import sqlite3
import subprocess
import threading

import tracer
from smime_story import NINA, make_certificate, openssl, pem
from stack import wait


def as_user(s, user, *words):
    return subprocess.run(["setpriv", "--reuid", user, "--regid", user,
                           "--init-groups", *words], capture_output=True,
                          timeout=60)


def the_console_reads_neither_the_vault_nor_a_key(s):
    s.admin("smime", "set", NINA, "certificate=-", text=pem(s, "nina"))
    state = s.directory + "/state/"
    for user in ("postern", "postern-ssh", "nobody"):
        done = as_user(s, user, "cat", state + "vault.key")
        assert done.returncode != 0 and done.stdout == b"", user
    assert b"PRIVATE KEY" in as_user(s, "postern-sign", "cat",
                                     state + "vault.key").stdout
    before = key_file(state)
    for user in ("postern", "nobody"):
        done = as_user(s, user, s.program, "--state", state, "vault", "rotate")
        assert done.returncode != 0, done
        assert key_file(state) == before, user
    # What is stored of the identity is sealed.
    with sqlite3.connect(state + "postern.db") as db:
        (sealed,) = db.execute("SELECT sealed FROM smime_identity").fetchone()
    needles = parts_of_key(s, "nina")
    plain = openssl(s, "rsa", "-in", "nina.key", "-outform", "DER")
    assert any(part in plain for part in needles), "the test is blind"
    assert not any(part in sealed for part in needles)
    files = [os.path.join(where, name) for where, _, names in os.walk(state)
             for name in names if name != "vault.key"]
    for name in files:
        with open(name, "rb") as file:
            text = file.read()
        assert not any(part in text for part in needles), name


def key_file(state):
    with open(state + "vault.key", "rb") as file:
        return os.fstat(file.fileno()).st_uid, file.read(), \
            os.path.exists(state + "vault-old.key")


def parts_of_key(s, name):
    """Pieces of the key in each form that it may have: the lines of the PEM
    and the numbers, in both orders of their bytes."""
    with open("%s/smime/%s.key" % (s.directory, name), "rb") as file:
        lines = file.read().split()
    found = [line for line in lines if len(line) == 64][-8:]
    shown = openssl(s, "rsa", "-in", name + ".key", "-noout", "-text").decode()
    for number in ("privateExponent", "prime1", "prime2"):
        digits = re.search(number + r":\s+((?:[0-9a-f]{2}:?\s*)+)", shown)[1]
        whole = bytes.fromhex(re.sub(r"[:\s]", "", digits))
        for piece in (whole[8:32], whole[-32:-8]):
            found += [piece, piece[::-1]]
    return found


def session_of(s, words):
    """One command's SSH client with its input open, and the processes of the
    server that serve it."""
    with open(s.directory + "/serve.pid") as file:
        server = int(file.read())
    before = set(tracer.children(server))
    client = subprocess.Popen(
        ["ssh", "-F", "none", "-T", "-p", str(s.port + 5), "-i",
         s.directory + "/admin", "-o", "IdentitiesOnly=yes", "-o",
         "IdentityAgent=none", "-o", "LogLevel=ERROR", "-o",
         "UserKnownHostsFile=%s/known_hosts" % s.directory,
         "admin@127.0.0.1", shlex.join(words)], stdin=subprocess.PIPE,
        stdout=subprocess.PIPE)
    return client, lambda: set(tracer.children(server)) - before


def reads_input(pids):
    """Whether one of them waits in read(2) of its standard input."""
    for pid in pids:
        with open("/proc/%d/syscall" % pid) as file:
            if file.read().startswith("0 0x0 "):
                return True
    return False


def user_of(pid):
    return pwd.getpwuid(os.stat("/proc/%d" % pid).st_uid).pw_name


def holders(pid, needles):
    """The mappings of a process that hold a piece of the key."""
    return ["%s: %r" % (where, part) for where, text in tracer.memory(pid)
            for part in needles if part in text]


def no_memory_of_a_session_keeps_an_uploaded_key(s):
    make_certificate(s, "again", NINA)
    needles = parts_of_key(s, "again")
    text = pem(s, "again").encode()
    client, served_by = session_of(
        s, ["smime", "set", NINA, "certificate=-"])
    wait(lambda: reads_input(served_by()), "the command does not read")
    client.stdin.write(text[:-40])
    client.stdin.flush()
    pids = served_by()
    seen, kept = [], []

    def look(pid):
        seen.append(user_of(pid))
        kept.extend((user_of(pid), where) for where in holders(pid, needles))

    # While it is read, the key is there: the look finds what it looks for.
    wait(lambda: any(holders(pid, needles) for pid in pids),
         "the test is blind")

    def go_on():
        threading.Thread(target=client.communicate,
                         args=(text[-40:],)).start()

    tracer.at_exit(pids, go_on, look)
    assert client.wait(timeout=20) == 0
    assert len(seen) >= 2 and not kept, (len(pids), seen, kept)


TESTS = [
    the_console_reads_neither_the_vault_nor_a_key,
    no_memory_of_a_session_keeps_an_uploaded_key,
]
