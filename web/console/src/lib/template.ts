/** What the first document of a new programme begins from: in force today, so that a basket can be tried at once. */
export function template(today: string): string {
  return `suki: 1
id: my-club
title: My club
organisation: {name: My shop}
relationship: consumer
goal: retain
languages: [en]
currency: EUR
timezone: Europe/Vilnius
effective: ${today}

units:
  points:
    worth: 0.01 EUR
    expire: 12 months after earning
    round: down
    earned_on: paid

offers:
  base:
    give: {points: 3 per 1 EUR}

examples:
  a_purchase:
    at: ${later(today, 3)} 12:00
    member: {}
    basket: [{category: bread, price: 20.00 EUR}]
    expect: {points: 60}
`
}

function later(date: string, days: number): string {
  return new Date(Date.parse(`${date}T00:00:00Z`) + days * 86_400_000).toISOString().slice(0, 10)
}
