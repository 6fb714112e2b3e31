"""What becomes of submitted mail between a log-in and DKIM: the rule of the
From field, and S/MIME signatures that hold all the way out."""
import contextlib
import email
import email.policy
import json
import os
import re
import smtplib
import subprocess

import dkim

import health_story
from stack import wait

NINA, PAUL, TEAM = ("%s@acme.example" % n for n in ("nina", "paul", "ninas"))
PASSWORD = {NINA: "nina-has-a-word", PAUL: "paul-has-a-word"}
FAR = "far@far.example"


# ---- what a test needs ----

def openssl(s, *words, text=b"", status=0):
    done = subprocess.run(["openssl", *words], cwd=s.directory + "/smime",
                          input=text, capture_output=True, timeout=60)
    assert done.returncode == status, done.stderr.decode()
    return done.stdout


def make_certificate(s, name, address, subject=None):
    """A certificate and key for that address."""
    with open(s.directory + "/smime/extensions", "w") as file:
        file.write("basicConstraints=critical,CA:FALSE\n"
                   "keyUsage=critical,digitalSignature,keyEncipherment\n"
                   "extendedKeyUsage=emailProtection\n"
                   "subjectAltName=email:%s\n" % address)
    openssl(s, "req", "-newkey", "rsa:2048", "-nodes", "-subj",
            "/CN=" + (subject or name), "-keyout", name + ".key", "-out",
            name + ".csr")
    openssl(s, "x509", "-req", "-in", name + ".csr", "-CA", "ca.pem",
            "-CAkey", "ca.key", "-CAcreateserial", "-days", "90",
            "-extfile", "extensions", "-out", name + ".pem")


def pem(s, name):
    """Certificate and key, as somebody pastes them."""
    text = ""
    for kind in ("pem", "key"):
        with open("%s/smime/%s.%s" % (s.directory, name, kind)) as file:
            text += file.read()
    return text


def send(s, user, message, sender=None):
    with s.submit(user, PASSWORD[user]) as client:
        client.sendmail(sender or user, [FAR], message,
                        mail_options=["BODY=8BITMIME"])


def letter(subject, *fields, sender=NINA, body=b"Hello.\r\n"):
    lines = ["From: <%s>" % sender, "To: <%s>" % FAR, "Subject: " + subject,
             "Date: Tue, 24 Nov 2026 12:00:00 +0000",
             "Message-ID: <%s@test.example>" % subject.replace(" ", "-"),
             *fields, "", ""]
    return "\r\n".join(lines).encode() + body


def answer_to(s, user, message, sender=None):
    """Code and sentence of the refusal."""
    try:
        send(s, user, message, sender)
    except smtplib.SMTPResponseException as error:
        return error.smtp_code, error.smtp_error.decode()
    except smtplib.SMTPRecipientsRefused as error:
        code, text = next(iter(error.recipients.values()))
        return code, text.decode()
    return 250, ""


def verified(s, message):
    """The signed content, when the S/MIME signature and DKIM's both hold."""
    content = openssl(s, "cms", "-verify", "-CAfile", "ca.pem", "-inform",
                      "SMIME", text=message)
    assert dkim.verify(message, dnsfunc=s.txt)
    return content


def is_signed(message):
    return b"multipart/signed" in message


def rows(s, address, status):
    said = json.loads(s.admin("smime", "test", address, "--json",
                              status=status))
    return {row["name"]: row for row in said["rows"]}


@contextlib.contextmanager
def without_milter(s):
    health_story.end(s, "postern", "milter.pid")
    try:
        yield
    finally:
        start_milter(s)


def start_milter(s):
    s.run(["tests/stack/stack.sh", "milter", s.directory, str(s.port),
           s.program])


def restart_milter(s):
    with without_milter(s):
        pass


# ---- the rule of the From field ----

def people_are_made(s):
    for address, password in PASSWORD.items():
        s.admin("user", "add", address, "quota=10 MB", "password=-",
                text=password + "\n")
    s.admin("alias", "add", TEAM, "targets=" + NINA)
    os.mkdir(s.directory + "/smime", 0o700)
    openssl(s, "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "90",
            "-subj", "/CN=Mail authority", "-keyout", "ca.key", "-out",
            "ca.pem")


