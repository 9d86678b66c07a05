#include "store/export_file.h"

#include <fcntl.h>
#include <unistd.h>
#include <zlib.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <optional>

#include "base/version.h"
#include "store/new_file.h"
#include "store/store.h"

namespace suki::store {

namespace {

constexpr std::string_view kTitle = "Suki export ";
constexpr std::string_view kFirstLine = "Suki export 1\n";
// A block is packed when it is this long; only a row that is longer makes a longer one, up to the limit.
constexpr std::size_t kBlockBytes = std::size_t{1} << 20;
constexpr std::size_t kBlockBytesMax = std::size_t{64} << 20;
constexpr std::size_t kSizesBytes = 8;
constexpr std::size_t kCheckBytes = 32;
// Fast: the data are packed already for the most part, and a backup waits for it.
constexpr int kCompression = 1;

/// What a block holds: its first byte.
enum class Block : std::uint8_t { head = 'h', rows = 'r', table_end = 't', end = 'e' };

std::string sizes(std::size_t packed, std::size_t plain) {
    std::string bytes;
    for (const std::size_t size : {packed, plain}) {
        for (int shift = 0; shift < 32; shift += 8) bytes += static_cast<char>(size >> shift);
    }
    return bytes;
}
std::size_t size_at(std::string_view bytes) {
    std::size_t size = 0;
    for (std::size_t i = 0; i < 4; ++i) size |= static_cast<std::size_t>(static_cast<unsigned char>(bytes[i])) << (8 * i);
    return size;
}

/// Each block's checksum covers the one before it, so that none can be left out, doubled or moved, and the last covers the file.
Digest chained(const Digest& before, std::string_view block) {
    Sha256 hash;
    hash.add(view_of(before));
    hash.add(block);
    return hash.digest();
}

/// An open file, closed at the end unless it is the standard's.
class OpenFile {
public:
    explicit OpenFile(int opened, bool is_ours = true) : number(opened), is_ours_(is_ours) {}
    ~OpenFile() {
        if (is_ours_ && number >= 0) ::close(number);
    }
    OpenFile(const OpenFile&) = delete;
    OpenFile& operator=(const OpenFile&) = delete;
    const int number;

private:
    const bool is_ours_;
};

class Writer final : public ContentSink {
public:
    Writer(int file, std::string name, Instant now) : file_(file), name_(std::move(name)), now_(now) {}

    void begin(const std::vector<TableShape>& tables) override {
        tables_ = tables;
        write(kFirstLine);
        check_ = sha256(kFirstLine);
        ByteWriter head = block(Block::head);
        head.put_text("suki " + std::string{kVersion});
        head.put(now_.us);
        head.put_unsigned(tables.size());
        for (const TableShape& table : tables) {
            pack_shape(head, table);
            head.put_unsigned(table.rows);
        }
        put(head);
        digest_.begin(tables);
    }
    void row(std::size_t table, std::span<const Value> values) override {
        while (table_ < table) end_table();
        ByteWriter row;
        pack_row(row, values);
        if (row.bytes().size() > kBlockBytesMax / 2) throw StoreFault{"a row is too large to be exported", false};
        if (rows_.bytes().size() + row.bytes().size() > kBlockBytes) flush();
        if (rows_.bytes().empty()) {
            rows_ = block(Block::rows);
            rows_.put_unsigned(table);
        }
        rows_.append(row.bytes());
        digest_.packed_row(table, row.bytes());
        ++rows_in_table_;
    }
    void end() override {
        while (table_ < tables_.size()) end_table();
        digest_.end();
        ByteWriter end = block(Block::end);
        end.put_unsigned(digest_.contents().rows);
        end.put_text(view_of(digest_.contents().digest));
        put(end);
    }
    [[nodiscard]] const Contents& contents() const { return digest_.contents(); }

private:
    static ByteWriter block(Block kind) {
        ByteWriter out;
        out.put_unsigned(static_cast<std::uint64_t>(kind));
        return out;
    }
    void flush() {
        if (rows_.bytes().empty()) return;
        put(rows_);
        rows_ = {};
    }
    void end_table() {
        flush();
        ByteWriter end = block(Block::table_end);
        end.put_unsigned(table_);
        end.put_unsigned(rows_in_table_);
        end.put_text(view_of(digest_.table_digest(table_)));
        put(end);
        ++table_;
        rows_in_table_ = 0;
    }
    void put(const ByteWriter& block) {
        const std::string& plain = block.bytes();
        uLongf size = compressBound(plain.size());
        packed_.resize(size);
        const int code = compress2(reinterpret_cast<Bytef*>(packed_.data()), &size, reinterpret_cast<const Bytef*>(plain.data()),
                                   plain.size(), kCompression);
        if (code != Z_OK) throw StoreFault{"cannot compress the export", false};
        const std::string whole = sizes(size, plain.size()) + packed_.substr(0, size);
        check_ = chained(check_, whole);
        write(whole);
        write(view_of(check_));
    }
    void write(std::string_view bytes) {
        while (!bytes.empty()) {
            const ssize_t count = ::write(file_, bytes.data(), bytes.size());
            if (count < 0 && errno == EINTR) continue;
            if (count < 0) throw StoreFault{"cannot write " + name_ + ": " + strerror(errno), true};
            bytes.remove_prefix(static_cast<std::size_t>(count));
        }
    }

