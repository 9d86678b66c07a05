# The commands as a person types them: checks, publishing, importing, statements, backup; and every document of the guide.
set -uo pipefail
suki=build/main/suki
export LC_ALL=C.UTF-8  # in whose language people read is tried below
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
passed=0
failed=0

ok() { passed=$((passed + 1)); }
bad() { failed=$((failed + 1)); echo "FAILED: $*"; }
run() {  # run WHAT wanted-exit-code command… : its output is in $folder/out
  local what=$1 wanted=$2 got=0; shift 2
  "$@" > "$folder/out" 2> "$folder/err" || got=$?
  if [ "$got" -eq "$wanted" ]; then ok; else bad "$what: exit code $got, wanted $wanted"; head -n 5 "$folder/out" "$folder/err"; fi
}
says() { if grep -qE -- "$1" "$folder/out" "$folder/err"; then ok; else bad "expected to read: $1"; head -n 12 "$folder/out" "$folder/err"; fi; }

# Help for everything.
run help 0 $suki help; says 'publish'
for verb in check publish levels evaluate serve import statement explain verify migrate backup export restore demo keys signing-keys cards user audit quarantine schema config; do
  run "help $verb" 0 $suki help "$verb"; says "$verb"
done
run 'no verb' 2 $suki
run 'unknown verb' 2 $suki dance; says 'there is no `suki dance`'
run 'help of an unknown verb' 2 $suki help dance; says 'there is no `suki dance`; `suki help` says'
run 'an unknown kind of a verb' 2 $suki import cows; says 'there is no `suki import cows`; `suki help import` says'
run 'help of an unknown kind' 2 $suki help import cows; says 'there is no `suki import cows`'
run 'help of a kind' 0 $suki help import receipts; says '--as-history|--as'

# What is asked of the database: each statement by name, with the rows it reaches.
run 'statements' 0 $suki store statements
says '^find_account  \[one_owner\]$'; says '\[report\]$'; says '^find_organisation  \[reference\]$'
named=$(grep -cE '^[^ ]' "$folder/out"); tagged=$(grep -cE '^[a-z_]+  \[(one_owner|reference|report)\]$' "$folder/out")
[ "$named" -gt 150 ] && [ "$named" -eq "$tagged" ] && ok || bad "$named statements, $tagged with a name and a tag"

# Documents: the shipped ones, those of the guide, and one with a slip.
for file in examples/*.yaml; do run "check $file" 0 $suki check "$file"; done
awk -v out="$folder/guide" '/^```yaml/{n++; in_block=1; next} /^```/{in_block=0} in_block{print > (out "-" n ".yaml")}' docs/guide/programme-owners.md
count=0
for file in "$folder"/guide-*.yaml; do
  count=$((count + 1))
  if ! grep -q '^suki: 1' "$file"; then
    { printf 'suki: 1\nid: guide\ntitle: Guide\norganisation: {name: Guide}\ngoal: retain\nlanguages: [en, ru]\ncurrency: EUR\ntimezone: Europe/Vilnius\neffective: 2026-01-01\n'
      grep -q '^units:' "$file" || printf 'units: {points: {worth: 0.01 EUR}}\n'
      cat "$file"; } > "$file.whole"
    mv "$file.whole" "$file"
  fi
  run "guide $count" 0 $suki check "$file"
done
[ "$count" -ge 4 ] && ok || bad "the guide has only $count documents"
sed -n '/^```yaml/,/^```/p' README.md | sed '1d;$d' > "$folder/readme.yaml"
run 'the document of the README' 0 $suki check "$folder/readme.yaml"
# The commands of the README and of the guide, in their order, but those that serve or build: a reader types them as they stand.
commands_of() {  # commands_of DOCUMENT : the lines of its sh blocks
  awk '/^```sh/{in_block=1; next} /^```/{in_block=0} in_block' "$1" | sed 's/ *#.*//; s/^build\/main\/suki/suki/' | grep '^suki ' | grep -v ' serve '
}
play() {  # play DOCUMENT FOLDER
  mkdir -p "$2/bin"
  ln -sf "$PWD/$suki" "$2/bin/suki"
  local line count=0
  while IFS= read -r line; do
    count=$((count + 1))
    run "$1: $line" 0 bash -c "cd '$2' && PATH=\"\$PWD/bin:\$PATH\" && $line" < /dev/null
  done < <(commands_of "$1")
  [ "$count" -ge 3 ] && ok || bad "$1 has only $count commands"
}
mkdir -p "$folder/readme" "$folder/operators"
cp "$folder/readme.yaml" "$folder/readme/cafe.yaml"
play README.md "$folder/readme"
cp examples/cafe.yaml "$folder/operators/"
awk -v folder="$folder/operators/" '/^`[a-z]+\.(csv|yaml)`/{split($0, part, "`"); name=part[2]} /^```(csv|yaml)/{in_block=1; next} /^```/{if (in_block) name=""; in_block=0} in_block && name != ""{print > (folder name)}' docs/guide/operators.md
play docs/guide/operators.md "$folder/operators"
run 'the statement of the guide' 0 $suki statement c-17 --db "$folder/operators/suki.db"; says 'Ana Kavalenka'; says 'receipt 1001'
run 'the guide can be served' 0 timeout --preserve-status 20 bash -c "$suki serve --db $folder/operators/suki.db --port 0 & server=\$!; sleep 2; kill \$server; wait \$server"; says 'Suki serves'

