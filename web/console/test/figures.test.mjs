import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { transformWithEsbuild } from 'vite'

const root = join(dirname(fileURLToPath(import.meta.url)), '../src/lib')
async function load(name) {
  const path = join(root, name)
  const { code } = await transformWithEsbuild(readFileSync(path, 'utf8'), path)
  return import(`data:text/javascript,${encodeURIComponent(code)}`)
}
const { decimal, parseDecimal } = await load('digits.ts')
const { instantOf, localNow } = await load('zone.ts')
const { byClause } = await load('clauses.ts')
const { tokens } = await load('yaml.ts')
const { clip } = await load('clip.ts')

test('minor units become decimals digit by digit', () => {
  assert.equal(decimal(1240, 2), '12.40')
  assert.equal(decimal(-5, 2), '-0.05')
  assert.equal(decimal(0, 3), '0.000')
  assert.equal(decimal(1200, 0), '1200')
  assert.equal(decimal(Number.MAX_SAFE_INTEGER, 2), '90071992547409.91')
})

test('what people type becomes minor units, or nothing', () => {
  assert.equal(parseDecimal('12.40', 2), 1240)
  assert.equal(parseDecimal('12,4', 2), 1240)
  assert.equal(parseDecimal(' 1 200 ', 2), 120000)
  assert.equal(parseDecimal('12.400', 2), 1240)
  assert.equal(parseDecimal('1,234.56', 2), 123456)
  assert.equal(parseDecimal('1,234,567.8', 2), 123456780)
  assert.equal(parseDecimal('0.432', 3), 432)
  assert.equal(parseDecimal('-0', 2), 0)
  assert.equal(parseDecimal('90071992547409.91', 2), Number.MAX_SAFE_INTEGER)
  for (const wrong of ['', '.', '.5', '12.345', '1e3', '1,234', '12,34.56', '1,2345.6', '1.234,56', 'abc', '--1', '90071992547409.92', '0x10']) {
    assert.equal(parseDecimal(wrong, 2), undefined, wrong)
  }
})

test('decimals and minor units are each other’s reverse', () => {
  for (const digits of [0, 2, 3]) {
    for (const minor of [0, 1, 9, 10, 99, 100, 101, 999, 1000, 123456789, -1, -1000]) assert.equal(parseDecimal(decimal(minor, digits), digits), minor)
  }
})

test('wall clocks of a zone are instants', () => {
  assert.equal(instantOf('2026-12-02T09:30', 'Europe/Minsk'), '2026-12-02T06:30:00Z')
  assert.equal(instantOf('2026-07-01T12:00', 'Europe/Vilnius'), '2026-07-01T09:00:00Z')
  assert.equal(instantOf('2026-01-01T12:00', 'Europe/Vilnius'), '2026-01-01T10:00:00Z')
  assert.equal(instantOf('2026-03-01T00:00', 'Pacific/Chatham'), '2026-02-28T10:15:00Z')
  assert.equal(instantOf('nonsense', 'Europe/Minsk'), undefined)
  assert.match(localNow('Asia/Tokyo'), /^\d{4}-\d\d-\d\dT\d\d:\d\d$/)
})

test('a text is cut at bytes, between characters', () => {
  assert.equal(clip('abc', 3), 'abc')
  assert.equal(clip('abcd', 3), 'abc')
  assert.equal(clip('Анна', 5), 'Ан')
  assert.equal(clip('😀😀', 7), '😀')
})

test('clauses are ordered as numbers', () => {
  assert.deepEqual(['4.10', '4.2', '4', '10.1', '4.2.1'].sort(byClause), ['4', '4.2', '4.2.1', '4.10', '10.1'])
})

test('colouring loses no character of a document', () => {
  const lines = ['a: 1 # remark', "b: 'it # is'", 'give: {points: 3 per 1 BYN}', '  - {x: "y"}', 'c#d: e', '', '# only', 'Клуб: да']
  for (const line of lines) assert.equal(tokens(line).map((token) => token.text).join(''), line)
  assert.equal(tokens('a: 1 # remark').at(-1).kind, 'comment')
  assert.ok(tokens("b: 'it # is'").every((token) => token.kind !== 'comment'))
})
