/** What the first document of a new programme begins from. */
export const template = `suki: 1
id: my-club
title: My club
organisation: {name: My shop}
relationship: consumer
goal: retain
languages: [en]
currency: EUR
timezone: Europe/Vilnius
effective: 2027-01-01

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
    at: 2027-01-04 12:00
    member: {}
    basket: [{category: bread, price: 20.00 EUR}]
    expect: {points: 60}
`
