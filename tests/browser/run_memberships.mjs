// A membership: joined, paid for, paused, resumed, ended and kept; and the room that counts them. Part of run.mjs.
import { equal } from './house.mjs'

export async function memberships({ house, page, base, open, settled }) {
  const dialog = page.getByRole('dialog')
  const card = page.locator('section', { has: page.getByRole('heading', { name: 'Memberships', level: 2, exact: true }) })
  const name = `Griller ${Date.now()}`
  let member = ''
  const deed = async (button, submit) => {
    await card.getByRole('button', { name: button, exact: true }).click()
    await dialog.getByRole('button', { name: submit, exact: true }).click()
    await dialog.waitFor({ state: 'hidden' })
    await settled()
  }

  await house.check('a member joins a membership, pays, pauses it and goes on', async () => {
    member = (await house.call('POST', '/v1/members', { name })).id
    await page.goto(`${base}/#/members/${member}`)
    await card.getByText('No memberships yet.').waitFor()
    await card.getByRole('button', { name: 'Join' }).click()
    await dialog.getByRole('radio', { name: /^Grill season/ }).check()
    await house.axe()
    await house.shot('membership-join')
    await dialog.getByRole('button', { name: 'Join', exact: true }).click()
    await dialog.waitFor({ state: 'hidden' })
    await card.getByText('asked', { exact: true }).waitFor()
    await card.getByRole('button', { name: /^Tell what became of/ }).click()
    await dialog.getByRole('radio', { name: 'paid', exact: true }).check()
    await dialog.getByLabel('Reference (may be empty)').fill('till 4711')
    await house.axe()
    await dialog.getByRole('button', { name: 'Tell', exact: true }).click()
    await dialog.waitFor({ state: 'hidden' })
    await card.getByText('active', { exact: true }).waitFor()
    await deed('Pause Grill season', 'Pause')
    await card.getByText('paused', { exact: true }).waitFor()
    await deed('Resume Grill season', 'Resume')
    await card.getByText('active', { exact: true }).waitFor()
    await house.axe()
    await house.shot('membership', { fullPage: true })
  })

  await house.check('a membership that is to end is kept, and what happened stands beside it', async () => {
    await deed('End Grill season', 'End it')
    await card.getByText('ends on', { exact: false }).waitFor()
    await deed('Keep Grill season', 'Keep it')
    await card.getByRole('button', { name: 'End Grill season' }).waitFor()
    await card.getByText('What happened').click()
    await card.locator('details li', { hasText: 'kept' }).waitFor()
    await house.axe()
  })

  await house.check('memberships are counted by state, and what is waited for is listed', async () => {
    await open('memberships')
    const row = page.locator('tbody tr', { hasText: 'Grill season' }).first()
    await row.waitFor()
    equal(await row.locator('td[data-label="active"]').innerText() !== '0', true, 'somebody is active')
    await page.getByLabel('By status').selectOption({ label: 'active' })
    await page.locator('li', { hasText: 'Grill season' }).first().waitFor()
    await settled()
    await house.axe()
    await house.shot('memberships', { fullPage: true })
  })
}
