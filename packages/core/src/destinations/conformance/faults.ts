/** What vendors do wrong, and what people call their secrets: the tables of the conformance suite. For tests only. */
import type { DestinationErrorKind } from '@keyferry/schemas'
import type { DestinationDefinition } from '../destination.ts'
import type { Emulator, Fault } from '../shared/emulators/emulator.ts'
import { secretTexts } from '../forms.ts'

/** In every value of a test that looks for leaks. */
export const VALUE_MARK = 'sW0rdf1sh-very-secret'

export interface NamedFault {
  name: string
  /** `sent`: what the vendor knows of us, besides the credential. */
  fault(emulator: Emulator, sent?: string): Fault
  /** What it is to the run. */
  kinds: readonly DestinationErrorKind[]
  /** Asking again helps: the vendor was not itself, or in a hurry. */
  passes: boolean
  /** The vendor did what it was asked, and the answer does not say so. */
  isCarriedOut?: boolean
  /** Meets only clients that wait as long. */
  timeoutMs?: number
}

/** The vendor echoes what it was sent, as some do: neither may reach a message. */
const saying =
  (status: number, headers?: Record<string, string>) =>
  (emulator: Emulator, sent = ''): Fault => {
    const echo = `invalid: ${sent} ${Object.values(emulator.credentials).join(' ')}`
    const body = {
      title: echo,
      error: echo,
      detail: echo,
      errors: [{ loc: ['body', 'value'], msg: echo, input: echo }],
    }
    return { kind: 'status', status, headers, body }
  }
const plain = (kind: 'reset' | 'reset-after' | 'hang-after' | 'truncated' | 'html') => (): Fault => ({ kind })

export const FAULTS: readonly NamedFault[] = [
  { name: '400', fault: saying(400), kinds: ['rejected', 'missing'], passes: false },
  { name: '401', fault: saying(401), kinds: ['auth'], passes: false },
  { name: '403', fault: saying(403), kinds: ['auth'], passes: false },
  { name: '404', fault: saying(404), kinds: ['missing', 'auth'], passes: false },
  { name: '409', fault: saying(409), kinds: ['conflict', 'rejected'], passes: false },
  { name: '422', fault: saying(422), kinds: ['rejected'], passes: false },
  { name: '429', fault: saying(429, { 'retry-after': '0' }), kinds: ['throttled'], passes: true },
  { name: '500', fault: saying(500), kinds: ['unavailable'], passes: true },
  { name: '502', fault: saying(502), kinds: ['unavailable'], passes: true },
  { name: '503', fault: saying(503), kinds: ['unavailable'], passes: true },
  { name: 'a reset', fault: plain('reset'), kinds: ['unavailable'], passes: true },
  {
    name: 'a reset after it was carried out',
    fault: plain('reset-after'),
    kinds: ['unavailable'],
    passes: true,
    isCarriedOut: true,
  },
  {
    name: 'no answer after it was carried out',
    fault: plain('hang-after'),
    kinds: ['unavailable'],
    passes: true,
    isCarriedOut: true,
    timeoutMs: 1_000,
  },
  { name: 'half an answer', fault: plain('truncated'), kinds: ['unavailable'], passes: true, isCarriedOut: true },
  { name: 'a page of HTML', fault: plain('html'), kinds: ['unavailable'], passes: true },
  ...[null, {}, [{}], { items: 'none' }].map((body): NamedFault => ({
    name: `the nonsense ${JSON.stringify(body)}`,
    fault: () => ({
      kind: 'status',
      status: 200,
      body: JSON.stringify(body),
      headers: { 'content-type': 'application/json' },
    }),
    // `rejected`: it said yes, and the listing says no.
    kinds: ['unavailable', 'rejected'],
    passes: false,
  })),
]

/** The requests of a vendor that may meet the fault: an empty object is no fault where that is its good answer. */
export const mayMeet =
  ({ name }: NamedFault, { answersEmpty }: Emulator) =>
  (method: string, path: string): boolean =>
    name !== 'the nonsense {}' || answersEmpty?.(method, path) !== true

/** Every request meets the fault. */
export function throughout(emulator: Emulator, { fault }: NamedFault, sent?: string): void {
  for (let n = 1; n <= 40; n++) emulator.fail(n, fault(emulator, sent))
}

export const secretsOf = (definition: DestinationDefinition, emulator: Emulator): string[] =>
  Object.values(definition.connection.methods).flatMap(({ credentials }) =>
    secretTexts(credentials, emulator.credentials),
  )

export const HOSTILE: ReadonlyMap<string, string> = new Map([
  ['NEWLINES', 'first\nsecond\r\nthird\n'],
  ['QUOTES', `"double" 'single' \`back\` \\ backslash`],
  ['DOLLARS', '$HOME ${NOT_A_REFERENCE} $$ $&'],
  ['EQUALS', 'a=b=c=='],
  ['EMOJI', '🔑 naïve 漢字 \u{1f468}\u200d\u{1f469}\u200d\u{1f467}'],
  ['JSON', '{"a":[1,null,"]}"]}'],
  ['HTML', '<script>&amp;</script>'],
  ['SPACES', '  both ends  '],
  ['BLANK', '   '],
  ['EMPTY', ''],
  ['LARGE', 'x'.repeat(60_000)],
  ['KIBIBYTES_64', 'y'.repeat(65_536)],
  ['KIBIBYTES_64_AND_ONE', 'y'.repeat(65_537)],
  ['KIBIBYTES_64_OF_EMOJI', '🔑'.repeat(16_384)],
  ['HUGE', 'x'.repeat(2_000_000)],
  ['NUL', 'a\0b'],
  ['CONTROLS', 'bell \u0007 escape \u001b[31m red'],
  ['LONE_SURROGATE', 'half \ud83d of a pair'],
  ['LINE_SEPARATORS', 'a\u2028b\u2029c'],
  ['NOT_NORMALISED', 'e\u0301 and \u00e9'],
  ['__proto__', 'proto'],
  ['constructor', 'built'],
  ['toString', 'text'],
  ['hasOwnProperty', 'own'],
  ['lower-case.with-dots', 'odd name'],
  ['WITH SPACE', 'odd name'],
  ['NAÏVE_🔑', 'odd name'],
  ['QUOTE"\'NAME', 'odd name'],
  ['DOLLAR$NAME', 'odd name'],
  ['EQUALS=NAME', 'odd name'],
  ['COLON:NAME', 'odd name'],
  ['SLASH/NAME', 'odd name'],
  ['PERCENT%2F?#&', 'odd name'],
  ['LINE\nBREAK', 'odd name'],
  ['NUL\0NAME', 'odd name'],
  ['.', 'odd name'],
  ['..', 'odd name'],
  ['import', 'odd name'],
  ['1STARTS_WITH_DIGIT', 'odd name'],
  ['_LEADING', 'underscore'],
  ['N'.repeat(255), 'long name'],
  ['N'.repeat(5000), 'very long name'],
])
