"""A case system for the how-to pages: it takes what it is sent, and hangs up once over what names a certain word."""

import sys
from http.server import BaseHTTPRequestHandler, HTTPServer

UNHEARD = {word.encode() for word in sys.argv[2:]}
"""Words over which it has still to hang up."""


class Receiver(BaseHTTPRequestHandler):
    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        named = {word for word in UNHEARD if word in body}
        UNHEARD.difference_update(named)
        if not named:
            self.send_response(201)
            self.send_header("Content-Length", "0")
            self.end_headers()
        self.close_connection = True


if __name__ == "__main__":
    server = HTTPServer(("127.0.0.1", int(sys.argv[1])), Receiver)
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    server.serve_forever()
