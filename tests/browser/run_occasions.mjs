// An occasion: arranged, filled, waited for, checked in at the door, and cancelled. Part of run.mjs.
import { equal } from './house.mjs'

export async function occasions({ house, page, base, open, settled }) {
  const dialog = page.getByRole('dialog')
  const run = Date.now()
  const title = `Tasting ${run}`
  const day = new Date(run + 60 * 86_400_000).toISOString().slice(0, 10)
  const [first, second] = [`First ${run}`, `Second ${run}`]
  const ids = {}
  const card = page.locator('section', { has: page.getByRole('heading', { name: 'Occasions', level: 2 }) })
  const seat = async (name) => {
    await page.goto(`${base}/#/members/${ids[name]}`)
    await page.getByRole('heading', { level: 1, name }).waitFor()
    await card.getByRole('button', { name: 'Take a seat' }).click()
    await dialog.getByRole('radio', { name: new RegExp(`^${title}`) }).check()
  }
  let path = ''

  await house.check('an occasion is arranged with its hours and seats', async () => {
    for (const name of [first, second]) ids[name] = (await house.call('POST', '/v1/members', { name })).id
    await open('occasions')
    await page.getByRole('button', { name: 'Arrange', exact: true }).click()
    await dialog.getByRole('button', { name: 'Arrange', exact: true }).click()
    await dialog.getByText('Write a name.').first().waitFor()
    for (const field of await dialog.getByLabel(/^Name, /).all()) await field.fill(title)
    await dialog.getByLabel('Begins').fill(`${day}T18:00`)
    await dialog.getByLabel('Ends').fill(`${day}T20:00`)
    await dialog.getByLabel('Seats, for so many people').fill('1')
    await dialog.getByLabel('Members who may wait').fill('3')
    await dialog.getByLabel('Who may come').selectOption({ label: 'every member' })
    await house.axe()
    await house.shot('occasion-form')
    await dialog.getByRole('button', { name: 'Arrange', exact: true }).click()
    await page.getByRole('heading', { level: 1, name: title }).waitFor()
    path = new URL(page.url()).hash.slice(2)
    await page.getByText('Nobody is on the list yet.').waitFor()
    await house.axe()
  })

  await house.check('the last seat goes to one, and the next waits in line', async () => {
    await seat(first)
    await house.axe()
    await dialog.getByRole('button', { name: 'Take it' }).click()
    await dialog.waitFor({ state: 'hidden' })
    await card.locator('li', { hasText: title }).getByText('booked', { exact: true }).waitFor()
    await card.getByRole('button', { name: `Code for ${title}` }).click()
    await dialog.getByRole('img', { name: `Code for ${title}` }).waitFor()
    await house.axe()
    await house.shot('seat-code')
    await dialog.getByRole('contentinfo').or(dialog.locator('footer')).getByRole('button', { name: 'Close' }).click()
    await dialog.waitFor({ state: 'hidden' })
    await seat(second)
    await dialog.getByRole('button', { name: 'Take it' }).click()
    await dialog.waitFor({ state: 'hidden' })
    await card.locator('li', { hasText: title }).getByText('in line', { exact: true }).waitFor()
    await settled()
    await house.axe()
  })

  await house.check('the door lets in who has a seat, once', async () => {
    await open(path)
    await page.getByRole('heading', { name: 'In line' }).waitFor()
    const scan = page.getByLabel('Code of a seat or number of a card')
    await scan.fill(ids[first])
    await page.getByRole('button', { name: 'Let in', exact: true }).first().click()
    await page.getByText(`${first} comes in, 1 person.`).waitFor()
    await scan.fill(ids[first])
    await page.getByRole('button', { name: 'Let in', exact: true }).first().click()
    await page.getByText(`${first} is in already`, { exact: false }).waitFor()
    await settled()
    await house.axe()
    await house.shot('occasion', { fullPage: true })
  })

  await house.check('more seats move the line up, and a cancelled occasion says why', async () => {
    await page.getByRole('button', { name: 'Change', exact: true }).click()
    await dialog.getByLabel('Seats, for so many people').fill('2')
    await dialog.getByRole('button', { name: 'Save' }).click()
    await dialog.waitFor({ state: 'hidden' })
    await page.locator('tbody tr', { hasText: second }).getByText('booked', { exact: true }).waitFor()
    await page.getByRole('button', { name: 'Cancel it' }).click()
    await dialog.getByLabel('Reason').fill('The cook is ill')
    await dialog.getByRole('button', { name: 'Cancel it' }).click()
    await dialog.waitFor({ state: 'hidden' })
    await page.getByText('The cook is ill').first().waitFor()
    equal(await page.getByRole('button', { name: 'Let in', exact: true }).count(), 0, 'doors of what is cancelled')
    await settled()
    await house.axe()
  })
}
