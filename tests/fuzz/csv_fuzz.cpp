#include <cstddef>
#include <cstdint>
#include <string>

#include "cli/csv.h"
#include "cli/mapping.h"

// Whatever the bytes of a file are, reading it ends, and every field lies inside its row's limits.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    suki::cli::CsvReader reader = suki::cli::CsvReader::from_bytes({reinterpret_cast<const char*>(data), size});
    if (reader.problem() != suki::cli::CsvReader::Problem::none) return 0;
    const auto mapping = suki::cli::Mapping::make({{"amount", true}, {"sku"}}, {}, reader);
    while (const suki::cli::CsvRow* row = reader.next()) {
        if (!mapping) continue;
        (void)mapping->text("sku", *row, row->line);
        (void)mapping->number("amount", *row, row->line, 2, suki::Rounding::half_up);
    }
    return 0;
}