def a_forged_from_field_is_refused_for_good(s):
    for name, forged in (
            ("another's", letter("forged", sender=PAUL)),
            ("outside", letter("forged", sender="boss@bank.example")),
            ("two fields", letter("forged", "From: <%s>" % PAUL)),
            ("two addresses", letter("forged", sender="%s>, <%s" %
                                     (NINA, PAUL)))):
        code, text = answer_to(s, NINA, forged)
        assert code == 550, (name, code, text)
    assert not any(b"Subject: forged" in m for m in s.sink.messages)


def an_own_alias_is_accepted_as_from(s):
    assert answer_to(s, NINA, letter("as the team", sender=TEAM))[0] == 250
    s.sink.find("as the team")


def mail_without_an_identity_is_untouched_byte_for_byte(s):
    body = (b"From the start of a line\r\n.dot\r\n..dots\r\nblanks  \r\n\r\n"
            b"\xc3\xbcber\r\n" + b"long " * 300 + b"\r\nend")
    sent = letter("untouched", "MIME-Version: 1.0",
                  "Content-Type: text/plain;\r\n\tcharset=utf-8",
                  "Content-Transfer-Encoding: 8bit", sender=PAUL, body=body)
    send(s, PAUL, sent)
    got = s.sink.find("untouched")
    assert got[got.index(b"From: <paul"):] == sent + b"\r\n", got
    assert dkim.verify(got, dnsfunc=s.txt)


# ---- signing ----

def an_identity_is_stored_from_standard_input(s):
    make_certificate(s, "nina", NINA)
    make_certificate(s, "paul", PAUL)
    said = s.admin("smime", "test", NINA, status=1)
    assert "no S/MIME identity" in said, said
    s.admin("smime", "set", NINA, "certificate=-", text=pem(s, "paul"),
            status=65)
    said = s.admin("smime", "set", NINA, "certificate=-", text=pem(s, "nina"))
    assert "is signed until" in said, said
    assert "PRIVATE KEY" not in s.admin("smime", "show", NINA, "--json")


def what_is_asked_is_answered_in_order(s):
    found = rows(s, NINA, 0)
    assert list(found) == ["identity", "dates", "vault", "running",
                           "signing"], found
    assert all(row["verdict"] == "pass" for row in found.values()), found


def a_submitted_message_is_signed_and_verifies(s):
    send(s, NINA, letter("signed here"))
    got = s.sink.find("signed here")
    assert is_signed(got), got
    assert b"Hello." in verified(s, got)
    changed = got.replace(b"Hello.", b"Hallo.")
    openssl(s, "cms", "-verify", "-CAfile", "ca.pem", text=changed, status=4)
    send(s, NINA, letter("not as the team", sender=TEAM))
    assert not is_signed(s.sink.find("not as the team"))


def it_verifies_as_it_lies_in_the_mailbox(s):
    with s.submit(NINA, PASSWORD[NINA]) as client:
        client.sendmail(NINA, [PAUL], letter("for paul"))
    got = s.find(PAUL, PASSWORD[PAUL], "for paul")
    assert is_signed(got) and b"Hello." in verified(s, got)


def nested(subject):
    """Parts in parts, with 8-bit text and lines over 998 octets."""
    inner = (b"--in\r\nContent-Type: text/plain; charset=utf-8\r\n"
             b"Content-Transfer-Encoding: 8bit\r\n\r\n"
             b"Gr\xc3\xbc\xc3\x9fe, " + b"lang " * 400 + b"\r\n.punkt\r\n"
             b"--in\r\nContent-Type: text/html; charset=iso-8859-1\r\n"
             b"Content-Transfer-Encoding: 8bit\r\n\r\n"
             b"<p>Gr\xfc\xdfe</p>\r\n--in--\r\n")
    return letter(
        subject, "MIME-Version: 1.0",
        'Content-Type: multipart/mixed;\r\n boundary="out"',
        "Content-Language: de",
        body=b"--out\r\nContent-Type: multipart/alternative; boundary=in\r\n"
        b"\r\n" + inner + b"--out\r\nContent-Type: application/octet-stream"
        b"\r\nContent-Transfer-Encoding: base64\r\n\r\n" +
        b"QUJD" * 400 + b"\r\n--out--\r\n")


def leaves(message):
    """Every part, decoded, without what a line end may have added."""
    parsed = email.message_from_bytes(message, policy=email.policy.SMTP)
    return [(part.get_content_type(),
             part.get_payload(decode=True).rstrip(b"\r\n"))
            for part in parsed.walk() if not part.is_multipart()]


