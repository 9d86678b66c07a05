#include <algorithm>
#include <fstream>
#include <iostream>

#include "base/limits.h"
#include "cli/verbs.h"
#include "server/card_faces.h"

namespace suki::cli {

namespace {

int refused(const app::Refusal& refusal) {
    std::cerr << sentence(refusal) << '\n';
    return 1;
}

int write_file(const std::string& file, const std::string& bytes) {
    if (file == "-") {
        std::cout << bytes;
        return std::cout.flush() ? 0 : 1;
    }
    std::ofstream out{file, std::ios::binary};
    out << bytes;
    if (!out.flush()) {
        std::cerr << file << " can't be written\n";
        return 1;
    }
    return 0;
}

std::optional<print::Symbology> symbology_of(const CardOptions& options) {
    if (options.code.empty()) return std::nullopt;
    const auto known = from_name<print::Symbology>(options.code);
    if (!known) throw UsageError{"--code is ean13, code128 or qr"};
    return known;
}

void print_batch(const app::CardBatchView& batch) {
    std::cout << batch.id << "  " << instant_text(batch.made_at) << "  " << batch.count << "  "
              << (batch.category.empty() ? std::string{name_of(batch.kind)} : batch.category)
              << (batch.is_blocked ? "  blocked" : "") << (batch.note.empty() ? "" : "  " + batch.note) << '\n';
}

int list_batches(app::App& app, const CardOptions& options) {
    app::Page page{.cursor = {}, .limit = limits::page_rows_max};
    bool is_none = true;
    do {
        const auto list = app.card_batches(options.place.organisation, options.place.programme, page);
        if (!list) return refused(list.error());
        for (const app::CardBatchView& batch : list->batches) print_batch(batch);
        is_none = is_none && list->batches.empty();
        page.cursor = list->next_cursor;
    } while (!page.cursor.empty());
    if (is_none) std::cout << "no cards were made\n";
    return 0;
}

/// As many batches as it takes.
int make(app::App& app, const CardOptions& options, std::vector<std::string>& made) {
    app::MakeCards command{.programme = options.place.programme, .category = options.category, .note = options.note};
    if (!options.kind.empty()) {
        const auto kind = from_name<programme::CardKind>(options.kind);
        if (!kind || *kind == programme::CardKind::none) throw UsageError{"--kind is bearer, personal or category"};
        command.kind = *kind;
    }
    for (std::int64_t left = options.make; left > 0; left -= command.count) {
        command.count = std::min(left, static_cast<std::int64_t>(limits::cards_per_batch));
        const auto batch = app.run(caller_of(options.place), command);
        if (!batch) return refused(batch.error());
        print_batch(*batch);
        made.push_back(batch->id);
    }
    return 0;
}

int write_batches(app::App& app, const CardOptions& options, const std::vector<std::string>& batches) {
    if (options.numbers.empty() && options.sheet.empty()) return 0;
    const auto plan = app.plan(options.place.organisation, options.place.programme);
    if (!plan) return refused(plan.error());
    std::string numbers = "number\r\n";
    std::vector<print::CardFace> faces;
    Date made_on;
    for (const std::string& id : batches) {
        const auto state = app.card_batch(options.place.organisation, options.place.programme, id);
        if (!state) return refused(state.error());
        for (const std::string& number : state->numbers) numbers += number + "\r\n";
        made_on = local_date(*(*plan)->zone, state->batch.made_at);
        if (options.sheet.empty()) continue;
        const std::string language = options.language.empty() ? (*plan)->languages.front() : options.language;
        const auto more = server::card_faces(**plan, language, *state, symbology_of(options));
        faces.insert(faces.end(), more.begin(), more.end());
    }
    if (!options.numbers.empty()) {
        if (const int code = write_file(options.numbers, numbers); code != 0) return code;
    }
    if (options.sheet.empty()) return 0;
    const auto sheet = print::card_sheet(faces, made_on);
    if (!sheet) {
        std::cerr << name_of(sheet.error()) << '\n';
        return 1;
    }
    return write_file(options.sheet, *sheet);
}

int draw(app::App& app, const CardOptions& options) {
    const auto card = app.find_card(options.place.organisation, options.place.programme, options.image);
    if (!card) return refused(card.error());
    const auto barcode = print::barcode_of(symbology_of(options).value_or(server::usual_symbology(card->number)), card->number);
    if (!barcode) {
        std::cerr << name_of(barcode.error()) << '\n';
        return 1;
    }
    constexpr int kPixelsPerModule = 4;
    const bool is_png = options.out.ends_with(".png");
    return write_file(options.out, is_png ? print::png_of(*barcode, kPixelsPerModule) : print::svg_of(*barcode));
}

int block(app::App& app, const CardOptions& options) {
    const auto batch =
        app.run(caller_of(options.place), app::BlockCardBatch{options.place.programme, options.batch, options.blocks});
    if (!batch) return refused(batch.error());
    print_batch(*batch);
    return 0;
}

}  // namespace

int manage_cards(const CardOptions& options) {
    if ((options.blocks || options.unblocks) && options.batch.empty()) throw UsageError{"--batch says which batch"};
    if (options.blocks && options.unblocks) throw UsageError{"--block or --unblock, not both"};
    if (options.make < 0) throw UsageError{"--make is a number above 0"};
    Opened opened = open_place(options.place, true);
    app::App& app = *opened.app;
    if (!options.image.empty()) return draw(app, options);
    if (options.blocks || options.unblocks) return block(app, options);
    std::vector<std::string> batches;
    if (options.make > 0) {
        if (const int code = make(app, options, batches); code != 0) return code;
    } else if (options.batch.empty()) {
        return list_batches(app, options);
    } else {
        batches.push_back(options.batch);
        const auto state = app.card_batch(options.place.organisation, options.place.programme, options.batch);
        if (!state) return refused(state.error());
        // Whoever reads the numbers from standard output wants nothing else there.
        if (options.numbers != "-" && options.sheet != "-") {
            print_batch(state->batch);
            std::cout << state->blank << " blank, " << state->given << " given, " << state->blocked << " blocked\n";
        }
    }
    return write_batches(app, options, batches);
}

}  // namespace suki::cli
