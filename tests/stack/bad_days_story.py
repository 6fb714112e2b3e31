"""What goes wrong around the mail servers: each is named by "mail health" or
said at the act, and no message is lost."""
import contextlib
import os
import shutil
import signal
import sqlite3
import subprocess

import health_story
import smime_story
from smime_story import NINA, PAUL, PASSWORD, answer_to, is_signed, letter
from stack import wait


def health_is(s, name, verdict, *parts):
    row = health_story.health(s, name)
    assert row["verdict"] == verdict, row
    for part in parts:
        assert part in row["text"] + row["mend"], row


def remove_export(s, name):
    for end in ("", "-wal", "-shm"):
        with contextlib.suppress(FileNotFoundError):
            os.remove(s.directory + "/state/maps/" + name + end)


# ---- what the milter reads ----

def a_lock_on_what_the_milter_reads_hinders_no_signature(s):
    path = s.directory + "/state/maps/sign/sign.db"
    smime_story.make_certificate(s, "nina", NINA)
    s.admin("smime", "set", NINA, "certificate=-",
            text=smime_story.pem(s, "nina"))
    with contextlib.closing(sqlite3.connect(
            path, isolation_level=None)) as db:
        db.execute("BEGIN IMMEDIATE")
        db.execute("DELETE FROM person")
        said = answer_to(s, NINA, letter("while locked"))
        assert said[0] == 250, said
        db.execute("ROLLBACK")
    assert is_signed(s.sink.find("while locked"))


def without_what_the_milter_reads_mail_waits_at_its_sender(s):
    remove_export(s, "sign/sign.db")
    code, text = answer_to(s, NINA, letter("unread"))
    assert code == 451 and "can't be read" in text, (code, text)
    health_is(s, "exports", "fail", "postern mail sync")
    s.box("mail", "sync")
    said = answer_to(s, NINA, letter("read again"))
    assert said[0] == 250, said
    assert is_signed(s.sink.find("read again"))


# ---- exports ----

def an_export_edited_by_hand_is_named_and_one_put_in_its_place(s):
    path = s.directory + "/state/maps/postfix/mail.db"
    with contextlib.closing(sqlite3.connect(path)) as db, db:
        db.execute("DELETE FROM address WHERE address = ?", (PAUL,))
    health_is(s, "exports", "fail", "differs", "postern mail sync")
    s.box("mail", "sync")
    health_is(s, "exports", "pass")
    shutil.copy2(path, path + ".copy")
    with contextlib.closing(sqlite3.connect(path + ".copy")) as db, db:
        db.execute("DELETE FROM address WHERE address = ?", (PAUL,))
    os.rename(path + ".copy", path)
    health_is(s, "exports", "fail", "postern mail sync")
    s.box("mail", "sync")
    health_is(s, "exports", "pass")
    wait(lambda: s.recipient(PAUL)[0] == 250, "Postfix does not see him")


# ---- OpenDKIM ----

def opendkim_that_refuses_its_keys_is_named(s):
    health_is(s, "signing", "pass")
    os.chmod(s.directory + "/dkim", 0o777)
    try:
        health_is(s, "signing", "fail", "not signed", "opendkim")
        code, _ = answer_to(s, PAUL, letter("unsafe keys", sender=PAUL))
        assert code == 451, code
        done = subprocess.run([s.program, "--state", s.directory + "/state",
                               "mail", "sync"], capture_output=True,
                              text=True, timeout=60)
        assert done.returncode != 0 and "can be written by others" in \
            done.stderr, done
    finally:
        os.chmod(s.directory + "/dkim", 0o755)
    s.box("mail", "sync")
    health_is(s, "signing", "pass")
    assert answer_to(s, PAUL, letter("safe keys", sender=PAUL))[0] == 250
    assert b"DKIM-Signature" in s.sink.find("safe keys")


