// The console in a real browser against a running server: node tests/browser/run.mjs BASE_URL USER PASSWORD
// It expects a programme with members who bought something (the demo has them) and changes nothing that a second run would miss.
import { equal, holds, House, openBrowser } from './house.mjs'
import { benefits } from './run_benefits.mjs'
import { challenges } from './run_challenges.mjs'
import { gifts } from './run_gifts.mjs'
import { household } from './run_household.mjs'
import { levels } from './run_levels.mjs'
import { memberships } from './run_memberships.mjs'
import { referrals } from './run_referrals.mjs'
import { milestones, recognition } from './run_recognition.mjs'
import { occasions } from './run_occasions.mjs'
import { office } from './run_office.mjs'
import { points } from './run_points.mjs'

const [base, user, password] = process.argv.slice(2)
if (!password) {
  console.error('usage: node tests/browser/run.mjs BASE_URL USER PASSWORD')
  process.exit(2)
}

const browser = await openBrowser()
const house = new House()
const size = { width: 1360, height: 900 }
const context = await browser.newContext({ bypassCSP: true, locale: 'en-GB', viewport: size, colorScheme: 'light', timezoneId: 'Pacific/Chatham' })
const page = await context.newPage()
house.page = page
page.setDefaultTimeout(8000)
const errors = []
page.on('pageerror', (error) => errors.push(String(error)))
page.on('console', (message) => {
  // A refused call is logged by the browser itself; those are checked where they are wanted.
  if (message.type() === 'error' && !message.text().includes('Failed to load resource')) errors.push(message.text())
})

const open = async (path) => {
  await page.goto(`${base}/#/${path}`)
  await page.locator('main h1').first().waitFor()
}
const settled = () => page.waitForFunction(() => !document.querySelector('[aria-busy="true"]'))

let memberPath = ''
let receiptPath = ''

await house.check('a wrong password is answered in words, and the form keeps the name', async () => {
  await page.goto(base)
  await page.getByLabel('User name').fill(user)
  await page.getByLabel('Password').fill('certainly wrong')
  await page.getByRole('button', { name: 'Sign in' }).click()
  await page.getByRole('alert').getByText('The name or the password is wrong.').waitFor()
  equal(await page.getByLabel('User name').inputValue(), user, 'the name field')
  equal(await page.evaluate(() => document.activeElement?.id), 'password', 'the focus')
  await house.axe()
  await house.shot('sign-in')
})

await house.check('an empty form is not sent', async () => {
  await page.getByLabel('Password').fill('')
  await page.getByRole('button', { name: 'Sign in' }).click()
  await page.getByText('Enter your user name and password.').waitFor()
})

await house.check('signing in leads to the overview', async () => {
  await page.getByLabel('Password').fill(password)
  await page.keyboard.press('Enter')
  await page.getByRole('region', { name: 'Figures' }).waitFor()
  await settled()
  equal(await page.evaluate(() => document.activeElement?.tagName), 'H1', 'the focus')
  await house.axe()
  await house.shot('overview', { fullPage: true })
})

await house.check('a reload stays signed in', async () => {
  await page.reload()
  await page.getByRole('region', { name: 'Figures' }).waitFor()
})

await house.check('members are listed, and found by what is typed', async () => {
  await open('members')
  const rows = page.locator('main tbody tr')
  await rows.first().waitFor()
  await settled()
  await house.axe()
  await house.shot('members')
  const card = (await rows.locator('td:nth-child(3)').allInnerTexts()).map((text) => text.split(/\s/)[0]).find((text) => /^\d/.test(text))
  holds(card, 'no member has a card')
  await page.getByRole('searchbox', { name: 'Find a member', exact: true }).fill(card)
  await page.waitForFunction((wanted) => location.hash.includes(encodeURIComponent(wanted)), card)
  await settled()
  await page.waitForFunction(() => document.querySelectorAll('main tbody tr').length === 1)
  holds((await rows.first().innerText()).includes(card), 'the row found names another card')
})

await house.check('nobody found is said', async () => {
  await page.getByRole('searchbox', { name: 'Find a member', exact: true }).fill('zzzzzz-nobody')
  await page.getByText('Nobody found for').waitFor()
  await house.axe()
})

