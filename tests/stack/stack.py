"""The running stack of tests/stack/stack.sh, as the stories see it."""
import imaplib
import json
import shlex
import smtplib
import socketserver
import ssl
import subprocess
import threading
import time

DEADLINE = 20  # seconds, for what happens by itself


class Stack:
    def __init__(self, directory, port, program):
        self.directory, self.port, self.program = directory, port, program
        self.tls = ssl.create_default_context(cafile=directory + "/tls/ca.pem")
        self.sink = Sink(("127.0.0.1", port + 6))

    # ---- our own operations ----

    def run(self, words, text="", status=0):
        done = subprocess.run(words, input=text, capture_output=True,
                              text=True, timeout=60)
        if done.returncode != status:
            raise AssertionError("%s: exit status %d\n%s%s" % (
                " ".join(words[-4:]), done.returncode, done.stdout,
                done.stderr))
        return done.stdout

    def admin(self, *words, text="", status=0):
        """A command of the super admin, over SSH."""
        return self.run(
            ["ssh", "-F", "none", "-T", "-p", str(self.port + 5),
             "-i", self.directory + "/admin", "-o", "IdentitiesOnly=yes",
             "-o", "IdentityAgent=none", "-o", "BatchMode=yes",
             "-o", "LogLevel=ERROR",
             "-o", "UserKnownHostsFile=%s/known_hosts" % self.directory,
             "admin@127.0.0.1", shlex.join(words)], text, status)

    def box(self, *words, text="", status=0):
        """A command of the operator on the box."""
        return self.run([self.program, "--state", self.directory + "/state",
                         *words], text, status)

    def box_json(self, *words, status=0):
        return json.loads(self.box(*words, "--json", status=status))

    def password(self, address, password):
        self.admin("user", "password", address, "password=-", "--yes",
                   text=password + "\n")

    # ---- mail ----

    def smtp(self):
        """Another mail server, at port 25."""
        client = smtplib.SMTP("127.0.0.1", self.port, "far.example",
                              timeout=DEADLINE)
        client.ehlo()
        return client

    def submit(self, user, password):
        """A user's mail program, signed in at port 587."""
        client = smtplib.SMTP("127.0.0.1", self.port + 1, timeout=DEADLINE)
        client._host = "mx.postern.example"
        client.starttls(context=self.tls)
        client.ehlo()
        client.login(user, password)
        return client

    def imap(self, user, password):
        client = imaplib.IMAP4_SSL("localhost", self.port + 3,
                                   ssl_context=self.tls, timeout=DEADLINE)
        client.login(user, password)
        client.select()
        return client

    def recipient(self, address, sender="far@far.example", body=None):
        """What port 25 says to RCPT; with a body, what it says in the end."""
        with self.smtp() as client:
            client.mail(sender)
            code, text = client.rcpt(address)
            if code == 250 and body is not None:
                code, text = client.data(body)
            return code, text.decode()

    def find(self, user, password, subject):
        """The message with that subject, once it is there."""
        return wait(lambda: self.look(user, password, subject),
                    "no message %r for %s" % (subject, user))

    def look(self, user, password, subject):
        client = self.imap(user, password)
        try:
            _, found = client.search(None, "SUBJECT", '"%s"' % subject)
            numbers = found[0].split()
            if not numbers:
                return None
            return client.fetch(numbers[-1], "(RFC822)")[1][0][1]
        finally:
            client.logout()

    def txt(self, name, timeout=5):
        """A TXT record as dkim.verify() asks for it."""
        out = self.run(["kdig", "+short", "@127.0.0.1", "-p",
                        str(self.port + 7), name.decode().rstrip("."), "TXT"])
        return out.strip().replace('" "', "").strip('"').encode() or None

    def postmap(self, table, key):
        done = subprocess.run(
            ["postmap", "-c", self.directory + "/etc/postfix", "-q", key,
             "proxy:sqlite:%s/etc/postfix/postern/%s.cf"
             % (self.directory, table)],
            capture_output=True, text=True, timeout=30)
        return done.stdout.strip()


def wait(look, sentence):
    """The first true answer of look(), within the deadline."""
    deadline = time.monotonic() + DEADLINE
    while time.monotonic() < deadline:
        answer = look()
        if answer:
            return answer
        time.sleep(0.05)
    raise AssertionError(sentence)


class Sink(socketserver.ThreadingTCPServer):
    """The world outside: keeps every message as it came."""
    allow_reuse_address = daemon_threads = True

    def __init__(self, address):
        super().__init__(address, SinkSession)
        self.messages = []
        threading.Thread(target=self.serve_forever, daemon=True).start()

    def find(self, subject):
        line = b"Subject: " + subject.encode()
        return wait(lambda: next((m for m in self.messages if line in m), None),
                    "nothing left with subject %r" % subject)


class SinkSession(socketserver.StreamRequestHandler):
    def handle(self):
        self.say("220 sink ESMTP")
        for line in self.rfile:
            word = line[:4].upper()
            if word == b"EHLO":
                self.say("250-sink\r\n250 8BITMIME")
            elif word == b"DATA":
                self.say("354 go on")
                self.take()
                self.say("250 taken")
            elif word == b"QUIT":
                return self.say("221 bye")
            else:
                self.say("250 fine")

    def take(self):
        lines = []
        for line in self.rfile:
            if line == b".\r\n":
                break
            lines.append(line[1:] if line.startswith(b".") else line)
        self.server.messages.append(b"".join(lines))

    def say(self, text):
        self.wfile.write(text.encode() + b"\r\n")
