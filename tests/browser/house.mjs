// What every browser check needs: a browser, a place for screenshots, an axe, and a count of what passed.
import { existsSync, mkdirSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { chromium } from 'playwright-core'

const here = dirname(fileURLToPath(import.meta.url))
const axeSource = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')
const screenshots = join(here, '../../build/screenshots')

export async function openBrowser() {
  const executablePath = process.env.SUKI_CHROMIUM ?? '/usr/bin/chromium'
  if (!existsSync(executablePath)) {
    console.log(`skipped: there is no browser at ${executablePath}`)
    process.exit(0)
  }
  return chromium.launch({
    executablePath,
    args: ['--no-sandbox', '--disable-quic', '--disable-background-networking', '--disable-component-update', '--disable-sync'],
  })
}

export class House {
  passed = 0
  failed = 0
  page
  name = ''

  async check(name, run) {
    this.name = name
    try {
      await run()
      this.passed += 1
      console.log(`  ok    ${name}`)
    } catch (cause) {
      this.failed += 1
      console.log(`  FAIL  ${name}\n        ${String(cause?.message ?? cause).split('\n').slice(0, 12).join('\n        ')}`)
      await this.shot(`failed-${this.failed}`).catch(() => {})
    }
  }

  async shot(name, options = {}) {
    if (options.fullPage) await this.page.evaluate(() => window.scrollTo(0, 0))
    mkdirSync(screenshots, { recursive: true })
    await this.page.screenshot({ path: join(screenshots, `${name}.png`), ...options })
  }

  /** No serious or critical finding of axe on the page as it stands. */
  async axe() {
    // Half-way through an animation colours are mixed.
    await this.page.evaluate(() => Promise.all(document.getAnimations().filter((one) => one.effect?.getComputedTiming().iterations === 1).map((one) => one.finished.catch(() => {}))))
    await this.page.evaluate(axeSource)
    const findings = await this.page.evaluate(async () => {
      const result = await window.axe.run(document, { resultTypes: ['violations'] })
      return result.violations.map((violation) => ({
        id: violation.id,
        impact: violation.impact,
        nodes: violation.nodes.slice(0, 3).map((node) => `${node.target.join(' ')}: ${node.failureSummary}`),
      }))
    })
    const grave = findings.filter((finding) => finding.impact === 'serious' || finding.impact === 'critical')
    if (grave.length) throw new Error(grave.map((finding) => `${finding.id} (${finding.impact})\n${finding.nodes.join('\n')}`).join('\n'))
    return findings
  }

  /** A call as the user who is signed in, for what no page does: it fails the check that needs it. */
  call(method, path, body) {
    return this.page.evaluate(async ([method, path, body]) => {
      const { csrf_token: token } = await (await fetch('/v1/session')).json()
      const headers = { 'Content-Type': 'application/json', 'X-CSRF-Token': token, 'Idempotency-Key': `browser-${Math.random()}` }
      const answer = await fetch(path, { method, headers, ...(body ? { body: JSON.stringify(body) } : {}) })
      if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${await answer.text()}`)
      return answer.json()
    }, [method, path, body])
  }

  /** No table has a column that one has to scroll for, and the page as a whole is not too wide. */
  async fits(what) {
    const wide = await this.page.evaluate(() => {
      const boxes = [document.documentElement, ...document.querySelectorAll('.scroll-x')]
      return boxes.map((box) => box.scrollWidth - box.clientWidth).filter((more) => more > 0)
    })
    if (wide.length) throw new Error(`${what} is ${wide.join(', ')} px too wide`)
  }

  end() {
    console.log(`${this.passed} passed, ${this.failed} failed`)
    process.exitCode = this.failed ? 1 : 0
  }
}

export function equal(seen, wanted, what) {
  if (seen !== wanted) throw new Error(`${what}: saw ${JSON.stringify(seen)}, wanted ${JSON.stringify(wanted)}`)
}

export function holds(condition, what) {
  if (!condition) throw new Error(what)
}
