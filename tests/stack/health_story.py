"""What is said of the stack while it runs, and as its parts are ended."""
import json
import os
import signal
import subprocess

from stack import wait

PORTS = ("smtp", "submission", "submissions", "imaps", "https")


def health(s, name, part=""):
    """The row of that name, with that in its text; the test's certificate authority is trusted."""
    done = subprocess.run(
        [s.program, "--state", s.directory + "/state", "mail", "health",
         "--json"] + ["%s=%d" % (port, s.port + i)
                      for i, port in enumerate(PORTS)],
        env=dict(os.environ, SSL_CERT_FILE=s.directory + "/tls/ca.pem"),
        capture_output=True, text=True, timeout=60)
    answer = json.loads(done.stdout)
    verdicts = [row["verdict"] for row in answer["rows"]]
    assert done.returncode == (1 if "fail" in verdicts else
                               75 if "unknown" in verdicts else 0)
    return next(row for row in answer["rows"] if row["name"] == name
                and part in row["text"])


def end(s, name, file, number=signal.SIGTERM):
    """Ends the daemon of that pid file, and waits until it has gone."""
    path = os.path.join(s.directory, file)
    with open(path) as pid_file:
        pid = int(pid_file.read())
    with open("/proc/%d/comm" % pid) as comm:
        assert comm.read().startswith(name)
    os.kill(pid, number)
    wait(lambda: not os.path.exists("/proc/%d" % pid), name + " stays")


def each_part_that_runs_passes(s):
    s.admin("domain", "edit", "acme.example", "mta_sts_mode=testing")
    for name in PORTS + ("lmtp", "milter", "opendkim", "exports", "signing", "web",
                         "disk"):
        row = health(s, name)
        assert row["verdict"] == "pass", row


def a_trace_tells_where_a_message_went(s):
    found = s.box_json("mail", "trace", "sales@acme.example")
    steps = [step for message in found for step in message["steps"]]
    assert any(step["status"] == "sent" and
               step["delivered_to"] == "anna@acme.example"
               for step in steps), found
    found = s.box_json("mail", "trace", "nobody@acme.example")
    assert any(step["status"] == "rejected" and "5.1.1" in step["text"]
               for message in found for step in message["steps"]), found
    s.box("mail", "trace", "a@elsewhere.example", status=67)


def an_edited_export_is_named(s):
    os.remove(s.directory + "/state/maps/postfix/mail.db")
    row = health(s, "exports")
    assert row["verdict"] == "fail" and row["mend"] == "postern mail sync", row
    s.box("mail", "sync")
    assert health(s, "exports")["verdict"] == "pass"


def what_waits_is_in_the_queue_with_its_reason(s):
    end(s, "dovecot", "run/dovecot/master.pid")
    # From the box itself: port 25 asks Dovecot first, and says "later".
    s.run(["sendmail", "-C", s.directory + "/etc/postfix", "-f",
           "far@far.example", "anna@acme.example"],
          text="Subject: waits\n\nHello.\n")
    # A pickup that ends just then takes the kick along (SIGPIPE).
    wait(lambda: subprocess.run(
        ["postkick", "-c", s.directory + "/etc/postfix", "public", "pickup",
         "W"], timeout=60).returncode == 0, "pickup is not there")
    wait(lambda: any(entry["recipient"] == "anna@acme.example" and
                     entry["reason"] for entry in s.box_json("mail", "queue")),
         "the message is not in the queue")
    for name in ("imaps", "lmtp"):
        row = health(s, name)
        assert row["verdict"] == "fail" and "dovecot" in row["mend"], row


def each_daemon_that_ended_is_named(s):
    for name, file, row, daemon, number in (
            ("opendkim", "run/opendkim/opendkim.pid", "opendkim",
             "opendkim", signal.SIGKILL),
            ("nginx", "run/nginx.pid", "https", "nginx", signal.SIGTERM),
            ("master", "var/spool/postfix/pid/master.pid", "smtp",
             "postfix", signal.SIGTERM)):
        end(s, name, file, number)
        found = health(s, row)
        assert found["verdict"] == "fail" and daemon in found["mend"], found


# The last two end the daemons.
TESTS = [
    each_part_that_runs_passes,
    a_trace_tells_where_a_message_went,
    an_edited_export_is_named,
    what_waits_is_in_the_queue_with_its_reason,
    each_daemon_that_ended_is_named,
]
