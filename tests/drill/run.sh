#!/usr/bin/env bash
# ./dev drill: failover tried for real. Makes network namespaces of its own for every machine of the drill, runs it within them, and takes
# everything away again, also when it fails or is interrupted. Only processes in these namespaces are ever ended. See docs/DRILLS.md.
set -euo pipefail

[ "${1:-}" != list ] || exec node tests/drill/drill.mjs list
if [ "$(id -u)" != 0 ]; then
  echo "network namespaces need root: this goes on with sudo" >&2
  exec sudo --preserve-env=SUKI,TMPDIR,SUKI_DRILL_LOGS bash "$0" "$@"
fi
binaries=$(ls -d /usr/lib/postgresql/*/bin 2> /dev/null | sort -V | tail -n 1)
[ -n "$binaries" ] || { echo "PostgreSQL's server is not installed" >&2; exit 1; }

net=sukidrill$$  # no other name on this machine begins so
folder=$(mktemp -d "${TMPDIR:-/tmp}/suki-drill-XXXXXX")
logs=${SUKI_DRILL_LOGS:-$PWD/build/test-logs/drill}
machines="hub pg1 pg2 etcd1 etcd2 etcd3 app"

clean() {
  trap '' INT TERM
  local machine
  for machine in $machines; do
    [ -e "/run/netns/$net-$machine" ] || continue
    # shellcheck disable=SC2046
    kill -KILL $(ip netns pids "$net-$machine") 2> /dev/null || true
  done
  for machine in $machines; do
    # A process that was just killed may hold the namespace for a moment.
    for _ in 1 2 3 4 5; do
      [ -e "/run/netns/$net-$machine" ] || break
      ip netns del "$net-$machine" 2> /dev/null || sleep 0.2
    done
  done
  mkdir -p "$logs"
  cp "$folder"/*.log "$logs"/ 2> /dev/null || true
  rm -rf "$folder"
}
trap clean EXIT
trap 'exit 130' INT TERM

# One wire from each machine to a switch. The switch stands in a namespace too, so that this machine's own network sees nothing.
for machine in $machines; do
  ip netns add "$net-$machine"
  ip -n "$net-$machine" link set lo up
done
ip -n "$net-hub" link add switch type bridge
ip -n "$net-hub" link set switch up
for wire in pg1=11 pg2=12 etcd1=21 etcd2=22 etcd3=23 app=31; do
  machine=${wire%%=*}
  ip -n "$net-hub" link add "$machine" type veth peer name eth0 netns "$net-$machine"
  ip -n "$net-hub" link set "$machine" master switch up
  ip -n "$net-$machine" address add "10.77.0.${wire#*=}/24" dev eth0
  ip -n "$net-$machine" link set eth0 up
done

chmod 711 "$folder"
export DRILL_NET=$net DRILL_FOLDER=$folder DRILL_POSTGRES=$binaries
# Not `exec`: the trap must run. In the background, because a trap waits for what runs in front of it.
ip netns exec "$net-app" node tests/drill/drill.mjs "$@" &
wait $!
