#include <algorithm>
#include <map>

#include "store/relational/relational_store.h"
#include "store/relational/statements.h"

/// Reads about programmes, owners and access.
namespace suki::store::relational {

namespace {

/// Above every id: longer than any of them.
const std::string kAboveIds(17, '\xff');

bool is_phone_like(std::string_view text) { return text.find_first_not_of("+0123456789 ()-./") == std::string_view::npos; }

/// A search text taken apart.
struct Sought {
    std::vector<std::string> words;  // of a name
    std::string whole;               // of an e-mail, external id or card
    std::string digits;              // of a phone or card; empty when the text is no number
};

Sought sought(const std::string& text) {
    Sought result;
    result.words = folded_words(text);
    const std::size_t first = text.find_first_not_of(' ');
    const std::size_t last = text.find_last_not_of(' ');
    if (first != std::string::npos) result.whole = folded_text(std::string_view{text}.substr(first, last - first + 1));
    if (is_phone_like(text)) result.digits = digits_of(text);
    return result;
}

bool begins_with(std::string_view text, std::string_view prefix) { return text.substr(0, prefix.size()) == prefix; }

bool is_found(const Sought& wanted, const std::vector<SearchWord>& has) {
    for (const SearchWord& word : has) {
        if (word.field == "name") continue;
        if (begins_with(word.word, wanted.whole)) return true;
        if (!wanted.digits.empty() && begins_with(word.word, wanted.digits)) return true;
    }
    return !wanted.words.empty() && std::all_of(wanted.words.begin(), wanted.words.end(), [&has](const std::string& part) {
        return std::any_of(has.begin(), has.end(),
                           [&part](const SearchWord& word) { return word.field == "name" && begins_with(word.word, part); });
    });
}

std::vector<SearchWord> words_of(Connection& connection, const std::string& org, AccountId account, MemberId member) {
    Statement statement{connection, sql::member_words};
    bind_keys(statement, store::bucket_of(account.bits), org, account, member);
    std::vector<SearchWord> words;
    while (statement.step()) {
        SearchWord word;
        statement.read(word.field);
        statement.read(word.word);
        words.push_back(std::move(word));
    }
    return words;
}

struct Candidate {
    MemberId member;
    AccountId account;
};

/// The word of a name that fewest have: only who has that one is looked at. A given name may be everybody's, whatever its length.
std::string rarest(Connection& connection, const MemberQuery& query, const std::vector<std::string>& words) {
    if (words.size() == 1) return words.front();
    std::string best;
    std::int64_t least = 100'000;  // between words that are more common than that no time is lost by counting
    for (const std::string& word : words) {
        Statement statement{connection, sql::count_words};
        bind_keys(statement, query.org, query.programme, word, end_of_prefix(word), least);
        std::int64_t count = 0;
        if (statement.step()) statement.read(count);
        if (!best.empty() && count >= least) continue;
        best = word;
        least = count;
    }
    return best;
}

/// Members with some word that begins as sought, newest first, below `before`. `word`: of the name.
std::vector<Candidate> candidates(Connection& connection, const MemberQuery& query, const Sought& wanted, const std::string& word,
                                  const std::optional<MemberId>& before, std::size_t limit) {
    const std::string& digits = wanted.digits.empty() ? wanted.whole : wanted.digits;
    Statement statement{connection, sql::find_by_word};
    bind_keys(statement, query.org, query.programme);
    if (before) {
        statement.bind(*before);
    } else {
        statement.bind_blob(kAboveIds);
    }
    bind_keys(statement, word, end_of_prefix(word), wanted.whole, end_of_prefix(wanted.whole), digits, end_of_prefix(digits),
              limit);
    std::vector<Candidate> found;
    while (statement.step()) {
        Candidate candidate;
        statement.read(candidate.member);
        statement.read(candidate.account);
        found.push_back(candidate);
    }
    return found;
}

}  // namespace

std::optional<OrganisationRow> RelationalStore::find_organisation(const std::string& org) {
    return find<OrganisationRow>(sql::find_organisation, org);
}

std::vector<OrganisationRow> RelationalStore::organisations() { return list<OrganisationRow>(sql::organisations); }

std::optional<ProgrammeRow> RelationalStore::find_programme(const std::string& org, const std::string& id) {
    return find<ProgrammeRow>(sql::find_programme, org, id);
}

std::vector<ProgrammeRow> RelationalStore::programmes(const std::string& org) { return list<ProgrammeRow>(sql::programmes, org); }

std::optional<EditionRow> RelationalStore::find_edition(const std::string& org, const std::string& programme, int number) {
    return find<EditionRow>(sql::find_edition, org, programme, number);
}

std::vector<EditionRow> RelationalStore::editions(const std::string& org, const std::string& programme) {
    return list<EditionRow>(sql::editions, org, programme);
}

std::optional<AccountRow> RelationalStore::find_account(const std::string& org, AccountId id) {
    return find<AccountRow>(sql::find_account, store::bucket_of(id.bits), org, id);
}

std::optional<Owner> RelationalStore::load_owner(const OwnerKey& key) {
    auto found = look_up({.owners = {key}}).owners;
    if (found.empty()) return std::nullopt;
    return std::move(found.front().second);
}

std::optional<StateRow> RelationalStore::find_state(const OwnerKey& key) {
    return find<StateRow>(sql::find_state, store::bucket_of(key.account.bits), key.org, key.account, key.programme);
}

std::vector<WalletRow> RelationalStore::wallets(const OwnerKey& key) {
    return list<WalletRow>(sql::wallets_of, store::bucket_of(key.account.bits), key.org, key.account, key.programme);
}

std::optional<MemberRow> RelationalStore::find_member(const std::string& org, AccountId account, MemberId id) {
    return find<MemberRow>(sql::find_member, store::bucket_of(account.bits), org, account, id);
}

std::vector<MemberRow> RelationalStore::members_of(const std::string& org, AccountId account) {
    return list<MemberRow>(sql::members_of, store::bucket_of(account.bits), org, account);
}

bool RelationalStore::is_found_by_search(const MemberRow& row) {
    const Lease lease{*this};
    std::vector<SearchWord> words = words_of(*lease, row.org, row.account, row.id);
    std::erase_if(words, [](const SearchWord& word) { return word.field == "card"; });
    std::sort(words.begin(), words.end());
    return words == search_words(row);
}

bool RelationalStore::is_found_by_search(const CardRow& row) {
    const Lease lease{*this};
    const std::vector<SearchWord> words = words_of(*lease, row.org, row.account, row.member);
    return std::find(words.begin(), words.end(), SearchWord{.field = "card", .word = folded_text(row.number)}) != words.end();
}

std::vector<MemberRow> RelationalStore::list_members(const MemberQuery& query) {
    const Lease lease{*this};
    const Snapshot snapshot{*lease};
    const Sought wanted = sought(query.text);
    if (wanted.whole.empty()) {
        Statement statement{*lease, sql::list_members};
        bind_keys(statement, query.org, query.programme);
        if (query.before) {
            statement.bind(*query.before);
        } else {
            statement.bind_blob(kAboveIds);
        }
        statement.bind(query.limit);
        std::vector<MemberRow> rows;
        while (statement.step()) rows.push_back(read_row<MemberRow>(statement));
        return rows;
    }
    std::vector<MemberRow> rows;
    std::optional<MemberId> before = query.before;
    // A text without any word stands for itself.
    const std::string word = wanted.words.empty() ? wanted.whole : rarest(*lease, query, wanted.words);
    // Each page is sorted out of all that are left: larger and larger ones, so that few of them are needed.
    for (std::size_t page = std::max<std::size_t>(query.limit, 100); rows.size() < query.limit; page *= 8) {
        const std::vector<Candidate> found = candidates(*lease, query, wanted, word, before, page);
        for (const Candidate& candidate : found) {
            if (rows.size() == query.limit) break;
            before = candidate.member;
            if (!is_found(wanted, words_of(*lease, query.org, candidate.account, candidate.member))) continue;
            auto member = find_row<MemberRow>(*lease, sql::find_member, store::bucket_of(candidate.account.bits), query.org,
                                              candidate.account, candidate.member);
            if (member) rows.push_back(std::move(*member));
        }
        if (found.size() < page) break;
    }
    return rows;
}

std::optional<CardRow> RelationalStore::find_card(const std::string& org, AccountId account, const std::string& number) {
    return find<CardRow>(sql::find_card, store::bucket_of(account.bits), org, account, number);
}

std::vector<CardRow> RelationalStore::cards_of(const std::string& org, AccountId account) {
    return list<CardRow>(sql::cards_of, store::bucket_of(account.bits), org, account);
}

std::optional<ClaimRow> RelationalStore::find_claim(const ClaimKey& key) {
    return find<ClaimRow>(sql::find_claim, bucket_of(key), key.org, key.kind, key.programme, key.value);
}

std::vector<DueOwner> RelationalStore::owners_due_before(Instant until, const std::optional<DueOwner>& after, std::size_t limit) {
    const Lease lease{*this};
    Statement statement{*lease, sql::due_owners};
    const DueOwner start{.due_at = {INT64_MIN}};
    const DueOwner& from = after ? *after : start;
    bind_keys(statement, until, from.due_at, from.owner.org, from.owner.account, from.owner.programme, limit);
    std::vector<DueOwner> owners;
    while (statement.step()) {
        DueOwner due;
        statement.read(due.owner.org);
        statement.read(due.owner.account);
        statement.read(due.owner.programme);
        statement.read(due.due_at);
        owners.push_back(std::move(due));
    }
    return owners;
}

std::optional<ApiKeyRow> RelationalStore::find_api_key(const std::string& id) { return find<ApiKeyRow>(sql::find_api_key, id); }

std::vector<ApiKeyRow> RelationalStore::api_keys(const std::string& org) { return list<ApiKeyRow>(sql::api_keys, org); }

std::optional<ConsoleUserRow> RelationalStore::find_console_user(const std::string& org, const std::string& name) {
    return find<ConsoleUserRow>(sql::find_console_user, org, name);
}

std::vector<ConsoleUserRow> RelationalStore::console_users(const std::string& org) {
    return list<ConsoleUserRow>(sql::console_users, org);
}

std::optional<SessionRow> RelationalStore::find_session(const Digest& token_hash) {
    return find<SessionRow>(sql::find_session, token_hash);
}

std::optional<SecretRow> RelationalStore::find_secret(const std::string& name) { return find<SecretRow>(sql::find_secret, name); }

std::vector<SecretRow> RelationalStore::secrets() { return list<SecretRow>(sql::secrets); }

}  // namespace suki::store::relational
