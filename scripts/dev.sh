# Called by ./dev from the top of the tree.
set -euo pipefail
export CCACHE_SLOPPINESS=pch_defines,time_macros,include_file_mtime,include_file_ctime
export CCACHE_NOHASHDIR=1
export CCACHE_BASEDIR=$PWD  # another clone of the same tree finds what was compiled in this one

say() { printf '\033[1m== %s\033[0m\n' "$*" >&2; }

# What a build needs, the test programs included, and what running the tests needs beside it. Each has its reason in docs/decisions/.
build_packages="g++ cmake ninja-build ccache mold pkg-config git ca-certificates
  libssl-dev libsqlite3-dev libsimdjson-dev libyaml-cpp-dev libicu-dev libcli11-dev libfmt-dev libhowardhinnant-date-dev
  libargon2-dev libzxcvbn-dev libpq-dev zlib1g-dev libzint-dev libpango1.0-dev libcairo2-dev
  tzdata libgtest-dev"
package_packages="dpkg-dev"
test_packages="postgresql openssl systemd lintian strace clang-19 libclang-rt-19-dev llvm-19 chromium fonts-dejavu-core python3 zbar-tools poppler-utils"
drill_packages="patroni etcd-server iproute2"
lint_packages="clang-format-19 clang-tidy-19"
# Only unpacked into build/unpacked for a tool in it: installing them would start servers.
unpacked_packages="prometheus"

# Debian's package makes and starts a server of its own when it is installed; tests start private ones instead.
without_main_cluster() {
  [ -n "$(missing postgresql)" ] && [ ! -e /etc/postgresql-common/createcluster.conf ] || return 0
  as_root mkdir -p /etc/postgresql-common
  echo "create_main_cluster = false" | as_root tee /etc/postgresql-common/createcluster.conf > /dev/null
}

# The same of etcd: its package starts a server when it is installed. Not where it is there already, and undone afterwards.
install_drill_packages() {
  local policy=/usr/sbin/policy-rc.d is_ours="" code=0
  # shellcheck disable=SC2086
  [ -n "$(missing $drill_packages)" ] || return 0
  if [ ! -e $policy ]; then
    is_ours=yes
    printf '#!/bin/sh\nexit 101\n' | as_root tee $policy > /dev/null
    as_root chmod 755 $policy
  fi
  # In a shell of its own, so that the file goes also when the installing fails.
  # shellcheck disable=SC2086
  (install_packages $drill_packages) || code=$?
  [ -z "$is_ours" ] || as_root rm -f $policy
  return $code
}

as_root() { if [ "$(id -u)" = 0 ]; then "$@"; else sudo "$@"; fi; }

missing() {  # missing packages… : prints those that are not installed
  local package
  for package in "$@"; do
    [ "$(dpkg-query -W -f '${db:Status-Status}' "$package" 2>/dev/null)" = installed ] || echo "$package"
  done
}

install_packages() {
  local wanted; wanted=$(missing "$@")
  [ -z "$wanted" ] && return 0
  say "installing $(echo $wanted | wc -w) Debian packages: $(echo $wanted)"
  as_root apt-get update -qq
  # shellcheck disable=SC2086
  as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $wanted > /dev/null
}

unpack_packages() {  # unpack_packages packages…
  local package folder=$PWD/build/unpacked
  mkdir -p "$folder/archives"
  for package in "$@"; do
    [ -e "$folder/archives/$package.done" ] && continue
    say "unpacking $package"
    (cd "$folder/archives" && { apt-get download -qq "$package" 2> /dev/null || { as_root apt-get update -qq && apt-get download -qq "$package"; }; })
    dpkg-deb -x "$folder/archives/$package"_*.deb "$folder"
    touch "$folder/archives/$package.done"
  done
}

setup() {  # setup [test] [lint]
  # shellcheck disable=SC2086
  install_packages $build_packages
  # Boost 1.81 conflicts with 1.74, which other packages may rest on: whichever is there serves, and nothing is removed.
  [ -n "$(missing libboost1.81-dev)" ] && [ -n "$(missing libboost-dev)" ] && [ -n "$(missing libboost1.74-dev)" ] \
    && install_packages libboost1.81-dev
  command -v node > /dev/null || install_packages nodejs
  command -v npm > /dev/null || install_packages npm
  local extra
  for extra in "$@"; do
    case $extra in
      # shellcheck disable=SC2086
      package) install_packages $package_packages ;;
      # shellcheck disable=SC2086
      test) without_main_cluster; install_packages $test_packages $package_packages; unpack_packages $unpacked_packages ;;
      # shellcheck disable=SC2086
      lint) install_packages $lint_packages ;;
    esac
  done
  return 0
}