sed 's/    when:/    wehn:/' examples/cafe.yaml > "$folder/slip.yaml"
run 'a slip' 1 $suki check "$folder/slip.yaml"; says 'did you mean `when`'; says 'unknown_key'
run 'a slip in JSON' 1 $suki check --json "$folder/slip.yaml"
node -e 'const f = JSON.parse(require("fs").readFileSync(process.argv[1])); process.exit(f.length && f[0].code === "unknown_key" && f[0].line > 0 ? 0 : 1)' "$folder/out" && ok || bad 'findings are not the JSON that was promised'
run 'a slip in Russian' 1 $suki check --lang ru "$folder/slip.yaml"; says 'ошибка: неизвестный ключ `wehn`'; says 'может быть, `when`\?'
run "a slip where people read Russian" 1 env LC_ALL= LC_MESSAGES= LANG=ru_RU.UTF-8 $suki check "$folder/slip.yaml"; says 'ошибка: неизвестный ключ `wehn`'
run 'a slip where no language of ours is read' 1 env LC_ALL=sw_KE.UTF-8 $suki check "$folder/slip.yaml"; says 'unknown key `wehn`'
run 'a good document in Russian' 0 $suki check --lang ru examples/cafe.yaml; says 'всё хорошо: .* предложени'
run 'a slip in JSON in Russian' 1 $suki check --json --lang ru "$folder/slip.yaml"; says '"hint":"может быть, `when`\?"'
run 'a slip is not evaluated' 2 $suki evaluate --programme "$folder/slip.yaml" --lang ru; says 'неизвестный ключ `wehn`'
run 'a slip is not published' 1 $suki publish "$folder/slip.yaml" --db "$folder/slip.db" --lang ru; says 'неизвестный ключ `wehn`'
run schema 0 $suki schema
node -e 'const s = JSON.parse(require("fs").readFileSync(process.argv[1])); process.exit(s.$schema.includes("2020-12") && JSON.stringify(s).includes("\"offers\"") ? 0 : 1)' "$folder/out" && ok || bad 'the schema is no schema'
run 'no file' 2 $suki check "$folder/none.yaml"

