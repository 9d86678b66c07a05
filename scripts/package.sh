# ./dev package: build/package/suki_VERSION_ARCHITECTURE.deb of the everyday build. The same tree gives the same bytes.
set -euo pipefail
suki=build/main/suki
folder=build/package
root=$folder/root
version=$("$suki" --version | cut -d' ' -f2)
architecture=$(dpkg --print-architecture)
export SOURCE_DATE_EPOCH=${SOURCE_DATE_EPOCH:-$(git log -1 --format=%ct 2> /dev/null || date +%s)}

put() {  # put MODE FROM TO
  install -D -m "$1" "$2" "$root/$3"
}

compressed() {  # compressed TO : standard input, as Debian wants documents
  mkdir -p "$(dirname "$root/$1")"
  gzip -9n > "$root/$1"
  chmod 0644 "$root/$1"
}

verbs() {  # the verbs below the verb given
  "$suki" help "$@" | sed -n '/^Subcommands:/,/^$/s/^  \([a-z_-]*\) .*/\1/p'
}

help_of() {  # help_of VERB… : what `suki help` says, in the words of roff
  echo ".SS suki $*"
  echo .nf
  "$suki" "$@" --help | sed -e 's/\\/\\e/g' -e 's/-/\\-/g' -e "s/^\\([.']\\)/\\\\\&\\1/"
  echo .fi
}

manual() {
  echo ".TH SUKI 1 \"$(LC_ALL=C date -u -d "@$SOURCE_DATE_EPOCH" +%Y-%m-%d)\" \"suki $version\""
  printf '.SH NAME\nsuki \\- a loyalty programme from its document to the till\n'
  printf '.SH SYNOPSIS\n.B suki\n.I VERB\n[\n.I OPTIONS\n]\n.SH VERBS\n'
  local verb
  for verb in $(verbs); do help_of "$verb"; done
  printf '.SH EXIT STATUS\n0 done; 1 the answer is no; 2 the call was wrong; 3 the machine failed.\n'
  printf '.SH FILES\n/etc/suki/suki.yaml, /var/lib/suki\n.SH SEE ALSO\n/usr/share/doc/suki/operators.md\n'
}

rm -rf "$folder"
mkdir -p "$root/DEBIAN" "$folder/debian"
install -D -m 0755 "$suki" "$root/usr/bin/suki"
strip --strip-unneeded --remove-section=.comment --remove-section=.note "$root/usr/bin/suki"
put 0644 packaging/systemd/suki.service lib/systemd/system/suki.service
put 0640 packaging/debian/suki.yaml etc/suki/suki.yaml
put 0644 packaging/debian/copyright usr/share/doc/suki/copyright
put 0644 packaging/debian/lintian-overrides usr/share/lintian/overrides/suki
put 0644 packaging/systemd/postgresql.conf usr/share/doc/suki/examples/postgresql.conf
put 0644 packaging/prometheus/alerts.yml usr/share/doc/suki/examples/alerts.yml
put 0644 packaging/grafana/suki.json usr/share/doc/suki/examples/grafana.json
put 0644 docs/guide/operators.md usr/share/doc/suki/operators.md
put 0644 docs/RUNBOOK.md usr/share/doc/suki/RUNBOOK.md
manual | compressed usr/share/man/man1/suki.1.gz
printf 'suki (%s) unstable; urgency=medium\n\n  * Built from the tree of that version.\n\n -- The authors of Suki <maintainers@localhost>  %s\n' \
  "$version" "$(LC_ALL=C date -u -R -d "@$SOURCE_DATE_EPOCH")" | compressed usr/share/doc/suki/changelog.gz

printf 'Source: suki\n\nPackage: suki\nArchitecture: any\n' > "$folder/debian/control"
depends=$(cd "$folder" && dpkg-shlibdeps -O -eroot/usr/bin/suki 2> /dev/null | sed -n 's/^shlibs:Depends=//p')
[ -n "$depends" ] || { echo "dpkg-shlibdeps names no library" >&2; exit 1; }
sed -e "s/@VERSION@/$version/" -e "s/@ARCHITECTURE@/$architecture/" -e "s/@DEPENDS@/$depends/" \
  -e "s/@SIZE@/$(du -sk --apparent-size --exclude=DEBIAN "$root" | cut -f1)/" packaging/debian/control > "$root/DEBIAN/control"
install -m 0755 packaging/debian/postinst packaging/debian/prerm packaging/debian/postrm "$root/DEBIAN/"
echo /etc/suki/suki.yaml > "$root/DEBIAN/conffiles"
(cd "$root" && find . -path ./DEBIAN -prune -o -type f -printf '%P\n' | LC_ALL=C sort | xargs md5sum > DEBIAN/md5sums)
find "$root" -type d -exec chmod 0755 {} +
chmod 0750 "$root/etc/suki"
dpkg-deb --root-owner-group -Zxz --build "$root" "$folder/suki_${version}_$architecture.deb" > /dev/null
echo "$folder/suki_${version}_$architecture.deb"
