#pragma once

#include <atomic>
#include <condition_variable>
#include <cstddef>
#include <deque>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

namespace suki::server {

/// A few threads for what may wait: reading the database, writing answers, hashing passwords. The threads of the network never do.
class Workers {
public:
    Workers(std::size_t threads, std::size_t waiting_max);
    /// As `stop`.
    ~Workers();
    Workers(const Workers&) = delete;
    Workers& operator=(const Workers&) = delete;

    /// False (and the job is not taken) when as many wait as may, or after `stop`.
    bool try_post(std::function<void()> job);
    /// Takes the job however many wait: for answers to commands that are durable already. After `stop` it runs on the caller's
    /// thread, since such an answer must not be lost.
    void post(std::function<void()> job);
    /// Finishes what was taken.
    void stop();

    [[nodiscard]] std::size_t size() const { return threads_.size(); }
    [[nodiscard]] std::size_t busy() const { return busy_; }
    [[nodiscard]] std::size_t waiting() const;

private:
    void run();

    mutable std::mutex mutex_;
    std::condition_variable changed_;
    std::deque<std::function<void()>> jobs_;
    std::size_t waiting_max_;
    bool is_stopping_ = false;
    std::atomic<std::size_t> busy_{0};
    std::vector<std::thread> threads_;
};

}  // namespace suki::server
