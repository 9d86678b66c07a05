#pragma once

#include <string>
#include <string_view>

/// A file that appears under its name only when it is whole.
namespace suki::store {

/// Makes the file before anything else does, readable by its owner only. False with errno where it is there already or can't be
/// made.
bool make_private(const std::string& path);

/// 1. Until `keep` it is `path.partial`, for its owner's eyes only, and goes away with this object.
/// 2. Nothing that has a name is ever replaced, also when two processes do the same at once. A `.partial` that is there belongs to
///    another process, or to one that was killed: who looks decides, and removes it.
class NewFile {
public:
    /// `what` it is, for messages: `backup`. Throws StoreFault.
    NewFile(std::string path, std::string what);
    ~NewFile();
    NewFile(const NewFile&) = delete;
    NewFile& operator=(const NewFile&) = delete;

    /// Where it is being written.
    [[nodiscard]] const std::string& partial() const { return partial_; }
    /// Makes what was written durable and gives it its name. Nobody may have it open for writing. Throws StoreFault.
    void keep();

private:
    std::string path_;
    std::string partial_;
    std::string what_;
    bool is_kept_ = false;
};

}  // namespace suki::store
