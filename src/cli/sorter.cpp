#include "cli/sorter.h"

#include <unistd.h>
#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <stdexcept>

namespace suki::cli {

namespace {
/// Two sorters work at a time, and a process mostly may open 1,024 files.
constexpr std::size_t kRunsMax = 256;
}  // namespace

/// A sorted file and its next record.
struct ExternalSorter::Run {
    std::FILE* file = nullptr;
    std::string key;
    std::string payload;
    bool is_done = false;

    ~Run() {
        if (file != nullptr) std::fclose(file);
    }

    void put(std::string_view record_key, std::string_view record_payload) {
        const std::uint32_t sizes[2] = {static_cast<std::uint32_t>(record_key.size()),
                                        static_cast<std::uint32_t>(record_payload.size())};
        std::fwrite(sizes, sizeof sizes, 1, file);
        std::fwrite(record_key.data(), 1, record_key.size(), file);
        std::fwrite(record_payload.data(), 1, record_payload.size(), file);
    }
    /// After the last `put`: the first `advance` reads the first record.
    void seal() {
        if (std::fflush(file) != 0 || std::ferror(file) != 0)
            throw std::runtime_error("a temporary file can't be written (disk full?)");
        std::rewind(file);
    }

    void advance() {
        std::uint32_t sizes[2];
        if (std::fread(sizes, sizeof sizes, 1, file) != 1) {
            is_done = true;
            return;
        }
        key.resize(sizes[0]);
        payload.resize(sizes[1]);
        const bool is_whole =
            std::fread(key.data(), 1, sizes[0], file) == sizes[0] && std::fread(payload.data(), 1, sizes[1], file) == sizes[1];
        if (!is_whole) throw std::runtime_error("a temporary file ended early");
    }
};

ExternalSorter::ExternalSorter(std::string folder, std::size_t memory_bytes)
    : folder_(std::move(folder)), memory_bytes_(memory_bytes) {}
ExternalSorter::~ExternalSorter() = default;

std::string_view ExternalSorter::key_of(const Record& record) const { return {buffer_.data() + record.offset, record.key_size}; }

void ExternalSorter::add(std::string_view key, std::string_view payload) {
    const std::size_t wanted = key.size() + payload.size() + sizeof(Record);
    if (!records_.empty() && buffer_.size() + records_.size() * sizeof(Record) + wanted > memory_bytes_) spill();
    records_.push_back(
        {buffer_.size(), static_cast<std::uint32_t>(key.size()), static_cast<std::uint32_t>(payload.size()), size_++});
    buffer_ += key;
    buffer_ += payload;
}

void ExternalSorter::sort_buffer() {
    std::sort(records_.begin(), records_.end(), [this](const Record& a, const Record& b) {
        const int order = key_of(a).compare(key_of(b));
        return order != 0 ? order < 0 : a.order < b.order;
    });
}

std::unique_ptr<ExternalSorter::Run> ExternalSorter::new_run() const {
    std::string path = folder_ + "/suki-sort-XXXXXX";
    const int descriptor = mkstemp(path.data());
    if (descriptor < 0) throw std::runtime_error("no temporary file can be made in " + folder_);
    unlink(path.c_str());
    auto run = std::make_unique<Run>();
    run->file = fdopen(descriptor, "w+b");
    if (run->file == nullptr) {
        close(descriptor);
        throw std::runtime_error("no temporary file can be made in " + folder_);
    }
    return run;
}

void ExternalSorter::spill() {
    sort_buffer();
    auto run = new_run();
    for (const Record& record : records_) {
        run->put(key_of(record), {buffer_.data() + record.offset + record.key_size, record.payload_size});
    }
    run->seal();
    runs_.push_back(std::move(run));
    records_.clear();
    buffer_.clear();
    if (runs_.size() == kRunsMax) merge_runs();
}

/// All runs become one. It stands before those that are filled later, as its records do.
void ExternalSorter::merge_runs() {
    for (const auto& run : runs_) run->advance();
    auto merged = new_run();
    while (Run* smallest = smallest_run()) {
        merged->put(smallest->key, smallest->payload);
        smallest->advance();
    }
    merged->seal();
    runs_.clear();
    runs_.push_back(std::move(merged));
}

/// The runs were filled one after the other, so that among equal keys the earlier run holds the earlier records. Null at the end.
ExternalSorter::Run* ExternalSorter::smallest_run() const {
    Run* smallest = nullptr;
    for (const auto& run : runs_) {
        if (!run->is_done && (smallest == nullptr || run->key < smallest->key)) smallest = run.get();
    }
    return smallest;
}

void ExternalSorter::finish() {
    if (runs_.empty()) {
        sort_buffer();
        return;
    }
    if (!records_.empty()) spill();
    buffer_.shrink_to_fit();
    for (const auto& run : runs_) run->advance();
}

bool ExternalSorter::next(std::string& key, std::string& payload) {
    if (runs_.empty()) {
        if (read_position_ == records_.size()) return false;
        const Record& record = records_[read_position_++];
        key = key_of(record);
        payload.assign(buffer_, record.offset + record.key_size, record.payload_size);
        return true;
    }
    Run* smallest = smallest_run();
    if (smallest == nullptr) return false;
    key = smallest->key;
    payload = smallest->payload;
    smallest->advance();
    return true;
}

void append_key(std::string& key, std::string_view text) {
    // Texts of the outside hold no NUL (base/bytes.h), so it separates.
    key += text;
    key += '\0';
}

void append_key(std::string& key, std::int64_t number) {
    const std::uint64_t bits = static_cast<std::uint64_t>(number) ^ (std::uint64_t{1} << 63);
    for (int shift = 56; shift >= 0; shift -= 8) key += static_cast<char>(bits >> shift);
}

}  // namespace suki::cli
