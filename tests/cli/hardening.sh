# What the compiler and the linker were asked for is in the binary.
set -uo pipefail
suki=build/main/suki
passed=0
failed=0
has() {  # has WHAT PATTERN readelf-options…
  local what=$1 pattern=$2; shift 2
  if grep -qE -- "$pattern" <(readelf -W "$@" "$suki" 2> /dev/null); then passed=$((passed + 1)); else failed=$((failed + 1)); echo "FAILED: $what"; fi
}
has_not() {
  local what=$1 pattern=$2; shift 2
  if grep -qE -- "$pattern" <(readelf -W "$@" "$suki" 2> /dev/null); then failed=$((failed + 1)); echo "FAILED: $what"; else passed=$((passed + 1)); fi
}
has 'it is no binary' 'Machine:' -h
has 'it lies at a fixed address' 'Type: +DYN' -h
has 'it is marked as position independent' 'Flags:.*PIE' -d
has 'its tables stay writable' 'GNU_RELRO' -l
has 'its symbols are bound late' 'BIND_NOW|Flags:.*NOW' -d
has_not 'it names folders to load libraries from' 'RPATH|RUNPATH' -d
has 'its stack has no mark' 'GNU_STACK +0x[0-9a-f]+ 0x[0-9a-f]+ 0x[0-9a-f]+ 0x[0-9a-f]+ 0x[0-9a-f]+ RW ' -l
has_not 'a segment is writable and executable' '(LOAD|GNU_STACK).* RWE ' -l
has 'its stack is not watched' '__stack_chk_fail' --dyn-syms
has 'its copies are not checked' '__(memcpy|snprintf|fprintf|vsnprintf|read|memmove|memset|strcpy|strcat|sprintf|vfprintf|printf)_chk' --dyn-syms
echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ]