def a_signing_table_edited_by_hand_is_named(s):
    path = s.directory + "/dkim/SigningTable"
    with open(path) as file:
        text = file.read()
    with open(path, "w") as file:
        file.write(text.replace("*@acme.example", "*@other.example"))
    with open(s.directory + "/run/opendkim/opendkim.pid") as file:
        os.kill(int(file.read()), signal.SIGUSR1)
    wait(lambda: health_story.health(s, "signing")["verdict"] == "fail",
         "it still signs")
    health_is(s, "signing", "fail", "not sign", "postern mail sync")
    s.box("mail", "sync")
    wait(lambda: health_story.health(s, "signing")["verdict"] == "pass",
         "it does not sign again")


# ---- the disk ----

def on_a_full_disk_mail_waits_and_arrives_later(s):
    path = s.directory + "/vmail"
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=64k,mode=755,uid=5000",
                    "none", path], check=True)
    try:
        with contextlib.suppress(OSError), \
                open(path + "/full", "wb") as file:
            while True:
                file.write(b"x" * 4096)
                file.flush()
        row = health_story.health(s, "disk", path)
        assert row["verdict"] == "fail" and "df" in row["mend"], row
        assert s.recipient(PAUL, body=letter("disk full",
                                             sender="far@far.example"))[0] \
            in (250, 451, 452)
        # Taken is not lost: it waits.
        wait(lambda: any(entry["recipient"] == PAUL and entry["reason"]
                         for entry in s.box_json("mail", "queue")),
             "it does not wait")
    finally:
        subprocess.run(["umount", "-l", path], check=True)
    s.run(["postqueue", "-c", s.directory + "/etc/postfix", "-f"])
    s.find(PAUL, PASSWORD[PAUL], "disk full")


# ---- certificates ----

def a_certificate_for_another_name_is_named(s):
    path = s.directory + "/tls/server.pem"
    shutil.copy2(path, path + ".right")
    s.run(["openssl", "req", "-x509", "-key", s.directory + "/tls/server.key",
           "-days", "30", "-subj", "/CN=elsewhere.example", "-addext",
           "subjectAltName=DNS:elsewhere.example", "-out", path])
    reload = ["doveadm", "-c", s.directory + "/etc/dovecot/dovecot.conf",
              "reload"]
    try:
        s.run(reload)
        wait(lambda: health_story.health(s, "imaps")["verdict"] == "fail",
             "nobody says so")
        health_is(s, "imaps", "fail", "elsewhere.example")
    finally:
        os.rename(path + ".right", path)
        s.run(reload)
    wait(lambda: health_story.health(s, "imaps")["verdict"] == "pass",
         "it stays wrong")


# ---- passwords ----

def a_log_in_before_tls_is_named(s):
    postfix = ["-c", s.directory + "/etc/postfix"]
    path = s.directory + "/etc/postfix/master.cf"
    shutil.copy2(path, path + ".right")
    with open(path) as file:
        text = file.read()
    assert "smtpd_tls_auth_only=yes" in text
    with open(path, "w") as file:
        # Where TLS must be, Postfix offers no log-in before it anyway.
        file.write(text.replace("smtpd_tls_auth_only=yes",
                                "smtpd_tls_auth_only=no")
                   .replace("smtpd_tls_security_level=encrypt",
                            "smtpd_tls_security_level=may"))
    try:
        s.run(["postfix"] + postfix + ["reload"])
        wait(lambda: health_story.health(s, "submission")["verdict"] == "warn",
             "nobody says so")
        health_is(s, "submission", "warn", "before it", "smtpd_tls_auth_only")
    finally:
        os.rename(path + ".right", path)
        s.run(["postfix"] + postfix + ["reload"])
    wait(lambda: health_story.health(s, "submission")["verdict"] == "pass",
         "it stays open")


TESTS = [
    a_lock_on_what_the_milter_reads_hinders_no_signature,
    without_what_the_milter_reads_mail_waits_at_its_sender,
    an_export_edited_by_hand_is_named_and_one_put_in_its_place,
    opendkim_that_refuses_its_keys_is_named,
    a_signing_table_edited_by_hand_is_named,
    on_a_full_disk_mail_waits_and_arrives_later,
    a_certificate_for_another_name_is_named,
    a_log_in_before_tls_is_named,
]
