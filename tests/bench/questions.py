"""questions.py PORT TO_PORT FILE - a UDP relay on 127.0.0.1 that writes what
is asked through it to FILE, "NAME TYPE" a line as dnsperf reads them."""
import selectors
import socket
import sys

PORT, TO_PORT = int(sys.argv[1]), int(sys.argv[2])
TYPES = {1: "A", 2: "NS", 5: "CNAME", 6: "SOA", 12: "PTR", 15: "MX",
         16: "TXT", 28: "AAAA", 33: "SRV", 43: "DS", 48: "DNSKEY",
         52: "TLSA", 257: "CAA"}


def question(packet):
    labels, at = [], 12
    while packet[at]:
        labels.append(packet[at + 1:at + 1 + packet[at]].decode("ascii"))
        at += 1 + packet[at]
    kind = int.from_bytes(packet[at + 1:at + 3], "big")
    name = '.'.join(labels).lower() or '.'
    return f"{name} {TYPES.get(kind, f'TYPE{kind}')}\n"


def main():
    front = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    front.bind(("127.0.0.1", PORT))
    selector = selectors.DefaultSelector()
    selector.register(front, selectors.EVENT_READ, None)
    with open(sys.argv[3], "w", buffering=1) as log:
        while True:
            for key, _ in selector.select():
                if key.data is not None:  # the way back to one asker
                    front.sendto(key.fileobj.recv(65535), key.data)
                    selector.unregister(key.fileobj)
                    key.fileobj.close()
                    continue
                packet, asker = front.recvfrom(65535)
                log.write(question(packet))
                back = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
                back.connect(("127.0.0.1", TO_PORT))
                back.send(packet)
                selector.register(back, selectors.EVENT_READ, asker)


main()
