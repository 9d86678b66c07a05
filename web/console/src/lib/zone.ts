/** Wall clock and instants of another zone, by Intl: the browser knows the zones. */
function offsetMs(at: number, zone: string): number {
  const parts = new Intl.DateTimeFormat('en-US', {
    timeZone: zone, hourCycle: 'h23', year: 'numeric', month: 'numeric', day: 'numeric', hour: 'numeric', minute: 'numeric', second: 'numeric',
  }).formatToParts(at)
  const of = (type: string) => Number(parts.find((part) => part.type === type)?.value ?? 0)
  return Date.UTC(of('year'), of('month') - 1, of('day'), of('hour'), of('minute'), of('second')) - Math.floor(at / 1000) * 1000
}

/** `2026-12-02T09:30` on the clocks of `zone`, as RFC 3339. A time that daylight saving skips moves on, one that it repeats is the first. */
export function instantOf(local: string, zone: string): string | undefined {
  const wall = Date.parse(`${local.length === 16 ? `${local}:00` : local}Z`)
  if (Number.isNaN(wall)) return undefined
  let at = wall
  try {
    at = wall - offsetMs(wall - offsetMs(wall, zone), zone)
  } catch {
    // An unknown zone: taken as UTC.
  }
  return new Date(at).toISOString().replace('.000Z', 'Z')
}

/** What the clocks of `zone` show now, for an input of date and time. */
export function localNow(zone: string): string {
  let at = Date.now()
  try {
    at += offsetMs(at, zone)
  } catch {
    // As above.
  }
  return new Date(at).toISOString().slice(0, 16)
}

/** What the clocks of `zone` show at an instant, for an input of date and time. */
export function localOf(instant: string, zone: string): string {
  let at = Date.parse(instant)
  try {
    at += offsetMs(at, zone)
  } catch {
    // As above.
  }
  return new Date(at).toISOString().slice(0, 16)
}

/** The civil date after `date`. */
export function nextDay(date: string): string {
  return new Date(Date.parse(`${date}T00:00:00Z`) + 86_400_000).toISOString().slice(0, 10)
}
