// A household: one joins, the owner alone pays, another is the owner, and one leaves. Part of run.mjs.
import { equal, holds } from './house.mjs'

export async function household({ house, page, base, settled }) {
  const dialog = page.getByRole('dialog')
  const card = page.locator('section', { has: page.getByRole('heading', { name: 'Household', level: 2 }) })
  const run = Date.now()
  const [mother, son] = [`Mother ${run}`, `Son ${run}`]
  const ids = {}
  const open = async (name) => {
    await page.goto(`${base}/#/members/${ids[name]}`)
    await page.getByRole('heading', { level: 1, name }).waitFor()
    await card.waitFor()
  }
  const done = async (button) => {
    await dialog.getByRole('button', { name: button, exact: true }).click()
    await dialog.waitFor({ state: 'hidden' })
    await settled()
  }
  const available = async (name) => (await house.call('GET', `/v1/members/${ids[name]}`)).balances.find((one) => one.unit === 'points').available

  await house.check('a person joins the household of another, with a reason and their points', async () => {
    for (const name of [mother, son]) {
      ids[name] = (await house.call('POST', '/v1/members', { name })).id
      await house.call('POST', `/v1/members/${ids[name]}/adjustments`, { unit: 'points', points: 40, reason: 'For a check of the console' })
    }
    const together = (await available(mother)) + (await available(son))
    await open(mother)
    await card.getByText('In no household. Up to 6 people can gather together.').waitFor()
    await card.getByRole('button', { name: 'Add a person' }).click()
    await dialog.getByRole('button', { name: 'Add', exact: true }).click()
    await dialog.getByText('Find a member and choose one.').waitFor()
    await dialog.getByLabel('Who joins').fill(son)
    await dialog.getByRole('radio', { name: son }).check()
    await dialog.getByLabel('Reason').fill('Asked at the desk')
    await house.axe()
    await house.shot('household-join')
    await done('Add')
    await card.getByRole('link', { name: son }).waitFor()
    equal(await card.locator('li').count(), 2, 'people in it')
    equal(await available(mother), together, 'the points of both')
    equal(await available(son), together, 'the points of both, to the other')
    await house.axe()
    await house.shot('household', { fullPage: true })
  })

  await house.check('the owner alone pays, and somebody else is made the owner', async () => {
    await card.getByText('Everybody may pay with the points.').waitFor()
    await card.getByRole('button', { name: 'Change', exact: true }).click()
    await dialog.getByLabel('Reason').fill('The mother asked')
    await done('Change')
    await card.getByText('Only the owner may pay with the points.').waitFor()
    await card.getByRole('button', { name: `Make owner: ${son}` }).click()
    await dialog.getByRole('button', { name: 'Make owner', exact: true }).click()
    await dialog.getByText('Say why: it stands on the statement.').waitFor()
    await dialog.getByLabel('Reason').fill('Of age now')
    await done('Make owner')
    await card.getByRole('button', { name: 'Leave', exact: true }).waitFor()
    equal(await card.getByRole('button', { name: 'Add a person' }).count(), 0, 'buttons of an owner')
  })

  await house.check('who leaves goes without the points, and the household of one is none', async () => {
    const together = await available(son)
    await card.getByRole('button', { name: 'Leave', exact: true }).click()
    await dialog.getByLabel('Reason').fill('Moved out')
    await house.axe()
    await done('Leave')
    await card.getByText('In no household.', { exact: false }).waitFor()
    equal(await available(son), together, 'the points of who stays')
    equal(await available(mother), 0, 'the points of who left')
    await open(son)
    holds(!(await card.getByRole('link', { name: mother }).count()), 'who left is still named')
    await house.axe()
  })
}