# Publishing, importing twice, reading.
db=$folder/suki.db
run 'no database' 2 $suki verify --db "$db"
run publish 0 $suki publish tests/server/till.yaml --db "$db"; says 'edition 1'
run 'publish the same again' 0 $suki publish tests/server/till.yaml --db "$db"; says 'already published: edition 1'
cat > "$folder/receipts.csv" <<'CSV'
who,when,slip,article,count,sum
ann,2026-02-01 10:00,1,a,1,10.00
bob,2026-02-01,2,a,2,20.00
ann,2026-02-03 11:00:05,3,b,0,0
ann,2026-02-03 11:00:05,3,a,1,7.50
ann,2026-02-30,4,a,1,1.00
ann,2026-02-04,5,a,1,1.005
ann,2026-02-05,6,a,-1,1.00
CSV
map="--map receipt=slip --map member=who --map at=when --map sku=article --map quantity=count --map amount=sum"
run 'import' 1 $suki import receipts "$folder/receipts.csv" --db "$db" $map
says '7 rows, 3 receipts: 3 recorded, 0 already there, 0 refused; 1 empty lines skipped'
run 'rejects' 0 cat "$folder/receipts.csv.rejects.csv"; says '^6,.*not a time.*,ann,2026-02-30'; says '^7,.*--round'; says '^8,.*not positive'
run 'import again' 1 $suki import receipts "$folder/receipts.csv" --db "$db" $map; says '0 recorded, 3 already there'
run 'import rounded' 1 $suki import receipts "$folder/receipts.csv" --db "$db" $map --round half_up; says '1 recorded, 3 already there'
run 'an edition that can not be' 2 $suki import receipts "$folder/receipts.csv" --db "$db" $map --edition 0; says 'edition'
run 'unknown column' 2 $suki import receipts "$folder/receipts.csv" --db "$db" --map receipt=nothing; says 'no column'
gzip -k "$folder/receipts.csv"
run 'import packed' 1 $suki import receipts "$folder/receipts.csv.gz" --db "$db" $map; says '0 recorded, 3 already there'
printf 'sku,title,category,brand\na,Apple,food/fruit,Farm\n' > "$folder/products.csv"
run 'import products' 0 $suki import products "$folder/products.csv" --db "$db"; says '1 products'
printf 'id,region\ns1,west\n' > "$folder/stores.csv"
run 'import stores' 0 $suki import stores "$folder/stores.csv" --db "$db"
printf 'member,name,birthday,card\ncarl,Carl,1980-05-17,777\ndora,Dora,1980-15-17,\nemma,Emma,2280-05-17,\n' > "$folder/members.csv"
run 'import members' 1 $suki import members "$folder/members.csv" --db "$db"; says '2 rows rejected'
run 'rejected members' 0 cat "$folder/members.csv.rejects.csv"; says '^3,.*birthday'; says '^4,birthday_in_future.*,emma'
run statement 0 $suki statement ann --db "$db"; says '18 to spend'; says '1 point for every'; says '^2026-02-01 10:00 .*receipt 1)$'
run 'statement in Russian' 0 $suki statement ann --db "$db" --lang ru; says 'балл'
run 'statement of nobody' 1 $suki statement zoe --db "$db"
# A line is said in the words of the edition that gave its points, also when a later one says otherwise or has no such offer.
sed 's/^spend:/  meat: {when: {category: meat}, give: {points: 10}}\nspend:/' tests/server/till.yaml > "$folder/before.yaml"
sed 's/points: 1 per 1 EUR/points: 5 per 1 EUR/; s/^effective: .*/effective: 2026-06-01/' tests/server/till.yaml > "$folder/after.yaml"
run 'publish what gives one' 0 $suki publish "$folder/before.yaml" --db "$folder/editions.db"
run 'publish what gives five' 0 $suki publish "$folder/after.yaml" --db "$folder/editions.db" --allow-past
printf 'receipt,member,at,category,amount\nold,ann,2026-05-31T23:59:59Z,meat,400.00\nnew,ann,2026-06-01T00:00:00Z,meat,2.00\n' > "$folder/editions.csv"
run 'receipts of two editions' 0 $suki import receipts "$folder/editions.csv" --db "$folder/editions.db"
run 'a statement of two editions' 0 $suki statement ann --db "$folder/editions.db"
says '[+]400  1 point for every €1.00 .*receipt old'; says '[+]10  10 points.* goods of meat .*receipt old'; says '[+]10  5 points for every €1.00 .*receipt new'
run explain 0 $suki explain 1 --db "$db"; says 'base'
printf 'receipt,member,at,amount\nh1,ann,2026-01-05,9.00\n' > "$folder/history.csv"
run 'a history' 0 $suki import receipts "$folder/history.csv" --db "$folder/editions.db" --as history
run 'explain a history' 0 $suki explain h1 --db "$folder/editions.db"; says 'imported as history: .* earned nothing'
run 'explain a history in Russian' 0 $suki explain h1 --db "$folder/editions.db" --lang ru; says 'загружен как история'
printf 'receipt,member,at,amount\ne1,ann,2025-01-05,9.00\n' > "$folder/history.csv"
run 'what was before the first edition' 0 $suki import receipts "$folder/history.csv" --db "$folder/editions.db"
run 'explain what was before' 0 $suki explain e1 --db "$folder/editions.db" --lang ru; says 'до первой редакции'
# A card that nobody knows becomes a member's: the first row makes them, the others find them.
printf 'receipt,card,at,amount\nc1,2900,2026-02-03,10.00\nc2,2900,2026-02-01,5.00\n' > "$folder/cards.csv"
run 'receipts of a card' 0 $suki import receipts "$folder/cards.csv" --db "$folder/editions.db"; says '2 recorded'; says '^1 new members'
run 'the member of the card' 0 $suki statement 2900 --db "$folder/editions.db"; says '15 to spend'
run 'receipts of a card again' 0 $suki import receipts "$folder/cards.csv" --db "$folder/editions.db"; says '0 recorded, 2 already there'
printf 'receipt,card,at,amount\nc3,2901,2026-02-03,10.00\n' > "$folder/cards.csv"
run 'a card of nobody' 0 $suki import receipts "$folder/cards.csv" --db "$folder/editions.db" --no-new-members; says '1 recorded'
run 'who has no such card' 1 $suki statement 2901 --db "$folder/editions.db"
run 'explain all' 0 $suki explain 1 --db "$db" --all; says 'first_ten'
run verify 0 $suki verify --db "$db"; says 'all invariants hold'
run backup 0 $suki backup --db "$db" "$folder/copy.db"
run 'backup is whole' 0 $suki verify --db "$folder/copy.db"; says 'all invariants hold'
run 'restore a copy' 0 $suki restore "$folder/copy.db" --db "$folder/restored.db"; says '^[0-9]+ rows, content [0-9a-f]{64}$'
cp "$folder/out" "$folder/content"
run 'what was restored' 0 $suki verify --db "$folder/restored.db"; says 'all invariants hold'
grep -qxFf "$folder/content" "$folder/out" && ok || bad 'verify prints another content than restore'
run 'restore over a file' 3 $suki restore "$folder/copy.db" --db "$folder/restored.db"; says 'is there already'
run export 0 $suki export --db "$db" "$folder/all.export"; says "$(cat "$folder/content")"
run 'export over a file' 3 $suki export --db "$db" "$folder/all.export"; says 'is there already'
run 'a reader of exports' 0 python3 tests/cli/export_reader.py "$folder/all.export"; says "^$(cat "$folder/content")\$"
run 'restore from a stream' 0 bash -c "$suki export --db $db - | $suki restore - --db $folder/streamed.db"; says "$(cat "$folder/content")"
run 'restore what is neither' 2 $suki restore "$folder/receipts.csv" --db "$folder/none.db"; says 'neither a database of Suki nor an export'
run 'export of nothing' 2 $suki export --db "$folder/none.db" "$folder/none.export"; says 'there is no database'
run 'restore what is not there' 3 $suki restore "$folder/none.export" --db "$folder/none.db"; says 'cannot read'
head -c 2000 "$folder/all.export" > "$folder/cut.export"
run 'restore a part' 3 $suki restore "$folder/cut.export" --db "$folder/none.db"; says 'is cut off after byte 2000'
head -c 60000 "$folder/copy.db" > "$folder/cut.db"
run 'restore a part of a copy' 3 $suki restore "$folder/cut.db" --db "$folder/none.db"; says 'damaged|malformed'
[ -e "$folder/none.db" ] || [ -e "$folder/none.db.partial" ] && bad 'a failed restore left something' || ok
run 'back up with a drill' 0 $suki backup --db "$db" "$folder/drilled.db" --verify; says 'all invariants hold'; says "$(cat "$folder/content")"
ls -d "$folder"/drilled.db.drill* > /dev/null 2>&1 && bad 'the drill left something' || ok
# One person in two programmes.
two=$folder/two.db
sed 's/^id: till/id: second/' tests/server/till.yaml > "$folder/second.yaml"
run 'publish the first' 0 $suki publish tests/server/till.yaml --db "$two"
run 'publish the second' 0 $suki publish "$folder/second.yaml" --db "$two"
printf 'member,name,phone\nann,Ann,+37060000001\nbob,Bob,+37060000002\n' > "$folder/people.csv"
run 'people of the first' 0 $suki import members "$folder/people.csv" --db "$two" --programme till; says '2 new members'
printf 'member,name,phone\nann,Ann,+37060000001\ncarl,Carl,+37060000001\ndora,Dora,+37060000002\n' > "$folder/people.csv"
run 'people of the second' 1 $suki import members "$folder/people.csv" --db "$two" --programme second --people-of till; says '2 new members'
run 'nobody by the telephone' 0 cat "$folder/people.csv.rejects.csv"; says '^3,phone_already_used.*,carl'
run 'people of the second again' 1 $suki import members "$folder/people.csv" --db "$two" --programme second --people-of till; says ' 0 new members, 2 already there'
run 'one person' 0 $suki statement ann --db "$two" --programme second; says 'also in till: mem_'
run 'another person' 0 $suki statement dora --db "$two" --programme second
grep -q 'also in' "$folder/out" && bad 'dora is in one programme' || ok
printf 'member,account\neve,acc_00000000000000000000000001\nfay,fay\n' > "$folder/people.csv"
run 'accounts that are not there' 1 $suki import members "$folder/people.csv" --db "$two" --programme second; says '2 rows rejected'
run 'why they are not' 0 cat "$folder/people.csv.rejects.csv"; says '^2,account_not_found.*,eve'; says '^3,.*not an id.*,fay'
run 'people of nothing' 2 $suki import members "$folder/people.csv" --db "$two" --programme second --people-of third; says 'no programme'
# A card of one programme is not a new one in another.
printf 'receipt,card,at,amount\nx1,777,2026-02-01,10.00\n' > "$folder/cards.csv"
run 'a card of the first' 0 $suki import receipts "$folder/cards.csv" --db "$two" --programme till; says '^1 new members'
sed -i 's/x1/x2/' "$folder/cards.csv"
run 'its card in the second' 1 $suki import receipts "$folder/cards.csv" --db "$two" --programme second; says '1 rows rejected'
run 'why not' 0 cat "$folder/cards.csv.rejects.csv"; says '^2,card_already_issued.*,777'
# What products cost is in the currency of the programmes, and where they differ, of the one that is named.
cost_of() { python3 -c "import sqlite3, sys; print(sqlite3.connect(sys.argv[1]).execute('select cost from product where sku = ?', (sys.argv[2],)).fetchone()[0])" "$1" "$2"; }
printf 'sku,cost\na,12.5\n' > "$folder/costs.csv"
run 'costs before any programme' 2 $suki import products "$folder/costs.csv" --db "$folder/costs.db"; says 'none is published yet'
run 'costs of programmes that agree' 0 $suki import products "$folder/costs.csv" --db "$two"
[ "$(cost_of "$two" a)" = 1250 ] && ok || bad "a cost of $(cost_of "$two" a)"
sed 's/^id: till/id: dinar/; s/EUR/BHD/g' tests/server/till.yaml > "$folder/dinar.yaml"
run 'publish in a finer currency' 0 $suki publish "$folder/dinar.yaml" --db "$two"
run 'costs of whose currency' 2 $suki import products "$folder/costs.csv" --db "$two"; says '[-]-programme'
run 'costs of a named programme' 0 $suki import products "$folder/costs.csv" --db "$two" --programme dinar
[ "$(cost_of "$two" a)" = 12500 ] && ok || bad "a cost of $(cost_of "$two" a)"
run 'costs of another named programme' 0 $suki import products "$folder/costs.csv" --db "$two" --programme till
[ "$(cost_of "$two" a)" = 1250 ] && ok || bad "a cost of $(cost_of "$two" a)"
run 'costs of no programme' 2 $suki import products "$folder/costs.csv" --db "$two" --programme none; says 'no programme'
run 'products without costs' 0 $suki import products "$folder/products.csv" --db "$two"
run 'verify two programmes' 0 $suki verify --db "$two"; says 'all invariants hold'

