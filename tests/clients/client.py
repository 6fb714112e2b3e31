#!/usr/bin/python3
"""A client on paramiko that also does what no stock client does.

  client.py run USER KEY COMMAND          signs in and runs a command
  client.py password USER PASSWORD COMMAND  the same by password
  client.py probe USER PUBLIC OWNER KEY COMMAND
                   offers the public key as USER, then signs in as OWNER
  client.py token-public FILE             makes a security key in software;
                                          prints its public line
  client.py token USER FILE FLAGS COMMAND signs with it; FLAGS is what the
                                          token says of touch (1) and PIN (4)
  client.py flood USER PUBLIC NUMBER      signatures of nothing; prints after
                                          how many the server closed
  client.py silent NUMBER                 connections that say nothing; prints
                                          how many the server closes within 20 s

The port is $PORT on 127.0.0.1.  Exit status: the command's; 255 when nobody
was let in.
"""
import base64
import hashlib
import os
import socket
import struct
import sys
import threading

import paramiko
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ed25519
from paramiko.auth_handler import AuthHandler
from paramiko.common import (
    cMSG_USERAUTH_REQUEST,
    MSG_SERVICE_ACCEPT,
    MSG_USERAUTH_INFO_REQUEST,
)

TOKEN = "sk-ssh-ed25519@openssh.com"
APPLICATION = b"ssh:"
ADDRESS = ("127.0.0.1", int(os.environ.get("PORT", "0")))


def text(value):
    value = value.encode() if isinstance(value, str) else value
    return struct.pack(">I", len(value)) + value


class Handler(AuthHandler):
    """Sends `first` once the service is there, `second` after a PK_OK."""

    first = second = None

    def begin(self, event):
        self.auth_event = event
        self.auth_method = "publickey"
        self.username = "x"
        self._request_auth()

    def send(self, user, algorithm, blob, sign):
        signed = (
            text(self.transport.session_id)
            + cMSG_USERAUTH_REQUEST
            + text(user) + text("ssh-connection") + text("publickey")
            + (b"\1" if sign else b"\0") + text(algorithm) + text(blob)
        )
        message = paramiko.Message()
        message.add_bytes(signed[4 + len(self.transport.session_id):])
        if sign:
            message.add_bytes(text(sign(signed)))
        self.transport._send_message(message)

    def on_accept(self, message):
        self.first(self)

    def on_offer(self, message):
        self.second(self)

    _client_handler_table = dict(AuthHandler._client_handler_table)
    _client_handler_table[MSG_SERVICE_ACCEPT] = on_accept
    _client_handler_table[MSG_USERAUTH_INFO_REQUEST] = on_offer


def connect():
    transport = paramiko.Transport(ADDRESS)
    transport.start_client(timeout=20)
    return transport


def authenticate(first, second=None):
    transport = connect()
    event = threading.Event()
    handler = Handler(transport)
    handler.first, handler.second = first, second
    transport.auth_handler = handler
    handler.begin(event)
    event.wait(20)
    if not transport.is_authenticated():
        print("nobody was let in")
        sys.exit(255)
    return transport


def run(transport, command):
    channel = transport.open_session(timeout=20)
    channel.exec_command(command)
    sys.stdout.write(channel.makefile("r").read().decode())
    sys.stderr.write(channel.makefile_stderr("r").read().decode())
    status = channel.recv_exit_status()
    transport.close()
    sys.exit(status)


def read_key(path):
    with open(path) as file:
        head = file.read()
    for kind in (paramiko.Ed25519Key, paramiko.ECDSAKey, paramiko.RSAKey):
        try:
            return kind.from_private_key_file(path)
        except paramiko.SSHException:
            continue
    raise SystemExit("no key that paramiko reads: " + head[:40])


def read_public(path):
    with open(path) as file:
        kind, blob = file.read().split()[:2]
    return kind, base64.b64decode(blob)


def by_key(user, path, command):
    transport = connect()
    try:
        transport.auth_publickey(user, read_key(path))
    except paramiko.SSHException as problem:
        print("nobody was let in:", problem)
        sys.exit(255)
    run(transport, command)


def by_password(user, password, command):
    transport = connect()
    try:
        transport.auth_password(user, password)
    except paramiko.SSHException as problem:
        print("nobody was let in:", type(problem).__name__)
        sys.exit(255)
    run(transport, command)


def probe(user, public, owner, path, command):
    kind, blob = read_public(public)
    key = read_key(path)

    def sign(data):
        return key.sign_ssh_data(data).asbytes()

    run(
        authenticate(
            lambda handler: handler.send(user, kind, blob, None),
            lambda handler: handler.send(
                owner, key.get_name(), key.asbytes(), sign
            ),
        ),
        command,
    )


def token_blob(private):
    public = private.public_key().public_bytes(
        serialization.Encoding.Raw, serialization.PublicFormat.Raw
    )
    return text(TOKEN) + text(public) + text(APPLICATION)


def token_public(path):
    private = ed25519.Ed25519PrivateKey.generate()
    with open(path, "wb") as file:
        file.write(
            private.private_bytes(
                serialization.Encoding.Raw,
                serialization.PrivateFormat.Raw,
                serialization.NoEncryption(),
            )
        )
    print(TOKEN, base64.b64encode(token_blob(private)).decode(), "token")


def token(user, path, flags, command):
    with open(path, "rb") as file:
        private = ed25519.Ed25519PrivateKey.from_private_bytes(file.read())
    state = struct.pack(">BI", int(flags), 7)

    def sign(data):
        whole = (
            hashlib.sha256(APPLICATION).digest()
            + state
            + hashlib.sha256(data).digest()
        )
        return text(TOKEN) + text(private.sign(whole)) + state

    run(
        authenticate(
            lambda handler: handler.send(
                user, TOKEN, token_blob(private), sign
            )
        ),
        command,
    )


def flood(user, public, number):
    kind, blob = read_public(public)
    sent = 0

    def send_all(handler):
        nonlocal sent
        for sent in range(int(number)):
            handler.send(
                user, kind, blob, lambda data: text(kind) + text(b"x" * 64)
            )

    transport = connect()
    handler = Handler(transport)
    handler.first = send_all
    transport.auth_handler = handler
    handler.begin(threading.Event())
    transport.join(30)
    print("closed" if not transport.is_active() else "still open")


def silent(number):
    sockets = [socket.create_connection(ADDRESS) for _ in range(int(number))]
    closed = 0
    for one in sockets:
        one.settimeout(20)
        try:
            while one.recv(4096):
                pass
            closed += 1
        except ConnectionError:
            closed += 1
        except socket.timeout:
            pass
    print(closed, "closed")


MODES = {
    "run": by_key,
    "password": by_password,
    "probe": probe,
    "token-public": token_public,
    "token": token,
    "flood": flood,
    "silent": silent,
}
MODES[sys.argv[1]](*sys.argv[2:])
