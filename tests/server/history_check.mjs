// Judges a recorded history of concurrent callers. It knows no word of Suki's own checks: it reads what callers were answered, and what
// statements, accounts and lists say afterwards. The statement's order is the witness of a serial order; it is held against every answer
// and against real time.
//   history: {members, operations, after}
//   operation: {name, kind, on, to?, body, about?, invoked, completed, status, json, text}; status null: nobody knows (completed null)
//   after: {statements, accounts, profiles, receipts, replays}, each by member or operation
const fields = ['pending', 'available', 'held', 'owed'];
const nothing = { pending: 0, available: 0, held: 0, owed: 0 };
const same = (a, b) => fields.every((field) => a[field] === b[field]);
const shown = (b) => fields.map((field) => `${field} ${b[field]}`).join(' ');
const sum = (list, value) => list.reduce((total, one) => total + value(one), 0);
const inAll = (points) => sum(points ?? [], (p) => p.points);
const balance = (balances) => balances?.find((b) => b.unit === 'points') ?? nothing;
const isDone = (op) => op.status >= 200 && op.status < 300;
const isUnknown = (op) => op.status === null;
const mayHaveHappened = (op) => isDone(op) || isUnknown(op);
const end = (op) => op.completed ?? Infinity;
const pieces = (op) => (op.kind === 'void' ? Infinity : sum(op.body.lines, (line) => Number(line.quantity)));
const bought = (sale) => sum(sale.body.lines, (line) => Number(line.quantity));

/** What stands in the journal for an operation: the name of its step; null for what writes none, undefined where nobody was told. */
function stepOf(op) {
  switch (op.kind) {
    case 'sale': return op.name;
    case 'return': case 'void': return op.body.id;
    case 'adjust': case 'undo': case 'transfer': case 'merge': return op.json?.id;
    case 'hold': return op.json?.hold && `${op.json.hold}#placed`;
    case 'quote_hold': return op.json?.holds && `${op.json.holds[0].hold}#placed`;
    case 'confirm': case 'release': return `${op.about}#ended`;
    default: return null;
  }
}
const stepOfEntry = (entry) => !entry.cause.startsWith('hld_') ? entry.cause : `${entry.cause}#${entry.kind === 'hold' ? 'placed' : 'ended'}`;

/** The steps of one account, the oldest first: entries of one command, what they changed and what stood after them. */
function stepsOf(statement, complain, member) {
  const steps = [];
  let state = nothing;
  const seen = new Set();
  for (const entry of [...statement].reverse()) {
    if (entry.is_projected) continue;
    if (seen.has(entry.id)) complain(`entry ${entry.id} of ${member} stands twice`);
    seen.add(entry.id);
    if (entry.change !== entry.pending + entry.available + entry.held + entry.debt) complain(`entry ${entry.id} is not the sum of its parts`);
    const name = stepOfEntry(entry);
    state = { pending: state.pending + entry.pending, available: state.available + entry.available, held: state.held + entry.held,
      owed: state.owed - entry.debt };
    let step = steps.at(-1);
    if (step?.name !== name) steps.push(step = { name, member, entries: [], index: steps.length + 1, ops: [] });
    step.entries.push(entry);
    step.after = state;
    if (fields.some((field) => state[field] < 0)) complain(`${member} has less than nothing after ${name}: ${shown(state)}`);
  }
  return steps;
}
const changeOf = (step) => sum(step.entries, (entry) => entry.change);
const heldBy = (step) => sum(step.entries, (entry) => entry.held);

class Checker {
  constructor(history) {
    this.history = history;
    this.findings = [];
    this.complain = (text) => this.findings.push(text);
    this.operations = history.operations;
    this.byName = new Map(this.operations.map((op) => [op.name, op]));
    this.steps = {};
    this.named = new Map(); // step's name → steps
    for (const member of history.members) {
      this.steps[member] = stepsOf(history.after.statements[member], this.complain, member);
      for (const step of this.steps[member]) this.named.set(step.name, [...(this.named.get(step.name) ?? []), step]);
    }
    this.merges = this.operations.filter((op) => op.kind === 'merge' && mayHaveHappened(op));
    this.reads = { states: 0 };
  }

  /** Where what is addressed to this member may have ended up by the time of the answer. */
  accountsOf(member, op) {
    const found = [member];
    for (const id of found) {
      for (const merge of this.merges) if (merge.on === id && merge.invoked < end(op) && !found.includes(merge.to)) found.push(merge.to);
    }
    return found;
  }
  stateAt(member, index) { return index === 0 ? nothing : this.steps[member][index - 1].after; }

