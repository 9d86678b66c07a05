#pragma once

#include <functional>
#include <string>

/// A disk that loses pages. Whatever this program wants on the disk it asks for here (lossy_disk.cpp).
namespace suki::store::testing {

/// While it lives, the first sync of that file fails, and every other says that all is well, as Linux does. One at a time.
class LossyDisk {
public:
    /// `meanwhile`: is called within that sync.
    explicit LossyDisk(const std::string& file, std::function<void()> meanwhile = {});
    ~LossyDisk();
    LossyDisk(const LossyDisk&) = delete;
    LossyDisk& operator=(const LossyDisk&) = delete;

    [[nodiscard]] bool has_lost() const;
};

}  // namespace suki::store::testing
