// Every rejection appears in a story (STYLE.md): each enumerator of the rejections that the interface knows must stand behind `->`
// in some file of tests/spec, or be listed below with the test that shows it and the reason why no story can.
import { readFileSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';

const root = new URL('..', import.meta.url).pathname;
const headers = ['src/app/refusal.h', 'src/engine/settle.h', 'src/engine/payment.h', 'src/ledger/ledger.h', 'src/event/check.h'];
const is_ours = (name) => name.endsWith('Rejection') || name === 'ProblemCode';

// word: [test that shows it, why no story can]. `null` for a word that nothing says, kept because stored answers may hold it.
const elsewhere = {
  shutting_down: ['tests/unit/app/refusals_test.cpp', 'a story has nobody to stop the application while it asks'],
  too_busy: ['tests/unit/app/refusals_test.cpp', 'a story asks one thing at a time'],
  store_unavailable: ['tests/house/sim_faults.cpp', 'the store of a story does not fail'],
  quarantined: ['tests/unit/app/verify_test.cpp', 'the store of a story does not fail'],
  quarantined_command_not_found: ['tests/unit/app/quarantine_test.cpp', 'the store of a story does not fail'],
  internal_inconsistency: ['tests/unit/app/verify_test.cpp', 'a story can not damage what is stored'],
  organisation_not_found: ['tests/unit/app/refusals_test.cpp', 'a story has one organisation'],
  organisation_malformed: ['tests/unit/app/refusals_test.cpp', 'a story has one organisation'],
  organisation_already_exists: ['tests/unit/app/refusals_test.cpp', 'a story has one organisation'],
  member_is_anonymous: ['tests/unit/app/cards_test.cpp', 'stories change members by their own names, and whoever holds a card has none'],
  card_count_out_of_range: ['tests/unit/app/cards_test.cpp', 'the interface refuses such a number before it is asked'],
  signing_keys_not_found: ['tests/server/door.mjs', 'stories look at the keys as their organisation does'],
  benefit_note_malformed: ['tests/unit/app/benefits_test.cpp', 'the interface refuses such a note before it is asked'],
  level_grants_too_many: ['tests/unit/app/levels_test.cpp', 'a story would have to grant fifty'],
  gift_malformed: ['tests/unit/app/gifts_test.cpp', 'the interface refuses such a text before it is asked'],
  gift_count_out_of_range: ['tests/unit/app/gifts_test.cpp', 'the interface refuses such a number before it is asked'],
  recognition_malformed: ['tests/unit/app/recognition_test.cpp', 'the interface refuses such a text before it is asked'],
  trade_in_malformed: ['tests/unit/app/trade_in_test.cpp', 'the interface refuses such a text before it is asked'],
  trade_in_price_malformed: ['tests/unit/app/trade_in_test.cpp', 'the interface refuses such a price before it is asked'],
  occasion_text_malformed: ['tests/unit/app/occasions_test.cpp', 'the interface refuses such a text before it is asked'],
  occasion_count_out_of_range: ['tests/unit/app/occasions_test.cpp', 'the interface refuses such a number before it is asked'],
  benefit_use_of_seat: ['tests/unit/app/occasions_test.cpp', 'a story has no name for the use of a seat'],
  membership_malformed: ['tests/unit/app/memberships_test.cpp', 'the interface refuses such a text before it is asked'],
  benefit_count_out_of_range: ['tests/unit/app/benefits_test.cpp', 'the interface refuses such a number before it is asked'],
  household_member_not_active: ['tests/unit/app/households_test.cpp', 'stories name members, and whoever holds a card is none'],
  card_batch_malformed: ['tests/unit/app/cards_test.cpp', 'the interface refuses such a note before it is asked'],
  card_numbers_used_up: ['tests/unit/app/cards_test.cpp', 'a story can not use up so many numbers'],
  card_blocked: ['tests/unit/app/refusals_test.cpp', 'stories name members by cards only in sales, which are not refused'],
  too_many_returns: ['tests/unit/app/refusals_test.cpp', 'takes a thousand and one returns on one receipt'],
  expires_at_not_ahead: ['tests/unit/app/adjust_test.cpp', 'a story adjusts without an expiry'],
  adjustment_not_found: ['tests/unit/app/adjust_test.cpp', 'a story undoes nothing'],
  adjustment_already_undone: ['tests/unit/app/adjust_test.cpp', 'a story undoes nothing'],
  author_missing: ['tests/unit/app/refusals_test.cpp', 'the caller of a story has a name'],
  member_merged: ['tests/unit/app/refusals_test.cpp', 'stories name members, and a name leads to where they are now'],
  version_changed: ['tests/unit/app/refusals_test.cpp', 'stories change members without asking for a version'],
  birthday_malformed: ['tests/unit/app/refusals_test.cpp', 'a story can not say a day that is none'],
  key_name_malformed: ['tests/unit/app/refusals_test.cpp', 'keys are no part of stories'],
  scope_malformed: ['tests/unit/app/refusals_test.cpp', 'keys are no part of stories'],
  store_not_allowed: ['tests/unit/server/access_store_test.cpp', 'keys are no part of stories'],
  key_store_malformed: ['tests/unit/server/access_store_test.cpp', 'keys are no part of stories'],
  key_not_found: ['tests/unit/app/refusals_test.cpp', 'keys are no part of stories'],
  user_name_malformed: ['tests/unit/app/users_test.cpp', 'users are no part of stories'],
  user_already_exists: ['tests/unit/app/users_test.cpp', 'users are no part of stories'],
  user_not_found: ['tests/unit/app/users_test.cpp', 'users are no part of stories'],
  user_is_oneself: ['tests/unit/app/users_test.cpp', 'users are no part of stories'],
  last_user: ['tests/unit/app/users_test.cpp', 'users are no part of stories'],
  too_many_attempts: ['tests/unit/app/users_test.cpp', 'users are no part of stories'],
  wrong_name_or_password: ['tests/unit/app/users_test.cpp', 'users are no part of stories'],
  wrong_password: ['tests/unit/app/users_test.cpp', 'users are no part of stories'],
  password_too_short: ['tests/unit/app/users_test.cpp', 'users are no part of stories'],
  password_too_long: ['tests/unit/app/users_test.cpp', 'users are no part of stories'],
  password_contains_name: ['tests/unit/app/users_test.cpp', 'users are no part of stories'],
  password_easily_guessed: ['tests/unit/app/users_test.cpp', 'users are no part of stories'],
  password_unchanged: ['tests/unit/app/users_test.cpp', 'users are no part of stories'],
  note_malformed: ['tests/unit/app/discrepancies_test.cpp', 'stories resolve no discrepancies'],
  discrepancy_not_found: ['tests/unit/app/discrepancies_test.cpp', 'stories resolve no discrepancies'],
  cursor_malformed: ['tests/unit/app/refusals_test.cpp', 'stories turn no pages'],
  limit_out_of_range: ['tests/unit/app/refusals_test.cpp', 'stories turn no pages'],
  wallet_is_frozen: ['tests/unit/ledger/posting_test.cpp', 'no command freezes a wallet yet'],
  bad_text: ['tests/unit/event/check_test.cpp', 'a story is valid text'],
  offset_out_of_range: ['tests/unit/event/check_test.cpp', 'stories state instants in UTC'],
  too_many_lines: ['tests/unit/event/check_test.cpp', 'takes a thousand and one lines'],
  quantity_out_of_range: ['tests/unit/event/check_test.cpp', 'beyond what a story writes as a quantity'],
  lines_in_a_void: ['tests/unit/event/check_test.cpp', 'the application takes the lines off a void'],
  programme_id_differs: null,
  session_unknown: null,
};

function rejections() {
  const found = new Map();
  for (const header of headers) {
    const text = readFileSync(join(root, header), 'utf8');
    for (const [, name, words] of text.matchAll(/SUKI_ENUM\((\w+),([^)]*)\)/g)) {
      if (!is_ours(name)) continue;
      for (const word of words.split(',').map((w) => w.trim()).filter(Boolean)) {
        found.set(word, [...(found.get(word) ?? []), name]);
      }
    }
  }
  return found;
}