# Cards by the batch.
sed 's/^id: till/id: cards/' tests/server/till.yaml > "$folder/cards.yaml"
printf 'cards: {number: {digits: 13, prefix: "29"}, categories: {gold: {title: Gold}}}\n' >> "$folder/cards.yaml"
run 'publish with cards' 0 $suki publish "$folder/cards.yaml" --db "$folder/cards.db"
run 'no cards yet' 0 $suki cards --db "$folder/cards.db"; says 'no cards were made'
run 'cards of a category' 0 $suki cards --db "$folder/cards.db" --make 3 --category gold --note 'for the fair' --numbers "$folder/gold.csv" --sheet "$folder/gold.pdf"; says '^cbt_.*  3  gold  for the fair'
[ "$(tr -d '\r' < "$folder/gold.csv" | grep -c '^29[0-9]\{11\}$')" = 3 ] && ok || bad "numbers: $(cat "$folder/gold.csv")"
[ "$(head -c 5 "$folder/gold.pdf")" = '%PDF-' ] && ok || bad 'the sheet is no PDF'
run 'more than a batch' 0 $suki cards --db "$folder/cards.db" --make 2001; says '^cbt_.*  1  bearer'
run 'batches' 0 $suki cards --db "$folder/cards.db"; says '  2000  bearer'
gold=$(grep -o 'cbt_[0-9a-f]*.*gold' "$folder/out" | cut -d' ' -f1)
run 'a batch' 0 $suki cards --db "$folder/cards.db" --batch "$gold"; says '^3 blank, 0 given, 0 blocked'
run 'block a batch' 0 $suki cards --db "$folder/cards.db" --batch "$gold" --block; says 'gold  blocked'
run 'a blocked batch' 0 $suki cards --db "$folder/cards.db" --batch "$gold"; says '^0 blank, 0 given, 3 blocked'
run 'unblock it' 0 $suki cards --db "$folder/cards.db" --batch "$gold" --unblock
number=$(tr -d '\r' < "$folder/gold.csv" | tail -1)
run 'draw a number' 0 $suki cards --db "$folder/cards.db" --image "$number" --code qr; says '^<svg '
run 'draw it as PNG' 0 $suki cards --db "$folder/cards.db" --image "$number" --out "$folder/card.png"
run 'read it' 0 zbarimg -q --raw "$folder/card.png"; says "^$number"
run 'draw what is no card' 1 $suki cards --db "$folder/cards.db" --image 4711; says 'card_not_found'
run 'block which batch' 2 $suki cards --db "$folder/cards.db" --block; says '[-]-batch'
run 'cards of no category' 1 $suki cards --db "$folder/cards.db" --make 1 --category copper; says 'card_category_not_found'
run 'cards without numbers' 1 $suki cards --db "$two" --programme till --make 1; says 'card_numbers_not_set'
run 'verify with cards' 0 $suki verify --db "$folder/cards.db"; says 'all invariants hold'

