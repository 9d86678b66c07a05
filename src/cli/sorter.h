#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace suki::cli {

/// Sorts more records than fit in memory: sorted runs go to temporary files, which are merged while they are read, and before that
/// when there are so many that a process could not hold them all open. Order is by the
/// bytes of the key; records of one key keep the order in which they were added.
class ExternalSorter {
public:
    /// `folder` takes the temporary files, which are deleted as soon as they are opened: nothing stays behind, whatever happens.
    ExternalSorter(std::string folder, std::size_t memory_bytes);
    ~ExternalSorter();
    ExternalSorter(const ExternalSorter&) = delete;
    ExternalSorter& operator=(const ExternalSorter&) = delete;

    /// Throws std::runtime_error when a temporary file can't be written (disk full).
    void add(std::string_view key, std::string_view payload);
    /// After the last `add` and before the first `next`.
    void finish();
    /// False after the last record.
    bool next(std::string& key, std::string& payload);

    [[nodiscard]] std::uint64_t size() const { return size_; }
    [[nodiscard]] std::size_t runs() const { return runs_.size(); }

private:
    struct Run;
    struct Record {
        std::size_t offset;
        std::uint32_t key_size;
        std::uint32_t payload_size;
        std::uint64_t order;
    };
    [[nodiscard]] std::string_view key_of(const Record& record) const;
    void sort_buffer();
    void spill();
    void merge_runs();
    [[nodiscard]] Run* smallest_run() const;
    [[nodiscard]] std::unique_ptr<Run> new_run() const;

    std::string folder_;
    std::size_t memory_bytes_;
    std::string buffer_;
    std::vector<Record> records_;
    std::size_t read_position_ = 0;
    std::vector<std::unique_ptr<Run>> runs_;
    std::uint64_t size_ = 0;
};

/// Appends `text` so that the bytes of a key sort by it and then by what follows: a NUL ends it.
void append_key(std::string& key, std::string_view text);
/// Appends a number so that bytes sort as numbers do.
void append_key(std::string& key, std::int64_t number);

}  // namespace suki::cli
