#pragma once

#include <cstddef>
#include <functional>
#include <mutex>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "store/rows.h"

/// What a process is deciding, kept where the next one finds it should this one die of it (DESIGN.md 16). A file of the machine's,
/// beside the database or wherever the wiring says, so that every kind of store can be used with it.
namespace suki::store {

/// One command as the record keeps it.
struct InFlightCommand {
    CommandKey key;
    std::string command;  // its word
    std::string subject;  // the id that its caller gave; cut where it is long
    friend bool operator==(const InFlightCommand&, const InFlightCommand&) = default;
};

/// What one process that crashed had in flight: commands that were being decided together stand together. Only what the thread that
/// crashed was deciding is here, which may be nothing; all of it where the process was told to abort, as watchdogs do. Nothing of
/// one that was killed, or lost its power: an operator's `kill -9` must not turn two tills' receipts away for ever.
struct LeftBehind {
    std::string name;  // of this death, and of no other
    std::vector<std::vector<InFlightCommand>> groups;
};

/// 1. What is written outlives the process, as it stands in the system's cache; nothing is flushed to the disk for it. After a
///    power cut the record may be old or gone: that death was nobody's fault.
/// 2. A lock on the file, which ends with its process, keeps the living apart from the dead. A clean end leaves no file.
/// 3. Recording never fails a command: what goes wrong with the file is told once, and commands then go unrecorded.
/// Any thread may mark.
class InFlight {
public:
    /// Files are named PATH-inflight-…; `tell` hears what goes wrong with them.
    explicit InFlight(std::string path, std::function<void(const std::string&)> tell = {});
    ~InFlight();
    InFlight(const InFlight&) = delete;
    InFlight& operator=(const InFlight&) = delete;

    /// Held while commands are in flight.
    class Mark {
    public:
        Mark() = default;
        Mark(Mark&& other) noexcept;
        Mark& operator=(Mark&& other) noexcept;
        ~Mark();

    private:
        friend class InFlight;
        Mark(InFlight& record, int slot, int slot_before) : record_(&record), slot_(slot), slot_before_(slot_before) {}
        InFlight* record_ = nullptr;
        int slot_ = -1;
        int slot_before_ = -1;
    };
    /// One that is decided and one that is written: beyond kBatches at once they go unrecorded.
    [[nodiscard]] Mark mark_batch(std::span<const InFlightCommand> commands);
    /// Of any number of threads. Beyond kReaders at once they go unrecorded.
    [[nodiscard]] Mark mark_one(const InFlightCommand& command);

    /// What dead processes left. It is theirs no more: each is to be given back to `forget` once it is written down elsewhere, and
    /// is found again by the next process if it is not.
    [[nodiscard]] std::vector<LeftBehind> left_behind();
    void forget(const LeftBehind& left);

    /// From now on a thread that crashes says so in the record before the process ends, as it would have ended. Without it no death
    /// is ever blamed on a command. For programs, once.
    static void accuse_on_crash();

    static constexpr int kReaders = 256;
    static constexpr int kBatches = 2;

private:
    struct Found {
        std::string name;
        int file = -1;
    };
    /// The file, made when it is first needed; false when there is none.
    bool is_open();
    void open();
    [[nodiscard]] int make_file();
    Mark mark(int slot, std::span<const InFlightCommand> commands);
    Mark mark_free(std::vector<int>& free, std::span<const InFlightCommand> commands);
    void clear(int slot);

    const std::string path_;
    const std::function<void(const std::string&)> tell_;
    std::once_flag opened_;
    int file_ = -1;
    std::string name_;

    std::mutex mutex_;
    std::vector<int> free_;          // slots of readers
    std::vector<int> free_batches_;  // and of batches
    std::vector<Found> found_;       // locked, until they are forgotten
};

}  // namespace suki::store
