#!/usr/bin/env bash
# A private PostgreSQL for tests and benches: its own data folder and port, reached only through a socket in that folder.
#   postgres.sh start FOLDER [setting=value…]   makes and starts it, prints its address
#   postgres.sh crash FOLDER                    ends it as if it had died; the data stay
#   postgres.sh resume FOLDER                   starts what died
#   postgres.sh standby FOLDER PRIMARY          makes a streaming standby of what stands in PRIMARY, prints its address
#   postgres.sh stop FOLDER                     stops it and removes the folder
# Where the caller is root the server runs as the user postgres, because it refuses to be root.
set -euo pipefail

binaries=$(ls -d /usr/lib/postgresql/*/bin 2> /dev/null | sort -V | tail -n 1)
[ -n "$binaries" ] || { echo "PostgreSQL's server is not installed" >&2; exit 1; }

as_server() { if [ "$(id -u)" = 0 ]; then (cd / && exec setpriv --reuid=postgres --regid=postgres --init-groups -- "$@"); else "$@"; fi; }

command=$1
folder=$2
shift 2

case $command in
  start)
    mkdir -p "$folder"
    [ "$(id -u)" != 0 ] || chown postgres:postgres "$folder"
    chmod 700 "$folder"
    export LC_ALL=C.UTF-8
    # Trusted, because nobody but this user and root can reach the socket.
    as_server "$binaries/initdb" -D "$folder/data" -U suki -A trust -E UTF8 --no-sync > "$folder.log" 2>&1 \
      || { cat "$folder.log" >&2; exit 1; }
    {
      echo "listen_addresses = ''"
      echo "unix_socket_directories = '$folder'"
      echo "port = 5432"  # of the socket's name alone
      echo "max_connections = 200"
      echo "shared_buffers = 256MB"
      echo "log_min_messages = warning"
      for setting in "$@"; do echo "${setting%%=*} = '${setting#*=}'"; done
    } | as_server tee -a "$folder/data/postgresql.conf" > /dev/null
    as_server "$binaries/pg_ctl" -D "$folder/data" -l "$folder/server.log" -w -t 60 start > "$folder.log" 2>&1 \
      || { cat "$folder.log" "$folder/server.log" >&2; exit 1; }
    rm -f "$folder.log"
    echo "postgresql:///postgres?host=$folder&port=5432&user=suki"
    ;;
  standby)
    primary=$1
    mkdir -p "$folder"
    [ "$(id -u)" != 0 ] || chown postgres:postgres "$folder"
    chmod 700 "$folder"
    as_server "$binaries/pg_basebackup" -D "$folder/data" -R -X stream -c fast --no-sync -h "$primary" -p 5432 -U suki > "$folder.log" 2>&1 \
      || { cat "$folder.log" >&2; exit 1; }
    echo "unix_socket_directories = '$folder'" | as_server tee -a "$folder/data/postgresql.conf" > /dev/null
    as_server "$binaries/pg_ctl" -D "$folder/data" -l "$folder/server.log" -w -t 60 start > "$folder.log" 2>&1 \
      || { cat "$folder.log" "$folder/server.log" >&2; exit 1; }
    rm -f "$folder.log"
    echo "postgresql:///postgres?host=$folder&port=5432&user=suki"
    ;;
  crash) as_server "$binaries/pg_ctl" -D "$folder/data" -m immediate -w stop > /dev/null ;;
  resume) as_server "$binaries/pg_ctl" -D "$folder/data" -l "$folder/server.log" -w -t 60 start > /dev/null ;;
  stop)
    [ ! -f "$folder/data/postmaster.pid" ] || as_server "$binaries/pg_ctl" -D "$folder/data" -m immediate -w stop > /dev/null
    rm -rf "$folder" "$folder.log"
    ;;
  *) echo "start, standby, crash, resume or stop" >&2; exit 2 ;;
esac