run quarantine 0 $suki quarantine --db "$db"; says 'nothing is quarantined'
run 'release what is not there' 1 $suki quarantine --db "$db" --release 0123; says 'quarantined_command_not_found'
run 'release all of nothing' 0 $suki quarantine --db "$db" --release all

# Files are their owner's only, whatever the umask; what others could read is closed to them, and said so.
for file in "$db" "$folder/copy.db" "$folder/restored.db" "$folder/all.export" "$folder/streamed.db" "$folder/receipts.csv.rejects.csv"; do
  [ "$(stat -c %a "$file")" = 600 ] && ok || bad "$file has the permissions $(stat -c %a "$file")"
done
chmod 644 "$db"
run 'a database that others can read' 0 $suki verify --db "$db"; says 'suki.db could be read by others than its owner'
[ "$(stat -c %a "$db")" = 600 ] && ok || bad 'the database can still be read by others'

# A generated secret is shown once, to who asked for it: not kept in any file, and not printed where a log would keep it.
run 'a key of a store' 0 $suki keys --db "$db" --name till1 --scope till --store north
run 'the keys' 0 $suki keys --db "$db"; says 'till1  till  store north'
run 'a key of all that is bound to a store' 1 $suki keys --db "$db" --name x --scope admin --store north; says 'key_store_malformed'
run 'make a key' 0 $suki keys --db "$db" --name till --scope till
cut -d_ -f3 "$folder/out" > "$folder/secrets"
run 'make a user' 0 $suki user add ann --db "$db"
sed 's/^.*password //' "$folder/out" >> "$folder/secrets"
[ "$(grep -cE '^[^ ]{20,}$' "$folder/secrets")" = 2 ] && ok || bad 'a key and a password were expected'
grep -qaFf "$folder/secrets" "$db" "$db"-* 2> /dev/null && bad 'a generated secret stands in the database' || ok
$suki serve --db "$folder/first.db" --port 0 > "$folder/out" 2> "$folder/err" &
server=$!
for _ in $(seq 200); do grep -q 'yet' "$folder/out" && break; sleep 0.1; done
says 'Nobody can sign in at http'; says 'suki user add admin --db'
grep -qi 'password  ' "$folder/out" "$folder/err" && bad 'the first password was printed to a log' || ok
kill "$server"; wait "$server" 2> /dev/null
run 'a first start in a terminal' 0 timeout 60 script -qfec "$suki serve --db $folder/second.db --port 0 & while ! grep -qa password $folder/terminal; do sleep 0.1; done; kill \$!; wait" "$folder/terminal"
grep -qaE 'password  [^ ]{20}' "$folder/terminal" && ok || bad 'the first start shows no password on a terminal'
run 'backup over a file' 2 $suki backup --db "$db" "$folder/copy.db"

# Who may sign in.
run 'add a user' 0 $suki user add olga --db "$db"; says 'user olga, password ([a-z2-9]{5}-){5}[a-z2-9]{5}'
run 'add the same user' 1 $suki user add olga --db "$db"; says 'user_already_exists'
run 'remove the other user' 0 $suki user remove ann --db "$db"
run 'remove the last user' 1 $suki user remove olga --db "$db"; says 'last_user'
run 'add another user' 0 $suki user add ivan --db "$db"
cp "$folder/out" "$folder/first"
run 'a new password' 0 $suki user password ivan --db "$db"; says 'user ivan, password'
cmp -s "$folder/out" "$folder/first" && bad 'the new password is the old one' || ok
run 'a new password of nobody' 1 $suki user password zoe --db "$db"; says 'user_not_found'
run 'remove a user' 0 $suki user remove olga --db "$db"; says 'removed olga'
run 'list users' 0 $suki user list --db "$db"; says '^ivan  since 20'
grep -q olga "$folder/out" && bad 'a removed user is listed' || ok
run 'no such deed' 2 $suki user dance --db "$db"

