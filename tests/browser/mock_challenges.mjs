// Challenges of the mock: one card of stamps that is as full as the member's id says.
const say = (lang, en, ru) => (lang === 'ru' ? ru : en)

export const summaryOfChallenge = (lang) => ({
  challenge: 'sixth_coffee', title: say(lang, 'Coffee club', 'Кофейный клуб'), clause: '9.1', kind: 'collect', is_again: true, line: 1,
  text: say(lang, '60 points for 6 items (in category coffee). When it is done it begins anew.', '60 баллов: 6 товаров (из категории coffee). Когда всё собрано, начинается заново.'),
})

export const moveOf = (lang) => ({
  challenge: 'sixth_coffee', times: 0, text: say(lang, 'Coffee club: 4 of 6', 'Кофейный клуб: 4 из 6'),
  parts: [{ part: null, title: null, before: 3, after: 4, need: 6, missing: 2 }],
})

export function challengesOf(member, lang) {
  const { line, ...summary } = summaryOfChallenge(lang)
  return {
    member: member.id,
    items: [
      { ...summary, is_done: false, times: 1, progress: moveOf(lang).text, until: null, days_left: null, parts: [{ part: null, title: null, have: 4, need: 6, missing: 2 }] },
      {
        ...summary, challenge: 'breakfast', title: say(lang, 'A breakfast', 'Завтрак'), clause: '9.2', kind: 'set', is_again: false, is_done: false, times: 0,
        text: say(lang, '300 points for one of each: ham; bread. It is done once.', '300 баллов: по одному из набора: ветчина; хлеб. Один раз.'), progress: say(lang, 'A breakfast: ham 1 of 1, bread 0 of 1', 'Завтрак: ветчина 1 из 1, хлеб 0 из 1'),
        until: '2026-12-20', days_left: 18,
        parts: [
          { part: 'ham', title: say(lang, 'ham', 'ветчина'), have: 1, need: 1, missing: 0 },
          { part: 'bread', title: say(lang, 'bread', 'хлеб'), have: 0, need: 1, missing: 1 },
        ],
      },
    ],
  }
}
