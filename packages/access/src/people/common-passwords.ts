/** Passwords that an attacker tries first. */
import { Invalid } from '@keyferry/kernel'
import { dictionary } from '@zxcvbn-ts/language-common'

/** The 49,000 most used ones, in lower case. */
const COMMON: ReadonlySet<string> = new Set(dictionary['passwords-common'])

/** Characters around a word that do not make it another one: `Dragon2026!` is `dragon`. */
const DECORATION = 6

/** The word that a password consists of, without the digits and signs around it. */
function bare(low: string): string {
  const word = low.replaceAll(/^[^\p{L}]+|[^\p{L}]+$/gu, '')
  return low.length - word.length <= DECORATION ? word : low
}

interface Owner {
  email: string
  /** Words that everybody here would try, such as the organization's name. */
  words: readonly string[]
}

/**
 * Throws `Invalid` at `field` for a password that is common or repeats a short piece. The account's email address, one
 * of its `words` and the product's name are common too, also with digits and signs around them.
 */
export function refuseCommon(password: string, { email, words }: Owner, field = 'password'): void {
  const low = password.toLowerCase()
  const word = bare(low)
  const own = new Set([email, email.slice(0, email.indexOf('@')), 'keyferry', ...words].flatMap(spellings))
  const easy = COMMON.has(low) || COMMON.has(word) || isRepeated(low) || own.has(low) || own.has(word)
  if (!easy) return
  const message = 'This password is too common. Choose one that is not a well-known word, name or row of keys.'
  throw new Invalid([{ path: [field], message }])
}

/** `Acme Corp` is also typed `acmecorp` and `acme-corp`. */
function spellings(text: string): string[] {
  const low = text.toLowerCase()
  return ['', '-', '_', '.'].map((between) => low.trim().replaceAll(/\s+/g, between)).concat(low)
}

/** Whether the whole text is a piece of at most four characters again and again. */
const isRepeated = (text: string): boolean =>
  [1, 2, 3, 4].some(
    (length) =>
      text ===
      text
        .slice(0, length)
        .repeat(Math.ceil(text.length / length))
        .slice(0, text.length),
  )
