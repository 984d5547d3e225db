"""A real mail server for the tests: aiosmtpd with STARTTLS and a login, both of which it insists on.

Every letter becomes a file in the folder. The port stands on the first line of the output.
"""

import asyncio
import pathlib
import ssl
import sys

from aiosmtpd.smtp import SMTP, AuthResult

CERTIFICATE, KEY, USER, PASSWORD, PORT, FOLDER = sys.argv[1:]


class Keeper:
    def __init__(self):
        self.number = 0

    async def handle_DATA(self, server, session, envelope):
        self.number += 1
        recipients = ",".join(envelope.rcpt_tos)
        head = f"X-Envelope: {envelope.mail_from} {recipients}\r\n".encode()
        path = pathlib.Path(FOLDER, f"{self.number}.eml")
        draft = path.with_suffix(".part")
        draft.write_bytes(head + envelope.content)
        draft.rename(path)
        return "250 Kept"


def authenticate(server, session, envelope, mechanism, data):
    matches = data.login == USER.encode() and data.password == PASSWORD.encode()
    return AuthResult(success=matches, handled=False)


async def main():
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(CERTIFICATE, KEY)
    keeper = Keeper()

    def connection():
        return SMTP(
            keeper,
            hostname="localhost",
            tls_context=context,
            require_starttls=True,
            auth_required=True,
            authenticator=authenticate,
        )

    server = await asyncio.get_running_loop().create_server(connection, "127.0.0.1", int(PORT))
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()


asyncio.run(main())
