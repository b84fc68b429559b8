# A machine installs packages by apt and dpkg from a repository, upgrades one of them, and removes one. The packages, with scripts of their
# own, and the repository are made anew, and served by nginx in the other namespace; apt has a root of its own.
PACKAGES="apt dpkg nginx-light"
PAYLOAD=full
SNAPSHOT=320
package() {
  mkdir -p "tree/$1/usr/share/$1" "tree/$1/DEBIAN" && head -c "$3" /dev/urandom | base64 > "tree/$1/usr/share/$1/data"
  printf 'Package: %s\nVersion: %s\nArchitecture: all\nMaintainer: Lab <lab@lab.example>\nDescription: made for the lab\n' "$1" "$2" > "tree/$1/DEBIAN/control"
  [ -z "${4-}" ] || echo "Depends: $4" >> "tree/$1/DEBIAN/control"
  printf '#!/bin/sh\nset -e\nmkdir -p "$DPKG_ROOT/etc"\nls "$DPKG_ROOT/usr/share" | sort > "$DPKG_ROOT/etc/%s.list"\n' "$1" > "tree/$1/DEBIAN/postinst"
  chmod 755 "tree/$1/DEBIAN/postinst"
  dpkg-deb --root-owner-group -b "tree/$1" www
}
repository() {
  (cd www && dpkg-scanpackages -m . > Packages && {
    printf 'Suite: lab\nDate: %s\nSHA256:\n' "$(date -Ru)"
    echo " $(sha256sum Packages | cut -d' ' -f1) $(stat -c %s Packages) Packages"
  } > Release)
}
peers() {
  umask 022 && mkdir -p www tree
  package lab-base 1.0 3000
  package lab-library 2.1 20000 lab-base
  package lab-editor 0.9 40000 'lab-library (>= 2.0), lab-base'
  package lab-server 1.4 60000 lab-library
  repository
  nginx_here 80 "root $PWD/www;"
}
apt_here() {
  eval "$(apt-config shell methods Dir::Bin::methods/d)"
  apt-get -y -o Dir="$PWD/root" -o Dir::State::status="$PWD/root/var/lib/dpkg/status" -o Dir::Bin::methods="$methods" \
    -o DPkg::Options::="--root=$PWD/root" -o DPkg::Options::=--force-script-chrootless -o DPkg::Options::=--force-not-root "$@"
}
scene() {
  mkdir -p root/etc/apt/{apt.conf.d,preferences.d,sources.list.d,trusted.gpg.d} root/var/lib/apt/lists/partial root/var/cache/apt/archives/partial \
    root/var/lib/dpkg/{info,updates} root/var/log/apt
  touch root/var/lib/dpkg/status
  echo 'deb [trusted=yes] http://packages.lab.example/ ./' > root/etc/apt/sources.list
  apt_here update
  sleep 2
  apt_here install lab-editor
  sleep 5
  (package lab-editor 1.0 40000 'lab-library (>= 2.0), lab-base'; repository) > /dev/null 2>&1
  apt_here update
  apt_here upgrade
  sleep 3
  apt_here install lab-server
  sleep 2
  apt_here remove lab-editor
  sleep 10
}
