import { api, type Programme, type Session, setOrganisation } from '../api/calls'
import { ApiError, setCsrfToken, whenSignedOut, whenTokenIsOld } from '../api/client'
import { locale } from '../i18n/i18n.svelte'
import { forgetCatalogue } from './catalogue'
import { forgetCustomers } from './forget'
import { knowCurrency, points } from './format'

const programmeKey = 'suki.programme'
const organisationKey = 'suki.organisation'

// Storage may be forbidden; what is chosen then lasts as long as the page.
function recall(key: string): string | undefined {
  try {
    return localStorage.getItem(key) ?? undefined
  } catch {
    return undefined
  }
}

function keep(key: string, value: string) {
  try {
    localStorage.setItem(key, value)
  } catch {
    // See `recall`.
  }
}

class Sign {
  #session = $state.raw<Session>()
  #programmes = $state.raw<Programme[]>([])
  #chosen = $state<string>()
  /** False until the server has said whether the cookie is good. */
  isKnown = $state(false)
  hasExpired = $state(false)
  /** How many sessions ended by themselves here. No state: what is being torn down by that still sees states as they were. */
  endings = 0
  failure = $state.raw<ApiError>()

  get isSignedIn() {
    return this.#session !== undefined
  }
  get user() {
    return this.#session?.user
  }
  get isAdmin() {
    return this.#session?.scope === 'admin'
  }
  /** Whether this user may look at members and the like; tills may not. */
  get isStaff() {
    return this.#session?.scope === 'admin' || this.#session?.scope === 'service'
  }
  get programmes() {
    return this.#programmes
  }
  get programme(): Programme | undefined {
    return this.#programmes.find((programme) => programme.id === this.#chosen) ?? this.#programmes[0]
  }

  titleOf(programme: Programme) {
    return programme.title || programme.id
  }
  unitTitle(id: string) {
    return this.programme?.units.find((unit) => unit.id === id)?.title || id
  }
  /** `5 points` of that unit. */
  points(value: number, id: string, options: { sign?: boolean } = {}): string {
    return points(value, this.programme?.units.find((unit) => unit.id === id) ?? { id, title: id, counted: null }, options)
  }
  /** The title where it begins a line. */
  unitLabel(id: string) {
    const title = this.unitTitle(id)
    return title.charAt(0).toLocaleUpperCase(locale.id) + title.slice(1)
  }

  async start() {
    this.failure = undefined
    try {
      await this.#enter(await api.session())
    } catch (cause) {
      const error = ApiError.from(cause)
      if (error.status !== 401 && error.code !== 'organisation_required') this.failure = error
    }
    this.isKnown = true
  }

  /** `organisation` only for a user of all of them, where there are several. */
  async signIn(user: string, password: string, organisation: string) {
    if (organisation) keep(organisationKey, organisation)
    await this.#enter(await api.signIn(user, password))
    this.hasExpired = false
  }

  /** The server ends all sessions of the user and opens a new one here. */
  async changePassword(oldPassword: string, newPassword: string) {
    const next = await api.changePassword(oldPassword, newPassword)
    setCsrfToken(next.csrf_token)
    this.#session = next
  }

  async signOut() {
    try {
      await api.signOut()
    } catch {
      // The cookie may be gone already; here one is signed out in any case.
    }
    this.hasExpired = false
    forgetCustomers()
    this.#leave()
  }

  /** Another tab signed in anew, which made the token of this one old. Whether the same user goes on here, with the new one. */
  async renew(): Promise<boolean> {
    try {
      const next = await api.session()
      if (next.user !== this.#session?.user || next.organisation !== this.#session.organisation) {
        this.expire()
        return false
      }
      setCsrfToken(next.csrf_token)
      this.#session = next
      return true
    } catch (cause) {
      if (ApiError.from(cause).status === 401) this.expire()
      return false
    }
  }

  expire() {
    if (!this.#session) return
    this.hasExpired = true
    this.endings += 1
    this.#leave()
  }

  /** Reads the programmes anew: after publishing, and in another language. */
  async refresh() {
    this.#programmes = (await api.programmes()).items
    for (const programme of this.#programmes) knowCurrency(programme.currency, programme.exponent)
  }

  choose(id: string) {
    this.#chosen = id
    keep(programmeKey, id)
  }

  async #enter(session: Session) {
    setCsrfToken(session.csrf_token)
    setOrganisation(session.organisation === null ? recall(organisationKey) : undefined)
    this.#programmes = (await api.programmes()).items
    this.#chosen = recall(programmeKey)
    for (const programme of this.#programmes) knowCurrency(programme.currency, programme.exponent)
    this.#session = session
  }

  #leave() {
    this.#session = undefined
    this.#programmes = []
    setCsrfToken('')
    forgetCatalogue()
    setOrganisation(undefined)
  }
}

export const session = new Sign()

whenSignedOut(() => session.expire())
whenTokenIsOld(() => session.renew())

/** Titles come in the language of the request. */
export function followLanguage() {
  let before = locale.id
  $effect(() => {
    if (locale.id === before) return
    before = locale.id
    if (session.isSignedIn) void session.refresh().catch(() => {})
  })
}
