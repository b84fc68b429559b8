# Python puts 100 kilobytes, in chunks whose sum nobody says before.
PAYLOAD=full
peers() { sink 80; }
scene() {
  timeout 4 python3 -I -c 'import http.client
c = http.client.HTTPConnection("10.200.1.2", timeout=2)
c.request("PUT", "/up", body=(bytes(20000) for i in range(5)), encode_chunked=True)
c.getresponse()'
}