function outcomes(folder, all = new Set()) {
  for (const name of readdirSync(folder)) {
    const path = join(folder, name);
    if (statSync(path).isDirectory()) outcomes(path, all);
    else if (name.endsWith('.spec')) {
      for (const line of readFileSync(path, 'utf8').split('\n')) {
        if (/^\s*#/.test(line)) continue;
        const outcome = /->\s*([a-z_]+)/.exec(line);
        if (outcome) all.add(outcome[1]);
      }
    }
  }
  return all;
}

function problem_with(word, told) {
  if (told.has(word)) return word in elsewhere ? 'is told by a story: take it off the list' : '';
  if (!(word in elsewhere)) return 'appears in no story of tests/spec';
  if (elsewhere[word] === null) return '';
  const [test] = elsewhere[word];
  let text = '';
  try {
    text = readFileSync(join(root, test), 'utf8');
  } catch {
    return `is said to be in ${test}, which is not there`;
  }
  return new RegExp(`\\b${word}\\b`).test(text) ? '' : `is said to be in ${test}, and is not`;
}

let passed = 0;
let failed = 0;
const known = rejections();
const told = outcomes(join(root, 'tests/spec'));
for (const [word, enums] of known) {
  const problem = problem_with(word, told);
  if (problem === '') ++passed;
  else {
    ++failed;
    console.log(`${word} (${enums.join(', ')}) ${problem}`);
  }
}
for (const word of Object.keys(elsewhere)) {
  if (known.has(word)) continue;
  ++failed;
  console.log(`${word} is listed here and is no rejection any more`);
}
console.log(`${passed} passed, ${failed} failed`);
process.exit(failed === 0 && passed > 0 ? 0 : 1);
