# A script looks at a key's fingerprint and gives the key to its agent (both the scene's own), and then asks a server for something, with a long command line.
CALLS=yes
peers() { website; }
scene() {
  mkdir -p .ssh
  ssh-keygen -q -t ed25519 -N "" -f .ssh/id_ed25519
  print=$(ssh-keygen -lf .ssh/id_ed25519)
  eval "$(ssh-agent)"
  cat .ssh/id_ed25519 | ssh-add -
  curl -s -H "X-Agent: ${print%% *} and whatever else a script may have to say to a server of its own" http://10.200.1.2/ -o page
  ssh-agent -k
}
