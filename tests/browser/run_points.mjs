// What staff do with the points of members: adjust, give to another, merge; and from a return to its receipt. Part of run.mjs.
import { equal, holds } from './house.mjs'

/** A number of the demo's own form (EAN-13 that begins with 29), of up to ten digits. */
function cardNumber(serial) {
  const twelve = `29${String(serial % 10_000_000_000).padStart(10, '0')}`
  const sum = [...twelve].reduce((all, digit, place) => all + Number(digit) * (place % 2 ? 3 : 1), 0)
  return twelve + (10 - sum % 10) % 10
}

export async function points({ house, page, base, open, settled, memberPath }) {
  const dialog = page.getByRole('dialog')
  /** Two of its own, so that a second run finds everybody as they were. */
  let giver
  let taker

  /** All that somebody has, wherever it stands. */
  async function pointsOf(one) {
    const { balances } = await house.call('GET', `/v1/members/${one.id}`)
    return balances.reduce((sum, balance) => sum + balance.pending + balance.available + balance.held - balance.owed, 0)
  }

  async function memberWithReturn() {
    const { items } = await house.call('GET', '/v1/members?limit=200')
    for (const member of items) {
      const receipts = await house.call('GET', `/v1/members/${member.id}/receipts?limit=100`)
      for (const receipt of receipts.items) {
        const entries = receipt.returns.length ? (await house.call('GET', `/v1/members/${member.id}/statement?limit=200`)).items : []
        const returned = receipt.returns.find((one) => entries.some((entry) => entry.cause === one.id))
        if (returned) return { member: member.id, receipt: receipt.id, id: returned.id }
      }
    }
    throw new Error('no member brought anything back')
  }

  await house.check('points are adjusted with a reason, after a second look, and undone', async () => {
    await page.goto(`${base}/#${memberPath}`)
    await page.getByRole('button', { name: 'Adjust points' }).click()
    const dialog = page.getByRole('dialog')
    await dialog.getByLabel('Points', { exact: true }).fill('7')
    await dialog.getByRole('button', { name: 'Continue' }).click()
    await dialog.getByText('Say why').waitFor()
    await house.axe()
    await dialog.getByLabel('Reason').fill('A check of the console')
    await house.shot('adjust')
    await dialog.getByRole('button', { name: 'Continue' }).click()
    await dialog.getByText('+7 points').waitFor()
    await dialog.getByRole('button', { name: 'Give the points' }).click()
    await dialog.waitFor({ state: 'hidden' })
    await page.locator('ol.entries').getByText('A check of the console').first().waitFor()
    await page.getByRole('button', { name: 'Undo' }).last().click()
    await page.locator('ol.entries').getByText('Undone: A check of the console').first().waitFor()
  })

  await house.check('two members join for what follows', async () => {
    const number = Date.now()
    giver = { name: `Browser Giver ${number}`, card: cardNumber(number), second: cardNumber(number + 1) }
    taker = { name: `Browser Taker ${number}`, card: cardNumber(number + 2) }
    for (const one of [giver, taker]) Object.assign(one, { id: (await house.call('POST', '/v1/members', { name: one.name, card: one.card })).id })
    await house.call('POST', `/v1/members/${giver.id}/adjustments`, { unit: 'points', points: 100, reason: 'For a check of the console' })
  })

  await house.check('a card is given, blocked, unblocked and replaced', async () => {
    await page.goto(`${base}/#/members/${giver.id}`)
    const cards = page.locator('section[aria-labelledby="cards"]')
    await cards.getByRole('button', { name: 'Give a card' }).click()
    await dialog.getByLabel('Number of the new card').fill(taker.card)
    await house.axe()
    await page.keyboard.press('Enter')
    await dialog.getByRole('alert').getByText('Somebody has this card already.').waitFor()
    const mistyped = giver.second.slice(0, 12) + (Number(giver.second[12]) + 1) % 10
    await dialog.getByLabel('Number of the new card').fill(mistyped)
    await page.keyboard.press('Enter')
    await dialog.getByRole('alert').getByText('The number is mistyped').waitFor()
    await dialog.getByLabel('Number of the new card').fill(giver.second)
    await page.keyboard.press('Enter')
    await dialog.waitFor({ state: 'hidden' })
    await cards.getByRole('button', { name: `Block card ${giver.second}` }).click()
    await cards.getByText('blocked').waitFor()
    await cards.getByRole('button', { name: `Unblock card ${giver.second}` }).click()
    await cards.getByRole('button', { name: `Block card ${giver.second}` }).waitFor()
    await cards.getByRole('button', { name: `Replace card ${giver.second}` }).click()
    await dialog.getByText(`The card ${giver.second} will work no more.`).waitFor()
    await dialog.getByText('Leave it empty for a new number.').waitFor()
    await house.axe()
    await house.shot('card-replace')
    await dialog.getByRole('button', { name: 'Replace' }).click()
    await dialog.waitFor({ state: 'hidden' })
    await cards.getByText('replaced').waitFor()
    equal(await cards.getByRole('button', { name: `Replace card ${giver.second}` }).count(), 0, 'buttons of the card that was replaced')
    const numbers = await cards.locator('li').evaluateAll((rows) => rows.map((row) => row.textContent.match(/\d{13}/)?.[0]))
    const made = numbers.find((one) => one && one !== giver.card && one !== giver.second)
    equal(made, cardNumber(Number(made?.slice(2, 12))), 'the number that was made')
    await cards.getByRole('button', { name: `Show ${made} as a code` }).click()
    for (const name of [`Barcode of ${made}`, `QR code of ${made}`]) {
      const image = dialog.getByRole('img', { name })
      await image.waitFor()
      await page.waitForFunction((one) => one.complete && one.naturalWidth > 50, await image.elementHandle())
    }
    await house.axe()
    await house.shot('card-codes')
    await page.keyboard.press('Escape')
    await dialog.waitFor({ state: 'hidden' })
    await house.axe()
    await house.shot('cards')
  })

  await house.check('blank cards are made by the batch, looked at, blocked and unblocked', async () => {
    await open('cards')
    const before = await page.locator('tbody tr').count()
    await page.getByRole('button', { name: 'Make cards' }).click()
    await dialog.getByLabel('How many').fill('2001')
    await page.keyboard.press('Enter')
    await dialog.getByText('Enter a number from 1 to 2,000.').waitFor()
    await dialog.getByLabel('How many').fill('3')
    await dialog.getByLabel('Which cards').selectOption({ label: "Veteran's card" })
    await dialog.getByLabel('Note').fill('For a check of the console')
    await house.axe()
    await house.shot('batch-make')
    await page.keyboard.press('Enter')
    await dialog.waitFor({ state: 'hidden' })
    await page.waitForFunction((rows) => document.querySelectorAll('tbody tr').length === rows, before + 1)
    const row = page.locator('tbody tr').first()
    await row.getByText('3 cards').waitFor()
    await row.getByText("Veteran's card").waitFor()
    await row.getByRole('button', { name: /^Look/ }).click()
    await row.getByText('3 blank, 0 given out, 0 blocked').waitFor()
    await row.getByRole('button', { name: /^Block/ }).click()
    await house.axe()
    await dialog.getByRole('button', { name: 'Block' }).click()
    await row.getByText('0 blank, 0 given out, 3 blocked').waitFor()
    await row.getByRole('button', { name: /^Unblock/ }).click()
    await row.getByText('3 blank, 0 given out, 0 blocked').waitFor()
    const files = await row.getByRole('link').evaluateAll((links) => Promise.all(links.map(async (link) => (await fetch(link.href)).text())))
    holds(/^number\r\n(29\d{11}\r\n){3}$/.test(files[0]), 'the numbers are not three')
    holds(files[1].startsWith('%PDF-'), 'the sheet is no PDF')
    await house.axe()
    await house.shot('batches')
  })

  await house.check('points are given to another member, after a second look, and both statements say so', async () => {
    await page.goto(`${base}/#/members/${giver.id}`)
    await page.getByRole('button', { name: 'Give to a member' }).click()
    await dialog.getByRole('button', { name: 'Continue' }).click()
    await dialog.getByText('Find a member and choose one.').waitFor()
    equal(await page.evaluate(() => document.activeElement?.getAttribute('type')), 'search', 'the field with the focus')
    await house.axe()
    // Nobody needs a mouse: Enter looks at once, Down goes to who was found.
    await dialog.getByLabel('To whom').fill(taker.card)
    await page.keyboard.press('Enter')
    await dialog.getByRole('radio').first().waitFor()
    await page.keyboard.press('ArrowDown')
    await page.keyboard.press('Space')
    holds(await dialog.getByRole('radio', { name: taker.name }).isChecked(), 'who was found is not chosen')
    await dialog.getByLabel('Points', { exact: true }).fill('30')
    await dialog.getByLabel('Reason').fill('A present')
    await house.axe()
    await house.shot('transfer')
    await dialog.getByRole('button', { name: 'Continue' }).click()
    await dialog.getByText('Give these points away?').waitFor()
    equal(await page.evaluate(() => document.activeElement?.textContent), 'Give the points', 'the button with the focus')
    await house.axe()
    await house.shot('transfer-confirm')
    await page.keyboard.press('Enter')
    await dialog.waitFor({ state: 'hidden' })
    await page.getByText(`30 points: from ${giver.name} to ${taker.name}`).waitFor()
    const line = page.locator('ol.entries li', { hasText: 'A present' }).first()
    holds(/−30/.test(await line.innerText()), `the line says ${await line.innerText()}`)
    await line.getByRole('link', { name: 'Open the other member' }).click()
    await page.getByRole('heading', { name: taker.name, level: 1 }).waitFor()
    await page.locator('ol.entries li', { hasText: 'A present' }).filter({ hasText: '+30' }).waitFor()
  })

  await house.check('one can not give to oneself, nor more than there is', async () => {
    await page.goto(`${base}/#/members/${giver.id}`)
    await page.getByRole('button', { name: 'Give to a member' }).click()
    await dialog.getByLabel('To whom').fill(giver.card)
    await dialog.getByText('That is the same person.').waitFor()
    await dialog.getByLabel('To whom').fill(taker.card)
    await dialog.getByRole('radio', { name: taker.name }).check()
    await dialog.getByLabel('Points', { exact: true }).fill('100000')
    await dialog.getByLabel('Reason').fill('Too much')
    await dialog.getByRole('button', { name: 'Continue' }).click()
    await dialog.getByRole('button', { name: 'Give the points' }).click()
    await dialog.getByRole('alert').getByText('There are not enough points').waitFor()
    holds(await dialog.getByRole('radio', { name: taker.name }).isChecked(), 'who was chosen is forgotten')
    await page.keyboard.press('Escape')
  })

  await house.check('two members become one, only after their name is typed', async () => {
    const [gives, takes] = [await pointsOf(giver), await pointsOf(taker)]
    await page.goto(`${base}/#/members/${giver.id}`)
    await page.getByRole('button', { name: 'Merge…' }).click()
    await dialog.getByLabel('Who stays').fill(taker.card)
    await dialog.getByRole('radio', { name: taker.name }).check()
    await dialog.getByLabel('Reason').fill('One person, two cards')
    await house.shot('merge')
    await dialog.getByRole('button', { name: 'Continue' }).click()
    const sides = dialog.getByRole('table')
    for (const words of [giver.name, taker.name, giver.card, taker.card]) await sides.getByText(words).first().waitFor()
    await dialog.getByText(`${gives} points go over`).waitFor()
    const sure = dialog.getByRole('button', { name: 'Merge for good' })
    holds(await sure.isDisabled(), 'it is merged without a word')
    const field = dialog.getByLabel(/^Type/)
    holds(await field.evaluate((one) => one === document.activeElement), 'the focus is elsewhere')
    await field.fill('something else')
    await page.keyboard.press('Enter')
    holds(await sure.isDisabled(), 'it is merged with a wrong word')
    await house.axe()
    await field.fill(giver.name.toUpperCase())
    await house.shot('merge-confirm')
    await page.keyboard.press('Enter')
    await dialog.waitFor({ state: 'hidden' })
    await page.getByRole('heading', { name: taker.name, level: 1 }).waitFor()
    await page.waitForFunction(() => document.activeElement?.tagName === 'H1')
    equal(await pointsOf(taker), gives + takes, 'what who stays has')
    await page.locator('section[aria-labelledby="cards"]').getByText(giver.card).waitFor()
    await house.axe()
  })

  await house.check('who was merged leads to who stays, and can not be merged again', async () => {
    await page.goto(`${base}/#/members/${giver.id}`)
    await page.getByRole('link', { name: 'Who they are now' }).waitFor()
    equal(await page.getByRole('button', { name: 'Merge…' }).count(), 0, 'merge buttons')
    equal(await page.getByRole('button', { name: 'Give to a member' }).count(), 0, 'buttons for giving')
    await page.getByRole('link', { name: 'Who they are now' }).click()
    await page.getByRole('heading', { name: taker.name, level: 1 }).waitFor()
  })

  await house.check('the line of a return leads to the receipt that it was of', async () => {
    const link = await memberWithReturn()
    await page.goto(`${base}/#/members/${link.member}`)
    const line = page.locator(`ol.entries a[href$="/returns/${encodeURIComponent(link.id)}"]`).first()
    await settled()
    await page.locator('ol.entries li').first().waitFor()
    while (!(await line.count())) {
      const seen = await page.locator('ol.entries li').count()
      await page.getByRole('button', { name: 'Show more' }).click()
      await page.waitForFunction((seen) => document.querySelectorAll('ol.entries li').length > seen, seen)
    }
    await line.click()
    await page.waitForURL((url) => url.hash.startsWith('#/receipts/'))
    await page.getByRole('heading', { name: 'Returns' }).waitFor()
    equal(decodeURIComponent(new URL(page.url()).hash), `#/receipts/${link.receipt}`, 'the receipt')
    await page.goBack()
    await page.locator('ol.entries li').first().waitFor()
  })

  await house.check('a return that no receipt knows is said to be unknown', async () => {
    await open(`members/${taker.id}/returns/there-is-none`)
    await page.getByText('No receipt of this member names this return').waitFor()
    await house.axe()
  })
}
