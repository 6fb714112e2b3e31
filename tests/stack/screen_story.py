"""A person stores an S/MIME identity at the screen: the stock OpenSSH client
in a terminal emulator (tests/ssh/play), certificate and key pasted.  What is
mailed then verifies in two implementations, and the session holds no key."""
import base64
import os
import random
import subprocess
import sys

import dkim

import secrets_story
import tracer
from smime_story import (FAR, PASSWORD, PAUL, is_signed, letter,
                         make_certificate, openssl, verified)

OTTO, GIVEN = "otto@acme.example", "given-to-otto-4711"
CHOSEN = "correct horse battery staple"
PASSPHRASE = "otto-locks-it"


def play(s, name, lines):
    """Plays a script of keys (tests/lib/script.h) against the server."""
    path = "%s/%s.keys" % (s.directory, name)
    with open(path, "w") as file:
        file.write("\n".join(lines) + "\n")
    program = os.path.dirname(s.program) + "/tests/ssh/play"
    done = subprocess.run([program, path], capture_output=True, text=True,
                          timeout=120, env=dict(os.environ, WORK=s.directory,
                                                PORT=str(s.port + 5)))
    assert done.returncode == 0, done.stdout + done.stderr


def log_in(password):
    return ["login %s user=%s with=password" % (OTTO, OTTO),
            "see Password:", "type " + password, "press Enter",
            "see otto, user"]


def paste(s, *names):
    """As one bracketed paste."""
    text = ""
    for name in names:
        with open("%s/smime/%s" % (s.directory, name)) as file:
            text += file.read()
    return "paste " + text.replace("\n", "\\n")


# ---- the story ----

def a_person_pastes_certificate_and_key_at_the_screen(s):
    s.admin("user", "add", OTTO, "quota=10 MB", "password=-",
            text=GIVEN + "\n")
    make_certificate(s, "otto", OTTO)
    openssl(s, "pkcs8", "-topk8", "-in", "otto.key", "-out", "otto.locked",
            "-passout", "pass:" + PASSPHRASE)
    hold = "%s -B %s %s otto" % (sys.executable, os.path.abspath(__file__),
                                 s.directory)
    play(s, "otto", log_in(GIVEN) + [
        "press P", "see Present password", "type " + GIVEN, "press Tab",
        "type " + CHOSEN, "press Ctrl-S", "see GO TO",
        "press 3", "see %s has no S/MIME identity" % OTTO,
        "press n", "see Paste the certificate in PEM",
        paste(s, "otto.pem", "ca.pem"), "see otto", "press Ctrl-N",
        "see Paste the private key in PEM",
        paste(s, "otto.locked"), "press Ctrl-N",
        "see The key is encrypted", "type " + PASSPHRASE, "press Ctrl-N",
        "see The private key belongs to the certificate.", "press Ctrl-N",
        "see Nothing is saved yet", "press Enter",
        "see mail of %s is signed until" % OTTO,
        "see The key is sealed to the vault of this server",
        "see It signs, and the signature verifies",
        # The session goes on, and holds no key any more.
        "run " + hold,
        "press q", "see GO TO", "press q y", "closed"])


def gpgsm(s, content, signature):
    """Whether the other implementation finds the signature good."""
    home = s.directory + "/smime/gnupg"
    words = ["gpgsm", "--homedir", home, "--disable-crl-checks",
             "--disable-dirmngr", "--batch", "--status-fd", "1"]
    if not os.path.isdir(home):
        os.mkdir(home, 0o700)
        root = openssl(s, "x509", "-in", "ca.pem", "-noout", "-fingerprint",
                       "-sha1").decode().split("=")[1].strip()
        with open(home + "/trustlist.txt", "w") as file:
            file.write(root + " S relax\n")
        s.run(words + ["--import", s.directory + "/smime/ca.pem"])
    names = []
    for name, text in (("content", content), ("signature", signature)):
        names.append("%s/%s" % (home, name))
        with open(names[-1], "wb") as file:
            file.write(text)
    try:
        done = subprocess.run(words + ["--verify", names[1], names[0]],
                              capture_output=True, text=True, timeout=60)
    finally:
        subprocess.run(["gpgconf", "--homedir", home, "--kill", "all"],
                       timeout=60)
    return done.returncode == 0 and "VALIDSIG" in done.stdout, done