  // -- Each operation once ---------------------------------------------------------------------------------------------------
  /** Ties steps to operations; what no operation explains is a jump without a cause. */
  tie() {
    for (const op of this.operations) {
      const name = stepOf(op);
      op.steps = [];
      if (name === null) continue;
      const steps = name ? this.named.get(name) ?? [] : [];
      if (isDone(op) || (isUnknown(op) && !name?.endsWith('#ended'))) op.steps = steps;
      else if (!isUnknown(op) && !name?.endsWith('#ended') && steps.length > 0) this.complain(`${op.name} was refused and left ${name}`);
    }
    for (const op of this.operations) { // Nobody was told its id: its reason is its name.
      if (!isUnknown(op) || stepOf(op) !== undefined) continue;
      for (const steps of this.named.values()) if (steps[0].entries[0].reason === op.name) op.steps.push(...steps);
    }
    for (const op of this.operations) { // A hold that ended, by whom nobody was told.
      if (!isUnknown(op) || !stepOf(op)?.endsWith('#ended')) continue;
      op.steps = (this.named.get(stepOf(op)) ?? []).filter((step) => !this.operations.some((other) => isDone(other) && other.steps.includes(step)));
    }
    for (const op of this.operations) for (const step of op.steps) step.ops.push(op);
    for (const [name, steps] of this.named) {
      for (const step of steps) {
        const certain = step.ops.filter(isDone);
        const reason = step.entries[0].reason;
        const intended = this.byName.get(reason);
        if (certain.length > 1) this.complain(`${name} is of ${certain.map((op) => op.name).join(' and ')}`);
        if (step.ops.length === 0 && intended && isDone(intended)) this.complain(`${reason} was done twice: also as ${name} of ${step.member}`);
        else if (step.ops.length === 0 && intended) this.complain(`${reason} was refused and left ${name}`);
        else if (step.ops.length === 0 && !this.isExpiry(step)) this.complain(`${name} of ${step.member} is of no operation`);
      }
    }
    for (const op of this.operations) {
      const isTwo = op.kind === 'transfer' || op.kind === 'merge';
      if (op.steps.length > (isTwo ? 2 : 1)) this.complain(`${op.name} stands ${op.steps.length} times`);
      if (isTwo && op.steps.length === 1 && (op.kind === 'transfer' || changeOf(op.steps[0]) !== 0)) this.complain(`${op.name} has one side`);
      if (isTwo && sum(op.steps, changeOf) !== 0) this.complain(`${op.name} makes points of nothing: ${sum(op.steps, changeOf)}`);
      if (isDone(op) && op.steps.length === 0 && this.effectOf(op) !== 0) this.complain(`${op.name} was acknowledged and is not there`);
      if (isDone(op) && op.steps.length === 0 && ['hold', 'quote_hold', 'confirm', 'release'].includes(op.kind))
        this.complain(`${op.name} was acknowledged and is not there`);
    }
  }
  /** A hold that nobody ended in its time. */
  isExpiry(step) {
    const placed = this.named.get(step.name.replace('#ended', '#placed'))?.[0]?.ops[0];
    const told = placed?.json?.expires_at ?? placed?.json?.holds?.[0].expires_at;
    return step.entries.length === 1 && step.entries[0].kind === 'release' && step.entries[0].effective_at >= told;
  }
  /** By how much the answer says that all of the member's points changed (of a transfer, what went over). */
  effectOf(op) {
    switch (op.kind) {
      case 'sale': return inAll(op.json.calculation.points) - inAll(op.json.calculation.points_paid);
      case 'return': case 'void': return inAll(op.json.given_back) - inAll(op.json.taken_back) - inAll(op.json.owed);
      case 'adjust': case 'undo': case 'transfer': return op.json.points;
      case 'merge': return inAll(op.json.moved);
      case 'confirm': return -op.json.points;
      default: return 0;
    }
  }
  /** What each operation had to do by what it asked for, and what it says that it did. */
  effects() {
    for (const op of this.operations.filter(isDone)) {
      for (const step of op.steps) {
        const isFrom = (op.kind === 'transfer' || op.kind === 'merge') && step.entries[0].kind === 'transfer_out';
        const wanted = isFrom ? -this.effectOf(op) : this.effectOf(op);
        if (changeOf(step) !== wanted) this.complain(`${op.name} changed ${step.member} by ${changeOf(step)} and says ${wanted}`);
        if (['adjust', 'undo', 'transfer', 'merge'].includes(op.kind) && step.entries[0].reason !== op.name)
          this.complain(`${op.name} stands as ${step.entries[0].reason}`);
      }
      const wanted = this.wantedOf(op);
      if (wanted !== undefined && wanted !== this.effectOf(op)) this.complain(`${op.name} did ${this.effectOf(op)}, asked for was ${wanted}`);
      const [step] = op.steps;
      if (!step) continue;
      if (op.kind === 'hold' && heldBy(step) !== op.body.points) this.complain(`${op.name} holds ${heldBy(step)}`);
      if (op.kind === 'quote_hold' && heldBy(step) !== inAll(op.body.points_paid)) this.complain(`${op.name} holds ${heldBy(step)}`);
      if (op.kind === 'confirm' || op.kind === 'release') {
        const placed = this.named.get(`${op.about}#placed`)?.[0];
        if (!placed || heldBy(step) !== -heldBy(placed)) this.complain(`${op.name} ends a hold of ${placed && heldBy(placed)} by ${heldBy(step)}`);
      }
    }
  }
  wantedOf(op) {
    switch (op.kind) {
      case 'sale': { // One point for each whole euro that was not paid with points.
        const paid = inAll(op.body.points_paid);
        return Math.floor((sum(op.body.lines, (line) => line.amount) - paid) / 100) - paid;
      }
      case 'adjust': case 'transfer': return op.body.points;
      case 'confirm': return -op.body.points;
      case 'undo': return -this.operations.find((other) => other.json?.id === op.about)?.body.points;
      default: return undefined;
    }
  }
  /** Goods come back at most once, and a receipt that came back whole has changed nothing. */
  receipts() {
    const listed = new Map();
    for (const member of this.history.members) {
      for (const receipt of this.history.after.receipts[member]) {
        if (listed.has(receipt.id)) this.complain(`receipt ${receipt.id} is listed twice`);
        listed.set(receipt.id, receipt);
        if (!mayHaveHappened(this.byName.get(receipt.id) ?? { status: 0 })) this.complain(`receipt ${receipt.id} is of no sale`);
      }
    }
    for (const sale of this.operations.filter((op) => op.kind === 'sale')) {
      const receipt = listed.get(sale.name);
      if (isDone(sale) && !receipt) this.complain(`${sale.name} was acknowledged and is no receipt`);
      if (sale.steps.length > 0 && !receipt) this.complain(`${sale.name} has entries and is no receipt`);
      if (!receipt) continue;
      const back = this.operations.filter((op) => (op.kind === 'return' || op.kind === 'void') && op.about === sale.name);
      const kept = receipt.returns.map((one) => one.id);
      if (new Set(kept).size !== kept.length) this.complain(`${sale.name} has a return twice`);
      for (const op of back) {
        if (isDone(op) && !kept.includes(op.body.id)) this.complain(`${op.name} was acknowledged and is not on ${sale.name}`);
        if (!mayHaveHappened(op) && kept.includes(op.body.id)) this.complain(`${op.name} was refused and is on ${sale.name}`);
      }
      const returned = sum(receipt.lines, (line) => Number(line.returned));
      const counted = receipt.returns.some((one) => one.is_void) ? bought(sale)
        : sum(receipt.returns, (one) => sum(one.lines, (line) => Number(line.quantity)));
      if (returned !== counted || returned > bought(sale)) this.complain(`of ${sale.name} ${returned} came back, by its returns ${counted}`);
      const net = sum([sale, ...back], (op) => sum(op.steps, changeOf));
      if (returned === bought(sale) && net !== 0) this.complain(`${sale.name} came back whole and changed points by ${net}`);
    }
  }
  /** Asked again at the end, with the same key, everything is answered as it was. */
  replays() {
    for (const op of this.operations.filter((one) => isDone(one) && one.key)) {
      const again = this.history.after.replays[op.name];
      if (!again?.replayed) this.complain(`${op.name} is not remembered`);
      else if (again.status !== op.status || again.text !== op.text) this.complain(`${op.name} is answered otherwise when it is sent again`);
    }
  }

