# Called by ./dev from the top of the tree.
set -euo pipefail
export CCACHE_SLOPPINESS=pch_defines,time_macros,include_file_mtime,include_file_ctime
export CCACHE_NOHASHDIR=1

configure() {  # configure NAME cmake-arguments…
  local name=$1; shift
  mkdir -p build/"$name"
  [ -f build/"$name"/build.ninja ] || cmake -S . -B build/"$name" -G Ninja \
    $(command -v ccache >/dev/null && echo -DCMAKE_CXX_COMPILER_LAUNCHER=ccache) "$@" > build/"$name"/configure.log \
    || { cat build/"$name"/configure.log; return 1; }
}

build() {  # build targets… : one build at a time, whoever asks
  mkdir -p build
  exec 9> build/.lock
  flock 9
  configure main -DCMAKE_BUILD_TYPE=Release -DCMAKE_CXX_COMPILER=g++
  ninja -C build/main "$@"
  flock -u 9
}

case "${1:-help}" in
  build) shift; build "$@" ;;
  *) echo "usage: ./dev build [targets]" ;;
esac