# Keys that sign access tokens: made with the first token, or by hand.
run 'no signing keys' 0 $suki signing-keys --db "$db"; says 'no access token was asked for yet'
run 'the first signing key' 0 $suki signing-keys --db "$db" --rotate; says '^[A-Za-z0-9_-]{43}  signing  signs from '
first=$(cut -d' ' -f1 "$folder/out")
run 'the next signing key' 0 $suki signing-keys --db "$db" --rotate; says "^$first  signing  .*, published until "; says '  waiting  '
run 'all signing keys are lost' 0 $suki signing-keys --db "$db" --rotate --revoke; says '  signing  '
grep -q -e "$first" -e waiting "$folder/out" && bad 'a revoked key is still there' || ok
run 'revoking is rotating' 2 $suki signing-keys --db "$db" --revoke; says 'requires --rotate'
run 'a public address that is none' 2 $suki serve --db "$db" --port 0 --public-url suki.example/; says 'is no address such as https://suki.example'

# What was done to keys and users, and that nobody can take it back unseen.
run 'the audit log is whole' 0 $suki audit verify --db "$db"; says '[1-9][0-9]* rows, 0 roots: the audit log is whole'
run 'a root' 0 $suki audit root --db "$db"; says '^[0-9a-f]{64}  root 1 of main'
root=$(cut -c1-64 "$folder/out")
run 'a root of nothing new' 0 $suki audit root --db "$db"; says 'nothing was added'
run 'export the log' 0 $suki audit export --db "$db"; says '"action":"create_user"'; says '"action":"export_audit"'
cp "$folder/out" "$folder/audit.jsonl"
grep -qE 'olga|ivan|ann"' "$folder/audit.jsonl" && bad 'the audit log names people' || ok
run 'the export is whole' 0 $suki audit verify --file "$folder/audit.jsonl" --expect "$root"; says ' 1 roots: the audit log is whole'
sed 's/"action":"remove_user"/"action":"create_user"/' "$folder/audit.jsonl" > "$folder/audit2.jsonl"
run 'a changed export' 1 $suki audit verify --file "$folder/audit2.jsonl"; says 'audit_row_differs chain [0-9]+ number [0-9]+'
grep -v '"action":"remove_user"' "$folder/audit.jsonl" > "$folder/audit2.jsonl"
run 'a shorter export' 1 $suki audit verify --file "$folder/audit2.jsonl"; says 'audit_(row|tail)_missing'
grep -v '"kind":"root"' "$folder/audit.jsonl" > "$folder/audit2.jsonl"
run 'an export without its root' 1 $suki audit verify --file "$folder/audit2.jsonl" --expect "$root"; says "audit_root_missing: $root"
run 'no export' 1 $suki audit verify --file tests/cli/run.sh; says 'line 1'
run 'a log of nothing' 2 $suki audit verify

# Settings: one file for the server and the verbs beside it; what is wrong is said at once, and a secret never.
printf 'db: %s\nport: 0\n' "$db" > "$folder/suki.yaml"
run 'settings' 0 $suki config check --config "$folder/suki.yaml" --threads 3; says "^db +$db +$folder/suki.yaml:1:1"; says '^threads +3 +--threads'; says '^address +127.0.0.1 +default'
run 'settings for another verb' 0 $suki user list --config "$folder/suki.yaml"; says '^ivan  since 20'
run 'settings of the environment' 0 env SUKI_CONFIG="$folder/suki.yaml" SUKI_PORT=1 $suki config check; says '^port +1 +SUKI_PORT'
printf 'db: postgresql://suki:s3cret@h/s\nprot: 1\nthreads: 999\nbehind_tls: maybe\n' > "$folder/wrong.yaml"
chmod 644 "$folder/wrong.yaml"
run 'wrong settings' 1 $suki config check --config "$folder/wrong.yaml"
says 'wrong.yaml:2:1: error: .* \[unknown_setting\] \(did you mean `port`'; says 'wrong.yaml:3:1: error: .*\[bad_value\]'; says 'wrong.yaml:4:1: .*\[bad_value\]'
says 'wrong.yaml:1:1: warning: .*\[readable_by_others\]'; says '^db +postgresql://suki@h/s '
grep -q s3cret "$folder/out" "$folder/err" && bad 'a secret was printed' || ok
run 'serving with wrong settings' 2 $suki serve --config "$folder/wrong.yaml"; says 'unknown_setting'; says 'wrong.yaml:4:1'
run 'serving nothing' 2 $suki serve; says 'no database is named'
$suki serve --config "$folder/suki.yaml" > "$folder/out" 2> "$folder/err" &
server=$!
for _ in $(seq 200); do grep -q 'Suki serves' "$folder/out" && break; sleep 0.1; done
says 'Suki serves http://127.0.0.1:[1-9]'
kill "$server"; wait "$server" 2> /dev/null

