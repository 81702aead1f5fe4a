/** Passwords that an attacker tries first. */
import { dictionary } from '@zxcvbn-ts/language-common'
import { Invalid } from '@keyferry/core/errors'

/** The 49,000 most used ones, in lower case. */
const COMMON: ReadonlySet<string> = new Set(dictionary['passwords-common'])

/** Characters around a word that do not make it another one: `Dragon2026!` is `dragon`. */
const DECORATION = 6

/** The word that a password consists of, without the digits and signs around it. */
function bare(low: string): string {
  const word = low.replaceAll(/^[^\p{L}]+|[^\p{L}]+$/gu, '')
  return low.length - word.length <= DECORATION ? word : low
}

/**
 * Throws `Invalid` at `field` for a password that is common, that repeats a short piece, or that is the account's e-mail address or the
 * product's name with at most digits and signs around it.
 */
export function refuseCommon(password: string, email: string, field = 'password'): void {
  const low = password.toLowerCase()
  const word = bare(low)
  const own = [email, email.slice(0, email.indexOf('@')), 'keyferry'].map((name) => name.toLowerCase())
  const easy = COMMON.has(low) || COMMON.has(word) || isRepeated(low) || own.includes(low) || own.includes(word)
  if (!easy) return
  const message = 'This password is too common. Choose one that is not a well-known word, name or row of keys.'
  throw new Invalid([{ path: [field], message }])
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
