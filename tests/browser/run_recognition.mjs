// Days in a member's life, and recognition among colleagues, which is looked at where the programme has it: the mock's. Part of
// run.mjs.
import { equal } from './house.mjs'

const cardOf = (page, title) => page.locator('section', { has: page.getByRole('heading', { name: title, level: 2, exact: true }) })

export async function milestones({ house, page, base }) {
  await house.check('the page of a member says which of their days bring points', async () => {
    const member = await house.call('POST', '/v1/members', { name: `Newcomer ${Date.now()}` })
    await page.goto(`${base}/#/members/${member.id}`)
    const card = cardOf(page, 'Milestones')
    await card.getByText('A year with us').waitFor()
    await card.getByText('1 year after joining', { exact: false }).waitFor()
    await card.getByText('None given yet.').waitFor()
    await house.axe()
  })
}

export async function recognition({ house, page, base, settled }) {
  const card = cardOf(page, 'Recognition')
  const dialog = page.getByRole('dialog')
  const now = Date.now()
  const ana = await house.call('POST', '/v1/members', { name: `Ana ${now}` })
  const ben = await house.call('POST', '/v1/members', { name: `Ben ${now}` })
  const { kinds } = await house.call('GET', `/v1/members/${ana.id}/recognitions`)
  if (kinds.length === 0) return console.log('skipped: the programme has no recognition')

  await house.check('a colleague is thanked out of an allowance', async () => {
    await page.goto(`${base}/#/members/${ana.id}`)
    await card.getByRole('button', { name: 'Give recognition' }).click()
    await dialog.getByRole('button', { name: 'Give', exact: true }).click()
    await dialog.getByText('Write a whole number from 1.').waitFor()
    await dialog.getByLabel('Colleague').fill(`Ben ${now}`)
    await dialog.getByRole('radio', { name: new RegExp(`Ben ${now}`) }).check()
    await dialog.getByLabel('How much').fill('30')
    await dialog.getByLabel('What for').selectOption('helpful')
    await dialog.getByLabel('Message').fill('You stayed till the last pallet')
    await house.axe()
    await house.shot('recognition-give')
    await dialog.getByRole('button', { name: 'Give', exact: true }).click()
    await dialog.waitFor({ state: 'hidden' })
    await card.getByText('You stayed till the last pallet', { exact: false }).waitFor()
    await settled()
    await house.axe()
    await house.shot('recognition', { fullPage: true })
  })

  await house.check('what was given by mistake is withdrawn with a reason', async () => {
    await page.goto(`${base}/#/members/${ben.id}`)
    await card.getByRole('button', { name: /^Withdraw/ }).click()
    await dialog.getByLabel('Reason').fill('a mistake')
    await dialog.getByRole('button', { name: 'Withdraw', exact: true }).click()
    await dialog.waitFor({ state: 'hidden' })
    await card.getByText('withdrawn', { exact: true }).waitFor()
    equal(await card.getByRole('button', { name: /^Withdraw/ }).count(), 0, 'withdrawn once')
    await house.axe()
  })
}