# Without a database.
cat > "$folder/events.jsonl" <<'JSONL'
{"type":"receipt","id":"r1","occurred_at":"2026-02-01T10:00:00Z","member":{"external_id":"ann"},"lines":[{"number":1,"quantity":"1","amount":1000}]}
{"type":"return","id":"b1","receipt":"r1","occurred_at":"2026-02-02T10:00:00Z","lines":[{"line":1,"quantity":"1"}]}
JSONL
run evaluate 0 bash -c "$suki evaluate --programme tests/server/till.yaml < $folder/events.jsonl"; says '"refund":1000'
cp "$folder/out" "$folder/first"
run 'evaluate again' 0 bash -c "$suki evaluate --programme tests/server/till.yaml < $folder/events.jsonl"
cmp -s "$folder/out" "$folder/first" && ok || bad 'the same events gave other bytes'
run 'evaluate with reasons' 0 bash -c "$suki evaluate --programme tests/server/till.yaml --explain < $folder/events.jsonl"; says 'first_ten'
cat > "$folder/bad.jsonl" <<'JSONL'
not json

{"type":"receipt"}
{"type":"receipt","id":"r1","occurred_at":"2026-02-01T10:00:00Z","lines":[{"number":1,"quantity":"1","amount":-5}]}
{"type":"receipt","id":"r1","occurred_at":"2026-02-01T10:00:00Z","currency":"BYN","lines":[{"number":1,"quantity":"1","amount":500}]}
{"type":"receipt","id":"r1","occurred_at":"2026-02-01T10:00:00Z","lines":[{"number":1,"quantity":"1","amount":500},{"number":1,"quantity":"1","amount":500}]}
{"type":"receipt","id":"r1","occurred_at":"2026-02-01T10:00:00Z","lines":[{"number":1,"quantity":"1","amount":500}],"returns":[{"id":"b1","receipt":"r0","lines":[{"line":1,"quantity":"1"}]}]}
{"type":"dance"}
{"type":"receipt","id":"r1","occurred_at":"2026-02-01T10:00:00Z","lines":[{"number":1,"quantity":"1","amount":500}]}
{"type":"receipt","id":"r1","occurred_at":"2026-02-01T10:00:00Z","lines":[{"number":1,"quantity":"1","amount":500}]}
{"type":"receipt","id":"r1","occurred_at":"2026-02-01T10:00:00Z","lines":[{"number":1,"quantity":"1","amount":501}]}
{"type":"return","id":"b1","receipt":"r1","occurred_at":"2026-02-02T10:00:00Z","lines":[{"line":1,"quantity":"1"}]}
{"type":"void","id":"b2","receipt":"r1","occurred_at":"2026-02-02T10:00:00Z"}
{"type":"return","id":"b3","receipt":"r1","occurred_at":"2026-02-02T10:00:00Z","lines":[]}
JSONL
run 'evaluate rubbish' 1 bash -c "$suki evaluate --programme tests/server/till.yaml < $folder/bad.jsonl"
says '^{"line":1,"refused":"malformed_request",.*"code":"not_json"'
says '^{"line":3,"refused":"invalid_request",.*"pointer":"/id","code":"missing_field"'
says '^{"line":4,.*"pointer":"/lines/0/amount","code":"out_of_range"'
says '^{"line":5,"type":"receipt","id":"r1","refused":"currency_differs","pointer":"/currency"'
says '^{"line":6,"type":"receipt","id":"r1","refused":"duplicate_line_number","pointer":"/lines/1/number"'
says '^{"line":7,"type":"receipt","id":"r1","refused":"receipt_of_return_not_found","pointer":"/returns/0/receipt"'
says '^{"line":8,.*"pointer":"/type","code":"not_a_choice"'
says '^{"line":9,"type":"receipt","receipt":"r1"'
says '^{"line":10,"type":"receipt","repeat":true,"receipt":"r1"'
says '^{"line":11,"type":"receipt","id":"r1","refused":"receipt_already_recorded"'
says '^{"line":13,.*"refused":"nothing_returned","pointer":"/receipt"'
says '^{"line":14,.*"pointer":"/lines"'
says '10 lines refused'
head -c 1100000 /dev/zero | tr '\0' 'x' > "$folder/long.jsonl"
run 'evaluate a line without end' 1 bash -c "$suki evaluate --programme tests/server/till.yaml < $folder/long.jsonl"; says '"body_too_large"'
run 'evaluate by a bad document' 2 bash -c "$suki evaluate --programme $folder/slip.yaml < $folder/events.jsonl"
run 'the events of the guide' 0 node tests/cli/guide.mjs $suki "$folder/guide-1.yaml"

# Tables without serving.
run migrate 0 $suki migrate --db "$folder/made.db"; says 'made.db: up to date, 0'
run 'migrate again' 0 $suki migrate --db "$folder/made.db"
run 'distribute a file' 3 $suki migrate --db "$folder/other.db" --distribute citus; says 'only the tables of a PostgreSQL database'
run 'distribute otherwise' 2 $suki migrate --db "$folder/other.db" --distribute cows

