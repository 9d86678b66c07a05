import assert from 'node:assert/strict'
import { readdirSync, readFileSync, statSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { format, parse } from '../src/i18n/message.js'

const root = join(dirname(fileURLToPath(import.meta.url)), '..')
const catalogue = (name) => JSON.parse(readFileSync(join(root, `src/i18n/${name}.json`), 'utf8'))
const en = catalogue('en')
const ru = catalogue('ru')

/** Names of the arguments, and the cases of each plural. */
function shape(pattern) {
  const names = new Set()
  const plurals = []
  const walk = (parts) => {
    for (const part of parts) {
      if (typeof part === 'string' || part.kind === 'number') continue
      names.add(part.arg)
      if (part.kind === 'plural') plurals.push(Object.keys(part.cases))
      for (const inner of Object.values(part.cases ?? {})) walk(inner)
    }
  }
  walk(parse(pattern))
  return { names: [...names].sort(), plurals }
}

test('both catalogues have the same keys, in order', () => {
  assert.deepEqual(Object.keys(ru), Object.keys(en))
  assert.deepEqual(Object.keys(en), Object.keys(en).slice().sort())
})

test('every message can be read, and speaks of the same arguments in both languages', () => {
  for (const key of Object.keys(en)) assert.deepEqual(shape(ru[key]).names, shape(en[key]).names, key)
})

test('Russian plurals have their forms, unless one says all', () => {
  for (const [key, pattern] of Object.entries(ru)) {
    for (const cases of shape(pattern).plurals) {
      if (!cases.includes('one')) continue
      for (const form of ['few', 'many', 'other']) assert.ok(cases.includes(form), `${key} lacks ${form}`)
    }
  }
})

test('no English is left in Russian, nor Russian in English', () => {
  for (const key of Object.keys(en)) {
    assert.ok(!/\p{Script=Cyrillic}/u.test(en[key]), key)
    assert.notEqual(ru[key], en[key], key)
  }
})

test('every key that the pages name exists', () => {
  const files = (folder) => readdirSync(folder).flatMap((name) => {
    const path = join(folder, name)
    return statSync(path).isDirectory() ? files(path) : /\.(svelte|ts)$/.test(name) ? [path] : []
  })
  for (const path of files(join(root, 'src'))) {
    for (const [, key] of readFileSync(path, 'utf8').matchAll(/\bt\(\s*'([\w.]+)'/g)) assert.ok(key in en, `${path}: ${key}`)
  }
})

test('every command has words, and the audit log offers what the server writes there', () => {
  const source = (path) => readFileSync(join(root, '../../src', path), 'utf8')
  const words = new Map()
  const headers = ['commands', 'guest_lists', 'membership_commands', 'privileges', 'recognition_commands', 'referral_commands', 'trade_in_commands'].map((name) => source(`app/${name}.h`)).join('\n')
  for (const [, name, body] of headers.matchAll(/^struct (\w+) \{([^]*?)^\};/gm)) {
    const word = /word = "(\w+)"/.exec(body)?.[1]
    if (word) words.set(name, word)
  }
  for (const [, word] of source('app/quote.cpp').matchAll(/word = "(\w+)"/g)) words.set(word, word)
  assert.ok(words.size > 20, `${words.size} commands`)
  for (const word of words.values()) assert.ok(`command.${word}` in en, word)

  const noted = [...source('app/audit.cpp').matchAll(/^std::optional<Noted> note\(const Desk&[^,]*, const Ask&[^,]*, const (\w{2,})&/gm)].map(([, name]) => words.get(name) ?? name)
  const said = ['app/users.cpp', 'cli/audit_verbs.cpp', 'server/access_tokens.cpp', 'server/call.cpp', 'server/occasions.cpp', 'server/rates.cpp', 'server/session.cpp']
    .flatMap((path) => [...source(path).matchAll(/(?:->|\b)(?:note|attempted)\([^;]*?"(\w+)"/g)].map(([, word]) => word))
  const list = readFileSync(join(root, 'src/lib/audit.ts'), 'utf8')
  const offered = [...list.matchAll(/'(\w+)'/g)].map(([, word]) => word)
  assert.deepEqual([...new Set([...noted, ...said])].sort(), offered)
})

test('plurals follow the language', () => {
  const say = (n) => format('ru', ru.points, { n, shown: String(n) })
  assert.equal(say(1), '1 балл')
  assert.equal(say(3), '3 балла')
  assert.equal(say(11), '11 баллов')
  assert.equal(say(21), '21 балл')
  assert.equal(format('en', en.points, { n: 1, shown: '1' }), '1 point')
  assert.equal(format('en', en.points, { n: 0, shown: '0' }), '0 points')
})

test('exact cases win over forms, selects fall back, a missing argument is named', () => {
  assert.equal(format('en', '{n, plural, =0 {none} one {# one} other {# many}}', { n: 0 }), 'none')
  assert.equal(format('en', '{n, plural, =0 {none} one {# one} other {# many}}', { n: 2000 }), '2,000 many')
  assert.equal(format('en', '{kind, select, a {A} other {?}}', { kind: 'b' }), '?')
  assert.equal(format('en', 'Hello {who}'), 'Hello who')
  assert.equal(format('en', '{k, select, x {{n, plural, one {# y} other {# ys}}} other {}}', { k: 'x', n: 2 }), '2 ys')
})

test('a malformed message is refused', () => {
  for (const wrong of ['{', '{a', '}', '{n, plural, one {x}}', '{n, choice, other {x}}']) assert.throws(() => parse(wrong), undefined, wrong)
})

test('the lock files name no host', () => {
  for (const path of ['package-lock.json', '../../tests/browser/package-lock.json']) {
    const text = readFileSync(join(root, path), 'utf8')
    assert.ok(!/https?:\/\//.test(text), path)
    assert.ok(!/"resolved"/.test(text), path)
  }
})
