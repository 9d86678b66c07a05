#include "store/relational/relational_store.h"

/// Which connection a reading thread gets.
namespace suki::store::relational {

Picture*& Picture::innermost() {
    thread_local Picture* innermost = nullptr;
    return innermost;
}

Lease::Lease(RelationalStore& store) : store_(store) {
    if (Connection* only = store.only_connection()) {
        lock_ = std::unique_lock{store.writer_mutex_};
        connection_ = only;
        return;
    }
    for (const Picture* picture = Picture::innermost(); picture != nullptr; picture = picture->outer) {
        if (picture->store != &store) continue;
        connection_ = picture->connection;
        return;
    }
    {
        const std::lock_guard guard{store.readers_mutex_};
        if (!store.readers_.empty()) {
            reader_ = std::move(store.readers_.back());
            store.readers_.pop_back();
        }
    }
    if (!reader_) reader_ = store.connect_reader();
    connection_ = reader_.get();
}

Lease::~Lease() {
    if (!reader_ || !reader_->is_usable()) return;
    const std::lock_guard guard{store_.readers_mutex_};
    store_.readers_.push_back(std::move(reader_));
}

void RelationalStore::close_readers() {
    const std::lock_guard guard{readers_mutex_};
    readers_.clear();
}

void RelationalStore::in_one_picture(const std::function<void()>& read) {
    const Lease lease{*this};
    const KeptPicture picture{*this, *lease};
    read();
}

}  // namespace suki::store::relational
