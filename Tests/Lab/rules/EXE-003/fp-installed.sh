# socat from where it was installed.
scene() { timeout 2 socat -u TCP-LISTEN:9000 OPEN:/dev/null; }