await house.check('the search of the header leads to the members', async () => {
  await open('')
  await page.locator('main h1').click()
  await page.keyboard.press('/')
  equal(await page.evaluate(() => document.activeElement?.id), 'top-search', 'the focus after /')
  await page.keyboard.press('Enter')
  await page.waitForURL(/#\/members/)
  // The page that is left may show a table too.
  await page.getByRole('heading', { name: 'Members', level: 1 }).waitFor()
  await page.locator('main tbody tr td:first-child a').first().waitFor()
  await settled()
})

await house.check('a member’s page shows the balance and a why for every line', async () => {
  const links = await page.locator('main tbody tr td:first-child a').evaluateAll((all) => all.map((one) => one.getAttribute('href')))
  holds(links.length > 0, 'no member is listed')
  for (const link of links) {
    await page.goto(`${base}/${link}`)
    await page.getByRole('heading', { name: 'Statement' }).waitFor()
    await settled()
    const hasReceipt = (await page.locator('main ol.entries a[href^="#/receipts/"]').count()) > 0
    if (hasReceipt && (await page.locator('section[aria-labelledby="cards"] .mono').count())) memberPath = link.slice(1)
    if (memberPath) break
  }
  holds(memberPath, 'no member has a card and a receipt')
  const whys = page.locator('ol.entries .why')
  await whys.first().waitFor()
  for (const why of await whys.allInnerTexts()) holds(why.trim().length > 8, `a line without a why: ${JSON.stringify(why)}`)
  await page.getByRole('heading', { name: 'Balance' }).waitFor()
  const scale = page.locator('section[aria-labelledby="scales"] li').first()
  holds(/more in 90 days for \d%|highest step/.test(await scale.innerText()), `the scale says ${await scale.innerText()}`)
  await house.axe()
  await house.shot('member', { fullPage: true })
})

await house.check('a member is found by the id too', async () => {
  const id = memberPath.split('/')[2].split('?')[0]
  await open(`members?q=${id}`)
  await page.locator(`main tbody a[href*="${id}"]`).waitFor()
  await page.goBack()
  await page.locator('ol.entries a').first().waitFor()
})

await house.check('a receipt’s trace says how every offer came out', async () => {
  await page.locator('ol.entries a[href^="#/receipts/"]').first().click()
  await page.waitForURL(/#\/receipts\//)
  receiptPath = new URL(page.url()).hash.slice(1)
  await page.getByRole('heading', { name: 'Why', exact: true }).waitFor()
  await settled()
  const offers = page.locator('main details')
  holds((await offers.count()) > 0, 'no offer is explained')
  const withConditions = offers.filter({ has: page.locator('table') })
  if (await withConditions.count()) {
    await withConditions.first().locator('summary').click()
    holds((await withConditions.first().locator('tbody tr').count()) > 0, 'no condition is shown')
  }
  await house.axe()
  await house.shot('receipt', { fullPage: true })
})

await house.check('the filter of the trace keeps to its verdict', async () => {
  await page.locator('label', { hasText: /^Applied/ }).click()
  const verdicts = await page.locator('main details summary .badge').allInnerTexts()
  for (const verdict of verdicts) equal(verdict.trim(), 'Applied', 'a verdict under the filter')
})

await house.check('an unknown receipt is said to be unknown', async () => {
  await open('receipts/there-is-none')
  await page.getByText('There is no such receipt').waitFor()
})

await house.check('the receipts room opens a receipt by its id', async () => {
  await open('receipts')
  await house.axe()
  await page.getByLabel('Receipt id, as the till sent it').fill(decodeURIComponent(receiptPath.replace('/receipts/', '')))
  await page.getByRole('button', { name: 'Open', exact: true }).click()
  await page.getByRole('heading', { name: 'Why', exact: true }).waitFor()
})

await house.check('a basket is calculated line by line', async () => {
  await open('basket')
  await settled()
  const sku = await page.locator('datalist option').first().getAttribute('value').catch(() => null)
  if (sku) await page.getByLabel('Sku').first().fill(sku)
  await page.getByLabel(/^Sum/).first().fill('12.345')
  await page.getByRole('button', { name: 'Calculate' }).click()
  await page.getByText('Enter the sum of the line').waitFor()
  await page.getByLabel(/^Sum/).first().fill('20.00')
  await page.getByRole('button', { name: 'Add a line' }).click()
  await page.getByLabel('Category').nth(1).fill('bread')
  await page.getByLabel(/^Sum/).nth(1).fill('2')
  await page.getByRole('button', { name: 'Calculate' }).click()
  await page.getByRole('heading', { name: 'Result' }).waitFor()
  equal(await page.locator('main table tr.goods').count(), 2, 'lines of the result')
  const listTotal = await page.locator('dl.sums dd').first().innerText()
  holds(/22\.00/.test(listTotal), `the total before discounts is ${listTotal}`)
  await house.axe()
  await house.shot('basket', { fullPage: true })
})

await house.check('a basket of a member earns points', async () => {
  await page.goto(`${base}/#${memberPath}`)
  const card = page.locator('section[aria-labelledby="cards"] .mono').first()
  await page.getByRole('heading', { name: 'Cards' }).waitFor()
  const name = await card.innerText()
  await open('basket')
  await page.getByLabel('Member (optional)').fill(name)
  await page.getByLabel('Category').first().fill('bread')
  await page.getByLabel(/^Sum/).first().fill('20')
  await page.getByRole('button', { name: 'Calculate' }).click()
  await page.getByRole('heading', { name: 'Result' }).waitFor()
  await page.getByRole('link', { name: 'Open the member’s page' }).waitFor()
  holds(/more (on this purchase|in 90 days) for \d%/.test(await page.locator('section[aria-labelledby$="missing"]').innerText()), 'what is missing is not said')
  await house.shot('basket-member', { fullPage: true })
})

await house.check('points that the rules do not let pay are refused with the bound', async () => {
  await page.getByLabel('Pay with').fill('99')
  await page.getByRole('button', { name: 'Calculate' }).click()
  await page.getByRole('alert').getByText('at least 100 at once').waitFor()
  await house.axe()
  await page.getByLabel('Pay with').fill('')
  await page.getByRole('button', { name: 'Calculate' }).click()
  await page.getByRole('heading', { name: 'Result' }).waitFor()
})

await house.check('the programme shows its document and its editions', async () => {
  await open('programme')
  await page.locator('.code .line').first().waitFor()
  await settled()
  holds((await page.locator('.code').innerText()).includes('suki: 1'), 'the document is not shown')
  holds((await page.locator('.editions a').count()) > 0, 'no edition is listed')
  await house.axe()
  await house.shot('programme', { fullPage: false })
})

await house.check('a mistake in a draft is shown at its line, with a hint', async () => {
  await open('programme/draft')
  const editor = page.getByRole('textbox', { name: 'Document' })
  await editor.waitFor()
  const text = await editor.inputValue()
  const broken = text.replace(/^(\s+)when:/m, '$1wehn:')
  holds(broken !== text, 'the document has no `when` to break')
  await editor.fill(broken)
  await page.locator('.findings ol button').first().waitFor()
  const line = broken.split('\n').findIndex((one) => one.includes('wehn:')) + 1
  await page.locator('.findings ol button', { hasText: `Line ${line}` }).first().waitFor()
  holds(await page.getByRole('button', { name: 'Publish…' }).isDisabled(), 'a document with errors could be published')
  equal(await page.locator(`.code .line.error[data-line="${line}"]`).count(), 1, 'the marked line')
  await house.axe()
  await house.shot('draft')
  await page.getByRole('button', { name: 'Discard the changes' }).click()
  equal(await editor.inputValue(), text, 'the document after discarding')
})

await house.check('who would move is counted before a changed ladder is published', async () => {
  const editor = page.getByRole('textbox', { name: 'Document' })
  const text = await editor.inputValue()
  const dearer = text.replace(/friend:(\s+)\{from: [0-9]+ BYN/, 'friend:$1{from: 1900 BYN')
  holds(dearer !== text, 'the document has no friends to move')
  await editor.fill(dearer)
  await page.getByRole('button', { name: 'Who would move' }).click()
  await page.getByText('when they buy nothing until then').waitFor()
  await page.locator('li', { hasText: 'lower' }).first().waitFor()
  await house.axe()
  await house.shot('who-moves', { fullPage: true })
  await page.getByRole('button', { name: 'Discard the changes' }).click()
})

await house.check('publishing asks first', async () => {
  const editor = page.getByRole('textbox', { name: 'Document' })
  await editor.fill(`${await editor.inputValue()}\n# a remark\n`)
  const publish = page.getByRole('button', { name: 'Publish…' })
  await page.waitForFunction(() => [...document.querySelectorAll('button')].some((one) => one.textContent === 'Publish…' && !one.disabled))
  await publish.click()
  await page.getByRole('dialog').getByText('A published edition is forever').waitFor()
  await house.axe()
  await house.shot('publish')
  await page.keyboard.press('Escape')
  await page.getByRole('dialog').waitFor({ state: 'hidden' })
  equal(await page.evaluate(() => document.activeElement?.textContent?.trim()), 'Publish…', 'the focus after the dialog')
  await page.getByRole('button', { name: 'Discard the changes' }).click()
})

await points({ house, page, base, open, settled, memberPath })
await benefits({ house, page, base, open, settled })
await gifts({ house, page, base, open, settled })
await household({ house, page, base, settled })
await levels({ house, page, base, settled })
await challenges({ house, page, base, settled })
await memberships({ house, page, base, open, settled })
await milestones({ house, page, base })
await referrals({ house, page, base, settled })
await recognition({ house, page, base, settled })
await occasions({ house, page, base, open, settled })
await office({ house, page, open, settled, password })

await house.check('an address that leads nowhere says so', async () => {
  await open('nothing/here')
  await page.getByText('There is no such page').first().waitFor()
  await house.axe()
})

await house.check('Russian, kept over a reload, on every page', async () => {
  await open('')
  await page.getByLabel('Language').selectOption('ru')
  await page.getByRole('link', { name: 'Участники', exact: true }).waitFor()
  await page.reload()
  await page.getByRole('link', { name: 'Участники', exact: true }).waitFor()
  equal(await page.evaluate(() => document.documentElement.lang), 'ru', 'the language of the page')
  await settled()
  await house.shot('overview-ru', { fullPage: true })
  for (const [path, name] of [[memberPath.slice(1), 'member-ru'], [receiptPath.slice(1), 'receipt-ru'], ['basket', 'basket-ru'], ['programme', 'programme-ru'], ['discrepancies', ''], ['quarantine', 'quarantine-ru'], ['keys', ''], ['users', ''], ['audit', 'audit-ru']]) {
    await open(path)
    await settled()
    await house.axe()
    const left = await page.evaluate(() => document.body.innerText.match(/\b(Overview|Members|Receipts|Balance|Statement|Discount|To pay|Calculate|Loading)\b/)?.[0] ?? '')
    equal(left, '', `English left on ${path}`)
    if (name) await house.shot(name, { fullPage: true })
  }
  await page.getByLabel('Язык').selectOption('en')
})

await house.check('no table is wider than its place on a small desk, in either language', async () => {
  try {
    for (const [language, field] of [['ru', 'Language'], ['en', 'Язык']]) {
      await page.getByLabel(field).selectOption(language)
      for (const width of [1280, 1024]) {
        await page.setViewportSize({ width, height: 800 })
        for (const path of ['', 'members', memberPath.slice(1), `${memberPath.slice(1)}?show=receipts`, receiptPath.slice(1), 'discrepancies', 'quarantine', 'keys', 'users', 'audit']) {
          await open(path)
          await settled()
          await house.fits(`${path || 'overview'} at ${width} in ${language}`)
        }
      }
    }
  } finally {
    // What follows reads English on a wide desk, however this came out.
    await page.setViewportSize(size)
    await page.evaluate(() => localStorage.setItem('suki.locale', 'en'))
    await page.reload()
  }
})

await house.check('the keyboard alone reaches everything of a page, and the focus is always seen', async () => {
  await open('members')
  await page.locator('main tbody tr').first().waitFor()
  await page.reload()
  await page.locator('main tbody tr').first().waitFor()
  await page.evaluate(() => document.activeElement instanceof HTMLElement && document.activeElement.blur())
  await page.keyboard.press('Tab')
  equal(await page.evaluate(() => document.activeElement?.textContent), 'Skip to the content', 'the first stop')
  await page.keyboard.press('Enter')
  equal(await page.evaluate(() => document.activeElement?.tagName), 'H1', 'where the skip link leads')
  const stops = []
  for (let step = 0; step < 6; step += 1) {
    await page.keyboard.press('Tab')
    stops.push(await page.evaluate(() => {
      const at = document.activeElement
      if (!(at instanceof HTMLElement)) return 'nothing'
      const style = getComputedStyle(at)
      const isSeen = style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) > 0
      return `${at.tagName}${isSeen ? '' : ' without an outline'}`
    }))
  }
  for (const stop of stops) holds(!stop.includes('without'), `a stop of the keyboard: ${stop}`)
  holds(stops.includes('A'), `no member can be reached: ${stops}`)
  await page.locator('main tbody a').first().focus()
  await page.keyboard.press('Enter')
  await page.waitForURL(/#\/members\/mem/)
  await page.waitForFunction(() => document.activeElement?.tagName === 'H1')
})

await house.check('on a telephone nothing is wider than the screen', async () => {
  await page.setViewportSize({ width: 390, height: 844 })
  for (const path of ['', 'members', memberPath.slice(1), receiptPath.slice(1), 'basket', 'programme', 'programme/draft', 'discrepancies', 'quarantine', 'keys', 'users', 'audit']) {
    await open(path)
    await settled()
    const wide = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth)
    holds(wide <= 0, `${path || 'overview'} is ${wide} px too wide`)
    if (['', memberPath.slice(1), 'basket', receiptPath.slice(1)].includes(path)) await house.shot(`phone-${path.split('/')[0] || 'overview'}`, { fullPage: true })
  }
  await page.getByRole('button', { name: 'Menu' }).click()
  await page.getByRole('link', { name: 'Members', exact: true }).waitFor()
  await page.keyboard.press('Escape')
  await page.getByRole('link', { name: 'Members', exact: true }).waitFor({ state: 'hidden' })
  await page.setViewportSize(size)
})

await house.check('dark, where the system is dark', async () => {
  await page.emulateMedia({ colorScheme: 'dark' })
  for (const [path, name] of [['', 'overview'], [memberPath.slice(1), 'member'], [receiptPath.slice(1), 'receipt'], ['programme', 'programme'], ['basket', 'basket'], ['keys', 'keys'], ['users', 'users'], ['audit', 'audit'], ['quarantine', 'quarantine']]) {
    await open(path)
    await settled()
    await house.axe()
    await house.shot(`dark-${name}`)
  }
  await page.emulateMedia({ colorScheme: 'light' })
})

await house.check('signing out closes the door', async () => {
  await page.getByRole('button', { name: 'Sign out' }).click()
  await page.getByRole('heading', { name: 'Welcome back' }).waitFor()
  await page.goto(`${base}/#/members`)
  await page.reload()
  await page.getByLabel('User name').waitFor()
})

await house.check('no script failed on the way', async () => {
  equal(errors.join('\n'), '', 'errors of the page')
})

await house.check('the content security policy holds with nothing against it', async () => {
  const strict = await browser.newContext({ locale: 'en-GB', viewport: size })
  const tab = await strict.newPage()
  const complaints = []
  tab.on('console', (message) => /content security policy|refused to/i.test(message.text()) && complaints.push(message.text()))
  const answer = await tab.goto(base)
  const policy = answer.headers()['content-security-policy'] ?? ''
  holds(/script-src 'self'|default-src 'self'/.test(policy) && !/unsafe-inline|unsafe-eval/.test(policy), `the policy is ${policy || 'missing'}`)
  await tab.getByLabel('User name').fill(user)
  await tab.getByLabel('Password').fill(password)
  await tab.keyboard.press('Enter')
  await tab.getByRole('region', { name: 'Figures' }).waitFor()
  for (const path of [memberPath.slice(1), receiptPath.slice(1), 'basket', 'programme/draft']) {
    await tab.goto(`${base}/#/${path}`)
    await tab.locator('main h1').first().waitFor()
    await tab.waitForTimeout(300)
  }
  equal(complaints.join('\n'), '', 'complaints')
  await strict.close()
})

await browser.close()
house.end()
