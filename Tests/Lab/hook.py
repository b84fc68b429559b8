#!/usr/bin/env python3
"""A web server that says what is posted to it: hook.py [--tls CERTIFICATE] STATUS…

It listens on a port of the system's choice on 127.0.0.1, which it says first, and answers with each STATUS once, with the last one for ever; 0 breaks the
connection. Every request is a JSON object a line: path, headers and body.
"""
import http.server
import json
import ssl
import sys
import threading

saying = threading.Lock()
words = sys.argv[1:]
certificate = words[1] if words[:1] == ["--tls"] else None
statuses = [int(word) for word in (words[2:] if certificate else words)] or [200]


class Hook(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"])).decode()
        status = statuses.pop(0) if len(statuses) > 1 else statuses[0]
        headers = {name.lower(): value for name, value in self.headers.items()}
        # Two that post at once are two lines.
        with saying:
            print(json.dumps({"path": self.path, "headers": headers, "body": body, "status": status}), flush=True)
        if status == 0:
            self.close_connection = True
            return
        self.send_response(status)
        self.send_header("Content-Length", "2")
        self.end_headers()
        self.wfile.write(b"ok")

    def log_message(self, *_):
        pass


server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Hook)
if certificate:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    server.socket = context.wrap_socket(server.socket, server_side=True)
print(f"listens on {server.server_port}", flush=True)
server.serve_forever()
