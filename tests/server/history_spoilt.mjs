// Histories that are wrong, each in one thing, and what the judge has to say of each: what is never found is not looked for.
const isDone = (op) => op.status >= 200 && op.status < 300;
const balanceOf = (op) => op.json.balances.find((b) => b.unit === 'points');
const text = (op) => JSON.stringify(balanceOf(op));

/** Places in the history that can be spoilt; every one is looked for from the middle on, where there is most around it. */
class Spoiler {
  constructor(history) {
    this.history = structuredClone(history);
    this.operations = this.history.operations;
    this.after = this.history.after;
  }
  /** The n-th done operation of the kind that has entries, with them and their member. */
  done(kind, n = 0, is = () => true) {
    const fitting = this.operations.filter((op) => op.kind === kind && isDone(op) && is(op) && this.entriesOf(op).length > 0);
    return fitting[(Math.floor(fitting.length / 2) + n) % fitting.length];
  }
  causeOf(op) {
    return { sale: op.name, return: op.body?.id, void: op.body?.id, hold: op.json?.hold, release: op.about, confirm: op.about }[op.kind] ?? op.json?.id;
  }
  entriesOf(op) {
    return this.history.members.flatMap((member) => this.after.statements[member]
      .filter((entry) => entry.cause === this.causeOf(op)).map((entry) => ({ entry, member })));
  }
  drop(op) {
    for (const member of this.history.members) this.after.statements[member] = this.after.statements[member].filter((e) => e.cause !== this.causeOf(op));
  }
  latest() { return Math.max(...this.operations.map((op) => op.completed ?? 0)); }
  /** Two operations that follow one another on one account, each with entries of its own that nobody else's stand between. */
  neighbours(is = () => true) {
    const byCause = new Map(this.operations.filter(isDone).map((op) => [this.causeOf(op), op]));
    const statement = this.after.statements[this.history.members[0]];
    for (let i = Math.floor(statement.length / 2); i > 0; --i) {
      const [first, second] = [byCause.get(statement[i].cause), byCause.get(statement[i - 1].cause)];
      if (statement[i].cause.startsWith('hld_') || statement[i - 1].cause.startsWith('hld_')) continue; // of two operations
      if (first && second && first !== second && first.kind !== 'merge' && second.kind !== 'merge' && is(first, second)) return { first, second, at: i, statement };
    }
    throw new Error('no neighbours');
  }
}