# The demo is the same every time.
run demo 0 $suki demo --db "$folder/demo.db" --members 40 --years 1
cp "$folder/demo.db" "$folder/again.db"
# Who would move when friends had to spend twice as much, and nobody when nothing changes.
sed 's/friend: {from: 600 BYN/friend: {from: 1200 BYN/' examples/meat-works-till.yaml > "$folder/dearer.yaml"
run 'a dearer level' 0 $suki levels "$folder/dearer.yaml" --db "$folder/demo.db"; says '^40 members, as of 20'; says 'friend.*.*in time falls: guest'
run 'the same as JSON' 0 $suki levels "$folder/dearer.yaml" --db "$folder/demo.db" --json; says '"programme":"meat-works"'
run 'an unchanged ladder' 0 $suki levels examples/meat-works-till.yaml --db "$folder/demo.db"; if grep -qE '(falls|rises|changes)' "$folder/out"; then bad 'somebody moves though nothing changes'; else ok; fi
run 'levels of a document with a slip' 1 $suki levels "$folder/slip.yaml" --db "$folder/demo.db"; says 'unknown key `wehn`'
run 'demo once more' 2 $suki demo --db "$folder/again.db" --members 40 --years 1; says 'holds the programme meat-works'
run 'demo into another database' 2 $suki demo --db "$db" --members 40 --years 1; says 'the database holds the programme till, and the demo wants one of its own'
run 'demo beside another organisation' 2 $suki demo --db "$db" --organisation other --members 40 --years 1; says 'holds the programme till'
run 'what a refused demo leaves' 2 $suki user list --db "$db" --organisation other; says 'no organisation other'
sed 's/^id: till/id: meat-works/' tests/server/till.yaml > "$folder/namesake.yaml"
run 'publish a namesake of the demo' 0 $suki publish "$folder/namesake.yaml" --db "$folder/namesake.db"
run 'demo into its namesake' 2 $suki demo --db "$folder/namesake.db" --members 40 --years 1; says 'holds the programme meat-works'
run 'demo verifies' 0 $suki verify --db "$folder/demo.db"; says 'all invariants hold'
run 'demo again' 0 $suki demo --db "$folder/demo2.db" --members 40 --years 1
python3 - "$folder/demo.db" "$folder/demo2.db" <<'PY' && ok || bad 'a second demo is another'
import sqlite3, sys
def everything(path):
    db = sqlite3.connect(path)
    tables = [row[0] for row in db.execute("select name from sqlite_master where type = 'table' order by name")]
    # A server's keys are its own, a migration is of the moment it ran at, and what has no key of its caller's gets a random one.
    return {t: sorted(map(repr, db.execute(f"select * from {t}"))) for t in tables if t not in ("secret", "migration", "schema_migration", "idempotency")}
first, second = map(everything, sys.argv[1:])
differing = [table for table in first if first[table] != second[table]]
print("differing:", differing)
sys.exit(1 if differing or len(first["entry"]) < 100 else 0)
PY

# Whatever is damaged is named: each in a copy of its own.
damage() {  # damage EXIT-CODE WHAT-IS-NAMED SQL : the statement must change something
  cp "$folder/demo.db" "$folder/damaged.db"
  python3 - "$folder/damaged.db" "$3" <<'PY' || bad "nothing to damage: $3"
import sqlite3, sys
db = sqlite3.connect(sys.argv[1])
changed = db.execute(sys.argv[2]).rowcount
db.commit()
sys.exit(0 if changed > 0 else 1)
PY
  run "verify after: $3" "$1" $suki verify --db "$folder/damaged.db"; says "$2"
}
run 'a root of the demo' 0 $suki audit root --db "$folder/demo.db"; says ' root 1 of main'
damage 1 'audit_row_differs' "update audit set actor = 'nobody' where action = 'publish_edition'"
damage 1 'audit_tail_missing' "delete from audit where action = 'publish_edition'"
damage 1 'broken' "update entry set available = available + 1 where id in (select id from entry limit 1)"
damage 1 'balance_differs_from_wallet' "update wallet set available = available + 1"
damage 1 'balance_differs_from_wallet' "update wallet set next_due_at = 7"
damage 1 'balance_missing' "delete from wallet"
damage 1 'account_dated_before_journal' "update account_state set recorded_at = 1"
damage 1 'claim_of_nothing receipt' "delete from receipt where id in (select id from receipt where account is null limit 1)"
damage 1 'claim_of_nothing card' "delete from card"
damage 1 'member_without_claim .* phone' "update member set phone = '+1' || phone where phone <> ''"
damage 1 'search_words_differ' "delete from member_word"
damage 1 'search_words_differ' "update member_word set word = word || 'x'"
damage 1 'return_without_claim' "delete from claim where kind = 'return'"
damage 1 'damaged row: product' "update product set unit = 'moon' where sku = (select min(sku) from product)"
# One damaged row hides no other: what comes after it in the same pass, and in later ones, is named as well.
damage_twice() {  # damage_twice WHAT-IS-NAMED SQL : beside a damaged receipt
  damage 1 'damaged row: receipt' "update receipt set packed = x'00' where id = (select min(id) from receipt where account is not null)"
  python3 -c "import sqlite3, sys; db = sqlite3.connect(sys.argv[1]); db.execute(sys.argv[2]); db.commit()" "$folder/damaged.db" "$2"
  run "verify beside a damaged receipt: $2" 1 $suki verify --db "$folder/damaged.db"; says "$1"
}
damage_twice 'claim_of_nothing receipt' "delete from receipt where id = (select max(id) from receipt where account is null)"
damage_twice 'balance_missing' "delete from wallet"
damage_twice 'damaged row: product' "update product set tags = x'ff' where sku = (select min(sku) from product)"
damage_twice 'audit_tail_missing' "delete from audit where action = 'publish_edition'"
damage 3 'edition 1 of .* is damaged' "update edition set document = document || x'0a'"

echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ]