    int file_;
    std::string name_;
    Instant now_;
    std::vector<TableShape> tables_;
    std::size_t table_ = 0;
    std::uint64_t rows_in_table_ = 0;
    ByteWriter rows_;
    std::string packed_;
    Digest check_{};
    ContentDigest digest_;
};

class Reader {
public:
    Reader(int file, std::string name, const ContentProgress& told) : file_(file), name_(std::move(name)), told_(told) {}

    /// The first line and the head.
    ExportHead open() {
        const std::string line = take(kFirstLine.size(), true);
        if (!line.starts_with(kTitle)) throw StoreFault{name_ + " is no export of Suki", false};
        if (line != kFirstLine) {
            throw StoreFault{name_ + " is an export in a newer form than this Suki reads (1): " + line.substr(0, line.find('\n')),
                             false};
        }
        check_ = sha256(line);
        std::string bytes = take_block();
        ByteReader in{bytes};
        if (in.get_unsigned() != static_cast<std::uint64_t>(Block::head)) damaged();
        ExportHead head{.made_by = in.get_text(), .made_at = {in.get()}};
        for (std::size_t left = in.get_count(); left > 0; --left) {
            if (!unpack_shape(in, head.tables.emplace_back())) damaged();
            head.tables.back().rows = in.get_unsigned();
            total_ += head.tables.back().rows;
        }
        if (!in.is_at_end()) damaged();
        tables_ = head.tables;
        return head;
    }

    Contents pour(ContentSink& sink) {
        sink.begin(tables_);
        digest_.begin(tables_);
        for (;;) {
            const std::string bytes = take_block();
            ByteReader in{bytes};
            const std::uint64_t kind = in.get_unsigned();
            if (kind == static_cast<std::uint64_t>(Block::rows)) {
                take_rows(bytes, in, sink);
            } else if (kind == static_cast<std::uint64_t>(Block::table_end)) {
                take_table_end(in);
            } else if (kind == static_cast<std::uint64_t>(Block::end)) {
                take_end(in);
                sink.end();
                return digest_.contents();
            } else {
                damaged();
            }
        }
    }

private:
    void take_rows(std::string_view bytes, ByteReader& in, ContentSink& sink) {
        if (in.get_unsigned() != table_ || table_ >= tables_.size()) damaged();
        const std::vector<Column>& columns = tables_[table_].columns;
        std::vector<std::string> texts(columns.size());
        std::vector<Value> values(columns.size());
        while (in.is_ok() && !in.is_at_end()) {
            const std::size_t begin = bytes.size() - in.left();
            for (std::size_t i = 0; i < columns.size(); ++i) {
                values[i] = {.kind = columns[i].kind, .is_null = !in.get_bool()};
                if (values[i].is_null) continue;
                if (columns[i].kind == Kind::integer) {
                    values[i].integer = in.get();
                } else {
                    texts[i] = in.get_text();
                    values[i].bytes = texts[i];
                }
            }
            if (!in.is_ok()) damaged();
            digest_.packed_row(table_, bytes.substr(begin, bytes.size() - in.left() - begin));
            sink.row(table_, values);
            ++rows_in_table_;
            if (told_) told_(++rows_, total_);
        }
    }
    void take_table_end(ByteReader& in) {
        if (in.get_unsigned() != table_ || table_ >= tables_.size()) damaged();
        const std::uint64_t rows = in.get_unsigned();
        const std::string digest = in.get_text();
        if (!in.is_at_end() || rows != rows_in_table_ || rows != tables_[table_].rows ||
            digest != view_of(digest_.table_digest(table_))) {
            damaged();
        }
        ++table_;
        rows_in_table_ = 0;
    }
    void take_end(ByteReader& in) {
        digest_.end();
        const std::uint64_t rows = in.get_unsigned();
        const std::string digest = in.get_text();
        if (table_ != tables_.size() || !in.is_at_end() || rows != digest_.contents().rows ||
            digest != view_of(digest_.contents().digest)) {
            damaged();
        }
        if (!take(1, true).empty()) throw StoreFault{name_ + " goes on after its end: it is damaged", false};
    }

