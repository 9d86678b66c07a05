// Levels that are granted by hand: an invitation, a match, and their ends. Part of run.mjs.
import { equal } from './house.mjs'

export async function levels({ house, page, base, settled }) {
  const dialog = page.getByRole('dialog')
  const card = page.locator('section', { has: page.getByRole('heading', { name: 'Level', level: 2, exact: true }) })
  const name = `Guest of honour ${Date.now()}`
  let guest = ''
  const levelNow = async () => (await house.call('GET', `/v1/members/${guest}`)).level.level

  await house.check('a level is granted with a reason, shown, and ended', async () => {
    guest = (await house.call('POST', '/v1/members', { name })).id
    const before = await levelNow()
    await page.goto(`${base}/#/members/${guest}`)
    await page.getByRole('heading', { level: 1, name }).waitFor()
    await card.getByRole('button', { name: 'Grant a level' }).click()
    await dialog.getByLabel('Which level').selectOption({ label: 'Family' })
    await dialog.getByRole('button', { name: 'Grant', exact: true }).click()
    await dialog.getByText('Write why.').waitFor()
    await dialog.getByLabel('Reason').fill('Invited by the director')
    await house.axe()
    await house.shot('level-grant')
    await dialog.getByRole('button', { name: 'Grant', exact: true }).click()
    await dialog.waitFor({ state: 'hidden' })
    await card.getByText('in force', { exact: true }).waitFor()
    await card.getByText('Invited by the director').waitFor()
    equal(await levelNow(), 'family', 'the level')
    await settled()
    await house.axe()
    await house.shot('level-granted', { fullPage: true })
    await card.getByRole('button', { name: 'End Family' }).click()
    await dialog.getByLabel('Reason').fill('By mistake')
    await dialog.getByRole('button', { name: 'End it' }).click()
    await dialog.waitFor({ state: 'hidden' })
    await card.getByText('over', { exact: true }).waitFor()
    equal(await levelNow(), before, 'the level after the end')
  })

  await house.check('a standing elsewhere is matched once', async () => {
    const match = async () => {
      await card.getByRole('button', { name: 'Grant a level' }).click()
      await dialog.getByLabel('Which level').selectOption({ label: 'As a match: The rival’s gold card' })
      await dialog.getByLabel('Reason').fill('Showed the card')
      await dialog.getByRole('button', { name: 'Grant', exact: true }).click()
    }
    await match()
    await dialog.waitFor({ state: 'hidden' })
    await card.getByText('The rival’s gold card', { exact: false }).waitFor()
    equal(await levelNow(), 'friend', 'the level')
    await match()
    await dialog.getByText('This member had that match already.').waitFor()
    await house.axe()
    await page.keyboard.press('Escape')
    await settled()
  })
}
