"""delay.py PORT TO_PORT MS - a UDP relay that takes its time: what comes to
127.0.0.1 and 127.0.0.2 at PORT goes to TO_PORT there, and each answer waits
MS milliseconds."""
import asyncio
import sys

PORT, TO_PORT, DELAY = int(sys.argv[1]), int(sys.argv[2]), float(sys.argv[3])


class Back(asyncio.DatagramProtocol):
    """The way back to one asker."""

    def __init__(self, front, asker):
        self.front, self.asker = front, asker

    def connection_made(self, transport):
        self.transport = transport

    def datagram_received(self, data, addr):
        loop = asyncio.get_running_loop()
        loop.call_later(DELAY / 1000, self.front.sendto, data, self.asker)
        loop.call_later(DELAY / 1000 + 1, self.transport.close)


class Front(asyncio.DatagramProtocol):
    def __init__(self, address):
        self.address = address

    def connection_made(self, transport):
        self.transport = transport

    def datagram_received(self, data, addr):
        asyncio.ensure_future(self.forward(data, addr))

    async def forward(self, data, asker):
        transport, _ = await asyncio.get_running_loop().create_datagram_endpoint(
            lambda: Back(self.transport, asker),
            remote_addr=(self.address, TO_PORT))
        transport.sendto(data)


async def main():
    loop = asyncio.get_running_loop()
    for address in ("127.0.0.1", "127.0.0.2"):
        await loop.create_datagram_endpoint(
            lambda address=address: Front(address), local_addr=(address, PORT))
    await asyncio.Event().wait()

asyncio.run(main())
