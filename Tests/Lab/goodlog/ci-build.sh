# A build machine: git clones a project by HTTP and by git's own protocol, make and gcc build it, its tests run, one of them with a server on
# loopback, and curl uploads what was built to a server inside the network.
PACKAGES="git make gcc curl nginx-light"
PAYLOAD=full
SNAPSHOT=160
peers() {
  export GIT_CONFIG_GLOBAL=$PWD/gitconfig
  printf '[user]\nname = Lab\nemail = lab@lab.example\n[init]\ndefaultBranch = main\n' > gitconfig
  mkdir -p project www uploads
  for i in $(seq 6); do printf 'int part%d(int n) { return n * %d; }\n' "$i" "$i" > "project/part$i.c"; done
  printf '#include <stdio.h>\n%s\nint main(void) { printf("%%d\\n", 0%s); }\n' "$(for i in $(seq 6); do echo "int part$i(int);"; done)" \
    "$(for i in $(seq 6); do printf ' + part%d(1)' "$i"; done)" > project/main.c
  printf 'objects = main.o part1.o part2.o part3.o part4.o part5.o part6.o\nprogram: $(objects)\n\tgcc -o $@ $(objects)\ncheck: program\n\ttest "$$(./program)" = 21\n' > project/Makefile
  git init -q project && git -C project add . && git -C project commit -qm 'everything'
  git clone -q --bare project www/project.git && git -C www/project.git update-server-info
  nginx_here 80 "root $PWD/www; location /up/ { alias $PWD/uploads/; dav_methods PUT; }"
  git daemon --export-all --base-path="$PWD/www" --listen=10.200.1.2 "$PWD/www" &
  listening t 9418
}
server_test() {
  python3 -ISm http.server -b 127.0.0.1 8000 &
  local server=$!
  listening t 8000
  curl -s http://127.0.0.1:8000/Makefile -o fetched && cmp Makefile fetched
  kill "$server"
}
build() {
  git clone -q "$1" "$2" && cd "$2" && make && make check && server_test
  tar -czf "../$2.tar.gz" program Makefile && cd ..
  curl -s -T "$2.tar.gz" "http://files.lab.example/up/$2.tar.gz"
}
scene() {
  export GIT_CONFIG_GLOBAL=$PWD/gitconfig
  build http://git.lab.example/project.git first
  sleep 5
  build git://git.lab.example/project.git second
  sleep 5
}
