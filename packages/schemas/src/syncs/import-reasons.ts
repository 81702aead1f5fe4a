/**
 * Why an import keeps a secret as it is, or leaves a key of the destination out: a code with at most one detail, as it
 * is stored, and its words. Programs branch on the code, never on the words.
 */
import { z } from 'zod'

const WORDS = {
  'written-by': (sync) => `${sync} writes it`,
  'outside-schema': () => 'the key schema does not cover it',
  'not-managed': (what) => `it is ${what}`,
  'other-type': (what) => `it is ${what}`,
  'value-unreadable': () => 'its value cannot be read',
  'several-secrets': (keys) => `it stands for several secrets of the folder: ${keys}`,
  'other-name': (name) => `it would be written as ${name}`,
  'vault-differs': () => 'the vault has another value',
  'empty-value': () => 'its value at the destination is empty',
  'key-not-allowed': (rule) => rule,
  'value-not-allowed': (rule) => rule,
} satisfies Record<string, (detail: string) => string>

type Code = keyof typeof WORDS
const isCode = (code: string): code is Code => code in WORDS

export const importReason = z
  .object({
    code: z.enum(Object.keys(WORDS).filter(isCode)),
    detail: z
      .string()
      .optional()
      .describe('What the code is about: a sync, a name, a type, or the rule of the vault that is broken'),
  })
  .meta({ id: 'ImportReason' })
export type ImportReason = z.output<typeof importReason>

/** The reason in words, for a person. */
export const importReasonText = ({ code, detail = '' }: ImportReason): string => WORDS[code](detail)
