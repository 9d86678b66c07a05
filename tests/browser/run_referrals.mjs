// Friends: a code to be passed on, and who brought a member, said later by staff. Part of run.mjs.
export async function referrals({ house, page, base, settled }) {
  const card = page.locator('section', { has: page.getByRole('heading', { name: 'Friends', level: 2, exact: true }) })
  const dialog = page.getByRole('dialog')

  await house.check('a member has a code for friends, and staff say who brought one', async () => {
    const now = Date.now()
    const host = await house.call('POST', '/v1/members', { name: `Host ${now}` })
    const guest = await house.call('POST', '/v1/members', { name: `Guest ${now}` })
    await page.goto(`${base}/#/members/${host.id}`)
    await card.getByText('No code yet').waitFor()
    await card.getByRole('button', { name: 'Give a code' }).click()
    await card.getByText('No code yet').waitFor({ state: 'hidden' })
    await card.getByText('Nobody yet.').waitFor()
    await house.axe()
    await page.goto(`${base}/#/members/${guest.id}`)
    await card.getByRole('button', { name: 'Say who brought them' }).click()
    await dialog.getByLabel('Code, card number or member id').fill(host.id)
    await dialog.getByLabel('Reason').fill('said so at the desk')
    await house.axe()
    await dialog.getByRole('button', { name: 'Note it' }).click()
    await dialog.waitFor({ state: 'hidden' })
    await card.getByText('Brought by').waitFor()
    await settled()
    await house.axe()
    await house.shot('referrals', { fullPage: true })
  })
}
