// One person in two programmes, on the real server: node tests/browser/people.mjs BASE_URL USER PASSWORD
// It publishes a second programme, so it comes after what expects one.
import { equal, House, openBrowser } from './house.mjs'

const [base, user, password] = process.argv.slice(2)
if (!password) {
  console.error('usage: node tests/browser/people.mjs BASE_URL USER PASSWORD')
  process.exit(2)
}

const browser = await openBrowser()
const house = new House()
const context = await browser.newContext({ bypassCSP: true, locale: 'en-GB', viewport: { width: 1360, height: 900 } })
const page = await context.newPage()
house.page = page
page.setDefaultTimeout(8000)

const arrived = async (id, name) => {
  await page.waitForURL((url) => url.hash === `#/members/${id}`)
  await page.getByRole('heading', { level: 1, name }).waitFor()
}
let whoStays = ''
const programme = () => page.getByRole('combobox', { name: 'Programme' }).inputValue()

await house.check('a member leads to the same person elsewhere, and to who they are now', async () => {
  await page.goto(base)
  await page.getByLabel('User name').fill(user)
  await page.getByLabel('Password').fill(password)
  await page.keyboard.press('Enter')
  await page.getByRole('region', { name: 'Figures' }).waitFor()
  const made = await page.evaluate(async (run) => {
    const { csrf_token } = await (await fetch('/v1/session')).json()
    let calls = 0
    const post = async (path, body) => {
      const headers = { 'content-type': 'application/json', 'x-csrf-token': csrf_token, 'idempotency-key': `people-${run}-${++calls}` }
      const answer = await fetch(path, { method: 'POST', headers, body: JSON.stringify(body) })
      if (!answer.ok) throw new Error(`${path}: ${await answer.text()}`)
      return answer.json()
    }
    const first = (await (await fetch('/v1/programmes')).json()).items[0]
    const { document } = await (await fetch(`/v1/programmes/${first.id}/editions/1`)).json()
    await post('/v1/programmes', { document: document.replace(/^id: .*$/m, 'id: second').replace(/^title: .*$/m, 'title: The second') })
    const here = await post(`/v1/members?programme=${first.id}`, { name: 'Of two programmes' })
    const there = await post('/v1/members?programme=second', { name: 'Of two programmes', account: here.account })
    const old = await post(`/v1/members?programme=${first.id}`, { name: 'Twice here' })
    await post(`/v1/members/${old.id}/merge?programme=${first.id}`, { to: here.id, reason: 'test' })
    await post(`/v1/members?programme=${first.id}`, { name: `Stays ${run}` })
    return { first: first.id, here: here.id, there: there.id, old: old.id, stays: `Stays ${run}` }
  }, Date.now())
  await page.goto(`${base}/#/members/${made.old}`)
  await page.reload()
  await page.getByRole('link', { name: 'Who they are now' }).click()
  await arrived(made.here, 'Of two programmes')
  const elsewhere = page.getByRole('region', { name: 'In other programmes' })
  await elsewhere.getByRole('link', { name: 'The second' }).click()
  await arrived(made.there, 'Of two programmes')
  equal(await programme(), 'second', 'the programme that is shown')
  await elsewhere.getByRole('link').waitFor()
  await house.axe()
  await house.shot('two-programmes')
  await elsewhere.getByRole('link').click()
  await arrived(made.here, 'Of two programmes')
  equal(await programme(), made.first, 'the programme that is shown again')
  whoStays = made.stays
})

await house.check('before two are merged it is said in which other programmes they will be', async () => {
  await page.getByRole('button', { name: 'Merge…' }).click()
  const dialog = page.getByRole('dialog')
  await dialog.getByLabel('Who stays').fill(whoStays)
  await dialog.getByRole('radio', { name: whoStays }).check()
  await dialog.getByLabel('Reason').fill('Looked at, and left')
  await dialog.getByRole('button', { name: 'Continue' }).click()
  await dialog.getByText('The same happens in the other programmes: The second.').waitFor()
  await house.axe()
  await page.keyboard.press('Escape')
  await dialog.waitFor({ state: 'hidden' })
})

await browser.close()
house.end()