def nested_parts_with_8_bit_and_long_lines_survive(s):
    sent = nested("nested parts")
    send(s, NINA, sent)
    got = s.sink.find("nested parts")
    content = verified(s, got)
    assert leaves(content) == leaves(sent), content
    assert max(got) < 128, "an 8-bit octet is left"
    assert max(map(len, got.split(b"\r\n"))) <= 998
    assert len(re.findall(rb"(?mi)^Content-Type:",
                          got.split(b"\r\n\r\n")[0])) == 1
    assert b"Content-Language: de" in content


def what_is_signed_already_is_left_alone(s):
    done = openssl(s, "cms", "-sign", "-signer", "paul.pem", "-inkey",
                   "paul.key", "-crlfeol", text=b"Hello.\r\n")
    fields, body = done.replace(b"\r\n", b"\n").replace(
        b"\n", b"\r\n").split(b"\r\n\r\n", 1)
    sent = letter("signed before", *fields.decode().split("\r\n"), body=body)
    send(s, NINA, sent)
    got = s.sink.find("signed before")
    assert got[got.index(b"From: <nina"):].rstrip() == sent.rstrip(), got


# ---- bad days ----

def without_the_milter_mail_waits_at_its_sender(s):
    with without_milter(s):
        code, text = answer_to(s, NINA, letter("too early"))
        assert 400 <= code < 500, (code, text)
        row = rows(s, NINA, 1)["running"]
        assert row["verdict"] == "fail", row
        row = health_story.health(s, "milter")
        assert row["verdict"] == "fail", row
        assert "postern-milter" in row["mend"], row
    assert answer_to(s, NINA, letter("then it goes"))[0] == 250
    assert is_signed(s.sink.find("then it goes"))
    assert not any(b"Subject: too early" in m for m in s.sink.messages)


def without_the_vault_key_each_is_told_why(s):
    key = s.directory + "/state/vault.key"
    os.rename(key, key + ".away")
    try:
        restart_milter(s)
        code, text = answer_to(s, NINA, letter("no key"))
        assert code == 451 and "vault" in text, (code, text)
        row = rows(s, NINA, 1)["signing"]
        assert row["verdict"] == "fail" and "vault" in row["text"], row
        assert answer_to(s, PAUL, letter("of paul", sender=PAUL))[0] == 250
        s.admin("tenant", "edit", "Acme", "smime_failure=pass")
        assert answer_to(s, NINA, letter("unsigned by policy"))[0] == 250
        assert not is_signed(s.sink.find("unsigned by policy"))
        s.admin("tenant", "edit", "Acme", "smime_failure=defer")
        assert answer_to(s, NINA, letter("deferred again"))[0] == 451
    finally:
        os.rename(key + ".away", key)
    assert answer_to(s, NINA, letter("signed anew"))[0] == 250
    assert is_signed(s.sink.find("signed anew"))


def a_new_key_of_the_vault_opens_what_was_sealed(s):
    with open(s.directory + "/state/vault.key") as file:
        before = file.read()
    s.box("vault", "rotate")
    with open(s.directory + "/state/vault.key") as file:
        assert file.read() != before
    s.box("mail", "sync")
    restart_milter(s)
    send(s, NINA, letter("after the rotation"))
    verified(s, s.sink.find("after the rotation"))


def a_removed_identity_signs_no_more(s):
    s.admin("smime", "remove", NINA, "--yes")
    wait(lambda: answer_to(s, NINA, letter("no more"))[0] == 250,
         "it is not sent")
    assert not is_signed(s.sink.find("no more"))


TESTS = [
    people_are_made,
    a_forged_from_field_is_refused_for_good,
    an_own_alias_is_accepted_as_from,
    mail_without_an_identity_is_untouched_byte_for_byte,
    an_identity_is_stored_from_standard_input,
    what_is_asked_is_answered_in_order,
    a_submitted_message_is_signed_and_verifies,
    it_verifies_as_it_lies_in_the_mailbox,
    nested_parts_with_8_bit_and_long_lines_survive,
    what_is_signed_already_is_left_alone,
    without_the_milter_mail_waits_at_its_sender,
    without_the_vault_key_each_is_told_why,
    a_new_key_of_the_vault_opens_what_was_sealed,
    a_removed_identity_signs_no_more,
]