const ways = {
  'an acknowledged sale is lost': [/was acknowledged and is not there/, (s) => s.drop(s.done('sale'))],
  'an acknowledged adjustment is lost': [/was acknowledged and is not there/, (s) => s.drop(s.done('adjust'))],
  'an acknowledged hold is lost': [/was acknowledged and is not there/, (s) => s.drop(s.done('hold'))],
  'a receipt is lost': [/was acknowledged and is no receipt/, (s) => {
    const sale = s.done('sale');
    for (const member of s.history.members) s.after.receipts[member] = s.after.receipts[member].filter((one) => one.id !== sale.name);
  }],
  'a receipt is twice': [/is listed twice/, (s) => { const list = s.after.receipts[s.history.members[1]]; list.push(list[3]); }],
  'a return is lost from its receipt': [/is not on/, (s) => {
    const op = s.done('return');
    for (const list of Object.values(s.after.receipts)) for (const one of list) one.returns = one.returns.filter((back) => back.id !== op.body.id);
  }],
  'more came back than its returns say': [/came back, by its returns/, (s) => {
    const list = s.after.receipts[s.history.members[0]];
    list.find((one) => one.lines[0].returned === '0').lines[0].returned = '1';
  }],
  'an adjustment is done twice': [/was done twice/, (s) => {
    const { entry, member } = s.entriesOf(s.done('adjust'))[0];
    s.after.statements[member].unshift({ ...entry, id: 'ent_again', cause: 'adj_again' });
  }],
  'a sale is done twice': [/stands 2 times/, (s) => {
    const { entry, member } = s.entriesOf(s.done('sale'))[0];
    s.after.statements[member].unshift({ ...entry, id: 'ent_again' });
  }],
  'a sale is done twice in a row': [/changed .* and says/, (s) => {
    const { entry, member } = s.entriesOf(s.done('sale', 0, (op) => op.json.calculation.points[0]?.points > 0)).find((one) => one.entry.kind === 'earn');
    s.after.statements[member].splice(s.after.statements[member].indexOf(entry), 0, { ...entry, id: 'ent_again' });
  }],
  'an entry stands twice': [/stands twice/, (s) => { const list = s.after.statements[s.history.members[2]]; list.splice(5, 0, list[5]); }],
  'points without a cause': [/is of no operation/, (s) => {
    const list = s.after.statements[s.history.members[0]];
    list.unshift({ ...list.find((entry) => entry.kind === 'earn'), id: 'ent_gift', cause: 'gift' });
  }],
  'a refused adjustment left something': [/was refused and left/, (s) => Object.assign(s.done('adjust'), { status: 422, json: { code: 'insufficient_points' } })],
  'a refused sale left something': [/was refused and left/, (s) => Object.assign(s.done('sale'), { status: 422, json: { code: 'no_lines' } })],
  'two answers are swapped': [/stands as/, (s) => {
    const [a, b] = [s.done('adjust'), s.done('adjust', 1)];
    [a.json, b.json] = [b.json, a.json];
  }],
  'the balances of two answers are swapped': [/was answered/, (s) => {
    const { first, second } = s.neighbours((a, b) => a.json.balances && b.json.balances && text(a) !== text(b));
    [first.json.balances, second.json.balances] = [second.json.balances, first.json.balances];
  }],
  'an answer is one point off': [/was answered/, (s) => { ++balanceOf(s.done('sale')).available; }],
  'the other side of a transfer is one point off': [/was answered/, (s) => { ++s.done('transfer').json.balances_of_other[0].available; }],
  'a sale earned a point too many': [/asked for was/, (s) => { ++s.done('sale', 0, (op) => op.json.calculation.points.length).json.calculation.points[0].points; }],
  'the balance at the end is one point off': [/by the entries/, (s) => { ++s.after.accounts[s.history.members[0]].balances[0].available; }],
  'an entry gives one point more': [/changed .* and says/, (s) => { const { entry } = s.entriesOf(s.done('sale'))[0]; ++entry.available; ++entry.change; }],
  'an entry is not its parts': [/is not the sum of its parts/, (s) => { ++s.entriesOf(s.done('adjust'))[0].entry.available; }],
  'pending points can be spent early': [/was answered/, (s) => {
    const { entry } = s.entriesOf(s.done('sale', 0, (op) => s.entriesOf(op).some((one) => one.entry.pending > 0))).find((one) => one.entry.pending > 0);
    entry.available += entry.pending;
    entry.pending = 0;
  }],
  'a transfer makes a point': [/makes points of nothing/, (s) => {
    const { entry } = s.entriesOf(s.done('transfer')).find((one) => one.entry.kind === 'transfer_in');
    ++entry.change;
    ++entry.available;
  }],
  'a transfer has one side': [/has one side/, (s) => {
    const { entry, member } = s.entriesOf(s.done('transfer')).find((one) => one.entry.kind === 'transfer_in');
    s.after.statements[member] = s.after.statements[member].filter((one) => one !== entry);
  }],
  'a merge loses a point': [/makes points of nothing/, (s) => {
    const { entry } = s.entriesOf(s.operations.find((op) => op.kind === 'merge')).find((one) => one.entry.kind === 'transfer_in');
    --entry.change;
    --entry.available;
  }],
  'who was merged lives on': [/is merged into/, (s) => { s.after.profiles[s.history.members.at(-1)].merged_into = null; }],
  'less than nothing': [/has less than nothing/, (s) => {
    const list = s.after.statements[s.history.members[0]];
    list.push({ ...list[0], id: 'ent_less', change: -1, pending: 0, available: -1, held: 0, debt: 0 });
  }],
  'two entries are in another order': [/was answered/, (s) => {
    const { at, statement } = s.neighbours((a, b) => a.json.balances && b.json.balances && text(a) !== text(b));
    [statement[at], statement[at - 1]] = [statement[at - 1], statement[at]];
  }],
  'an operation ended before the one it stands behind began': [/and stands behind it/, (s) => {
    const { first, second } = s.neighbours();
    Object.assign(second, { invoked: first.invoked - 2, completed: first.invoked - 1 });
  }],
  'a read shows what was before': [/did not have at that time/, (s) => {
    const latest = s.latest();
    const reads = s.operations.filter((op) => op.kind === 'read' && isDone(op));
    const old = reads.find((op) => text(op) !== JSON.stringify(s.after.accounts[op.on].balances[0]));
    // Only where no later state looks the same.
    s.operations.push({ ...structuredClone(old), name: 'late', invoked: latest + 1, completed: latest + 2 });
  }],
  'a read shows what was not yet': [/did not have at that time/, (s) => {
    const late = s.operations.filter((op) => op.kind === 'read' && isDone(op) && balanceOf(op).available > 0).at(-1);
    s.operations.push({ ...structuredClone(late), name: 'early', invoked: -2, completed: -1 });
  }],
  'a read shows what never was': [/did not have at that time/, (s) => { balanceOf(s.operations.find((op) => op.kind === 'read' && isDone(op))).pending += 100_003; }],
  'refused for want of points that were there': [/was refused for no reason/, (s) => {
    const latest = s.latest();
    const on = s.history.members.find((id) => s.after.accounts[id].balances[0].available > 0);
    s.operations.push({ name: 'poor', kind: 'transfer', on, to: s.history.members[1], body: { to: s.history.members[1], points: 1 }, attempts: [],
      invoked: latest + 1, completed: latest + 2, status: 422, json: { code: 'insufficient_points' } });
  }],
  'a sale is refused': [/was refused for no reason/, (s) => {
    const latest = s.latest();
    s.operations.push({ name: 'no-sale', kind: 'sale', on: s.history.members[0], body: { lines: [] }, attempts: [], invoked: latest + 1, completed: latest + 2,
      status: 404, json: { code: 'member_not_found' } });
  }],
  'a first return is refused as a second': [/was refused for no reason/, (s) => {
    const latest = s.latest();
    const sale = s.operations.find((op) => op.kind === 'sale' && isDone(op) && !s.operations.some((other) => other.about === op.name));
    s.operations.push({ name: 'no-return', kind: 'return', on: sale.on, about: sale.name, body: { id: 'no-return', lines: [{ line: 1, quantity: '1' }] }, attempts: [],
      invoked: latest + 1, completed: latest + 2, status: 422, json: { code: 'returned_more_than_bought' } });
  }],
  'an operation is forgotten': [/is not remembered/, (s) => { s.after.replays[s.done('sale').name].replayed = false; }],
  'an operation is answered otherwise later': [/is answered otherwise/, (s) => { s.after.replays[s.done('release').name].text += ' '; }],
};

