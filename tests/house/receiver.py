"""A case system for the how-to pages: it takes every other document, and hangs up over the others without a word."""

import itertools
import sys
from http.server import BaseHTTPRequestHandler, HTTPServer

CALLS = itertools.count(1)


class Receiver(BaseHTTPRequestHandler):
    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["Content-Length"]))
        if next(CALLS) % 2:
            self.send_response(201)
            self.send_header("Content-Length", "0")
            self.end_headers()
        self.close_connection = True


if __name__ == "__main__":
    server = HTTPServer(("127.0.0.1", int(sys.argv[1])), Receiver)
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    server.serve_forever()
