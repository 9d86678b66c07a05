#pragma once

#include <optional>
#include <string>
#include <vector>

#include "app/codec.h"
#include "app/page.h"
#include "store/store.h"

/// What a record packs: a struct with a list of fields as in codec.h, where new ones go to the end.
namespace suki::app {

template <class T>
std::string pack_record(const T& value) {
    ByteWriter out;
    out.put(kCodecVersion);
    Packer{out}(value);
    return out.sealed();
}
/// Throws a StoreFault where it is damaged: the row's own checksum was right.
template <class T>
T unpack_record(const store::RecordRow& row) {
    const auto bytes = unseal(row.packed);
    T value;
    if (bytes) {
        ByteReader in{*bytes};
        if (in.get() == kCodecVersion) {
            Unpacker{in}(value);
            if (in.is_ok()) return value;
        }
    }
    throw store::StoreFault{"damaged record " + id_text("rec", row.id), false};
}

/// The page of what the query asks for, newest first; `next_cursor` stays empty where nothing follows.
Result<std::vector<store::RecordRow>, Refusal> page_of_records(store::Store& store, store::RecordQuery query, const Page& page,
                                                               std::string& next_cursor);

}  // namespace suki::app
