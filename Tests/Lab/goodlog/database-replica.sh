# A database with a replica: PostgreSQL in A; in B pg_basebackup makes the replica, which then follows it, while pgbench works with the
# database, some of the time anew for each transaction, and a dump is taken at the end.
PACKAGES="postgresql-15 postgresql-client-15"
PAYLOAD=headers
as_postgres() { PATH=/usr/lib/postgresql/15/bin:$PATH setpriv --reuid postgres --regid postgres --clear-groups env HOME="$PWD/db" "$@"; }
works() {
  again as_postgres pg_isready -q -h 10.200.1.1
  as_postgres pg_basebackup -h 10.200.1.1 -D db/replica -R -X stream
  as_postgres postgres -D db/replica -k "$PWD/db/replica" -c listen_addresses=10.200.1.2 -c logging_collector=off -c wal_receiver_status_interval=2 &
  as_postgres createdb -h 10.200.1.1 bench
  as_postgres pgbench -q -h 10.200.1.1 -i -s 1 -I dtGv bench
  as_postgres pgbench -h 10.200.1.1 -c 3 -R 3 -T 14 -n bench
  as_postgres pgbench -h 10.200.1.1 -c 2 -R 3 -C -S -T 10 -n bench
  again as_postgres pg_isready -q -h 10.200.1.2
  as_postgres psql -h 10.200.1.2 -c 'select count(*) from pgbench_history' bench
  as_postgres pg_dump -h 10.200.1.1 -t pgbench_history -t pgbench_branches bench -f db/dump
  touch done
}
peers() {
  mkdir db && chown postgres db
  as_postgres initdb -A trust -D db/primary --no-sync --locale=C.UTF-8
  echo 'host all,replication all 10.200.1.0/24 trust' >> db/primary/pg_hba.conf
  works > works.log 2>&1 &
}
scene() {
  as_postgres postgres -D db/primary -k "$PWD/db" -c listen_addresses=10.200.1.1 -c fsync=off &
  until [ -e done ]; do sleep 0.5; done
  as_postgres pg_ctl -D db/primary -m fast stop
}
