# Reads an export by what docs/guide/export-format.md says, and by nothing else: prints the rows of each table, or with --json each row.
import hashlib, json, struct, sys, zlib

data = open(sys.argv[1], "rb").read()
first, at = data[:14], 14
assert first == b"Suki export 1\n", first
check = hashlib.sha256(first).digest()


def block():
    global at, check
    packed, plain = struct.unpack_from("<II", data, at)
    whole = data[at : at + 8 + packed]
    check = hashlib.sha256(check + whole).digest()
    assert data[at + 8 + packed : at + 40 + packed] == check, f"damaged at {at}"
    at += 40 + packed
    bytes_ = zlib.decompress(whole[8:])
    assert len(bytes_) == plain
    return bytes_


class In:
    def __init__(self, bytes_):
        self.bytes, self.at = bytes_, 0

    def number(self):
        value = shift = 0
        while True:
            byte = self.bytes[self.at]
            self.at += 1
            value |= (byte & 127) << shift
            shift += 7
            if byte < 128:
                return value

    def integer(self):
        value = self.number()
        return value >> 1 ^ -(value & 1)

    def raw(self):
        size = self.number()
        self.at += size
        return self.bytes[self.at - size : self.at]

    def text(self):
        return self.raw().decode()


head = In(block())
assert head.number() == ord("h")
made_by, made_at, tables, sections = head.text(), head.integer(), [], []
for _ in range(head.number()):
    begin = head.at
    name = head.text()
    columns = [(head.text(), head.text()) for _ in range(head.number())]
    sections.append(hashlib.sha256(head.bytes[begin : head.at]))
    tables.append((name, columns, head.number()))
table = count = total = 0
digests = []
while True:
    part = In(block())
    kind = chr(part.number())
    if kind == "r":
        assert part.number() == table
        sections[table].update(part.bytes[part.at :])
        while part.at < len(part.bytes):
            row = {}
            for name, letter in tables[table][1]:
                if not part.number():
                    row[name] = None
                elif letter == "i":
                    row[name] = part.integer()
                else:
                    row[name] = part.text() if letter == "t" else part.raw().hex()
            count += 1
            if "--json" in sys.argv:
                print(json.dumps({"table": tables[table][0], **row}, ensure_ascii=False))
    elif kind == "t":
        assert (part.number(), part.number()) == (table, count) and count == tables[table][2]
        digests.append(sections[table].digest())
        assert part.raw() == digests[-1]
        table, count, total = table + 1, 0, total + count
    else:
        assert kind == "e" and table == len(tables) and part.number() == total
        content = hashlib.sha256(b"".join(digests)).digest()
        assert part.raw() == content and at == len(data)
        break
if "--json" not in sys.argv:
    print(f"{total} rows, content {content.hex()}")