console() {  # the console's pages: built when their sources changed, then embedded
  if [ -f scripts/web.sh ]; then bash scripts/web.sh; fi
}

configure() {  # configure NAME cmake-arguments…
  local name=$1; shift
  mkdir -p build/"$name"
  [ -f build/"$name"/build.ninja ] || cmake -S . -B build/"$name" -G Ninja \
    $(command -v ccache > /dev/null && echo -DCMAKE_CXX_COMPILER_LAUNCHER=ccache) "$@" > build/"$name"/configure.log 2>&1 \
    || { cat build/"$name"/configure.log >&2; rm -f build/"$name"/build.ninja; return 1; }
}

build_in() {  # build_in NAME targets… : one build at a time, whoever asks
  local name=$1; shift
  mkdir -p build
  exec 9> build/.lock
  flock 9
  case $name in
    main) configure main -DCMAKE_BUILD_TYPE=Release -DCMAKE_CXX_COMPILER=g++ ;;
    asan) configure asan -DCMAKE_BUILD_TYPE=Debug -DCMAKE_CXX_COMPILER=clang++-19 -DSUKI_SANITIZE=ON -DSUKI_FUZZ=ON ;;
  esac
  local status=0
  ninja -C build/"$name" "$@" >&2 || status=$?
  flock -u 9
  return $status
}

usage() {
  cat <<'TXT'
./dev run            install what is missing, build, make a demo database, serve it, print where and how to sign in
./dev test [part…]   install what is missing, build, run every test; ends "N passed, N failed"   (./dev test list)
./dev build [target] install what is missing, build the everyday configuration (g++, -O2) in build/main
./dev spec [file…]   run spec stories; SUKI_REWRITE=1 rewrites what they expect
./dev sim [--seed N] seeded simulation against the store, with the fault loop
./dev package        build/package/suki_….deb, with a unit for systemd; packaging/Containerfile makes an image of it
./dev bench          speed, each figure beside its baseline in the same run
./dev drill [name…]  failover of PostgreSQL tried for real, in network namespaces (root); ./dev drill list
./dev soak [minutes [sqlite|postgres [requests/s]]]  an hour of mixed traffic with restarts; memory and waiting must not grow
./dev fmt | lint     format the C++ | check formatting, layers, and changed files with clang-tidy
./dev setup          install what builds and tests need
./dev suki ARGS…     build if needed and run the suki command
TXT
}

command=${1:-help}
[ $# -gt 0 ] && shift
case $command in
  setup) setup test lint ;;
  build) setup; console; build_in main "$@" ;;
  run) setup; console; say "building"; build_in main suki; exec bash scripts/run.sh "$@" ;;
  suki) build_in main suki > /dev/null 2>&1 || build_in main suki; exec build/main/suki "$@" ;;
  test) . scripts/test.sh; [ "${1:-}" = list ] || setup test; run_tests "$@" ;;
  spec) build_in main suki_spec; exec build/main/suki_spec "$@" ;;
  sim) build_in main suki_sim; exec build/main/suki_sim "$@" ;;
  package) setup package; console; build_in main suki; exec bash scripts/package.sh ;;
  bench) setup test; unpack_packages nginx; exec bash scripts/bench.sh "$@" ;;
  drill) [ "${1:-}" != list ] || exec bash tests/drill/run.sh list
    setup test; [ -n "${SUKI:-}" ] || build_in main suki
    install_drill_packages; exec bash tests/drill/run.sh "$@" ;;
  soak) setup test; [ -n "${SUKI:-}" ] || build_in main suki; exec bash tests/soak/run.sh "$@" ;;
  fmt) setup lint; git ls-files 'src/*.cpp' 'src/*.h' 'tests/*.cpp' 'tests/*.h' 'bench/*.cpp' | xargs clang-format-19 -i ;;
  lint) setup lint; exec bash scripts/lint.sh "$@" ;;
  help | --help | -h) usage ;;
  *) usage >&2; exit 2 ;;
esac
