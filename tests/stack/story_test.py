"""What people do in the console, and what the mail servers do then.

tests/stack/story_test.py DIRECTORY PORT PROGRAM: against a stack that runs.
Ends with "N passed, N failed"; each test's name is a sentence.
"""
import contextlib
import http.client
import imaplib
import json
import os
import signal
import smtplib
import sqlite3
import subprocess
import sys
import time
import traceback

import dkim

import bad_days_story
import health_story
import screen_story
import secrets_story
import smime_story
from stack import Stack, wait

ANNA, BOB, CAROL = ("%s@acme.example" % n for n in ("anna", "bob", "carol"))
PASSWORD = {ANNA: "anna-has-a-word", BOB: "bob-has-a-word",
            CAROL: "carol-has-a-word"}


def letter(subject, sender=ANNA, recipient="far@far.example", size=0):
    return ("From: <%s>\r\nTo: <%s>\r\nSubject: %s\r\n"
            "Date: Tue, 24 Nov 2026 12:00:00 +0000\r\n"
            "Message-ID: <%d.%d@test.example>\r\n\r\nHello.\r\n%s\r\n"
            % (sender, recipient, subject, id(subject), size,
               ("x" * 70 + "\r\n") * (size // 72))).encode()


@contextlib.contextmanager
def refused(*classes):
    try:
        yield
    except classes:
        return
    raise AssertionError("it was not refused")


def make(s):
    s.box("host", "approve", "mail.acme.example")
    s.admin("tenant", "add", "Acme", "domain=acme.example",
            "mail_host=mail.acme.example", "imap_host=mail.acme.example")
    s.admin("domain", "verify", "acme.example", "how=override",
            "reason=a test")
    for address, password in PASSWORD.items():
        s.admin("user", "add", address, "quota=1 MB", "password=-",
                text=password + "\n")
    s.admin("alias", "add", "sales@acme.example", "targets=" + ANNA)


# ---- addresses ----

def mail_to_an_alias_arrives_in_the_mailbox(s):
    assert s.recipient("sales@acme.example",
                       body=letter("to sales"))[0] == 250
    text = s.find(ANNA, PASSWORD[ANNA], "to sales")
    assert b"Delivered-To: " + ANNA.encode() in text


def an_unknown_address_and_a_foreign_domain_are_refused(s):
    assert s.recipient("nobody@acme.example")[0] == 550
    assert s.recipient("somebody@other.example")[0] == 554


def a_domain_that_nobody_proved_gets_no_mail(s):
    s.admin("domain", "add", "bank.example", "tenant=Acme")
    s.admin("user", "add", "x@bank.example", "quota=1 MB", "password=-",
            text="some-long-word\n")
    assert s.recipient("x@bank.example")[0] == 554
    with s.submit("x@bank.example", "some-long-word") as client:
        client.mail("x@bank.example")
        assert client.rcpt("far@far.example")[0] == 553


def a_catch_all_takes_what_no_mailbox_has(s):
    s.admin("alias", "add", "@acme.example", "targets=" + BOB)
    assert s.recipient("whoever@acme.example",
                       body=letter("caught"))[0] == 250
    assert s.recipient(ANNA, body=letter("not caught"))[0] == 250
    assert s.recipient("anna+list@acme.example",
                       body=letter("with a plus"))[0] == 250
    s.find(BOB, PASSWORD[BOB], "caught")
    s.find(ANNA, PASSWORD[ANNA], "not caught")
    s.find(ANNA, PASSWORD[ANNA], "with a plus")
    assert s.look(BOB, PASSWORD[BOB], "with a plus") is None


def the_shown_path_is_the_one_that_postfix_takes(s):
    s.admin("alias", "add", "team@acme.example",
            "targets=sales@acme.example, %s, out@far.example" % BOB)
    for address in ("team@acme.example", "sales@acme.example", ANNA,
                    "@acme.example"):
        steps = [line.split() for line in s.admin(
            "alias", "resolve", address).splitlines()]
        wanted = s.postmap("aliases", address)
        assert wanted, address
        shown = [word for step in steps for word in step if "@" in word]
        for target in wanted.split(","):
            assert target in shown, (address, wanted, steps)


# ---- passwords and states ----

def a_new_password_holds_at_once_and_ends_open_sessions(s):
    session = s.imap(CAROL, PASSWORD[CAROL])
    s.submit(CAROL, PASSWORD[CAROL]).quit()
    old, PASSWORD[CAROL] = PASSWORD[CAROL], "carol-chose-another"
    s.password(CAROL, PASSWORD[CAROL])
    with refused(imaplib.IMAP4.abort, OSError):
        session.noop()
    with refused(imaplib.IMAP4.error):
        s.imap(CAROL, old)
    with refused(smtplib.SMTPAuthenticationError):
        s.submit(CAROL, old)
    s.imap(CAROL, PASSWORD[CAROL]).logout()
    s.submit(CAROL, PASSWORD[CAROL]).quit()


def a_suspended_user_neither_reads_nor_sends_nor_gets_mail(s):
    s.admin("alias", "add", "carols@acme.example", "targets=" + CAROL)
    session = s.imap(CAROL, PASSWORD[CAROL])
    s.admin("user", "suspend", CAROL, "--yes")
    with refused(imaplib.IMAP4.abort, OSError):
        session.noop()
    with refused(imaplib.IMAP4.error):
        s.imap(CAROL, PASSWORD[CAROL])
    with refused(smtplib.SMTPAuthenticationError):
        s.submit(CAROL, PASSWORD[CAROL])
    assert s.recipient(CAROL)[0] == 450
    assert s.recipient("carols@acme.example")[0] == 450
    s.admin("user", "resume", CAROL)
    s.imap(CAROL, PASSWORD[CAROL]).logout()
    assert s.recipient(CAROL)[0] == 250


def a_removed_user_is_refused_for_good_and_comes_back_with_mail(s):
    assert s.recipient(CAROL, body=letter("before"))[0] == 250
    s.find(CAROL, PASSWORD[CAROL], "before")
    s.admin("user", "remove", CAROL, "--yes", CAROL)
    code, text = s.recipient(CAROL)
    assert code == 550 and "5.2.1" in text, text
    with refused(imaplib.IMAP4.error):
        s.imap(CAROL, PASSWORD[CAROL])
    s.admin("user", "restore", CAROL)
    s.find(CAROL, PASSWORD[CAROL], "before")


def mail_in_flight_waits_while_the_tenant_is_suspended(s):
    with s.smtp() as client:
        client.mail("far@far.example")
        assert client.rcpt(ANNA)[0] == 250
        s.admin("tenant", "suspend", "Acme", "--yes")
        assert client.data(letter("in flight"))[0] == 250
    queue = ["postqueue", "-c", s.directory + "/etc/postfix"]
    wait(lambda: "is suspended" in s.run(queue + ["-p"]),
         "it does not wait in the queue")
    assert s.recipient("whoever@acme.example")[0] == 450
    s.admin("tenant", "resume", "Acme")
    # The queue remembers what it asked last for half a minute.
    assert s.recipient(BOB, body=letter("in between"))[0] == 250
    s.find(BOB, PASSWORD[BOB], "in between")
    s.run(queue + ["-f"])
    s.find(ANNA, PASSWORD[ANNA], "in flight")


def a_full_mailbox_is_refused_by_each_of_its_names(s):
    s.admin("alias", "add", "full@acme.example", "targets=" + CAROL)
    s.admin("user", "edit", CAROL, "quota=100 KB")
    assert s.recipient(CAROL, body=letter("big", size=90000))[0] == 250
    s.find(CAROL, PASSWORD[CAROL], "big")
    s.admin("user", "edit", CAROL, "quota=50 KB")
    code, text = s.recipient(CAROL)
    assert code == 552 and "full" in text, text
    assert s.recipient("full@acme.example")[0] == 552
    shown = json.loads(s.admin("user", "show", CAROL, "--json"))
    assert 80000 < shown["used_bytes"] < 120000, shown
    assert shown["quota_bytes"] == 50 * 1024
    with s.submit(ANNA, PASSWORD[ANNA]) as client:
        client.mail(ANNA)
        assert client.rcpt(CAROL)[0] == 552
    s.admin("user", "edit", CAROL, "quota=10 MB")
    assert s.recipient(CAROL)[0] == 250


# ---- senders ----

def sender_of(s, user, sender):
    with s.submit(user, PASSWORD[user]) as client:
        client.mail(sender)
        return client.rcpt("far@far.example")[0]


def a_user_sends_as_the_own_addresses_only(s):
    assert sender_of(s, ANNA, ANNA) == 250
    assert sender_of(s, ANNA, "anna+list@acme.example") == 250
    assert sender_of(s, ANNA, "sales@acme.example") == 250
    for other in (BOB, "sales@far.example", "carols@acme.example"):
        assert sender_of(s, ANNA, other) == 553, other


def the_catch_all_lends_no_address_of_others(s):
    assert sender_of(s, BOB, "unused@acme.example") == 250
    s.admin("user", "edit", ANNA, "may_send=no")
    assert sender_of(s, BOB, ANNA) == 553
    s.admin("user", "edit", ANNA, "may_send=yes")
    s.admin("user", "suspend", CAROL, "--yes")
    assert sender_of(s, BOB, CAROL) == 553
    s.admin("user", "resume", CAROL)


def nobody_outside_sends_as_our_domain(s):
    code, text = s.recipient(BOB, sender=ANNA)
    assert code == 550 and "Log in" in text, text


# ---- DKIM ----

def publish(s):
    zone = s.box("dns", "zone", "acme.example")
    s.run(["demo/dns.sh", "publish", s.directory + "/dns", "acme.example"],
          zone)


def signed(s, subject):
    with s.submit(ANNA, PASSWORD[ANNA]) as client:
        client.sendmail(ANNA, ["far@far.example"], letter(subject))
    return s.sink.find(subject)


def selector(message):
    value = message.split(b"DKIM-Signature:")[1].split(b"s=")[1]
    return value.split(b";")[0].strip().decode()


def mail_is_signed_and_rotation_keeps_both_signatures_good(s):
    s.box("dkim", "make", "acme.example", "selector=one")
    publish(s)
    s.box("dkim", "activate", "acme.example", "selector=one", "early=yes",
          "--yes")
    first = wait(lambda: next((m for m in [signed(s, "first")]
                               if b"DKIM-Signature" in m), None),
                 "nothing is signed")
    assert selector(first) == "one"
    assert dkim.verify(first, dnsfunc=s.txt)
    assert not dkim.verify(first.replace(b"Hello", b"Hallo"),
                           dnsfunc=s.txt)
    s.box("dkim", "make", "acme.example", "selector=two")
    publish(s)
    s.box("dkim", "activate", "acme.example", "selector=two", "early=yes",
          "--yes")
    second = wait(lambda: next((m for m in [signed(s, "second")]
                                if selector(m) == "two"), None),
                  "the new key does not sign")
    assert dkim.verify(second, dnsfunc=s.txt)
    assert dkim.verify(first, dnsfunc=s.txt)


def the_test_signature_tells_what_receivers_see(s):
    steps = s.box_json("dkim", "test", "acme.example")
    assert [x["verdict"] for x in steps] == ["pass"] * 3, steps
    s.admin("tenant", "add", "Globex", "domain=globex.example",
            "mail_host=mail.acme.example", "imap_host=mail.acme.example")
    s.box("dkim", "test", "globex.example", status=67)
    table = s.directory + "/dkim/SigningTable"
    with open(table) as file:
        text = file.read()
    with open(table, "w") as file:
        file.write(text.replace("*@acme.example", "*@other.example"))
    with open(s.directory + "/run/opendkim/opendkim.pid") as file:
        os.kill(int(file.read()), signal.SIGUSR1)
    wait(lambda: verdicts(s) == ["fail", "unknown", "pass"], "it still signs")
    s.box("mail", "sync")
    wait(lambda: verdicts(s) == ["pass"] * 3, "it does not sign again")
    path = s.directory + "/dkim/acme.example.two.private"
    os.rename(path, path + ".away")
    assert verdicts(s) == ["fail", "unknown", "pass"], verdicts(s)
    os.rename(path + ".away", path)
    assert verdicts(s) == ["pass"] * 3


def verdicts(s):
    done = subprocess.run(
        [s.program, "--state", s.directory + "/state", "dkim", "test",
         "acme.example", "--json"], capture_output=True, text=True,
        timeout=60)
    return [step["verdict"] for step in json.loads(done.stdout)]


def a_key_that_is_gone_leaves_the_tables_as_they_are(s):
    path = s.directory + "/dkim/acme.example.two.private"
    os.rename(path, path + ".away")
    before = open(s.directory + "/dkim/SigningTable").read()
    s.box("mail", "sync", status=71)
    assert open(s.directory + "/dkim/SigningTable").read() == before
    os.rename(path + ".away", path)
    s.box("mail", "sync")


def retiring_takes_the_private_key_away(s):
    s.box("dkim", "retire", "acme.example", "selector=one", "early=yes",
          "--yes")
    assert not os.path.exists(s.directory + "/dkim/acme.example.one.private")
    assert "one" not in open(s.directory + "/dkim/KeyTable").read()
    assert selector(signed(s, "still signed")) == "two"


# ---- bad days ----

def maps(s, name="postfix/mail.db"):
    return s.directory + "/state/maps/" + name


def tables_edited_by_hand_are_seen_and_mended(s):
    with contextlib.closing(sqlite3.connect(maps(s))) as db, db:
        db.execute("UPDATE address SET destinations = 'eve@far.example'"
                   " WHERE address = ?", (BOB,))
        db.execute("DELETE FROM address WHERE address = ?",
                   ("sales@acme.example",))
    drift = s.box_json("mail", "sync", "--check", status=1)
    counts = {t["table"]: t for t in drift["tables"]
              if t["export"] == "postfix"}
    assert counts["address"]["different"] == 1
    assert counts["address"]["missing"] == 1
    s.box("mail", "sync")
    assert s.box_json("mail", "sync", "--check")["is_whole"]
    assert s.postmap("aliases", BOB) == BOB
    assert s.recipient("sales@acme.example")[0] == 250


def a_deleted_export_is_made_anew_and_read_again(s):
    for name in ("postfix/mail.db", "dovecot/auth.db"):
        for end in ("", "-wal", "-shm"):
            with contextlib.suppress(FileNotFoundError):
                os.remove(maps(s, name) + end)
    s.box("mail", "sync", "--check", status=1)
    s.box("mail", "sync")
    s.admin("user", "add", "dora@acme.example", "quota=1 MB", "password=-",
            text="dora-has-a-word\n")
    wait(lambda: s.recipient("dora@acme.example", body=letter("dora"))[0]
         == 250, "Postfix does not see her")
    PASSWORD["dora@acme.example"] = "dora-has-a-word"

    def look():
        with contextlib.suppress(imaplib.IMAP4.error):
            return s.look("dora@acme.example", "dora-has-a-word", "dora")

    wait(look, "Dovecot does not see her")


def a_locked_export_delays_only_itself(s):
    with contextlib.closing(sqlite3.connect(
            maps(s), isolation_level=None)) as db:
        db.execute("BEGIN IMMEDIATE")
        said = s.admin("user", "suspend", BOB, "--yes")
        assert "repeated" in said, said
        with refused(imaplib.IMAP4.error):
            s.imap(BOB, PASSWORD[BOB])
        assert s.recipient(BOB)[0] == 250
    s.box("mail", "sync")
    assert s.recipient(BOB)[0] == 450
    s.admin("user", "resume", BOB)
    assert s.recipient(BOB)[0] == 250


def the_administration_socket_reads_nobodys_mail(s):
    path = s.directory + "/run/dovecot/doveadm-server"
    done = subprocess.run(
        ["doveadm", "-c", s.directory + "/etc/dovecot/dovecot.conf", "fetch",
         "-S", path, "-u", ANNA, "text", "all"], capture_output=True,
        text=True, timeout=30)
    assert done.returncode != 0 and "Hello" not in done.stdout
    assert "allowed" in done.stderr, done.stderr


def the_policy_of_a_domain_is_served_by_its_name(s):
    s.admin("domain", "edit", "acme.example", "mta_sts_mode=testing")
    client = http.client.HTTPSConnection("localhost", s.port + 4,
                                         context=s.tls, timeout=20)
    client._server_hostname = "mta-sts.acme.example"
    client.request("GET", "/.well-known/mta-sts.txt",
                   headers={"Host": "mta-sts.acme.example"})
    answer = client.getresponse()
    assert answer.status == 200, answer.status
    assert answer.headers["Content-Type"] == "text/plain"
    assert answer.read().startswith(b"version: STSv1\r\n")


def settings_for_mail_programs_are_served_and_name_nobody(s):
    for path, kind, words in (
            ("config-v1.1.xml", "text/xml", b"%EMAILADDRESS%"),
            ("apple.mobileconfig", "application/x-apple-aspen-config",
             b"com.apple.mail.managed")):
        client = http.client.HTTPSConnection("localhost", s.port + 4,
                                             context=s.tls, timeout=20)
        client._server_hostname = "autoconfig.acme.example"
        client.request("GET", "/mail/" + path,
                       headers={"Host": "autoconfig.acme.example"})
        answer = client.getresponse()
        text = answer.read()
        assert answer.status == 200, (path, answer.status)
        assert answer.headers["Content-Type"] == kind, answer.headers
        assert words in text and b"mail.acme.example" in text, text
        assert b"@acme.example" not in text, text


def a_configuration_with_a_fault_changes_nothing(s):
    path = s.directory + "/etc/nginx/conf.d/postern.conf"
    before = open(path).read()
    s.box("server", "set", "tls_certificate=/nowhere.pem")
    s.box("mail", "config", "nginx", "--install", status=65)
    assert open(path).read() == before
    s.box("server", "set", "tls_certificate=%s/tls/server.pem" % s.directory)
    assert os.listdir(os.path.dirname(path)) == ["postern.conf"]


def an_install_keeps_what_was_there(s):
    path = s.directory + "/etc/opendkim.conf"
    before = open(path).read()
    with open(path, "a") as file:
        file.write("# by hand\n")
    shown = s.box("mail", "config", "opendkim", "--diff")
    assert "-# by hand" in shown, shown
    assert open(path).read() != before
    done = s.box("mail", "config", "opendkim", "--install")
    kept = [line.split()[1] for line in done.splitlines()
            if line.startswith("Kept ")]
    assert "# by hand" in open(kept[0]).read()
    assert open(path).read() == before
    assert "reloaded" in done, done


TESTS = [
    an_install_keeps_what_was_there,
    a_configuration_with_a_fault_changes_nothing,
    mail_to_an_alias_arrives_in_the_mailbox,
    an_unknown_address_and_a_foreign_domain_are_refused,
    a_domain_that_nobody_proved_gets_no_mail,
    a_catch_all_takes_what_no_mailbox_has,
    the_shown_path_is_the_one_that_postfix_takes,
    a_new_password_holds_at_once_and_ends_open_sessions,
    a_suspended_user_neither_reads_nor_sends_nor_gets_mail,
    a_user_sends_as_the_own_addresses_only,
    the_catch_all_lends_no_address_of_others,
    nobody_outside_sends_as_our_domain,
    a_full_mailbox_is_refused_by_each_of_its_names,
    a_removed_user_is_refused_for_good_and_comes_back_with_mail,
    mail_in_flight_waits_while_the_tenant_is_suspended,
    mail_is_signed_and_rotation_keeps_both_signatures_good,
    the_test_signature_tells_what_receivers_see,
    a_key_that_is_gone_leaves_the_tables_as_they_are,
    retiring_takes_the_private_key_away,
    tables_edited_by_hand_are_seen_and_mended,
    a_locked_export_delays_only_itself,
    a_deleted_export_is_made_anew_and_read_again,
    the_administration_socket_reads_nobodys_mail,
    the_policy_of_a_domain_is_served_by_its_name,
    settings_for_mail_programs_are_served_and_name_nobody,
] + smime_story.TESTS + screen_story.TESTS + secrets_story.TESTS + \
    bad_days_story.TESTS + health_story.TESTS


def main():
    directory, port, program = sys.argv[1:4]
    stack = Stack(directory, int(port), program)
    make(stack)
    passed = failed = 0
    for test in TESTS:
        started = time.monotonic()
        try:
            test(stack)
            passed += 1
            if "-v" in sys.argv:
                print("%5.1f s %s" % (time.monotonic() - started,
                                      test.__name__.replace("_", " ")))
        except Exception:
            failed += 1
            print("--- " + test.__name__.replace("_", " "))
            traceback.print_exc(file=sys.stdout)
    print("%d passed, %d failed" % (passed, failed))
    return failed > 0


if __name__ == "__main__":
    sys.exit(main())
