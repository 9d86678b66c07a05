# ./dev lint: formatting of every file, the table of rooms, facts about the tree, and clang-tidy over the files that changed.
set -euo pipefail
status=0
mapfile -t sources < <(git ls-files 'src/*.cpp' 'src/*.h' 'tests/*.cpp' 'tests/*.h' 'bench/*.cpp' 'bench/*.h')
echo "formatting of ${#sources[@]} files"
clang-format-19 --dry-run --Werror "${sources[@]}" || status=1
node scripts/check_layers.mjs || status=1
node scripts/check_tree.mjs || status=1
base=${1:-$(git rev-list -1 --before='1 day ago' HEAD || true)}
mapfile -t changed < <(git diff --name-only --diff-filter=d "${base:-$(git rev-list --max-parents=0 HEAD)}" -- 'src/*.cpp' | head -n 40)
if [ -f build/asan/compile_commands.json ] && [ "${#changed[@]}" -gt 0 ]; then
  echo "clang-tidy over ${#changed[@]} changed files"
  clang-tidy-19 -p build/asan --quiet "${changed[@]}" || status=1
fi
exit $status
