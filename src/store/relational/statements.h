#pragma once

#include "store/relational/sql.h"

/// Every statement, by name. Columns stand in the order of columns.h. What a till waits for names the bucket, so that the same
/// statement is one node's affair when the tables are distributed.
namespace suki::store::relational::sql {

// -- Programmes
inline constexpr Sql put_organisation{
    "put_organisation", Reach::reference,
    "insert into organisation (id, name, created_at) values (?1, ?2, ?3) on conflict (id) do update set name = excluded.name"};
inline constexpr Sql find_organisation{"find_organisation", Reach::reference,
                                       "select id, name, created_at from organisation where id = ?1"};
inline constexpr Sql organisations{"organisations", Reach::reference, "select id, name, created_at from organisation order by id"};
inline constexpr Sql put_programme{
    "put_programme", Reach::reference,
    "insert into programme (org, id, name, created_at) values (?1, ?2, ?3, ?4) on conflict (org, id) do update set name = "
    "excluded.name"};
inline constexpr Sql find_programme{"find_programme", Reach::reference,
                                    "select org, id, name, created_at from programme where org = ?1 and id = ?2"};
inline constexpr Sql programmes{"programmes", Reach::reference,
                                "select org, id, name, created_at from programme where org = ?1 order by id"};
#define SUKI_EDITION "org, programme, number, effective_on, document, hash, semantics, published_at, published_by, note"
inline constexpr Sql insert_edition{"insert_edition", Reach::reference,
                                    "insert into edition (" SUKI_EDITION
                                    ") values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10) on conflict (org, programme, number) "
                                    "do nothing"};
inline constexpr Sql find_edition{"find_edition", Reach::reference,
                                  "select " SUKI_EDITION " from edition where org = ?1 and programme = ?2 and number = ?3"};
inline constexpr Sql editions{"editions", Reach::reference,
                              "select " SUKI_EDITION " from edition where org = ?1 and programme = ?2 order by number"};
#undef SUKI_EDITION

// -- Owners
#define SUKI_ACCOUNT "org, id, kind, created_at, merged_into, version"
inline constexpr Sql insert_account{"insert_account", Reach::one_owner,
                                    "insert into account (bucket, " SUKI_ACCOUNT
                                    ") values (?1, ?2, ?3, ?4, ?5, ?6, ?7) on conflict (bucket, org, id) do nothing"};
inline constexpr Sql update_account{
    "update_account", Reach::one_owner,
    "update account set kind = ?4, created_at = ?5, merged_into = ?6, version = ?7 where bucket = ?1 and org = ?2 and id = ?3 and "
    "version = ?7 - 1"};
inline constexpr Sql find_account{"find_account", Reach::one_owner,
                                  "select " SUKI_ACCOUNT " from account where bucket = ?1 and org = ?2 and id = ?3"};
inline constexpr Sql all_accounts{"all_accounts", Reach::report,
                                  "select bucket, " SUKI_ACCOUNT " from account order by bucket, org, id", Reading::streamed};
#undef SUKI_ACCOUNT

#define SUKI_MEMBER \
    "org, account, id, programme, external_id, name, phone, email, language, facts, status, joined_on, created_at, version"
inline constexpr Sql insert_member{"insert_member", Reach::one_owner,
                                   "insert into member (bucket, " SUKI_MEMBER
                                   ") values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15) on "
                                   "conflict (bucket, org, account, id) do nothing"};
inline constexpr Sql update_member{
    "update_member", Reach::one_owner,
    "update member set programme = ?5, external_id = ?6, name = ?7, phone = ?8, email = ?9, language = ?10, facts = ?11, status = "
    "?12, joined_on = ?13, created_at = ?14, version = ?15 where bucket = ?1 and org = ?2 and account = ?3 and id = ?4 and version "
    "= ?15 - 1"};
inline constexpr Sql find_member{"find_member", Reach::one_owner,
                                 "select " SUKI_MEMBER " from member where bucket = ?1 and org = ?2 and account = ?3 and id = ?4"};
inline constexpr Sql members_of{"members_of", Reach::one_owner,
                                "select " SUKI_MEMBER " from member where bucket = ?1 and org = ?2 and account = ?3 order by id"};
inline constexpr Sql list_members{
    "list_members", Reach::report,
    "select " SUKI_MEMBER
    " from member where org = ?1 and programme = ?2 and id < ?3 and status <> 'moved' order by id desc "
    "limit ?4"};
inline constexpr Sql all_members{"all_members", Reach::report,
                                 "select bucket, " SUKI_MEMBER " from member order by bucket, org, account, id", Reading::streamed};
#undef SUKI_MEMBER
inline constexpr Sql count_members{"count_members", Reach::report,
                                   "select count(*) from member where org = ?1 and programme = ?2 and status <> 'moved'"};
inline constexpr Sql delete_member_words{
    "delete_member_words", Reach::one_owner,
    "delete from member_word where bucket = ?1 and org = ?2 and account = ?3 and member = ?4 and field <> 'card'"};
inline constexpr Sql delete_card_word{
    "delete_card_word", Reach::one_owner,
    "delete from member_word where bucket = ?1 and org = ?2 and account = ?3 and field = 'card' and word = ?4"};
inline constexpr Sql put_member_word{
    "put_member_word", Reach::one_owner,
    "insert into member_word (bucket, org, account, member, field, word, programme) values (?1, ?2, ?3, ?4, ?5, ?6, ?7) on "
    "conflict "
    "(bucket, org, account, member, field, word) do nothing"};
inline constexpr Sql member_words{
    "member_words", Reach::one_owner,
    "select field, word from member_word where bucket = ?1 and org = ?2 and account = ?3 and member = ?4"};
/// Those whose id is below ?3 and of whom some word begins with one of three texts. A union, because three ranges joined by `or`
/// would read all words of the programme.
#define SUKI_WORD_RANGE(from, to)                                                                                   \
    "select member, account from member_word where org = ?1 and programme = ?2 and word >= " from " and word < " to \
    " and member < ?3"
inline constexpr Sql find_by_word{
    "find_by_word", Reach::report,
    "select member, account from (" SUKI_WORD_RANGE("?4", "?5") " union " SUKI_WORD_RANGE("?6", "?7") " union " SUKI_WORD_RANGE(
        "?8", "?9") ") as found order by member desc, account limit ?10"};
#undef SUKI_WORD_RANGE
/// How many words begin with a text, as far as it matters: up to ?5.
inline constexpr Sql count_words{"count_words", Reach::report,
                                 "select count(*) from (select 1 from member_word where org = ?1 and programme = ?2 and word >= ?3 "
                                 "and word < ?4 limit ?5) as found"};

#define SUKI_CARD "org, account, number, member, programme, kind, status, issued_at, category, batch"
inline constexpr Sql put_card{
    "put_card", Reach::one_owner,
    "insert into card (bucket, " SUKI_CARD
    ") values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11) on conflict (bucket, org, account, number) "
    "do update set member = excluded.member, programme = excluded.programme, kind = excluded.kind, status = excluded.status, "
    "issued_at = excluded.issued_at, category = excluded.category, batch = excluded.batch"};
inline constexpr Sql find_card{"find_card", Reach::one_owner,
                               "select " SUKI_CARD " from card where bucket = ?1 and org = ?2 and account = ?3 and number = ?4"};
inline constexpr Sql cards_of{"cards_of", Reach::one_owner,
                              "select " SUKI_CARD " from card where bucket = ?1 and org = ?2 and account = ?3 order by number"};
inline constexpr Sql all_cards{"all_cards", Reach::report,
                               "select bucket, " SUKI_CARD " from card order by bucket, org, account, number", Reading::streamed};
#undef SUKI_CARD

#define SUKI_CLAIM "org, kind, programme, value, account, member, other"
inline constexpr Sql insert_claim{"insert_claim", Reach::one_owner,
                                  "insert into claim (bucket, " SUKI_CLAIM
                                  ") values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8) on conflict (bucket, org, kind, programme, "
                                  "value) do nothing"};
inline constexpr Sql delete_claim{"delete_claim", Reach::one_owner,
                                  "delete from claim where bucket = ?1 and org = ?2 and kind = ?3 and programme = ?4 and value = "
                                  "?5 and account is not distinct from ?6"};
inline constexpr Sql find_claim{"find_claim", Reach::one_owner,
                                "select " SUKI_CLAIM
                                " from claim where bucket = ?1 and org = ?2 and kind = ?3 and programme = ?4 and value = ?5"};
inline constexpr Sql all_claims{"all_claims", Reach::report,
                                "select bucket, " SUKI_CLAIM " from claim order by bucket, org, kind, programme, value",
                                Reading::streamed};
#undef SUKI_CLAIM

#define SUKI_STATE "org, account, programme, entries, version, counted_to, recorded_at, packed"
inline constexpr Sql insert_state{
    "insert_state", Reach::one_owner,
    "insert into account_state (bucket, " SUKI_STATE
    ") values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9) on conflict (bucket, org, account, programme) do nothing"};
inline constexpr Sql update_state{
    "update_state", Reach::one_owner,
    "update account_state set entries = ?5, version = ?6, counted_to = ?7, recorded_at = ?8, packed = ?9 "
    "where bucket = ?1 and org = ?2 and account = ?3 and programme = ?4 and version = ?6 - 1"};
inline constexpr Sql find_state{"find_state", Reach::one_owner,
                                "select " SUKI_STATE
                                " from account_state where bucket = ?1 and org = ?2 and account = ?3 and programme = ?4"};
inline constexpr Sql all_states{"all_states", Reach::report,
                                "select bucket, " SUKI_STATE " from account_state order by bucket, org, account, programme",
                                Reading::streamed};
inline constexpr Sql accounts_counted_below{
    "accounts_counted_below", Reach::report,
    "select account from account_state where org = ?1 and programme = ?2 and counted_to < ?3 and (bucket, account) > (?4, ?5) "
    "order by bucket, account limit ?6"};
#undef SUKI_STATE

#define SUKI_WALLET "org, account, programme, unit, pending, available, held, owed, next_due_at"
inline constexpr Sql put_wallet{"put_wallet", Reach::one_owner,
                                "insert into wallet (bucket, " SUKI_WALLET
                                ") values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10) on conflict (bucket, org, "
                                "account, programme, unit) do update set pending = excluded.pending, available = "
                                "excluded.available, held = excluded.held, owed "
                                "= excluded.owed, next_due_at = excluded.next_due_at"};
/// ?5 to ?12: the units that stay, as many as a programme may have (limits::units_per_programme).
inline constexpr Sql delete_other_wallets{
    "delete_other_wallets", Reach::one_owner,
    "delete from wallet where bucket = ?1 and org = ?2 and account = ?3 and programme = ?4 and unit not in (?5, ?6, ?7, ?8, ?9, "
    "?10, ?11, ?12)"};
inline constexpr Sql wallets_of{"wallets_of", Reach::one_owner,
                                "select " SUKI_WALLET
                                " from wallet where bucket = ?1 and org = ?2 and account = ?3 and programme = ?4 order by unit"};
inline constexpr Sql all_wallets{"all_wallets", Reach::report,
                                 "select bucket, " SUKI_WALLET " from wallet order by bucket, org, account, programme, unit",
                                 Reading::streamed};
#undef SUKI_WALLET
/// An owner with several wallets comes at the earliest of them.
inline constexpr Sql due_owners{
    "due_owners", Reach::report,
    "select w.org, w.account, w.programme, w.next_due_at from wallet w where w.next_due_at is not null and w.next_due_at < ?1 and "
    "not exists (select 1 from wallet o where o.bucket = w.bucket and o.org = w.org and o.account = w.account and o.programme = "
    "w.programme and o.next_due_at is not null and (o.next_due_at, o.unit) < (w.next_due_at, w.unit)) and (w.next_due_at, w.org, "
    "w.account, w.programme) > (?2, ?3, ?4, ?5) order by w.next_due_at, w.org, w.account, w.programme limit ?6"};
inline constexpr Sql unit_totals{"unit_totals", Reach::report,
                                 "select unit, count(*), cast(sum(pending) as bigint), cast(sum(available) as bigint), "
                                 "cast(sum(held) as bigint), cast(sum(owed) as "
                                 "bigint) from wallet where org = ?1 and programme = ?2 group by unit order by unit"};

#define SUKI_ENTRY                                                                                                               \
    "org, account, programme, sequence, id, unit, kind, occurred_at, recorded_at, effective_at, cause, offer, clause, edition, " \
    "pending, available, held, debt, issued, spent, expired, adjusted, transferred, lots, reason, author, checksum"
inline constexpr Sql insert_entry{
    "insert_entry", Reach::one_owner,
    "insert into entry (bucket, " SUKI_ENTRY
    ") values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, "
    "?18, ?19, ?20, ?21, ?22, ?23, ?24, ?25, ?26, ?27, ?28) on conflict (bucket, org, account, programme, sequence) do nothing"};
inline constexpr Sql list_entries{
    "list_entries", Reach::one_owner,
    "select " SUKI_ENTRY
    " from entry where bucket = ?1 and org = ?2 and account = ?3 and programme = ?4 and (effective_at, "
    "sequence) < (?5, ?6) and (?7 = '' or unit = ?7) and (?8 = '' or cause = ?8) order by effective_at desc, sequence desc limit "
    "?9"};
inline constexpr Sql all_entries{"all_entries", Reach::report,
                                 "select bucket, " SUKI_ENTRY " from entry order by bucket, org, account, programme, sequence",
                                 Reading::streamed};
#undef SUKI_ENTRY

// -- Events
#define SUKI_RECEIPT                                                                                                              \
    "org, programme, id, account, member, store, occurred_at, recorded_at, date, edition, list_total, total, paid, is_returned, " \
    "packed, version, checksum"
inline constexpr Sql insert_receipt{"insert_receipt", Reach::one_owner,
                                    "insert into receipt (bucket, " SUKI_RECEIPT
                                    ") values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, "
                                    "?17, ?18) on conflict (bucket, org, programme, id) do nothing"};
inline constexpr Sql update_receipt{
    "update_receipt", Reach::one_owner,
    "update receipt set account = ?5, member = ?6, store = ?7, occurred_at = ?8, recorded_at = ?9, date = ?10, edition = ?11, "
    "list_total = ?12, total = ?13, paid = ?14, is_returned = ?15, packed = ?16, version = ?17, checksum = ?18 where bucket = ?1 "
    "and "
    "org = ?2 and programme = ?3 and id = ?4 and version = ?17 - 1"};
inline constexpr Sql find_receipt{"find_receipt", Reach::one_owner,
                                  "select " SUKI_RECEIPT
                                  " from receipt where bucket = ?1 and org = ?2 and programme = ?3 and id = ?4"};
inline constexpr Sql list_receipts_of_owner{
    "list_receipts_of_owner", Reach::one_owner,
    "select " SUKI_RECEIPT
    " from receipt where bucket = ?1 and org = ?2 and account = ?3 and programme = ?4 and (occurred_at, id) < "
    "(?5, ?6) order by occurred_at desc, id desc limit ?7"};
inline constexpr Sql list_receipts{
    "list_receipts", Reach::report,
    "select " SUKI_RECEIPT
    " from receipt where org = ?1 and programme = ?2 and (recorded_at, id) < (?3, ?4) order by recorded_at "
    "desc, id desc limit ?5"};
inline constexpr Sql receipts_recorded_since{
    "receipts_recorded_since", Reach::one_owner,
    "select " SUKI_RECEIPT
    " from receipt where bucket = ?1 and org = ?2 and account = ?3 and programme = ?4 and +recorded_at >= ?5 "
    "order by occurred_at, id",
    Reading::streamed};
/// In that index's order, because anything else would sort the receipts, packed column and all.
inline constexpr Sql all_receipts{
    "all_receipts", Reach::report,
    "select bucket, " SUKI_RECEIPT
    " from receipt indexed by receipt_by_owner order by bucket, org, account nulls first, programme, occurred_at, id",
    Reading::streamed,
    "select bucket, " SUKI_RECEIPT " from receipt order by bucket, org, account nulls first, programme, occurred_at, id"};
#undef SUKI_RECEIPT
inline constexpr Sql count_receipts{"count_receipts", Reach::report,
                                    "select count(*) from receipt where org = ?1 and programme = ?2"};
inline constexpr Sql daily_totals{"daily_totals", Reach::report,
                                  "select date, count(*), cast(sum(paid) as bigint) from receipt where org = ?1 and programme = ?2 "
                                  "and date >= ?3 and date < ?4 group by date "
                                  "order "
                                  "by date"};

#define SUKI_IDEMPOTENCY "org, api_key, key, command_hash, hash_version, status, response, account, recorded_at"
inline constexpr Sql insert_idempotency{"insert_idempotency", Reach::one_owner,
                                        "insert into idempotency (bucket, " SUKI_IDEMPOTENCY
                                        ") values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10) on conflict (bucket, "
                                        "org, api_key, key) do nothing"};
inline constexpr Sql find_idempotency{"find_idempotency", Reach::one_owner,
                                      "select " SUKI_IDEMPOTENCY
                                      " from idempotency where bucket = ?1 and org = ?2 and api_key = ?3 and key = ?4"};
inline constexpr Sql all_idempotency{"all_idempotency", Reach::report,
                                     "select bucket, " SUKI_IDEMPOTENCY " from idempotency order by bucket, org, api_key, key",
                                     Reading::streamed};
#undef SUKI_IDEMPOTENCY

#define SUKI_ACTIVITY "org, account, programme, id, member, kind, store, occurred_at, recorded_at, date"
inline constexpr Sql insert_activity{"insert_activity", Reach::one_owner,
                                     "insert into activity (bucket, " SUKI_ACTIVITY
                                     ") values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11) on conflict (bucket, "
                                     "org, account, programme, id) do nothing"};
inline constexpr Sql find_activity{"find_activity", Reach::one_owner,
                                   "select " SUKI_ACTIVITY
                                   " from activity where bucket = ?1 and org = ?2 and account = ?3 and programme = ?4 and id = ?5"};
inline constexpr Sql activities_of{
    "activities_of", Reach::one_owner,
    "select " SUKI_ACTIVITY
    " from activity where bucket = ?1 and org = ?2 and account = ?3 and programme = ?4 order by occurred_at "
    "desc, id desc limit ?5"};
inline constexpr Sql all_activities{"all_activities", Reach::report,
                                    "select bucket, " SUKI_ACTIVITY " from activity order by bucket, org, account, programme, id",
                                    Reading::streamed};
#undef SUKI_ACTIVITY

#define SUKI_RECORD \
    "org, id, programme, kind, account, member, subject, place, status, created_at, due_at, packed, version, checksum"
inline constexpr Sql insert_record{
    "insert_record", Reach::one_owner,
    "insert into record (bucket, " SUKI_RECORD
    ") values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15) on conflict (bucket, org, id) do nothing"};
inline constexpr Sql update_record{
    "update_record", Reach::one_owner,
    "update record set programme = ?4, kind = ?5, account = ?6, member = ?7, subject = ?8, place = ?9, status = ?10, created_at = "
    "?11, due_at = ?12, packed = ?13, version = ?14, checksum = ?15 where bucket = ?1 and org = ?2 and id = ?3 and version = ?14 - "
    "1"};
inline constexpr Sql find_record{"find_record", Reach::one_owner,
                                 "select " SUKI_RECORD " from record where bucket = ?1 and org = ?2 and id = ?3"};
inline constexpr Sql records_of_owner{
    "records_of_owner", Reach::one_owner,
    "select " SUKI_RECORD
    " from record where bucket = ?1 and org = ?2 and account = ?3 and programme = ?4 and kind = ?5 and (created_at, id) < (?6, ?7) "
    "and (?8 = '' or status = ?8) and (?9 = '' or subject = ?9) and (?10 = '' or place = ?10) order by created_at desc, id desc "
    "limit ?11"};
inline constexpr Sql list_records{"list_records", Reach::report,
                                  "select " SUKI_RECORD
                                  " from record where org = ?1 and programme = ?2 and kind = ?3 and (created_at, id) < (?4, ?5) "
                                  "and (?6 = '' or subject = ?6) and "
                                  "(?7 = '' or place = ?7) order by created_at desc, id desc limit ?8"};
inline constexpr Sql list_records_of_status{
    "list_records_of_status", Reach::report,
    "select " SUKI_RECORD
    " from record where org = ?1 and programme = ?2 and kind = ?3 and status = ?4 and (created_at, id) < (?5, ?6) and (?7 = '' or "
    "subject = ?7) and (?8 = '' or place = ?8) order by created_at desc, id desc limit ?9"};
inline constexpr Sql due_records{"due_records", Reach::report,
                                 "select " SUKI_RECORD
                                 " from record where due_at is not null and due_at < ?1 order by due_at, bucket, org, id limit ?2"};
inline constexpr Sql all_records{"all_records", Reach::report,
                                 "select bucket, " SUKI_RECORD " from record order by bucket, org, id", Reading::streamed};
#undef SUKI_RECORD

#define SUKI_OUTBOX "id, org, account, topic, payload, created_at"
inline constexpr Sql insert_outbox{"insert_outbox", Reach::one_owner,
                                   "insert into outbox (bucket, " SUKI_OUTBOX
                                   ") values (?1, ?2, ?3, ?4, ?5, ?6, ?7) on conflict (bucket, id) do nothing"};
inline constexpr Sql delete_outbox{"delete_outbox", Reach::one_owner, "delete from outbox where bucket = ?1 and id = ?2"};
inline constexpr Sql newer_migration{"newer_migration", Reach::reference,
                                     "select name from migration where number > ?1 order by number limit 1"};
inline constexpr Sql outbox_backlog{"outbox_backlog", Reach::report, "select count(*), coalesce(min(created_at), 0) from outbox"};
inline constexpr Sql read_outbox{"read_outbox", Reach::report,
                                 "select " SUKI_OUTBOX " from outbox order by created_at, id limit ?1"};
inline constexpr Sql all_outbox{"all_outbox", Reach::report, "select bucket, " SUKI_OUTBOX " from outbox order by bucket, id",
                                Reading::streamed};
#undef SUKI_OUTBOX

#define SUKI_DISCREPANCY \
    "org, programme, id, account, receipt, kind, charged, decided, recorded_at, resolved_at, resolved_by, line, what, note"
inline constexpr Sql put_discrepancy{
    "put_discrepancy", Reach::one_owner,
    "insert into discrepancy (bucket, " SUKI_DISCREPANCY
    ") values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15) on "
    "conflict (bucket, org, programme, id) do update set resolved_at = excluded.resolved_at, resolved_by = excluded.resolved_by, "
    "note = excluded.note"};
inline constexpr Sql find_discrepancy{"find_discrepancy", Reach::report,
                                      "select " SUKI_DISCREPANCY " from discrepancy where org = ?1 and programme = ?2 and id = ?3"};
inline constexpr Sql list_discrepancies{
    "list_discrepancies", Reach::report,
    "select " SUKI_DISCREPANCY
    " from discrepancy where org = ?1 and programme = ?2 and (recorded_at, id) < (?3, ?4) order by "
    "recorded_at desc, id desc limit ?5"};
inline constexpr Sql list_open_discrepancies{
    "list_open_discrepancies", Reach::report,
    "select " SUKI_DISCREPANCY
    " from discrepancy where org = ?1 and programme = ?2 and (recorded_at, id) < (?3, ?4) and resolved_at "
    "is null order by recorded_at desc, id desc limit ?5"};
inline constexpr Sql all_discrepancies{"all_discrepancies", Reach::report,
                                       "select bucket, " SUKI_DISCREPANCY " from discrepancy order by bucket, org, programme, id",
                                       Reading::streamed};
#undef SUKI_DISCREPANCY
inline constexpr Sql count_open_discrepancies{
    "count_open_discrepancies", Reach::report,
    "select count(*) from discrepancy where org = ?1 and programme = ?2 and resolved_at is null"};

#define SUKI_QUARANTINE "org, command_hash, command, reason, recorded_at, subject"
inline constexpr Sql put_quarantine{
    "put_quarantine", Reach::one_owner,
    "insert into quarantine (bucket, " SUKI_QUARANTINE
    ") values (?1, ?2, ?3, ?4, ?5, ?6, ?7) on conflict (bucket, org, command_hash) do "
    "update set command = excluded.command, reason = excluded.reason, recorded_at = excluded.recorded_at, subject = "
    "excluded.subject"};
inline constexpr Sql delete_quarantine{"delete_quarantine", Reach::one_owner,
                                       "delete from quarantine where bucket = ?1 and org = ?2 and command_hash = ?3"};
inline constexpr Sql all_quarantine{"all_quarantine", Reach::report,
                                    "select " SUKI_QUARANTINE " from quarantine order by recorded_at desc, org, command_hash"};
#undef SUKI_QUARANTINE

#define SUKI_SUSPECT "org, command_hash, command, subject, deaths, last_death, recorded_at"
inline constexpr Sql put_suspect{
    "put_suspect", Reach::one_owner,
    "insert into suspect (bucket, " SUKI_SUSPECT
    ") values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8) on conflict (bucket, org, command_hash) do "
    "update set command = excluded.command, subject = excluded.subject, deaths = excluded.deaths, last_death = "
    "excluded.last_death, recorded_at = excluded.recorded_at"};
inline constexpr Sql delete_suspect{"delete_suspect", Reach::one_owner,
                                    "delete from suspect where bucket = ?1 and org = ?2 and command_hash = ?3"};
inline constexpr Sql all_suspects{"all_suspects", Reach::report,
                                  "select " SUKI_SUSPECT " from suspect order by recorded_at desc, org, command_hash"};
#undef SUKI_SUSPECT

#define SUKI_POOL "org, programme, key, period_start, drawn, version"
inline constexpr Sql insert_pool{"insert_pool", Reach::one_owner,
                                 "insert into pool (bucket, " SUKI_POOL
                                 ") values (?1, ?2, ?3, ?4, ?5, ?6, ?7) on conflict (bucket, org, programme, key, "
                                 "period_start) do nothing"};
inline constexpr Sql update_pool{
    "update_pool", Reach::one_owner,
    "update pool set drawn = ?6, version = ?7 where bucket = ?1 and org = ?2 and programme = ?3 and key = ?4 and period_start = ?5 "
    "and version = ?7 - 1"};
inline constexpr Sql find_pool{"find_pool", Reach::one_owner,
                               "select " SUKI_POOL
                               " from pool where bucket = ?1 and org = ?2 and programme = ?3 and key = ?4 and period_start = ?5"};
inline constexpr Sql pools_of{"pools_of", Reach::report,
                              "select " SUKI_POOL " from pool where org = ?1 and programme = ?2 order by key, period_start"};
inline constexpr Sql all_pools{"all_pools", Reach::report,
                               "select bucket, " SUKI_POOL " from pool order by bucket, org, programme, key, period_start",
                               Reading::streamed};
#undef SUKI_POOL

#define SUKI_PORTION "org, programme, key, period_start, holder, undrawn, touched_at, version"
#define SUKI_OF_POOL "bucket = ?1 and org = ?2 and programme = ?3 and key = ?4 and period_start = ?5"
inline constexpr Sql insert_portion{"insert_portion", Reach::one_owner,
                                    "insert into portion (bucket, " SUKI_PORTION
                                    ") values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9) on conflict (bucket, org, programme, key, "
                                    "period_start, holder) do nothing"};
inline constexpr Sql update_portion{"update_portion", Reach::one_owner,
                                    "update portion set undrawn = ?7, touched_at = ?8, version = ?9 where " SUKI_OF_POOL
                                    " and holder = ?6 and version = ?9 - 1"};
inline constexpr Sql delete_portion{"delete_portion", Reach::one_owner,
                                    "delete from portion where " SUKI_OF_POOL " and holder = ?6 and version = ?7 - 1"};
inline constexpr Sql portions_of{"portions_of", Reach::one_owner,
                                 "select " SUKI_PORTION " from portion where " SUKI_OF_POOL " order by holder"};
inline constexpr Sql portions_touched_before{
    "portions_touched_before", Reach::report,
    "select " SUKI_PORTION
    " from portion where touched_at < ?1 order by touched_at, bucket, org, programme, key, period_start, holder limit ?2"};
inline constexpr Sql all_portions{
    "all_portions", Reach::report,
    "select bucket, " SUKI_PORTION " from portion order by bucket, org, programme, key, period_start, holder", Reading::streamed};
#undef SUKI_OF_POOL
#undef SUKI_PORTION

// -- The audit log
#define SUKI_AUDIT "bucket, org, number, at, actor, action, subjects, outcome, request, hash"
inline constexpr Sql insert_audit{
    "insert_audit", Reach::one_owner,
    "insert into audit (" SUKI_AUDIT
    ") values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10) on conflict (bucket, org, number) do nothing"};
inline constexpr Sql find_audit_head{"find_audit_head", Reach::one_owner,
                                     "select " SUKI_AUDIT
                                     " from audit where bucket = ?1 and org = ?2 order by number desc limit 1"};
inline constexpr Sql list_audit{
    "list_audit", Reach::report,
    "select " SUKI_AUDIT
    " from audit where org = ?1 and (at, bucket, number) < (?2, ?3, ?4) and (?5 = '' or actor = ?5) and (?6 = '' or action = ?6) "
    "order by at desc, bucket desc, number desc limit ?7"};
inline constexpr Sql audit_chains_since{"audit_chains_since", Reach::report,
                                        "select distinct bucket from audit where org = ?1 and at >= ?2 order by bucket"};
inline constexpr Sql all_audit{"all_audit", Reach::report, "select " SUKI_AUDIT " from audit order by bucket, org, number",
                               Reading::streamed};
#undef SUKI_AUDIT
#define SUKI_AUDIT_ROOT "org, number, made_at, heads, hash"
inline constexpr Sql insert_audit_root{"insert_audit_root", Reach::reference,
                                       "insert into audit_root (" SUKI_AUDIT_ROOT
                                       ") values (?1, ?2, ?3, ?4, ?5) on conflict (org, number) do nothing"};
inline constexpr Sql find_audit_root{"find_audit_root", Reach::reference,
                                     "select " SUKI_AUDIT_ROOT " from audit_root where org = ?1 order by number desc limit 1"};
inline constexpr Sql all_audit_roots{"all_audit_roots", Reach::reference,
                                     "select " SUKI_AUDIT_ROOT " from audit_root order by org, number", Reading::streamed};
#undef SUKI_AUDIT_ROOT

// -- Catalogue
#define SUKI_PRODUCT "org, sku, title, category, brand, unit, cost, tags"
inline constexpr Sql put_product{
    "put_product", Reach::reference,
    "insert into product (" SUKI_PRODUCT
    ") values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8) on conflict (org, sku) do update set title = "
    "excluded.title, category = excluded.category, brand = excluded.brand, unit = excluded.unit, cost = excluded.cost, tags = "
    "excluded.tags"};
inline constexpr Sql find_product{"find_product", Reach::reference,
                                  "select " SUKI_PRODUCT " from product where org = ?1 and sku = ?2"};
inline constexpr Sql list_products{"list_products", Reach::reference,
                                   "select " SUKI_PRODUCT
                                   " from product where org = ?1 and sku > ?2 and sku >= ?3 and sku < ?4 order by sku limit ?5"};
inline constexpr Sql all_products{"all_products", Reach::reference, "select " SUKI_PRODUCT " from product order by org, sku",
                                  Reading::streamed};
#undef SUKI_PRODUCT
#define SUKI_PLACE "org, id, title, region, zone, place"
inline constexpr Sql put_place{"put_place", Reach::reference,
                               "insert into place (" SUKI_PLACE
                               ") values (?1, ?2, ?3, ?4, ?5, ?6) on conflict (org, id) do update set title = excluded.title, "
                               "region = excluded.region, zone = excluded.zone, place = excluded.place"};
inline constexpr Sql find_place{"find_place", Reach::reference, "select " SUKI_PLACE " from place where org = ?1 and id = ?2"};
inline constexpr Sql places{"places", Reach::reference, "select " SUKI_PLACE " from place where org = ?1 order by id"};
inline constexpr Sql all_places{"all_places", Reach::reference, "select " SUKI_PLACE " from place order by org, id",
                                Reading::streamed};
#undef SUKI_PLACE

// -- Who may do what
#define SUKI_API_KEY "id, org, secret_hash, scopes, programme, store, label, created_at, revoked_at"
inline constexpr Sql put_api_key{
    "put_api_key", Reach::reference,
    "insert into api_key (" SUKI_API_KEY
    ") values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9) on conflict (id) do update set secret_hash = "
    "excluded.secret_hash, scopes = excluded.scopes, programme = excluded.programme, store = excluded.store, label = "
    "excluded.label, "
    "revoked_at = excluded.revoked_at where api_key.org = excluded.org"};
inline constexpr Sql find_api_key{"find_api_key", Reach::reference, "select " SUKI_API_KEY " from api_key where id = ?1"};
inline constexpr Sql api_keys{"api_keys", Reach::reference, "select " SUKI_API_KEY " from api_key where org = ?1 order by id"};
#undef SUKI_API_KEY
#define SUKI_CONSOLE_USER "org, name, password_hash, role, created_at"
inline constexpr Sql put_console_user{"put_console_user", Reach::reference,
                                      "insert into console_user (" SUKI_CONSOLE_USER
                                      ") values (?1, ?2, ?3, ?4, ?5) on conflict (org, name) do update set "
                                      "password_hash = excluded.password_hash, role = excluded.role"};
inline constexpr Sql find_console_user{"find_console_user", Reach::reference,
                                       "select " SUKI_CONSOLE_USER " from console_user where org = ?1 and name = ?2"};
inline constexpr Sql console_users{"console_users", Reach::reference,
                                   "select " SUKI_CONSOLE_USER " from console_user where org = ?1 order by name"};
#undef SUKI_CONSOLE_USER
inline constexpr Sql delete_console_user{"delete_console_user", Reach::reference,
                                         "delete from console_user where org = ?1 and name = ?2"};
inline constexpr Sql delete_sessions_of{"delete_sessions_of", Reach::reference,
                                        "delete from session where org = ?1 and user_name = ?2"};
#define SUKI_SESSION "token_hash, org, user_name, csrf, created_at, expires_at"
inline constexpr Sql put_session{"put_session", Reach::reference,
                                 "insert into session (" SUKI_SESSION
                                 ") values (?1, ?2, ?3, ?4, ?5, ?6) on conflict (token_hash) do update set expires_at = "
                                 "excluded.expires_at"};
inline constexpr Sql find_session{"find_session", Reach::reference, "select " SUKI_SESSION " from session where token_hash = ?1"};
#undef SUKI_SESSION
inline constexpr Sql prolong_session{"prolong_session", Reach::reference,
                                     "update session set expires_at = ?2 where token_hash = ?1"};
inline constexpr Sql delete_session{"delete_session", Reach::reference, "delete from session where token_hash = ?1"};
inline constexpr Sql delete_expired_sessions{"delete_expired_sessions", Reach::reference,
                                             "delete from session where expires_at <= ?1"};
inline constexpr Sql put_secret{
    "put_secret", Reach::reference,
    "insert into secret (name, value, created_at) values (?1, ?2, ?3) on conflict (name) do update set value = excluded.value, "
    "created_at = excluded.created_at"};
inline constexpr Sql find_secret{"find_secret", Reach::reference, "select name, value, created_at from secret where name = ?1"};
inline constexpr Sql secrets{"secrets", Reach::reference,
                             "select name, value, created_at from secret order by created_at desc, name"};

/// Every one of the above, in this order.
inline constexpr const Sql* kAll[] = {
    &put_organisation,
    &find_organisation,
    &organisations,
    &put_programme,
    &find_programme,
    &programmes,
    &insert_edition,
    &find_edition,
    &editions,
    &insert_account,
    &update_account,
    &find_account,
    &all_accounts,
    &insert_member,
    &update_member,
    &find_member,
    &members_of,
    &list_members,
    &all_members,
    &count_members,
    &delete_member_words,
    &delete_card_word,
    &put_member_word,
    &member_words,
    &find_by_word,
    &count_words,
    &put_card,
    &find_card,
    &cards_of,
    &all_cards,
    &insert_claim,
    &delete_claim,
    &find_claim,
    &all_claims,
    &insert_state,
    &update_state,
    &find_state,
    &all_states,
    &accounts_counted_below,
    &put_wallet,
    &delete_other_wallets,
    &wallets_of,
    &all_wallets,
    &due_owners,
    &unit_totals,
    &insert_entry,
    &list_entries,
    &all_entries,
    &insert_receipt,
    &update_receipt,
    &find_receipt,
    &list_receipts_of_owner,
    &list_receipts,
    &receipts_recorded_since,
    &all_receipts,
    &count_receipts,
    &daily_totals,
    &insert_idempotency,
    &find_idempotency,
    &all_idempotency,
    &insert_activity,
    &find_activity,
    &activities_of,
    &all_activities,
    &insert_record,
    &update_record,
    &find_record,
    &records_of_owner,
    &list_records,
    &list_records_of_status,
    &due_records,
    &all_records,
    &insert_outbox,
    &delete_outbox,
    &read_outbox,
    &all_outbox,
    &outbox_backlog,
    &newer_migration,
    &put_discrepancy,
    &find_discrepancy,
    &list_discrepancies,
    &list_open_discrepancies,
    &all_discrepancies,
    &count_open_discrepancies,
    &put_quarantine,
    &delete_quarantine,
    &all_quarantine,
    &put_suspect,
    &delete_suspect,
    &all_suspects,
    &insert_pool,
    &update_pool,
    &find_pool,
    &pools_of,
    &all_pools,
    &insert_portion,
    &update_portion,
    &delete_portion,
    &portions_of,
    &portions_touched_before,
    &all_portions,
    &insert_audit,
    &find_audit_head,
    &list_audit,
    &audit_chains_since,
    &all_audit,
    &insert_audit_root,
    &find_audit_root,
    &all_audit_roots,
    &put_product,
    &find_product,
    &list_products,
    &all_products,
    &put_place,
    &find_place,
    &places,
    &all_places,
    &put_api_key,
    &find_api_key,
    &api_keys,
    &put_console_user,
    &find_console_user,
    &console_users,
    &delete_console_user,
    &delete_sessions_of,
    &put_session,
    &find_session,
    &prolong_session,
    &delete_session,
    &delete_expired_sessions,
    &put_secret,
    &find_secret,
    &secrets,
};

}  // namespace suki::store::relational::sql
