# nc from its file.
peers() { sink 7000; }
scene() { echo hello | nc -N 10.200.1.2 7000; }
