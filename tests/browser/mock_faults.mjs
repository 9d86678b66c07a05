// What goes wrong on the way between a console and its server, and what people type that is no number: on the mock, where answers can
// be lost and delayed at will.
import { equal, holds } from './house.mjs'

const member = 'members/mem_00000000000000000000000001'

export async function faults(house, page, url) {
  const open = async (path) => {
    await page.goto(`${url}/#/${path}`)
    await page.locator('main h1').first().waitFor()
  }
  const signIn = async () => {
    await page.getByLabel('User name').fill('admin')
    await page.getByLabel('Password').fill('secret')
    await page.keyboard.press('Enter')
  }
  const dialog = page.getByRole('dialog')
  const adjustment = async (points, reason) => {
    await page.getByRole('button', { name: 'Adjust points' }).click()
    await dialog.getByLabel('Points', { exact: true }).fill(points)
    await dialog.getByLabel('Reason').fill(reason)
    await dialog.getByRole('button', { name: 'Continue' }).click()
  }
  const entries = (reason) => page.locator('ol.entries .quote', { hasText: reason })

  await house.check('points whose answer was lost are posted once, however often one asks again', async () => {
    await page.goto(url)
    await signIn()
    await page.getByRole('region', { name: 'Figures' }).waitFor()
    await open(member)
    let lost = 2
    await page.route('**/adjustments?*', async (route) => {
      await route.fetch()
      return lost-- > 0 ? route.abort() : route.continue()
    })
    await adjustment('100', 'A lost answer')
    await dialog.getByRole('button', { name: 'Give the points' }).click()
    await dialog.getByText('posts nothing twice').waitFor()
    await house.axe()
    await dialog.getByRole('button', { name: 'Cancel' }).or(dialog.getByRole('button', { name: 'Close' })).first().click()
    await adjustment('100', 'A lost answer')
    await dialog.getByRole('button', { name: 'Give the points' }).click()
    await dialog.getByText('posts nothing twice').waitFor()
    await dialog.getByRole('button', { name: 'Give the points' }).click()
    await dialog.waitFor({ state: 'hidden' })
    await page.unroute('**/adjustments?*')
    await entries('A lost answer').first().waitFor()
    equal(await entries('A lost answer').count(), 1, 'how often it was posted')
  })

  await house.check('the undo names whom, and does not follow to another page', async () => {
    await page.getByRole('status').getByText('Ana Kavalenka: +100 points').waitFor()
    await page.getByRole('link', { name: 'Members', exact: true }).first().click()
    await page.getByRole('heading', { name: 'Members', level: 1 }).waitFor()
    equal(await page.getByRole('button', { name: 'Undo' }).count(), 0, 'undo buttons on another page')
  })

  await house.check('what was asked too fast is asked again a moment later, and once where it is not allowed', async () => {
    const refusal = (status, code, headers = {}) => ({ status, headers: { 'Content-Type': 'application/problem+json', ...headers }, body: JSON.stringify({ type: `urn:suki:problem:${code}`, title: code, status, code }) })
    let asked = 0
    await page.route('**/milestones?*', (route) => (asked++ < 2 ? route.fulfill(refusal(429, 'too_many_requests', { 'Retry-After': '1' })) : route.continue()))
    await open(member)
    await page.getByRole('heading', { name: 'Milestones' }).waitFor()
    equal(asked, 3, 'how often it was asked for')
    await page.unroute('**/milestones?*')
    asked = 0
    await page.route('**/milestones?*', (route) => (asked++, route.fulfill(refusal(429, 'too_many_requests', { 'Retry-After': '600' }))))
    await page.reload()
    await page.getByText('Try again in 10 minutes').waitFor()
    equal(asked, 1, 'how often it was asked for, though the wait is long')
    await page.unroute('**/milestones?*')
    await page.reload()
  })

  await house.check('points do not expire in the past, and far too many are asked about', async () => {
    await open(member)
    await page.getByRole('button', { name: 'Adjust points' }).click()
    await page.waitForFunction(() => document.activeElement?.id.endsWith('-amount'))
    await dialog.getByLabel('Points', { exact: true }).fill('1000000')
    await dialog.getByLabel('Reason').fill('A slip of the finger')
    await dialog.getByLabel('Expires on').fill('2020-01-01')
    await dialog.getByRole('button', { name: 'Continue' }).click()
    await dialog.getByText('A day after today').waitFor()
    await dialog.getByLabel('Expires on').fill('')
    await dialog.getByRole('button', { name: 'Continue' }).click()
    const give = dialog.getByRole('button', { name: 'Give the points' })
    await give.waitFor()
    holds(await give.isDisabled(), 'a million is given without a question')
    await house.axe()
    await dialog.getByRole('checkbox').check()
    holds(await give.isEnabled(), 'what is meant can not be given')
    await page.keyboard.press('Escape')
  })

  await house.check('what was being written when the session ended is still there after signing in again', async () => {
    await page.getByRole('button', { name: 'Adjust points' }).click()
    await dialog.getByLabel('Points', { exact: true }).fill('42')
    await dialog.getByLabel('Reason').fill('Half a sentence')
    await dialog.getByRole('button', { name: 'Continue' }).click()
    await page.context().clearCookies()
    await dialog.getByRole('button', { name: 'Give the points' }).click()
    await page.getByText('Your session has ended').waitFor()
    await signIn()
    await dialog.getByLabel('Reason').waitFor()
    equal(await dialog.getByLabel('Points', { exact: true }).inputValue(), '42', 'the points')
    equal(await dialog.getByLabel('Reason').inputValue(), 'Half a sentence', 'the reason')
    await page.keyboard.press('Escape')
  })

  await house.check('a search keeps the space that is being typed', async () => {
    await open('members')
    const field = page.getByRole('searchbox', { name: 'Find a member', exact: true })
    await field.pressSequentially('Ana ')
    await page.waitForURL(/q=Ana$/)
    await page.waitForTimeout(100)
    await field.pressSequentially('Kav')
    equal(await field.inputValue(), 'Ana Kav', 'the field')
  })

  await house.check('the next edition begins from the latest one, also while that is on its way', async () => {
    await open('programme')
    await page.locator('.code .line').first().waitFor()
    await page.evaluate(async () => {
      const { document: text } = await (await fetch('/v1/programmes/meat-works/editions/2')).json()
      const headers = { 'Content-Type': 'application/json', 'X-CSRF-Token': 'mock-csrf', 'Idempotency-Key': 'edition-3' }
      await fetch('/v1/programmes', { method: 'POST', headers, body: JSON.stringify({ document: `${text}# the third\n`, effective_on: '2027-01-01' }) })
    })
    await page.reload()
    await page.locator('.code .line').first().waitFor()
    await page.route('**/editions/3*', async (route) => {
      await new Promise((done) => setTimeout(done, 600))
      return route.continue()
    })
    await page.getByRole('link', { name: 'Write the next edition' }).click()
    const editor = page.getByRole('textbox', { name: 'Document' })
    await editor.waitFor()
    holds((await editor.inputValue()).includes('# the third'), 'the draft begins from an edition that was followed by another')
    await page.unroute('**/editions/3*')
    await page.getByText('It is still the same').waitFor()
  })

  await house.check('an empty draft is not checked for ever', async () => {
    const editor = page.getByRole('textbox', { name: 'Document' })
    await editor.fill('')
    await page.getByText('Nothing to check').waitFor()
    await page.getByRole('button', { name: 'Discard the changes' }).click()
    await page.getByText('It is still the same').waitFor()
  })

  await house.check('what the check finds is said in Russian too', async () => {
    await page.getByLabel('Language').selectOption('ru')
    const editor = page.getByRole('textbox', { name: 'Документ' })
    const text = await editor.inputValue()
    await editor.fill(text.replace('when:', 'wehn:'))
    await page.locator('.findings ol button', { hasText: 'неизвестный ключ wehn' }).first().waitFor()
    await page.getByRole('button', { name: 'Отбросить изменения' }).click()
    await page.getByLabel('Язык').selectOption('en')
  })

  await house.check('a basket pays with points only for a member, and only whole ones', async () => {
    await open('basket')
    await page.getByLabel('Member (optional)').fill('2900000000017')
    await page.getByLabel('Category').first().fill('bread')
    await page.getByLabel(/^Sum/).first().fill('20')
    await page.getByLabel('Pay with').fill('12.5')
    await page.getByRole('button', { name: 'Calculate' }).click()
    await page.getByText('A whole number of points').waitFor()
    equal(await page.evaluate(() => document.activeElement?.getAttribute('aria-invalid')), 'true', 'the field with the focus')
    await page.getByLabel('Pay with').fill('100')
    await page.getByRole('button', { name: 'Calculate' }).click()
    await page.getByRole('heading', { name: 'Result' }).waitFor()
    await page.getByLabel('Member (optional)').fill('')
    await page.getByText('The basket was changed since').waitFor()
    await house.axe()
    await page.getByRole('button', { name: 'Calculate' }).click()
    await page.getByText('The basket was changed since').waitFor({ state: 'hidden' })
    equal(await page.getByRole('alert').count(), 0, 'refusals')
    equal((await page.locator('main [role="status"]').first().innerText()).replaceAll('\u00a0', ' '), 'To pay: BYN 20.00. Points: 0.', 'what is read aloud')
  })

  await house.check('a wrong quantity is marked where it stands', async () => {
    await page.getByLabel('Quantity').first().fill('0')
    await page.getByRole('button', { name: 'Calculate' }).click()
    await page.getByText('Enter a quantity above 0').waitFor()
    equal(await page.getByLabel('Quantity').first().getAttribute('aria-invalid'), 'true', 'the quantity')
    equal(await page.getByLabel(/^Sum/).first().getAttribute('aria-invalid'), null, 'the sum')
    await page.waitForFunction(() => document.activeElement?.id.includes('-quantity-'))
    await page.getByLabel('Quantity').first().fill('1')
  })

  await house.check('a category goes with the sku that it came from', async () => {
    await page.getByLabel('Category').first().fill('')
    await page.getByLabel('Sku').first().fill('2001')
    await page.getByLabel('Sku').first().blur()
    equal(await page.getByLabel('Category').first().inputValue(), 'bread', 'the category of the first')
    await page.getByLabel('Sku').first().fill('1001')
    await page.getByLabel('Sku').first().blur()
    equal(await page.getByLabel('Category').first().inputValue(), 'meat/sausages', 'the category of the second')
  })

  await house.check('a basket is kept while one looks elsewhere and over a reload, and goes with the one who signs out', async () => {
    await open(member)
    await open('basket')
    equal(await page.getByLabel('Sku').first().inputValue(), '1001', 'the sku')
    await page.reload()
    await page.getByLabel('Sku').first().waitFor()
    equal(await page.getByLabel('Sku').first().inputValue(), '1001', 'the sku after a reload')
  })

  await house.check('a token that another tab made old is renewed', async () => {
    let refusals = 1
    await page.route('**/v1/receipts/quote*', (route) => refusals-- > 0
      ? route.fulfill({ status: 403, contentType: 'application/problem+json', body: JSON.stringify({ status: 403, code: 'csrf_token_invalid', title: 'old' }) }) : route.continue())
    await page.getByRole('button', { name: 'Calculate' }).click()
    await page.getByRole('heading', { name: 'Result' }).waitFor()
    await page.unroute('**/v1/receipts/quote*')
    await page.evaluate(() => sessionStorage.setItem('suki.receipts.shop', '["r1"]'))
    await page.getByRole('button', { name: 'Sign out' }).click()
    await signIn()
    equal(await page.evaluate(() => sessionStorage.getItem('suki.receipts.shop')), null, 'the receipts opened before')
    await page.getByLabel('Sku').first().waitFor()
    equal(await page.getByLabel('Sku').first().inputValue(), '', 'the sku after signing out')
  })

  await house.check('nobody of that id, and no such edition, are said in words', async () => {
    await open('members/mem_nope')
    await page.getByText('There is no such member.').waitFor()
    await open('programme?edition=99')
    await page.getByText('There is no such edition').waitFor()
    await house.axe()
  })

  await house.check('a secret stays until it was kept', async () => {
    await open('keys')
    await page.getByRole('button', { name: 'Make a key' }).first().click()
    await page.waitForFunction(() => document.activeElement?.id.endsWith('-name'))
    await dialog.getByLabel('Name').fill('A till')
    await dialog.getByRole('button', { name: 'Make a key' }).click()
    await dialog.locator('.secret').waitFor()
    await page.keyboard.press('Escape')
    await page.keyboard.press('Escape')
    holds(await dialog.locator('.secret').isVisible(), 'Escape took the secret away')
    await page.getByRole('button', { name: 'I have kept it' }).click()
    await dialog.waitFor({ state: 'hidden' })
  })

  await house.check('sums of seven figures leave every column in sight', async () => {
    const wholesale = ['members/mem_00000000000000000000000002?show=receipts', 'receipts/brest_1:1:000777', 'members', 'members/mem_00000000000000000000000002']
    for (const [language, field] of [['ru', 'Language'], ['en', 'Язык']]) {
      await page.getByLabel(field).selectOption(language)
      for (const width of [1280, 1024]) {
        await page.setViewportSize({ width, height: 800 })
        for (const path of wholesale) {
          await open(path)
          await page.waitForFunction(() => !document.querySelector('[aria-busy="true"]'))
          await house.fits(`${path} at ${width} in ${language}`)
          if (path.includes('777')) holds(/1[,\u00a0]655[,\u00a0]871[.,]88/.test(await page.locator('main').innerText()), 'the sum is not shown')
        }
        await house.shot(`wide-${language}-${width}`)
      }
    }
    await page.setViewportSize({ width: 1360, height: 900 })
  })

  await house.check('a command set aside is let through after a question, by keyboard', async () => {
    await open('quarantine')
    const rows = page.locator('main tbody tr')
    await rows.first().waitFor()
    equal(await rows.count(), 2, 'commands set aside')
    await rows.first().getByText('its checksum differs').waitFor()
    await house.axe()
    await house.shot('quarantine-two')
    await page.getByRole('button', { name: 'Let it be tried again: Return minsk_1/2/004712' }).focus()
    await page.keyboard.press('Enter')
    await dialog.getByText('Nothing is sent from here').waitFor()
    await house.axe()
    await house.shot('quarantine-release')
    await dialog.getByRole('button', { name: 'Let it be tried again' }).focus()
    await page.keyboard.press('Enter')
    await dialog.waitFor({ state: 'hidden' })
    await page.getByText('It can be tried again: Return minsk_1/2/004712').waitFor()
    await page.waitForFunction(() => document.querySelectorAll('main tbody tr').length === 1 && document.activeElement?.tagName === 'H1')
    // Somebody else was quicker with the other one.
    await page.route('**/release*', (route) => route.fulfill({ status: 404, contentType: 'application/problem+json', body: JSON.stringify({ status: 404, code: 'quarantined_command_not_found', title: 'gone' }) }))
    await rows.first().getByRole('button').click()
    await dialog.getByRole('button', { name: 'Let it be tried again' }).click()
    await dialog.getByText('It is not in the quarantine any more').waitFor()
    await page.unroute('**/release*')
    await dialog.getByRole('button', { name: 'Let it be tried again' }).click()
    await page.getByText('Nothing is set aside').waitFor()
  })

  await house.check('the audit log is read page by page, with words for everything in both languages', async () => {
    await open('audit')
    const rows = page.locator('main tbody tr')
    await rows.first().waitFor()
    equal(await rows.count(), 50, 'rows of the first page')
    await page.getByRole('button', { name: 'Show more' }).click()
    await page.waitForFunction(() => document.querySelectorAll('main tbody tr').length > 50)
    equal(await page.getByRole('button', { name: 'Show more' }).count(), 0, 'more pages')
    await page.getByText('Many unknown members or cards named').last().waitFor()
    for (const words of ['Nobody known', 'Command line', 'A removed user', 'Till 1 in Minsk 1', 'and 3 more']) await page.locator('main td').getByText(words).first().waitFor()
    await page.getByLabel('Who', { exact: true }).selectOption({ label: 'Web shop' })
    await page.waitForFunction(() => [...document.querySelectorAll('main tbody tr')].every((row) => row.textContent.includes('Web shop')))
    await page.getByRole('button', { name: 'Show all' }).click()
    await page.getByLabel('Language').selectOption('ru')
    await page.getByText('Названо много неизвестных карт или участников').last().waitFor()
    const left = await page.locator('main tbody td:nth-child(3)').allInnerTexts()
    for (const words of left) holds(!/[a-z]{4}/.test(words), `English left: ${words}`)
    await house.axe()
    await page.getByLabel('Язык').selectOption('en')
  })

  await house.check('a merge whose answer was lost is done once', async () => {
    await open('members/mem_00000000000000000000000005')
    await page.getByRole('button', { name: 'Merge…' }).click()
    await dialog.getByLabel('Who stays').fill('Bahdan')
    await dialog.getByRole('radio', { name: /Bahdan/ }).check()
    await dialog.getByLabel('Reason').fill('One person')
    await dialog.getByRole('button', { name: 'Continue' }).click()
    let isLost = true
    await page.route('**/merge?*', async (route) => {
      const answer = await route.fetch()
      if (!isLost) return route.fulfill({ response: answer })
      isLost = false
      return route.abort()
    })
    await dialog.getByLabel(/^Type/).fill('Maria Petrova')
    await page.keyboard.press('Enter')
    await dialog.getByText('does nothing twice').waitFor()
    await page.setViewportSize({ width: 390, height: 844 })
    await house.axe()
    await house.shot('phone-merge')
    await page.setViewportSize({ width: 1360, height: 900 })
    await dialog.getByRole('button', { name: 'Merge for good' }).click()
    await page.getByRole('heading', { name: 'Bahdan Żuk', level: 1 }).waitFor()
    await page.unroute('**/merge?*')
    const over = page.locator('ol.entries .quote', { hasText: 'One person' }).or(page.locator('ol.entries .why', { hasText: 'One person' }))
    // The statement comes after the heading.
    await over.first().waitFor()
    equal(await over.count(), 1, 'how often points came over')
  })

  await house.check('who has no right to it sees neither rooms nor buttons', async () => {
    const scoped = (scope) => page.route('**/v1/session*', async (route) => {
      const answer = await route.fetch()
      return route.fulfill({ response: answer, json: { ...(await answer.json()), scope } })
    })
    for (const [scope, deeds] of [['service', 3], ['till', 0]]) {
      await scoped(scope)
      await open(member)
      await page.reload()
      await page.getByRole('heading', { name: 'Balance' }).waitFor()
      const seen = page.getByRole('button', { name: /^(Adjust points|Give to a member|Merge…)$/ })
      equal(await seen.count(), deeds, `buttons for ${scope}`)
      for (const room of ['Audit log', 'Quarantine', 'API keys', 'Users']) equal(await page.getByRole('link', { name: room, exact: true }).count(), 0, `${room} for ${scope}`)
      for (const path of ['audit', 'quarantine']) {
        await open(path)
        await page.getByText('There is no such page').first().waitFor()
      }
      await page.unroute('**/v1/session*')
    }
    await page.reload()
  })
}
