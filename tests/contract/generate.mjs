// Values that fit a schema of the interface, and values that almost do.
import fc from 'fast-check';

const key = () => fc.stringMatching(/^[a-z][a-z0-9_]{0,11}$/);
const digits = (min, max) => fc.stringMatching(new RegExp(`^[0-9]{${min},${max}}$`));
const crockford = (prefix) => fc.stringMatching(/^[0-9a-hjkmnp-tv-z]{25}$/).map((text) => `${prefix}_0${text}`);
const instant = fc
  .tuple(fc.date({ min: new Date('1950-01-01'), max: new Date('2090-01-01'), noInvalidDate: true }), fc.constantFrom('Z', '+03:00', '-09:30'))
  .map(([date, offset]) => date.toISOString().replace(/\.\d+Z$/, offset));
const date = fc
  .date({ min: new Date('1900-01-01'), max: new Date('2090-01-01'), noInvalidDate: true })
  .map((value) => value.toISOString().slice(0, 10));

/** Schemas whose patterns no generator can follow, by name. `known` gives values that name what is there. */
function special(name, known) {
  const often = (list, other) => (list?.length ? fc.oneof({ weight: 3, arbitrary: fc.constantFrom(...list) }, { weight: 1, arbitrary: other }) : other);
  switch (name) {
    case 'Key': return key();
    case 'Code': return fc.oneof(fc.stringMatching(/^[A-Za-z0-9][A-Za-z0-9 ._:/-]{6,20}[A-Za-z0-9]$/), fc.constantFrom('Колбаса 1', 'a/b', '名'));
    case 'Phone': return digits(7, 12).map((text) => `+${text}`);
    case 'Email': return key().map((text) => `${text}@example.com`);
    case 'MemberId': return often(known.member, crockford('mem'));
    case 'AccountId': return often(known.account, crockford('acc'));
    case 'HoldId': return often(known.hold, crockford('hld'));
    case 'Instant': return instant;
    case 'Date': return date;
    case 'QuantityInput': return fc.oneof(
      fc.integer({ min: 1, max: 10_000 }).map((milli) => milli / 1000),
      fc.tuple(fc.integer({ min: 1, max: 999_999 }), fc.integer({ min: 0, max: 999 })).map(([whole, rest]) => `${whole}.${rest}`),
      fc.integer({ min: 1, max: 1_000_000_000 }),
      fc.constantFrom('0.001', '999999999.999', 1_000_000_000, '1'),
    );
    case 'MoneyInput': return fc.oneof({ weight: 5, arbitrary: fc.integer({ min: 0, max: 100_000 }) },
      { weight: 1, arbitrary: fc.constantFrom(0, 9007199254740991) });
    case 'LocalisedText': return fc.oneof(fc.string({ minLength: 1, maxLength: 20, unit: 'grapheme-ascii' }), fc.record({ en: key(), ru: fc.constant('Хлеб') }));
    default: return undefined;
  }
}

/** Names of properties for which what is there should often be named. */
const pools = { unit: 'unit', store: 'store', card: 'card', document: 'document', currency: 'currency', line: 'line' };

export function arbitraryOf(schema, doc, known, name = '') {
  if (schema.$ref) {
    const parts = schema.$ref.split('/');
    const ref = parts.at(-1);
    const pool = pools[name];
    const other = special(ref, known) ?? arbitraryOf(doc.components.schemas[ref], doc, known, name);
    return pool && known[pool]?.length && ref !== 'QuantityUnit'
      ? fc.oneof({ weight: 4, arbitrary: fc.constantFrom(...known[pool]) }, { weight: 1, arbitrary: other }) : other;
  }
  if (schema.enum) return fc.constantFrom(...schema.enum);
  if (schema.oneOf) return fc.oneof(...schema.oneOf.map((branch) => arbitraryOf(branch, doc, known, name)));
  const types = [schema.type].flat();
  if (types.length > 1) return fc.oneof(...types.map((type) => arbitraryOf({ ...schema, type }, doc, known, name)));
  switch (types[0]) {
    case 'null': return fc.constant(null);
    case 'boolean': return fc.boolean();
    case 'integer': if (pools[name] && known[pools[name]]?.length) return fc.oneof({ weight: 4, arbitrary: fc.constantFrom(...known[pools[name]]) }, { weight: 1, arbitrary: fc.integer({ min: 1, max: 9 }) });
      return fc.oneof(
      { weight: 5, arbitrary: fc.integer({ min: Math.max(schema.minimum ?? -1000, -100_000), max: Math.min(schema.maximum ?? 1000, 100_000) }) },
      { weight: 1, arbitrary: fc.constantFrom(schema.minimum ?? 0, schema.maximum ?? 0) });
    case 'string': return textOf(schema, known, name);
    case 'array': return arrayOf(schema, doc, known, name);
    case 'object': return objectOf(schema, doc, known);
    default: throw new Error(`no generator for ${JSON.stringify(schema)}`);
  }
}

