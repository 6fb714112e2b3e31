"""A small IMAP or SMTP server on loopback with TLS, for one test program.

mail_server.py DIRECTORY NAME imap|smtp tls|starttls|plain|open: makes an authority and a
certificate for NAME in the directory, prints the port, and then answers each
connection in turn.  The user is bob, the password is secret; "open" has TLS
and offers no log-in.
"""
import base64
import os
import socket
import ssl
import subprocess
import sys


def make_certificate(directory, name):
    paths = [os.path.join(directory, f) for f in ("key.pem", "cert.pem")]
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt",
         "ec_paramgen_curve:P-256", "-nodes", "-days", "2", "-subj",
         "/CN=" + name, "-addext", "subjectAltName=DNS:" + name,
         "-keyout", paths[0], "-out", paths[1]],
        check=True, stderr=subprocess.DEVNULL)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(paths[1], paths[0])
    return context


def is_right(words):
    if words[1].upper() == "LOGIN":
        return [w.strip('"') for w in words[2:]] == ["bob", "secret"]
    return base64.b64decode(words[-1]) == b"\0bob\0secret"


def talk(connection, offer, lines):
    """Answers until the other side has enough; true: it wants TLS now."""
    def say(text):
        connection.sendall((text + "\r\n").encode())

    for line in connection.makefile("r", newline="\r\n"):
        words = line.split()
        verb = words[1].upper()
        lines.write(line.strip() + "\n")
        lines.flush()
        is_ok = verb not in ("AUTHENTICATE", "LOGIN") or is_right(words)
        if verb == "CAPABILITY":
            say("* CAPABILITY IMAP4rev1 " + offer)
        say(words[0] + (" OK" if is_ok else " NO wrong"))
        if verb in ("STARTTLS", "LOGOUT"):
            return verb == "STARTTLS"
    return False


def talk_smtp(connection, offer, lines):
    """The same, by SMTP."""
    def say(text):
        connection.sendall((text + "\r\n").encode())

    reader = connection.makefile("r", newline="\r\n")
    for line in reader:
        words = line.split()
        lines.write(line.strip() + "\n")
        lines.flush()
        if words[0].upper() == "EHLO":
            say("250-here\r\n250 " + offer)
        elif words[0].upper() == "AUTH":
            if len(words) == 2:
                say("334 ")
                words.append(reader.readline().strip())
            is_ok = base64.b64decode(words[-1]) == b"\0bob\0secret"
            say("235 in" if is_ok else "535 wrong")
        elif words[0].upper() == "STARTTLS":
            say("220 go on")
            return True
        else:
            say("250 fine")
    return False


def serve_smtp(connection, tls, mode, lines):
    inside = "PIPELINING" if mode == "open" else "AUTH PLAIN"
    if mode in ("tls", "open"):
        connection = tls.wrap_socket(connection, server_side=True)
    connection.sendall(b"220 ready\r\n")
    outside = "STARTTLS" if mode == "starttls" else inside
    if talk_smtp(connection, outside, lines):
        talk_smtp(tls.wrap_socket(connection, server_side=True), inside, lines)


def serve(connection, tls, mode, lines):
    inside = "AUTH=PLAIN SASL-IR"
    if mode == "tls":
        connection = tls.wrap_socket(connection, server_side=True)
    connection.sendall(b"* OK ready\r\n")
    outside = "STARTTLS LOGINDISABLED" if mode == "starttls" else inside
    if talk(connection, outside, lines):
        talk(tls.wrap_socket(connection, server_side=True), inside, lines)


def main():
    directory, name, protocol, mode = sys.argv[1:]
    tls = make_certificate(directory, name)
    listener = socket.create_server(("127.0.0.1", 0))
    print(listener.getsockname()[1], flush=True)
    with open(os.path.join(directory, "lines"), "w") as lines:
        while True:
            connection, _ = listener.accept()
            try:
                (serve if protocol == "imap" else serve_smtp)(
                    connection, tls, mode, lines)
            except OSError as error:
                lines.write("broken: %s\n" % error)
                lines.flush()
            connection.close()


main()
