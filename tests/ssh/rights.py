#!/usr/bin/python3
"""Every command for every role at every distance, through the real SSH port.

  rights.py [GOLDEN]

Plays the cells of GOLDEN (tests/golden/rights.txt) as tests/unit/rights_test.c
does in memory, with the words of tests/rights/commands.txt, and wants the same
exit statuses.  One connection per log-in; after a command that was let
through, the database is put back.  What only the operator on the box may is
no log-in here, and commands that would ask the network ("-" instead of words)
are tried by those who are refused.  A command that the server's help names and
GOLDEN does not is an error.

The server, its state and keys are those of the story ($PORT, $WORK); prints
what differs, and how many cells were played.
"""
import contextlib
import functools
import glob
import os
import re
import shlex
import shutil
import socket
import subprocess
import sys

import paramiko

ROOT, WORK = os.environ["ROOT"], os.environ["WORK"]
GOLDEN = sys.argv[1] if len(sys.argv) > 1 else ROOT + "/tests/golden/rights.txt"
DATABASE = WORK + "/state/postern.db"
MADE, TEMPORARY = WORK + "/made.db", WORK + "/temporary.db"
PASSWORD, NEW_PASSWORD = "kw7m-xq3d-tree", "blue-river-94-tent"
ACME = {
    "t": "Acme", "d": "acme.example", "a": "sales@acme.example", "r": "1",
    "i": "Acme",
}
GLOBEX = dict(ACME, t="Globex", d="globex.example", a="info@globex.example",
              i="Globex")
NOBODY = {
    "u": "nobody@acme.example", "t": "Nobody", "d": "nobody.example",
    "a": "nobody@acme.example", "k": "nobody", "r": "99", "i": "Nobody",
}
# In the order of the golden table's columns.
DISTANCES = [
    dict(ACME, k="own"),
    dict(ACME, u="bea@acme.example", k="olga"),
    dict(ACME, u="mia@acme.example", k="olga"),
    dict(ACME, u="root@postern.example", k="root", i="Initech"),
    dict(GLOBEX, u="carl@globex.example", k="hank"),
    NOBODY,
]
LOWER, EQUAL, HIGHER, OTHER = 1, 2, 3, 4
# Title in the table, address, key; none: by password.
LOGINS = [
    ("user, temporary", "anna@acme.example", None),
    ("user", "anna@acme.example", None),
    ("tenant admin", "lena@acme.example", "lena"),
    ("admin, one cmd", "lena@acme.example", "lena-one"),
    ("admin, reads", "lena@acme.example", "lena-reads"),
    ("super admin", "admin@postern.example", "admin"),
]


class Person:
    """One connection, one channel after the other."""

    def __init__(self, address, key=None, password=None):
        self.transport = paramiko.Transport(("127.0.0.1",
                                             int(os.environ["PORT"])))
        # Else each command waits for the client's Nagle algorithm.
        self.transport.sock.setsockopt(
            socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.transport.start_client(timeout=20)
        if key is None:
            self.transport.auth_password(address, password)
        else:
            self.transport.auth_publickey(
                address,
                paramiko.Ed25519Key.from_private_key_file(WORK + "/" + key))

    def run(self, words, given=""):
        channel = self.transport.open_session(timeout=20)
        channel.set_combine_stderr(True)
        channel.exec_command(" ".join(shlex.quote(word) for word in words))
        # A command that is refused may have ended before it reads.
        with contextlib.suppress(OSError):
            channel.sendall(given.encode())
            channel.shutdown_write()
        text = channel.makefile("r").read().decode()
        status = channel.recv_exit_status()
        channel.close()
        return status, text

    def do(self, *words, given=""):
        status, text = self.run(words, given)
        if status != 0:
            sys.exit("%s: exit status %d: %s" % (words, status, text))
        return text


@functools.cache
def make_key(name):
    path = WORK + "/" + name
    if not os.path.exists(path):
        subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C",
                        name, "-f", path], check=True)
    with open(path + ".pub") as file:
        return file.read().strip()


@functools.cache
def fingerprint(name):
    if name in ("own", "nobody"):
        return "SHA256:" + name
    shown = subprocess.run(["ssh-keygen", "-lf", WORK + "/" + name + ".pub"],
                           check=True, capture_output=True, text=True)
    return shown.stdout.split()[1]


def operator(*words):
    subprocess.run([os.environ["PROGRAM"], "--state", WORK + "/state", *words],
                   check=True, stdout=subprocess.DEVNULL)


def add_admin(admin, name, domain, role):
    admin.do("admin", "add", name + "@" + domain, "role=" + role,
             "key=" + make_key(name))


