#include "store/in_flight.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <cerrno>
#include <csignal>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <system_error>
#include <utility>

#include "base/bytes.h"

namespace suki::store {

namespace {

// The file: a head, a slot for each reader, and two long ones for batches. A slot is the length of its record and the record,
// sealed; length 0 is nothing in flight. A record that was cut off in the writing is no record: nothing had begun.
constexpr std::string_view kSuffix = "-inflight-";
constexpr std::string_view kMagic = "suki in flight 1";
constexpr off_t kAccusedAt = 32;                   // the slot of the thread that crashed, and one more; 0: it did not crash
constexpr std::uint32_t kNobody = 0xffff'ffff;     // it crashed in a thread that was deciding nothing
constexpr std::uint32_t kEverybody = 0xffff'fffe;  // it was told to abort while they were in flight
constexpr off_t kSlotsAt = 64;
constexpr off_t kSlotBytes = 512;
constexpr int kSlots = InFlight::kReaders + InFlight::kBatches;
// A thousand commands of an import, each with its names at their longest.
constexpr off_t kBatchBytes = kSlotBytes + off_t{512} * 1'024;
constexpr off_t kFileBytes = kSlotsAt + kSlotBytes * InFlight::kReaders + kBatchBytes * InFlight::kBatches;
constexpr std::size_t kSubjectBytes = 128;

bool is_batch(int slot) { return slot >= InFlight::kReaders; }
off_t place_of(int slot) {
    if (!is_batch(slot)) return kSlotsAt + kSlotBytes * slot;
    return kSlotsAt + kSlotBytes * InFlight::kReaders + kBatchBytes * (slot - InFlight::kReaders);
}

// What a signal's handler can reach: the newest record's file, and what this thread is deciding.
std::atomic<int> crash_file{-1};
thread_local int crash_slot = -1;

/// What can't be written goes unrecorded.
void write_at(int file, const void* bytes, std::size_t count, off_t place) {
    [[maybe_unused]] const ssize_t written = pwrite(file, bytes, count, place);
}

void accuse(int signal, siginfo_t* info, void*) {
    const int file = crash_file.load();
    // From outside it is a watchdog that found the process hanging: whatever is in flight may be why.
    const bool is_told = (info->si_code == SI_USER || info->si_code == SI_QUEUE) && info->si_pid != getpid();
    // A page that the kernel could not bring, of the log's index or of the program itself: the disk's fault and no command's.
    const bool is_disk = signal == SIGBUS && (info->si_code == BUS_ADRERR || info->si_code == BUS_OBJERR ||
                                              info->si_code == BUS_MCEERR_AR || info->si_code == BUS_MCEERR_AO);
    const std::uint32_t own = crash_slot < 0 || is_disk ? kNobody : static_cast<std::uint32_t>(crash_slot) + 1;
    const std::uint32_t accused = is_told ? kEverybody : own;
    if (file >= 0) write_at(file, &accused, sizeof accused, kAccusedAt);
    // The handler is gone by now: this ends the process as it would have ended, with its core.
    raise(signal);
}

std::string packed(std::span<const InFlightCommand> commands) {
    ByteWriter out;
    out.put_unsigned(commands.size());
    for (const InFlightCommand& one : commands) {
        out.put_text(one.key.org);
        out.put_text({reinterpret_cast<const char*>(one.key.command_hash.data()), one.key.command_hash.size()});
        out.put_text(one.command);
        out.put_text(std::string_view{one.subject}.substr(0, kSubjectBytes));
    }
    const std::string sealed = out.sealed();
    const auto length = static_cast<std::uint32_t>(sealed.size());
    std::string record(sizeof length, '\0');
    std::memcpy(record.data(), &length, sizeof length);
    return record + sealed;
}

std::vector<InFlightCommand> unpacked(std::string_view sealed) {
    const auto bytes = unseal(sealed);
    if (!bytes) return {};
    ByteReader in{*bytes};
    std::vector<InFlightCommand> commands(in.get_count());
    for (InFlightCommand& one : commands) {
        one.key.org = in.get_text();
        const std::string hash = in.get_text();
        if (hash.size() != one.key.command_hash.size()) return {};
        std::memcpy(one.key.command_hash.data(), hash.data(), hash.size());
        one.command = in.get_text();
        one.subject = in.get_text();
    }
    if (!in.is_at_end()) commands.clear();
    return commands;
}

std::vector<InFlightCommand> read_slot(int file, int slot) {
    std::uint32_t length = 0;
    if (pread(file, &length, sizeof length, place_of(slot)) != sizeof length || length == 0 || length > kFileBytes) return {};
    std::string sealed(length, '\0');
    const off_t from = place_of(slot) + static_cast<off_t>(sizeof length);
    if (pread(file, sealed.data(), length, from) != static_cast<ssize_t>(length)) return {};
    return unpacked(sealed);
}

std::vector<std::vector<InFlightCommand>> read_groups(int file) {
    std::string magic(kMagic.size(), '\0');
    std::uint32_t accused = 0;
    if (pread(file, magic.data(), magic.size(), 0) != static_cast<ssize_t>(magic.size()) || magic != kMagic) return {};
    if (pread(file, &accused, sizeof accused, kAccusedAt) != sizeof accused) return {};
    std::vector<std::vector<InFlightCommand>> groups;
    if (accused == 0) return groups;  // killed, or the power went: no command's fault
    for (int slot = 0; slot < kSlots; ++slot) {
        if (accused != kEverybody && accused != static_cast<std::uint32_t>(slot) + 1) continue;
        auto commands = read_slot(file, slot);
        if (!commands.empty()) groups.push_back(std::move(commands));
    }
    return groups;
}

/// Locked, and still under its name: another process may have taken and removed it in between.
bool is_ours(int file) {
    struct stat status{};
    return flock(file, LOCK_EX | LOCK_NB) == 0 && fstat(file, &status) == 0 && status.st_nlink > 0;
}

}  // namespace

InFlight::InFlight(std::string path, std::function<void(const std::string&)> tell)
    : path_(std::move(path)), tell_(std::move(tell)) {
    for (int slot = kSlots - 1; slot >= 0; --slot) (is_batch(slot) ? free_batches_ : free_).push_back(slot);
}

InFlight::~InFlight() {
    for (const Found& found : found_) ::close(found.file);
    if (file_ < 0) return;
    int ours = file_;
    crash_file.compare_exchange_strong(ours, -1);
    unlink(name_.c_str());
    ::close(file_);
}

int InFlight::make_file() {
    for (;;) {
        name_ = path_ + std::string{kSuffix} + "XXXXXX";
        const int file = mkostemp(name_.data(), O_CLOEXEC);  // readable by its owner only
        if (file < 0) return -1;
        if (is_ours(file)) return file;
        ::close(file);  // taken for a dead one's before it was locked
    }
}

void InFlight::open() {
    const int file = make_file();
    if (file < 0) {
        if (tell_) tell_("what is in flight can't be recorded beside " + path_ + ": " + std::strerror(errno));
        return;
    }
    // All its room is taken now, so that a full disk is found out here and not in the middle.
    const int fault = posix_fallocate(file, 0, kFileBytes);
    if (fault != 0 || pwrite(file, kMagic.data(), kMagic.size(), 0) != static_cast<ssize_t>(kMagic.size())) {
        unlink(name_.c_str());
        ::close(file);
        if (tell_) tell_("what is in flight can't be recorded in " + name_ + ": " + std::strerror(fault != 0 ? fault : errno));
        return;
    }
    file_ = file;
    crash_file = file;
}

bool InFlight::is_open() {
    std::call_once(opened_, [this] { open(); });
    return file_ >= 0;
}

InFlight::Mark InFlight::mark(int slot, std::span<const InFlightCommand> commands) {
    const std::string record = packed(commands);
    const off_t room = is_batch(slot) ? kBatchBytes : kSlotBytes;
    // The slot may hold half of it, which is no record.
    if (static_cast<off_t>(record.size()) <= room) write_at(file_, record.data(), record.size(), place_of(slot));
    return {*this, slot, std::exchange(crash_slot, slot)};
}

InFlight::Mark InFlight::mark_free(std::vector<int>& free, std::span<const InFlightCommand> commands) {
    if (commands.empty() || !is_open()) return {};
    int slot = -1;
    {
        const std::lock_guard lock{mutex_};
        if (free.empty()) return {};
        slot = free.back();
        free.pop_back();
    }
    return mark(slot, commands);
}

InFlight::Mark InFlight::mark_batch(std::span<const InFlightCommand> commands) { return mark_free(free_batches_, commands); }

InFlight::Mark InFlight::mark_one(const InFlightCommand& command) { return mark_free(free_, {&command, 1}); }

void InFlight::clear(int slot) {
    constexpr std::uint32_t nothing = 0;
    write_at(file_, &nothing, sizeof nothing, place_of(slot));
    const std::lock_guard lock{mutex_};
    (is_batch(slot) ? free_batches_ : free_).push_back(slot);
}

InFlight::Mark::Mark(Mark&& other) noexcept
    : record_(std::exchange(other.record_, nullptr)), slot_(other.slot_), slot_before_(other.slot_before_) {}

InFlight::Mark& InFlight::Mark::operator=(Mark&& other) noexcept {
    std::swap(record_, other.record_);
    std::swap(slot_, other.slot_);
    std::swap(slot_before_, other.slot_before_);
    return *this;
}

InFlight::Mark::~Mark() {
    if (record_ == nullptr) return;
    record_->clear(slot_);
    crash_slot = slot_before_;
}

std::vector<LeftBehind> InFlight::left_behind() {
    namespace fs = std::filesystem;
    const fs::path path{path_};
    const fs::path folder = path.has_parent_path() ? path.parent_path() : fs::path{"."};
    const std::string prefix = path.filename().string() + std::string{kSuffix};
    std::vector<LeftBehind> all;
    std::error_code error;
    for (const fs::directory_entry& entry : fs::directory_iterator{folder, error}) {
        if (!entry.path().filename().string().starts_with(prefix)) continue;
        const std::string name = entry.path().string();
        const int file = ::open(name.c_str(), O_RDWR | O_CLOEXEC | O_NOFOLLOW);
        if (file < 0) continue;
        if (!is_ours(file)) {  // its process lives
            ::close(file);
            continue;
        }
        const std::lock_guard lock{mutex_};
        found_.push_back({.name = name, .file = file});
        all.push_back({.name = name, .groups = read_groups(file)});
    }
    return all;
}

void InFlight::forget(const LeftBehind& left) {
    const std::lock_guard lock{mutex_};
    std::erase_if(found_, [&](const Found& found) {
        if (found.name != left.name) return false;
        unlink(found.name.c_str());
        ::close(found.file);
        return true;
    });
}

void InFlight::accuse_on_crash() {
    struct sigaction action{};
    action.sa_sigaction = accuse;
    action.sa_flags = static_cast<int>(SA_RESETHAND) | SA_NODEFER | SA_SIGINFO;
    for (const int signal : {SIGABRT, SIGSEGV, SIGBUS, SIGFPE, SIGILL}) sigaction(signal, &action, nullptr);
}

}  // namespace suki::store
