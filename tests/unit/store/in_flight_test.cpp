#include "store/in_flight.h"
#include "house/death.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <csignal>
#include <filesystem>
#include <thread>

#include "folder.h"

namespace suki::store::testing {

namespace {

InFlightCommand command(const std::string& name) {
    return {.key = {.org = "meat", .command_hash = digest(name)}, .command = "record_receipt", .subject = name};
}
std::vector<InFlightCommand> commands(const std::vector<std::string>& names) {
    std::vector<InFlightCommand> all;
    for (const std::string& name : names) all.push_back(command(name));
    return all;
}

/// What every dead process had in flight, by subject; commands of one group joined by a plus sign, groups by a space.
std::string left(InFlight& record) {
    std::string text;
    for (const LeftBehind& one : record.left_behind()) {
        for (const auto& group : one.groups) {
            if (!text.empty()) text += ' ';
            for (std::size_t i = 0; i < group.size(); ++i) {
                EXPECT_EQ(group[i], command(group[i].subject));
                text += (i == 0 ? "" : "+") + group[i].subject;
            }
        }
        record.forget(one);
    }
    return text;
}

/// What is left of a process that did this and was told to abort, all its locks with it.
std::string left_by(const Folder& folder, const std::function<void(InFlight&)>& action) {
    const pid_t child = in_child([&] {
        InFlight::accuse_on_crash();
        auto* record = new InFlight{folder.file()};
        action(*record);
        house::die_by_watchdog();
    });
    int status = 0;
    waitpid(child, &status, 0);
    EXPECT_TRUE(WIFSIGNALED(status));
    InFlight next{folder.file()};
    return left(next);
}

std::size_t files_in(const Folder& folder) {
    const std::filesystem::path path{folder.file()};
    return static_cast<std::size_t>(std::distance(std::filesystem::directory_iterator{path.parent_path()}, {}));
}

}  // namespace

TEST(InFlightRecord, TellsWhatADeadProcessWasDeciding) {
    const Folder folder;
    EXPECT_EQ(left_by(folder,
                      [](InFlight& record) {
                          (void)record.mark_batch(commands({"a", "b"}));  // over at once
                          const auto batch = record.mark_batch(commands({"c", "d", "e"}));
                          const auto quote = record.mark_one(command("q"));
                          std::thread{[&] { (void)record.mark_one(command("over")); }}.join();
                          house::die_by_watchdog();
                      }),
              "q c+d+e");
    EXPECT_EQ(files_in(folder), 0u) << "what was forgotten is gone";
    EXPECT_EQ(left_by(folder, [](InFlight& record) { (void)record.mark_batch(commands({"a"})); }), "") << "nothing in flight";
    EXPECT_EQ(left_by(folder, [](InFlight&) {}), "") << "nothing ever decided";
}

TEST(InFlightRecord, LeavesNothingAtACleanEndAndIsItsOwnersOnly) {
    const Folder folder;
    {
        InFlight record{folder.file()};
        EXPECT_EQ(files_in(folder), 0u) << "made when it is first needed";
        const auto mark = record.mark_one(command("a"));
        ASSERT_EQ(files_in(folder), 1u);
        const std::filesystem::path path{folder.file()};
        struct stat status{};
        ASSERT_EQ(stat(std::filesystem::directory_iterator { path.parent_path() } -> path().c_str(), &status), 0);
        EXPECT_EQ(status.st_mode & 0777, 0600u);
    }
    EXPECT_EQ(files_in(folder), 0u);
}

TEST(InFlightRecord, OfALivingProcessIsNotReadAsADeadOnes) {
    const Folder folder;
    InFlight living{folder.file()};
    const auto mark = living.mark_batch(commands({"a"}));
    InFlight other{folder.file()};
    EXPECT_EQ(left(other), "");
    EXPECT_EQ(left_by(folder,
                      [](InFlight& record) {
                          auto* forever = new InFlight::Mark{record.mark_batch(commands({"b"}))};
                          (void)forever;
                      }),
              "b");
    EXPECT_EQ(files_in(folder), 1u);
}

TEST(InFlightRecord, IsFoundAgainUntilItIsForgotten) {
    const Folder folder;
    const auto die_with = [&](const std::string& name) {
        exit_code(in_child([&] {
            auto* record = new InFlight{folder.file()};
            auto* mark = new InFlight::Mark{record->mark_one(command(name))};
            (void)mark;
            _exit(0);
        }));
    };
    die_with("a");
    std::string name;
    {
        InFlight first{folder.file()};
        const auto found = first.left_behind();
        ASSERT_EQ(found.size(), 1u);
        name = found[0].name;
        InFlight beside{folder.file()};
        EXPECT_TRUE(beside.left_behind().empty()) << "one process takes it";
    }
    InFlight second{folder.file()};
    const auto found = second.left_behind();
    ASSERT_EQ(found.size(), 1u);
    EXPECT_EQ(found[0].name, name);
    second.forget(found[0]);
    die_with("b");
    const auto next = second.left_behind();
    ASSERT_EQ(next.size(), 1u);
    EXPECT_NE(next[0].name, name) << "another death has another name";
    second.forget(next[0]);
}

TEST(InFlightRecord, NamesTheThreadThatCrashed) {
    const Folder folder;
    const auto crash_by = [&](const std::function<void(InFlight&)>& action) {
        return left_by(folder, [&](InFlight& record) {
            const auto batch = record.mark_batch(commands({"a", "b"}));
            const auto quote = record.mark_one(command("q"));
            action(record);
        });
    };
    EXPECT_EQ(crash_by([](InFlight&) { std::abort(); }), "q") << "the mark that was made last is what the thread is doing";
    EXPECT_EQ(crash_by([](InFlight& record) {
                  std::thread{[&] {
                      const auto own = record.mark_one(command("x"));
                      raise(SIGSEGV);
                  }}.join();
              }),
              "x");
    EXPECT_EQ(crash_by([](InFlight&) { std::thread{[] { std::abort(); }}.join(); }), "") << "of a thread that decides nothing";
    EXPECT_EQ(crash_by([](InFlight&) { house::die_by_watchdog(); }), "q a+b") << "which of them hangs is not known";
    EXPECT_EQ(crash_by([](InFlight&) { kill(getpid(), SIGKILL); }), "") << "it did not die of a command";
    EXPECT_EQ(crash_by([&](InFlight&) {
                  // A page of a file that is gone, as of the log's index on a disk that fails.
                  const std::string path =
                      (std::filesystem::temp_directory_path() / ("suki-page-" + std::to_string(getpid()))).string();
                  const int file = open(path.c_str(), O_RDWR | O_CREAT, 0600);
                  unlink(path.c_str());
                  (void)ftruncate(file, 4'096);
                  auto* page = static_cast<volatile char*>(mmap(nullptr, 4'096, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0));
                  (void)ftruncate(file, 0);
                  page[0] = 1;
              }),
              "")
        << "the disk's fault and no command's";
}

TEST(InFlightRecord, HoldsAThousandCommandsAndManyReaders) {
    const Folder folder;
    InFlightCommand longest = command("long");
    longest.key.org = std::string(64, 'o');
    longest.subject = std::string(128, 's');
    constexpr int kBeyond = 10;
    constexpr int kOver = 3;
    int status = 0;
    waitpid(in_child([&] {
                InFlight::accuse_on_crash();
                auto* record = new InFlight{folder.file()};
                auto* marks = new std::vector<InFlight::Mark>;
                marks->push_back(record->mark_batch(std::vector<InFlightCommand>(1'000, longest)));
                for (int i = 0; i < InFlight::kReaders + kBeyond; ++i) marks->push_back(record->mark_one(longest));
                for (int i = 0; i < kBeyond + kOver; ++i) marks->pop_back();
                house::die_by_watchdog();
            }),
            &status, 0);
    InFlight next{folder.file()};
    const auto found = next.left_behind();
    ASSERT_EQ(found.size(), 1u);
    ASSERT_EQ(found[0].groups.size(), static_cast<std::size_t>(InFlight::kReaders - kOver + 1));
    EXPECT_EQ(found[0].groups.front(), std::vector{longest});
    EXPECT_EQ(found[0].groups.back(), std::vector(1'000, longest));
    next.forget(found[0]);
}

TEST(InFlightRecord, ThatCanNotBeWrittenIsToldOnceAndFailsNothing) {
    const Folder folder;
    std::vector<std::string> told;
    InFlight record{folder.file("no/such/folder/suki.db"), [&](const std::string& what) { told.push_back(what); }};
    for (int i = 0; i < 3; ++i) {
        const auto batch = record.mark_batch(commands({"a"}));
        const auto quote = record.mark_one(command("q"));
    }
    EXPECT_EQ(told.size(), 1u);
    EXPECT_TRUE(record.left_behind().empty());
}

TEST(InFlightRecord, ThatIsDamagedSaysNothing) {
    const Folder folder;
    for (const std::string& text : {std::string{}, std::string(3, '\0'), std::string(300'000, 'x')}) {
        std::FILE* file = std::fopen((folder.file() + "-inflight-abcdef").c_str(), "wb");
        ASSERT_NE(file, nullptr);
        std::fwrite(text.data(), 1, text.size(), file);
        std::fclose(file);
        InFlight record{folder.file()};
        EXPECT_EQ(left(record), "");
        EXPECT_EQ(files_in(folder), 0u);
    }
}

}  // namespace suki::store::testing
