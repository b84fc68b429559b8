# A web server under load: nginx, by HTTP and by HTTPS, is asked by ab, by curl a few times a second, and by a health check every second.
# It passes some of the requests on to a program behind it.
PACKAGES="nginx-light apache2-utils curl"
PAYLOAD=full
SNAPSHOT=200
visitors() {
  again curl -s http://10.200.1.1/ -o page
  ab -q -n 60 -c 8 http://10.200.1.1/
  ab -q -n 60 -c 8 -k http://10.200.1.1/large
  for i in $(seq 25); do curl -s -A health http://10.200.1.1/health -o health; sleep 1; done &
  for i in $(seq 40); do
    curl -sk --resolve "www.lab.example:443:10.200.1.1" "https://www.lab.example/?page=$i" -o tls
    curl -s -d "name=visitor$i" http://10.200.1.1/app/ -o app
    sleep 0.5
  done
  wait
  touch done
}
peers() { visitors > visitors.log 2>&1 & }
scene() {
  mkdir -p www behind && seq 800 > www/index.html && seq 3000 > www/large && echo fine > www/health
  certificate
  python3 -ISc 'import http.server
class Behind(http.server.BaseHTTPRequestHandler):
  def do_POST(self):
    self.rfile.read(int(self.headers["content-length"]))
    self.send_response(200); self.end_headers(); self.wfile.write(b"thanks\n")
http.server.ThreadingHTTPServer(("127.0.0.1", 8000), Behind).serve_forever()' &
  nginx_here 80 "listen 443 ssl; ssl_certificate $PWD/cert.pem; ssl_certificate_key $PWD/key.pem; root $PWD/www;
    location /app/ { proxy_pass http://127.0.0.1:8000; }"
  until [ -e done ]; do sleep 0.5; done
}