export function* spoilt(history) {
  for (const [what, [reason, spoil]] of Object.entries(ways)) {
    const spoiler = new Spoiler(history);
    spoil(spoiler);
    yield { what, history: spoiler.history, reason };
  }
}

// -- Written by hand, because no recorded history has them for sure --------------------------------------------------------------
/** Members ana and bob; `moves` are [name, kind, member, points, from, to] in the order in which they stand in the journal. */
function written(moves, extra = []) {
  const state = { ana: 0, bob: 0 };
  const statements = { ana: [], bob: [] };
  const operations = [];
  const balances = (points) => [{ unit: 'points', pending: 0, available: points, held: 0, owed: 0 }];
  const enter = (member, op, kind, points) => {
    state[member] += points;
    statements[member].unshift({ id: `ent_${op.name}_${member}`, kind, change: points, pending: 0, available: points, held: 0, debt: 0, cause: op.json.id,
      reason: op.name, is_projected: false });
  };
  for (const [name, kind, on, points, invoked, completed] of moves) {
    const op = { name, kind, on, key: name, body: { points }, attempts: [], invoked, completed, status: 201, text: '', json: { id: `id_${name}`, points } };
    const to = on === 'ana' ? 'bob' : 'ana';
    if (kind === 'transfer') {
      Object.assign(op, { to, body: { to, points } });
      enter(on, op, 'transfer_out', -points);
      enter(to, op, 'transfer_in', points);
      op.json.balances_of_other = balances(state[to]);
    } else enter(on, op, 'adjust', points);
    op.json.balances = balances(state[on]);
    operations.push(op);
  }
  for (const [name, on, points, invoked, completed] of extra)
    operations.push({ name, kind: 'read', on, attempts: [], invoked, completed, status: 200, text: '', json: { balances: balances(points) } });
  const each = (value) => ({ ana: value('ana'), bob: value('bob') });
  return { members: ['ana', 'bob'], operations, faults: [], after: {
    statements, accounts: each((id) => ({ balances: balances(state[id]) })), profiles: each(() => ({ merged_into: null })), receipts: each(() => []),
    replays: Object.fromEntries(operations.map((op) => [op.name, { status: op.status, text: op.text, replayed: true }])),
  } };
}

/** Good ones, of which nothing may be found. */
export const good = () => [
  written([['a', 'adjust', 'ana', 9, 0, 3], ['b', 'adjust', 'bob', 9, 1, 2], ['t', 'transfer', 'ana', 4, 2, 9]], [['r', 'ana', 9, 4, 5], ['s', 'ana', 5, 6, 7]]),
];
export const byHand = () => [
  // On ana: a, then t. On bob: t, then b. But b ended before a began: no order of all has both, though each account by itself has one.
  { what: 'a circle over two accounts', reason: /no serial order over accounts/,
    history: written([['g', 'adjust', 'ana', 9, 0, 1], ['a', 'adjust', 'ana', 9, 8, 9], ['t', 'transfer', 'ana', 4, 2, 20], ['b', 'adjust', 'bob', 9, 5, 6]]) },
  // The transfer lasts long enough for either state; but who has seen it done can't see it undone later.
  { what: 'a read that goes back in time', reason: /s saw .* did not have at that time/,
    history: written([['a', 'adjust', 'ana', 9, 0, 1], ['t', 'transfer', 'ana', 4, 2, 20]], [['r', 'ana', 5, 4, 5], ['s', 'ana', 9, 6, 7]]) },
];
