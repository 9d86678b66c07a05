// The same checks against the mock, then what only a mock can show: the first start, throttling, a lost session, a broken server.
import { spawnSync } from 'node:child_process'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { Worker, isMainThread, parentPort } from 'node:worker_threads'
import { equal, holds, House, openBrowser } from './house.mjs'
import { startMock } from './mock.mjs'
import { faults } from './mock_faults.mjs'

const here = dirname(fileURLToPath(import.meta.url))

// The mock answers from a thread of its own, for running the checks blocks this one.
if (!isMainThread) {
  const { url } = await startMock()
  parentPort.postMessage(url)
} else {
  const worker = new Worker(fileURLToPath(import.meta.url))
  const url = await new Promise((resolve) => worker.once('message', resolve))
  const whole = spawnSync(process.execPath, [join(here, 'run.mjs'), url, 'admin', 'secret'], { encoding: 'utf8', env: process.env })
  process.stdout.write(whole.stdout.replace(/\d+ passed, \d+ failed\n$/, ''))
  process.stderr.write(whole.stderr)
  await worker.terminate()

  const house = new House()
  const counts = /(\d+) passed, (\d+) failed\n$/.exec(whole.stdout)
  house.passed = Number(counts?.[1] ?? 0)
  house.failed = Number(counts?.[2] ?? 1)

  const browser = await openBrowser()
  const mock = await startMock({ isEmpty: true })
  const context = await browser.newContext({ bypassCSP: true, locale: 'en-GB', viewport: { width: 1360, height: 900 } })
  const page = await context.newPage()
  page.setDefaultTimeout(8000)
  house.page = page

  await house.check('too many attempts are counted down', async () => {
    await page.goto(mock.url)
    for (let attempt = 0; attempt < 4; attempt += 1) {
      await page.getByLabel('User name').fill('admin')
      await page.getByLabel('Password').fill(`wrong ${attempt}`)
      await page.keyboard.press('Enter')
      await page.getByRole('alert').waitFor()
      await page.waitForFunction(() => document.querySelector('#password')?.value === '')
    }
    await page.getByText(/Too many attempts. Try again in \d+ seconds/).waitFor()
    holds(await page.getByRole('button', { name: 'Sign in' }).isDisabled(), 'one can try in vain')
    await house.axe()
    await house.shot('throttled')
  })

  await house.check('another name may try meanwhile, and a long wait is said in minutes', async () => {
    await page.getByLabel('User name').fill('olga')
    holds(await page.getByRole('button', { name: 'Sign in' }).isEnabled(), 'nobody else can sign in')
    equal(await page.getByRole('alert').count(), 0, 'what is said to somebody else')
    const refusal = { type: 'urn:suki:problem:too_many_attempts', title: 'too many', status: 429, code: 'too_many_attempts' }
    await page.route('**/v1/session', (route) => route.request().method() === 'POST'
      ? route.fulfill({ status: 429, headers: { 'Retry-After': '900', 'Content-Type': 'application/problem+json' }, body: JSON.stringify(refusal) }) : route.continue())
    await page.getByLabel('Password').fill('wrong')
    await page.keyboard.press('Enter')
    await page.getByText('Try again in 15 minutes').waitFor()
    await page.unroute('**/v1/session')
  })

  const fresh = await startMock({ isEmpty: true })
  await house.check('the first start says what to do first', async () => {
    await page.goto(fresh.url)
    await page.getByLabel('User name').fill('admin')
    await page.getByLabel('Password').fill('secret')
    await page.keyboard.press('Enter')
    await page.getByRole('heading', { name: 'First steps' }).waitFor()
    await house.axe()
    await house.shot('first-steps', { fullPage: true })
  })

  await house.check('the first document is begun, checked and published', async () => {
    await page.getByRole('link', { name: 'Write the document' }).click()
    await page.getByText('Ready to publish').waitFor()
    await page.getByRole('button', { name: 'Publish…' }).click()
    await page.getByRole('button', { name: 'Publish for good' }).click()
    await page.getByText('Edition 1 is published').waitFor()
    await page.locator('.editions a').first().waitFor()
    await house.shot('first-edition')
  })

  await house.check('a session that ended leads back to signing in, and says so', async () => {
    await context.clearCookies()
    await page.goto(`${fresh.url}/#/members`)
    await page.getByText('Your session has ended').waitFor()
    await house.axe()
  })

  await house.check('a server that went away is said in words, and tried again', async () => {
    await page.getByLabel('User name').fill('admin')
    await page.getByLabel('Password').fill('secret')
    await page.keyboard.press('Enter')
    await page.getByRole('heading', { name: 'Members', exact: true }).waitFor()
    await page.route('**/v1/discrepancies*', (route) => route.abort())
    await page.goto(`${fresh.url}/#/discrepancies`)
    await page.getByText('The server can’t be reached').waitFor()
    await house.axe()
    await page.unroute('**/v1/discrepancies*')
    await page.getByRole('button', { name: 'Try again' }).click()
    await page.getByText('Nothing is open').waitFor()
    await page.getByRole('radio', { name: 'All' }).check()
    await page.getByText('Tills and Suki agree').waitFor()
  })

  const full = await startMock()
  await faults(house, page, full.url)
  await full.stop()

  await browser.close()
  await mock.stop()
  await fresh.stop()
  house.end()
  process.exit()
}
