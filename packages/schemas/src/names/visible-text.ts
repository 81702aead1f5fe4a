import { z } from 'zod'

/**
 * What is not seen, or changes what is seen around it: control characters, line and paragraph separators, lone
 * surrogates, directions of writing, zero-width and other ignorable characters. Variation selectors stay: emoji are
 * written with them.
 */
export const INVISIBLE = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]|(?![\uFE00-\uFE0F])\p{Default_Ignorable_Code_Point}/u

/** A name that shows all it holds: for new names, as those that exist must stay readable and removable. */
export const visibleText = (what: string) =>
  z.string().refine((text) => !INVISIBLE.test(text), { message: refusal(what) })

/** The same for text that may have line breaks and tabs. */
export const visibleLines = (what: string) =>
  z.string().refine((text) => !INVISIBLE.test(text.replaceAll(/[\n\r\t]/g, '')), { message: refusal(what) })

const refusal = (what: string): string => `${what} must not contain control characters or invisible characters`