def parts(message):
    """What is signed, and the signature: bytes as they came."""
    fields, body = message.split(b"\r\n\r\n", 1)
    boundary = fields.split(b'boundary="')[1].split(b'"')[0]
    _, content, signature, _ = body.split(b"--" + boundary)
    return content[2:-2], base64.b64decode(
        signature.split(b"\r\n\r\n", 1)[1])


def the_mail_verifies_in_two_implementations(s):
    with s.submit(OTTO, CHOSEN) as client:
        client.sendmail(OTTO, [PAUL, FAR], letter("of otto", sender=OTTO))
    for got in (s.find(PAUL, PASSWORD[PAUL], "of otto"),
                s.sink.find("of otto")):
        assert is_signed(got) and b"Hello." in verified(s, got)
        content, signature = parts(got)
        is_good, said = gpgsm(s, content, signature)
        assert is_good, said
        is_good, said = gpgsm(s, content.replace(b"Hello", b"Hallo"),
                              signature)
        assert not is_good, "any text is good"


def mail_of_another_arrives_as_it_was_sent(s):
    sent = letter("of paul", "MIME-Version: 1.0",
                  "Content-Type: text/plain; charset=utf-8",
                  "Content-Transfer-Encoding: 8bit", sender=PAUL,
                  body=b"Gr\xc3\xbc\xc3\x9fe\r\n.\xc3\xbc\r\nFrom here  \r\n")
    with s.submit(PAUL, PASSWORD[PAUL]) as client:
        client.sendmail(PAUL, [OTTO], sent, mail_options=["BODY=8BITMIME"])
    got = s.find(OTTO, CHOSEN, "of paul")
    assert got[got.index(b"From: <paul"):] == sent, got
    assert dkim.verify(got, dnsfunc=s.txt)


def noise_and_escape_sequences_do_no_harm_at_the_screen(s):
    """A megabyte of anything (but the "~" that ssh takes for itself at the
    start of a line), then a certificate whose subject would clear
    the screen and set its title."""
    make_certificate(s, "evil", OTTO, "\x1b[2J\x1b]0;owned\x07 evil")
    numbers = random.Random(1)
    noise = "".join(chr(numbers.choice((9, 33, 65, 97, 228, 0x4e2d)) +
                        numbers.randrange(2)) for _ in range(900000))
    noise = noise.encode()[:990000].decode(errors="ignore")
    assert len(noise.encode()) > 980000
    play(s, "noise", log_in(CHOSEN) + [
        "press 3", "see The milter runs", "press n",
        "see Paste the certificate in PEM",
        "paste " + noise.replace("\n", "\\n"), "press Ctrl-N",
        "see There is no certificate in the text", "see Step 1 of",
        "press Ctrl-U", paste(s, "evil.pem"), "press Ctrl-N",
        "see Paste the private key in PEM",
        paste(s, "evil.key"), "press Ctrl-N",
        "see 0;owned", "see evil", "see Step 3 of", "see otto, user",
        "press Esc", "press y", "see The milter runs",
        "press q", "see GO TO", "press q y", "closed"])
    shown = s.admin("smime", "show", OTTO, "--json")
    assert "evil" not in shown, "it was stored"


TESTS = [
    a_person_pastes_certificate_and_key_at_the_screen,
    the_mail_verifies_in_two_implementations,
    mail_of_another_arrives_as_it_was_sent,
    noise_and_escape_sequences_do_no_harm_at_the_screen,
]


class Here:
    """What secrets_story needs to know, in a process of its own."""

    def __init__(self, directory):
        self.directory = directory


def main():
    """Beside a session that goes on: none of the server's processes holds a
    piece of that key."""
    directory, name = sys.argv[1:3]
    needles = secrets_story.parts_of_key(Here(directory), name)
    with open("%s/smime/%s.locked" % (directory, name), "rb") as file:
        needles += file.read().split()[6:-4]
    with open(directory + "/serve.pid") as file:
        pids = tracer.children(int(file.read()))
    kept = [(secrets_story.user_of(pid), where) for pid in pids
            for where in secrets_story.holders(pid, needles)]
    print(len(pids), "processes hold", kept)
    return len(pids) < 2 or kept != []


if __name__ == "__main__":
    sys.exit(main())