function textOf(schema, known, name) {
  if (pools[name] && known[pools[name]]?.length) {
    return fc.oneof({ weight: 3, arbitrary: fc.constantFrom(...known[pools[name]]) }, 
      { weight: 1, arbitrary: schema.pattern?.startsWith('^[A-Z]') ? fc.stringMatching(/^[A-Z]{3}$/) : fc.string({ minLength: 1, maxLength: 200, unit: 'grapheme-ascii' }) });
  }
  if (schema.pattern && !schema.maxLength) return fc.stringMatching(new RegExp(schema.pattern));
  const min = schema.minLength ?? 0;
  return fc.oneof(
    fc.string({ minLength: min, maxLength: Math.min(schema.maxLength ?? 40, 40), unit: 'grapheme-ascii' }),
    fc.constant('Ў'.repeat(Math.max(min, 1))));
}

function arrayOf(schema, doc, known, name) {
  const items = arbitraryOf(schema.items, doc, known, name);
  const list = fc.array(items, { minLength: schema.minItems ?? 0, maxLength: Math.min(schema.maxItems ?? 4, 4) });
  // Lines are numbered as a till numbers them, most of the time.
  if (!schema.items.$ref?.endsWith('/LineInput')) return list;
  return fc.tuple(list, fc.integer({ min: 0, max: 5 })).map(([lines, chance]) =>
    chance === 0 ? lines : lines.map((line, i) => plausible(line, i + 1)));
}

/** A line whose parts are no larger than its whole. */
function plausible(line, number) {
  const amount = line.amount % 1_000_000;
  const result = { ...line, number, amount };
  for (const part of ['tax', 'till_discount']) if (part in line) result[part] = line[part] % (amount + 1);
  return result;
}

function objectOf(schema, doc, known) {
  if (!schema.properties) {
    const value = arbitraryOf(schema.additionalProperties ?? { type: 'string' }, doc, known);
    return fc.dictionary(key(), value, { maxKeys: Math.min(schema.maxProperties ?? 4, 4), noNullPrototype: true });
  }
  const model = Object.fromEntries(Object.entries(schema.properties).map(([name, one]) => [name, arbitraryOf(one, doc, known, name)]));
  if (schema.maxProperties === 1) {
    return fc.oneof(...Object.entries(model).map(([name, one]) => fc.record({ [name]: one }, { noNullPrototype: true })));
  }
  const record = fc.record(model, { requiredKeys: schema.required ?? [], noNullPrototype: true });
  if (!model.lines || !model.till_discount) return record;
  return fc.tuple(record, model.at ?? fc.constant(undefined), fc.integer({ min: 0, max: 5 })).map(([body, at, chance]) => {
    const total = body.lines.reduce((sum, line) => sum + line.amount - (line.till_discount ?? 0), 0);
    if (chance > 0 && body.till_discount > 0) body = { ...body, till_discount: body.till_discount % (Math.max(total, 0) + 1) };
    return body.hold ? { at, ...body } : body;  // a quote that places holds says when
  });
}

/** Every place of a value: the container and the key by which it holds something. */
function places(value, found = []) {
  if (value === null || typeof value !== 'object') return found;
  for (const name of Object.keys(value)) {
    found.push([value, name]);
    places(value[name], found);
  }
  return found;
}

const replacements = [null, true, '', -1, 0, 1.5, 1e300, 9007199254740992, '-1', '1e3', '0', 'x'.repeat(5000), [], {}, ['x'], { x: 1 }, '\u0001',
  '2026-02-30T00:00:00Z', '10000-01-01', ' x', 'x '];

/** A valid body, changed at one place: replaced, removed, or something unknown added. */
export function mutated(valid) {
  return fc.tuple(valid, fc.nat(), fc.nat(), fc.constantFrom('replace', 'replace', 'remove', 'add')).map(([body, where, what, how]) => {
    const copy = { body: structuredClone(body) };
    const all = places(copy);
    const [container, name] = all[where % all.length];
    if (how === 'remove' && container !== copy) {
      if (Array.isArray(container)) container.splice(Number(name), 1);
      else delete container[name];
    } else if (how === 'add') {
      const target = container[name] !== null && typeof container[name] === 'object' ? container[name] : container;
      if (Array.isArray(target)) target.push(replacements[what % replacements.length]);
      else if (target !== copy) target.unknown_field = 1;
      else copy.body = replacements[what % replacements.length];
    } else {
      container[name] = replacements[what % replacements.length];
    }
    return copy.body;
  });
}