    /// One block, unpacked, its checksum looked at before anything else.
    std::string take_block() {
        block_at_ = at_;
        const std::string head = take(kSizesBytes);
        const std::size_t packed = size_at(head);
        const std::size_t plain = size_at(std::string_view{head}.substr(4));
        if (plain == 0 || plain > kBlockBytesMax || packed > compressBound(kBlockBytesMax)) damaged();
        const std::string block = head + take(packed);
        check_ = chained(check_, block);
        if (take(kCheckBytes) != view_of(check_)) damaged();
        std::string bytes(plain, '\0');
        uLongf size = plain;
        const int code = uncompress(reinterpret_cast<Bytef*>(bytes.data()), &size,
                                    reinterpret_cast<const Bytef*>(block.data() + kSizesBytes), packed);
        if (code != Z_OK || size != plain) damaged();
        return bytes;
    }
    /// The next bytes; fewer only where the file ends and `may_end`.
    std::string take(std::size_t size, bool may_end = false) {
        std::string bytes;
        // Memory only for what there is: a damaged size asks for much.
        std::array<char, 65'536> buffer{};
        while (bytes.size() < size) {
            const ssize_t count = ::read(file_, buffer.data(), std::min(size - bytes.size(), buffer.size()));
            if (count < 0 && errno == EINTR) continue;
            if (count < 0) throw StoreFault{"cannot read " + name_ + ": " + strerror(errno), true};
            if (count == 0 && may_end) break;
            if (count == 0) {
                throw StoreFault{name_ + " is cut off after byte " + std::to_string(at_) + ": nothing of it is used", false};
            }
            bytes.append(buffer.data(), static_cast<std::size_t>(count));
            at_ += static_cast<std::uint64_t>(count);
        }
        return bytes;
    }
    [[noreturn]] void damaged() const {
        throw StoreFault{name_ + " is damaged in the block at byte " + std::to_string(block_at_) + ": nothing of it is used",
                         false};
    }

    int file_;
    std::string name_;
    const ContentProgress& told_;
    std::vector<TableShape> tables_;
    std::size_t table_ = 0;
    std::uint64_t rows_in_table_ = 0;
    std::uint64_t rows_ = 0;
    std::uint64_t total_ = 0;
    std::uint64_t at_ = 0;
    std::uint64_t block_at_ = 0;
    Digest check_{};
    ContentDigest digest_;
};

int open_to_read(const std::string& path) {
    const int file = path == "-" ? STDIN_FILENO : ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
    if (file < 0) throw StoreFault{"cannot read " + path + ": " + strerror(errno), false};
    return file;
}

/// At first, so that nobody waits for nothing; and afterwards, as the migration may have come before the picture was taken.
void require_known(Store& store) {
    const std::string name = store.newer_migration();
    if (name.empty()) return;
    throw StoreFault{
        "the database has the migration " + name + " of a newer version of Suki: only that one can write out all of it", false};
}

}  // namespace

Contents write_export(Store& store, const ExportOptions& options) {
    require_known(store);
    if (options.path == "-") {
        Writer writer{STDOUT_FILENO, "standard output", options.now};
        store.read_everything(writer, options.told);
        require_known(store);
        return writer.contents();
    }
    NewFile made{options.path, "export"};
    Contents contents;
    {
        const OpenFile file{::open(made.partial().c_str(), O_WRONLY | O_CLOEXEC | O_NOFOLLOW)};
        if (file.number < 0) throw StoreFault{"cannot write " + made.partial() + ": " + strerror(errno), false};
        Writer writer{file.number, made.partial(), options.now};
        store.read_everything(writer, options.told);
        require_known(store);
        contents = writer.contents();
    }
    made.keep();
    return contents;
}

bool is_export(const std::string& path) {
    const OpenFile file{open_to_read(path)};
    std::string line(kTitle.size(), '\0');
    const ssize_t count = ::read(file.number, line.data(), line.size());
    if (count < 0) throw StoreFault{"cannot read " + path + ": " + strerror(errno), false};
    return line == kTitle;
}

ContentSource read_export(std::string path, ContentProgress told, std::function<void(const ExportHead&)> head) {
    return [path = std::move(path), told = std::move(told), head = std::move(head)](ContentSink& sink) {
        const OpenFile file{open_to_read(path), path != "-"};
        Reader reader{file.number, path == "-" ? "standard input" : path, told};
        const ExportHead found = reader.open();
        if (head) head(found);
        return reader.pour(sink);
    };
}

}  // namespace suki::store