def fill(admin):
    """The example of tests/lib/house.c; gives a temporary password.  What is in the
    database while it holds is in its copy TEMPORARY, and in MADE once it is
    changed."""
    operator("server", "set", "host=mx1.postern.example", "ip4=192.0.2.25",
             "quota=1 GB")
    operator("host", "approve", "mail.postern.example")
    add_admin(admin, "root", "postern.example", "super_admin")
    for name, domain in ("Acme", "acme.example"), ("Globex", "globex.example"):
        admin.do("tenant", "add", name, "domain=" + domain,
                 "mail_host=mail.postern.example", "user_limit=10",
                 "storage_limit=10 GB")
    for name in "lena", "olga":
        add_admin(admin, name, "acme.example", "tenant_admin")
    add_admin(admin, "hank", "globex.example", "tenant_admin")
    admin.do("key", "add", "lena@acme.example",
             'key=command="user list" ' + make_key("lena-one"))
    admin.do("key", "add", "lena@acme.example",
             "key=read-only " + make_key("lena-reads"))
    shown = admin.do("user", "add", "anna@acme.example")
    temporary = re.search("once: (.*)", shown).group(1)
    for name in "bea@acme", "mia@acme", "carl@globex":
        admin.do("user", "add", name + ".example")
    admin.do("admin", "add", "mia@acme.example")
    for name, target in ("sales@acme", "bea@acme"), ("info@globex",
                                                     "carl@globex"):
        admin.do("alias", "add", name + ".example",
                 "targets=" + target + ".example")
    admin.do("intake", "set", "Initech")
    admin.do("host", "request", "imap.acme.example")
    shutil.copyfile(DATABASE, TEMPORARY)
    anna = Person("anna@acme.example", password=temporary)
    anna.do("password", "change", "current=-",
            given=temporary + "\n" + PASSWORD + "\n")
    anna.transport.close()
    shutil.copyfile(DATABASE, MADE)
    return temporary


def put_back(copy):
    for file in glob.glob(DATABASE + "-*"):
        os.unlink(file)
    shutil.copyfile(copy, DATABASE)


def read_table():
    """{command: {log-in: [status, ...]}}"""
    table = {}
    with open(GOLDEN) as file:
        next(file)
        for line in file:
            login = line[17:33].strip()
            table.setdefault(line[:17].strip(), {})[login] = [
                int(cell) for cell in line[33:].split()]
    return table


def read_words():
    words = {}
    with open(ROOT + "/tests/rights/commands.txt") as file:
        for line in file:
            if not line.startswith("#"):
                name, rest = line.split("|")
                words[name.strip()] = rest.split()
    return words


def expand(word, distance, address):
    if "%n" in word:
        return "key=" + make_key("new")
    whole = dict({"u": address}, **distance)
    whole["k"] = fingerprint(whole["k"])
    return re.sub("%(.)", lambda sign: whole[sign.group(1)], word)


def is_played(column, rest, wanted):
    """Whether the cell is worth a command: where the whole row is a refusal,
    the own tenant and another one are; an equal or higher rank is, where it
    makes a difference."""
    if rest == ["-"] and wanted[column] != 77:
        return False
    if not any("%" in word for word in rest):
        return column == 0
    if set(wanted) == {77}:
        return column in (0, OTHER)
    return column not in (EQUAL, HIGHER) or wanted[column] != wanted[LOWER]


def play(person, copy, password, login, command, rest, wanted):
    """How many cells were played, and those that differ."""
    title, address, _ = login
    count, wrong = 0, []
    for column, distance in enumerate(DISTANCES):
        if not is_played(column, rest, wanted):
            continue
        words = command.split() + [
            expand(word, distance, address) for word in rest if word != "-"]
        status, text = person.run(words, password + "\n" + NEW_PASSWORD + "\n")
        count += 1
        if status == 0:
            put_back(copy)
        if status != wanted[column]:
            wrong.append("%s as %s: %d, the table says %d: %s" % (
                " ".join(words), title, status, wanted[column], text.strip()))
    return count, wrong


def missing(admin, table):
    named = re.findall("^  ([a-z][a-z -]*?)  ", admin.do("help"), re.MULTILINE)
    if len(named) < 50:
        sys.exit("The server's help names no commands.")
    return ["%s has no row in the table" % name for name in named
            if name not in table]


def main():
    table, words = read_table(), read_words()
    admin = Person("admin", "admin")
    wrong = missing(admin, table)
    if wrong:
        sys.exit("\n".join(wrong))
    temporary = fill(admin)
    admin.transport.close()
    played = 0
    for login in LOGINS:
        title, address, key = login
        is_temporary = title == "user, temporary"
        copy = TEMPORARY if is_temporary else MADE
        password = temporary if is_temporary else PASSWORD
        put_back(copy)
        person = Person(address, key, password)
        for command, rows in table.items():
            count, more = play(person, copy, password, login, command,
                               words[command], rows[title])
            played += count
            wrong += more
        person.transport.close()
    if wrong:
        sys.exit("\n".join(wrong))
    print("All %d are as the table says." % played)


main()
