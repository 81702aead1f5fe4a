import { words } from '../words.ts'

const WORDS = [
  words.strength.tooShort,
  words.strength.weak,
  words.strength.fair,
  words.strength.good,
  words.strength.strong,
] as const
const COLOURS = ['bg-bad', 'bg-bad', 'bg-warn', 'bg-good', 'bg-good'] as const

/** 0 (too short) to 4. Length counts most; a mix of characters helps; repeats do not. */
function strengthOf(password: string): 0 | 1 | 2 | 3 | 4 {
  if (password.length < 10) return 0
  const kinds = [/[a-z]/, /[A-Z]/, /\d/, /[^A-Za-z0-9]/].filter((kind) => kind.test(password)).length
  const distinct = new Set(password).size
  if (distinct < 5) return 1
  const score = (distinct >= 10 ? 1 : 0) + (password.length >= 16 ? 1 : 0) + (kinds >= 3 ? 1 : 0)
  return score === 0 ? 1 : score === 1 ? 2 : score === 2 ? 3 : 4
}

export function Strength({ password }: { password: string }) {
  const score = strengthOf(password)
  return (
    <span className="grid gap-1.5">
      <span aria-hidden className="flex gap-1">
        {[1, 2, 3, 4].map((step) => (
          <span
            key={step}
            className={`h-1 flex-1 rounded-full ${password !== '' && score >= step ? COLOURS[score] : 'bg-line'}`}
          />
        ))}
      </span>
      <span aria-live="polite">{password === '' ? words.strength.hint : `${WORDS[score]}.`}</span>
    </span>
  )
}
