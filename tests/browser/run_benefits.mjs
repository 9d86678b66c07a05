// What a member has of the matrix, and serving them: used, booked, granted, and each undone. Part of run.mjs.
import { equal, holds } from './house.mjs'

export async function benefits({ house, page, base, open, settled }) {
  const dialog = page.getByRole('dialog')
  const card = page.locator('section', { has: page.getByRole('heading', { name: 'Benefits', level: 2 }) })
  const row = (text) => card.locator('li', { hasText: text })
  let friend

  await house.check('the programme shows what each level brings, what is not money first', async () => {
    await open('programme')
    const matrix = page.locator('section', { has: page.getByRole('heading', { name: 'What each level brings' }) })
    await matrix.waitFor()
    const named = await matrix.locator('tbody tr td:first-child .strong').allInnerTexts()
    holds(named.indexOf('Tastings of new products') < named.indexOf('5% at the farm next door'), `the order ${named}`)
    await matrix.locator('tr', { hasText: 'Tastings of new products' }).getByText('twice').waitFor()
    await house.axe()
    await house.shot('matrix', { fullPage: true })
  })

  await house.check('a benefit is used, refused when there is no more, and undone with a reason', async () => {
    const { items } = await house.call('GET', '/v1/members?limit=200')
    for (const one of items.filter((each) => each.level?.level === 'friend' && !each.merged_into)) {
      const had = await house.call('GET', `/v1/members/${one.id}/benefits`)
      if (had.items.some((each) => each.benefit === 'tasting' && each.left === 2)) friend = one
      if (friend) break
    }
    holds(friend, 'no friend is there')
    await page.goto(`${base}/#/members/${friend.id}`)
    await card.waitFor()
    for (const left of ['1 left', '0 left']) {
      await card.getByRole('button', { name: 'Use Tastings of new products' }).click()
      await dialog.getByLabel('Note').fill('Two guests')
      await house.axe()
      await dialog.getByRole('button', { name: 'Use', exact: true }).click()
      await dialog.waitFor({ state: 'hidden' })
      await row('Tastings of new products').getByText(left).waitFor()
    }
    equal(await card.getByRole('button', { name: 'Use Tastings of new products' }).count(), 0, 'buttons for what is used up')
    await row('Two guests').first().waitFor()
    await house.axe()
    await house.shot('benefits')
    await card.getByRole('button', { name: 'Undo the use of Tastings of new products' }).first().click()
    await dialog.getByRole('button', { name: 'Undo' }).click()
    await dialog.getByText('Write why.').waitFor()
    await dialog.getByLabel('Reason').fill('Nobody came')
    await house.shot('benefit-undo')
    await dialog.getByRole('button', { name: 'Undo' }).click()
    await dialog.waitFor({ state: 'hidden' })
    await row('Tastings of new products').getByText('1 left').waitFor()
    await row('undone').first().waitFor()
  })

  await house.check('a benefit is granted, booked of the grant, cancelled, and the grant taken back', async () => {
    await card.getByRole('button', { name: 'Grant', exact: true }).click()
    await dialog.getByLabel('Which benefit').selectOption('factory_day')
    await dialog.getByRole('button', { name: 'Grant', exact: true }).click()
    await dialog.getByText('Write why.').waitFor()
    await dialog.getByLabel('Reason').fill('After a complaint')
    await house.axe()
    await house.shot('benefit-grant')
    await dialog.getByRole('button', { name: 'Grant', exact: true }).click()
    await dialog.waitFor({ state: 'hidden' })
    await row('After a complaint').getByText('0 of 1 used').waitFor()
    await card.getByRole('button', { name: 'Book A day at the factory' }).click()
    await dialog.getByRole('button', { name: 'Book', exact: true }).click()
    await dialog.getByText('Choose a time to come.').waitFor()
    const soon = new Date(Date.now() + 7 * 86_400_000).toISOString().slice(0, 16)
    await dialog.getByLabel('When').fill(soon)
    await house.shot('benefit-book')
    await dialog.getByRole('button', { name: 'Book', exact: true }).click()
    await dialog.waitFor({ state: 'hidden' })
    await row('booked').first().waitFor()
    await card.getByRole('button', { name: 'Cancel it: A day at the factory' }).click()
    await row('cancelled').first().waitFor()
    await row('After a complaint').getByText('0 of 1 used').waitFor()
    await card.getByRole('button', { name: 'Take back A day at the factory' }).click()
    await dialog.getByLabel('Reason').fill('A mistake')
    await dialog.getByRole('button', { name: 'Take back', exact: true }).click()
    await dialog.waitFor({ state: 'hidden' })
    await row('After a complaint').waitFor({ state: 'hidden' })
    // As it was, for a second run.
    await card.getByRole('button', { name: 'Undo the use of Tastings of new products' }).first().click()
    await dialog.getByLabel('Reason').fill('The check ends')
    await dialog.getByRole('button', { name: 'Undo' }).click()
    await dialog.waitFor({ state: 'hidden' })
    await row('Tastings of new products').getByText('2 left').waitFor()
    await settled()
    await house.axe()
  })
}