  // -- Balances and order ----------------------------------------------------------------------------------------------------
  ends() {
    for (const member of this.history.members) {
      const left = balance(this.history.after.accounts[member].balances);
      const last = this.stateAt(member, this.steps[member].length);
      if (!same(left, last)) this.complain(`${member} has ${shown(left)}, by the entries ${shown(last)}`);
      const into = this.history.after.profiles[member].merged_into;
      const merge = this.merges.find((op) => op.on === member && (isDone(op) || op.steps.length > 0));
      if ((into ?? null) !== (merge?.to ?? null)) this.complain(`${member} is merged into ${into}`);
      const at = merge && this.steps[member].find((step) => step.ops.includes(merge));
      if (at && (at.index !== this.steps[member].length || !same(at.after, nothing))) this.complain(`${member} lives on after ${merge.name}`);
    }
  }
  /** Every answer's balances are those that stand after its own step. */
  answers() {
    for (const op of this.operations.filter(isDone)) {
      for (const step of op.steps) {
        const isOther = step.entries[0].kind === 'transfer_in' && op.kind === 'transfer';
        if (op.kind === 'merge' && step.entries[0].kind === 'transfer_out') continue;
        const said = balance(isOther ? op.json.balances_of_other : op.json.balances);
        if (!same(said, step.after)) this.complain(`${op.name} was answered ${shown(said)}; after it stand ${shown(step.after)}`);
      }
    }
  }
  /** In each account, what ended before another began stands before it. */
  realTime() {
    for (const member of this.history.members) {
      let latest = { invoked: -Infinity };
      for (const step of this.steps[member]) {
        for (const op of step.ops) {
          if (end(op) < latest.invoked) this.complain(`${op.name} ended before ${latest.name} began, and stands behind it on ${member}`);
        }
        for (const op of step.ops) if (op.invoked > latest.invoked) latest = op;
      }
    }
  }
  /** Over all accounts together: journal order and real time make no circle. */
  serial() {
    const ops = this.operations.filter((op) => op.steps.length > 0);
    const next = new Map(); // node → nodes behind it
    const before = new Map(); // node → how many are before it
    const edge = (a, b) => {
      next.set(a, [...(next.get(a) ?? []), b]);
      before.set(b, (before.get(b) ?? 0) + 1);
    };
    for (const member of this.history.members) {
      const chain = this.steps[member].filter((step) => step.ops.length > 0);
      for (let i = 1; i < chain.length; ++i) if (chain[i - 1].ops[0] !== chain[i].ops[0]) edge(chain[i - 1].ops[0], chain[i].ops[0]);
    }
    // A node for each moment at which something ended: behind what ended by then, before what began later.
    const moments = ops.filter((op) => op.completed !== null).sort((a, b) => a.completed - b.completed).map((op) => ({ op, at: op.completed }));
    for (let i = 0; i < moments.length; ++i) {
      edge(moments[i].op, moments[i]);
      if (i > 0) edge(moments[i - 1], moments[i]);
    }
    for (const op of ops) {
      const last = moments.findLast((moment) => moment.at < op.invoked);
      if (last) edge(last, op);
    }
    const nodes = [...ops, ...moments];
    const free = nodes.filter((node) => !before.get(node));
    let placed = 0;
    for (let node = free.pop(); node; node = free.pop()) {
      ++placed;
      for (const behind of next.get(node) ?? []) {
        before.set(behind, before.get(behind) - 1);
        if (before.get(behind) === 0) free.push(behind);
      }
    }
    if (placed < nodes.length) {
      const left = ops.filter((op) => before.get(op) > 0).slice(0, 4).map((op) => op.name);
      this.complain(`no serial order over accounts: ${left.join(', ')}`);
    }
  }
  /** The states that an operation without a step of its own may have seen: between what ended before it and what began after it. */
  windowOf(member, op) {
    let from = 0;
    let to = this.steps[member].length;
    for (const step of this.steps[member]) {
      for (const other of step.ops) {
        if (end(other) < op.invoked) from = Math.max(from, step.index);
        if (other.invoked > end(op)) to = Math.min(to, step.index - 1);
      }
    }
    return [from, to];
  }
  sees(member, op, is, floor = 0) {
    const [from, to] = this.windowOf(member, op);
    for (let i = Math.max(from, floor); i <= to; ++i) if (is(this.stateAt(member, i))) return i;
    return -1;
  }
  /** Reads, and what changed nothing, show a state of their time, and no older one than a read that ended before them. */
  looks() {
    const looks = this.operations.filter((op) => isDone(op) && op.steps.length === 0 && op.json.balances).sort((a, b) => a.invoked - b.invoked);
    const seen = Object.fromEntries(this.history.members.map((member) => [member, []]));
    this.reads.states = looks.length;
    for (const op of looks) {
      const said = balance(op.json.balances);
      // An account's own page is of that member, merged or not; everything else goes where the account went.
      const places = op.kind === 'read' ? [op.on] : this.accountsOf(op.on, op);
      let found = false;
      for (const member of places) {
        const floor = Math.max(0, ...seen[member].filter((one) => one.completed < op.invoked).map((one) => one.index));
        const index = this.sees(member, op, (state) => same(state, said), floor);
        if (index < 0) continue;
        found = true;
        if (places.length === 1) seen[member].push({ completed: op.completed, index });
        break;
      }
      if (!found) this.complain(`${op.name} saw ${shown(said)}, which ${op.on} did not have at that time`);
    }
  }

