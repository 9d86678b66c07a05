// Challenges: how far a member is. Part of run.mjs.
import { holds } from './house.mjs'

export async function challenges({ house, page, base, settled }) {
  const card = page.locator('section', { has: page.getByRole('heading', { name: 'Challenges', level: 2 }) })

  await house.check('a member sees how far they are with each challenge', async () => {
    const id = (await house.call('POST', '/v1/members', { name: `Collector ${Date.now()}` })).id
    const lines = [{ number: 1, category: 'meat/sausages', quantity: '1', unit: 'piece', amount: 900 }]
    const sold = await house.call('PUT', `/v1/receipts/stamp:${Date.now()}`, { occurred_at: new Date().toISOString(), member: { id }, lines })
    holds(sold.challenges.length > 0, 'the receipt says of no challenge that it moved')
    await page.goto(`${base}/#/members/${id}`)
    await card.waitFor()
    await card.locator('svg.progress').first().waitFor()
    await card.getByText(/ of \d+/).first().waitFor()
    await settled()
    await house.axe()
    await house.shot('challenges', { fullPage: true })
  })
}