  // -- Refusals --------------------------------------------------------------------------------------------------------------
  /** What is refused had a reason at that time. */
  refusals() {
    for (const op of this.operations.filter((one) => one.status >= 400)) {
      if (!this.isJust(op, op.json?.code)) this.complain(`${op.name} (${op.kind}) was refused for no reason: ${op.status} ${op.json?.code}`);
    }
  }
  isJust(op, code) {
    const rivals = (is) => this.operations.some((other) => other !== op && mayHaveHappened(other) && other.invoked < op.completed && is(other));
    const anywhere = (is) => this.accountsOf(op.on, op).some((member) => this.sees(member, op, is) >= 0);
    switch (code) {
      case 'insufficient_points': {
        const wanted = this.pointsOf(op);
        return wanted !== undefined && anywhere((state) => state.available < wanted);
      }
      case 'holds_are_open': return op.kind === 'merge' && anywhere((state) => state.held > 0);
      case 'same_account': return ['transfer', 'merge'].includes(op.kind)
        && this.accountsOf(op.on, op).some((member) => this.accountsOf(op.body.to, op).includes(member));
      case 'hold_not_found': return ['confirm', 'release'].includes(op.kind)
        && rivals((other) => ['confirm', 'release'].includes(other.kind) ? other.about === op.about
          : other.body?.points_paid?.some((paid) => paid.hold === op.about))
        || (this.named.get(`${op.about}#ended`) ?? []).some((step) => this.isExpiry(step));
      case 'adjustment_already_undone': return op.kind === 'undo' && rivals((other) => other.kind === 'undo' && other.about === op.about);
      // The entries of a merged account stay where they are, and so does what can be undone.
      case 'adjustment_not_found': return op.kind === 'undo' && this.accountsOf(op.on, op).length > 1;
      case 'receipt_is_void': return ['return', 'void'].includes(op.kind) && rivals((other) => other.kind === 'void' && other.about === op.about);
      case 'returned_more_than_bought': case 'nothing_returned': {
        if (!['return', 'void'].includes(op.kind)) return false;
        const others = this.operations.filter((other) => other !== op && ['return', 'void'].includes(other.kind) && other.about === op.about
          && mayHaveHappened(other) && other.invoked < op.completed);
        const least = code === 'nothing_returned' ? 0 : pieces(op);
        return sum(others, pieces) + least >= bought(this.byName.get(op.about)) + (code === 'nothing_returned' ? 0 : 1);
      }
      default: return false;
    }
  }
  pointsOf(op) {
    switch (op.kind) {
      case 'hold': case 'transfer': return op.body.points;
      case 'adjust': return op.body.points < 0 && !op.body.may_owe ? -op.body.points : undefined;
      case 'undo': return this.operations.find((other) => other.json?.id === op.about)?.body.points;
      case 'quote_hold': return inAll(op.body.points_paid);
      default: return undefined;
    }
  }
}

/** Everything that is wrong with the history, each as a sentence, and what was looked at. */
export function check(history) {
  const checker = new Checker(history);
  checker.tie();
  for (const part of ['effects', 'receipts', 'replays', 'ends', 'answers', 'realTime', 'serial', 'looks', 'refusals']) checker[part]();
  const count = (is) => history.operations.filter(is).length;
  const counts = {
    acknowledged: count(isDone), refused: count((op) => op.status >= 400), unknown: count(isUnknown),
    retried: count((op) => op.attempts?.length > 1), steps: sum(Object.values(checker.steps), (steps) => steps.length),
    looks: checker.reads.states,
  };
  for (const op of history.operations) delete op.steps;
  return { findings: checker.findings, counts };
}
