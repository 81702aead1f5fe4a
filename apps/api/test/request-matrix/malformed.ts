/** Requests that nobody should send, made from what the procedures ask for. For tests only. */
import fc from 'fast-check'

/** As an HTTP client could write it; `payload` undefined: no body. */
export interface Malformed {
  method: 'GET' | 'POST' | 'PATCH' | 'DELETE' | 'PUT' | 'HEAD' | 'OPTIONS'
  url: string
  headers: Record<string, string>
  payload: Buffer | undefined
}

const deep = (depth: number, open: string, close: string): string => open.repeat(depth) + close.repeat(depth)
const raw = (text: string): unknown => JSON.parse(text)

/** Values that break something somewhere. */
const WRONG: readonly unknown[] = [
  null,
  true,
  '',
  ' ',
  0,
  -1,
  1.5,
  1e21,
  -1e308,
  Number.MAX_SAFE_INTEGER + 2,
  2 ** 31,
  'NaN',
  'Infinity',
  '1e9',
  [],
  {},
  [[]],
  [null],
  '\0',
  'a\0b',
  '\ud800',
  '\udfff',
  '\uffff',
  '\u202eevil',
  'KЕY',
  'ﬀ',
  'K\u0301',
  '../../etc/passwd',
  '%2e%2e%2f',
  '//',
  '/a//b',
  '/'.repeat(600),
  'x'.repeat(300),
  'x'.repeat(70_000),
  'é'.repeat(40_000),
  '__proto__',
  'constructor',
  'toString',
  "'; drop table secrets; --",
  '${KEY}',
  '${dev.sub.KEY',
  '${'.repeat(200),
  '{{secretKey}}',
  '<script>',
  '*',
  '%',
  '_',
  '\\',
  '(a+)+$',
  '2026-13-45T99:99:99Z',
  '+275760-09-13T00:00:00.001Z',
  'http://[::1',
  'file:///etc/passwd',
  '00000000-0000-0000-0000-000000000000',
  'A@b.co\n',
  raw('{"__proto__":{"x":1}}'),
  raw('{"constructor":{"prototype":{"x":1}}}'),
  raw('{"toString":1,"valueOf":2}'),
  raw('{"length":-1}'),
  raw(deep(2000, '[', ']')),
  raw(`${'{"a":'.repeat(2000)}1${'}'.repeat(2000)}`),
  Array.from({ length: 3000 }, () => 1),
]

const wrong = fc.oneof(
  { weight: 8, arbitrary: fc.constantFrom(...WRONG) },
  { weight: 1, arbitrary: fc.string({ unit: 'binary', maxLength: 40 }) },
  { weight: 1, arbitrary: fc.jsonValue({ maxDepth: 3 }) },
)

type Path = readonly (string | number)[]

/** Where something stands in `input`, the whole included. */
function pathsOf(input: unknown, at: Path = []): Path[] {
  if (input === null || typeof input !== 'object') return [at]
  return [at, ...Object.entries(input).flatMap(([name, value]) => pathsOf(value, [...at, name]))]
}

function changedAt(input: unknown, [name, ...rest]: Path, change: (value: unknown) => unknown): unknown {
  if (name === undefined) return change(input)
  if (Array.isArray(input)) {
    const values: readonly unknown[] = input
    return values.map((value, n) => (String(n) === String(name) ? changedAt(value, rest, change) : value))
  }
  const entries = Object.entries(Object(input)).map(([key, value]) => [
    key,
    key === name ? changedAt(value, rest, change) : value,
  ])
  return Object.fromEntries(entries)
}

/**
 * A good input with one to three things wrong in it; now and then still a good one. `optional`: fields it could have as
 * well.
 */
export function spoiled(input: unknown, optional: readonly string[]): fc.Arbitrary<unknown> {
  const paths = pathsOf(input)
  const one = fc.oneof(
    { weight: 6, arbitrary: fc.tuple(fc.constantFrom(...paths), wrong).map(([path, value]) => ({ path, value })) },
    {
      weight: 2,
      arbitrary: fc.constantFrom(...paths).map((path): { path: Path; value: unknown } => ({ path, value: undefined })),
    },
    {
      weight: 3,
      arbitrary: fc
        .tuple(
          fc.constantFrom(...optional, 'extra', '__proto__', 'constructor', 'workspaceId', 'cursor', 'limit'),
          wrong,
        )
        .map(([name, value]) => ({ path: [], add: [name, value] as const })),
    },
    { weight: 1, arbitrary: fc.constant(null) },
  )
  return fc.array(one, { minLength: 1, maxLength: 3 }).map((changes) => {
    let spoiled = input
    for (const change of changes) {
      if (change === null) continue
      spoiled = changedAt(spoiled, change.path, (value) => {
        if (!('add' in change)) return change.value
        const entries = value !== null && typeof value === 'object' ? Object.entries(value) : []
        return Object.fromEntries([...entries, change.add])
      })
    }
    return spoiled
  })
}

/** The bytes of a body: mostly JSON, sometimes broken on the way. */
export function bodyOf(input: unknown): fc.Arbitrary<{ payload: Buffer; type: string | null }> {
  const text = JSON.stringify(input) ?? ''
  const bytes = Buffer.from(text)
  const json = 'application/json'
  return fc.oneof(
    { weight: 12, arbitrary: fc.constant({ payload: bytes, type: json }) },
    {
      weight: 1,
      arbitrary: fc.nat(bytes.length).map((end) => ({ payload: bytes.subarray(0, end), type: json })),
    },
    {
      weight: 1,
      arbitrary: fc.tuple(fc.nat(bytes.length), fc.uint8Array({ minLength: 1, maxLength: 4 })).map(([at, noise]) => ({
        payload: Buffer.concat([bytes.subarray(0, at), noise, bytes.subarray(at)]),
        type: json,
      })),
    },
    {
      weight: 2,
      arbitrary: fc
        .constantFrom(
          null,
          '',
          'text/plain',
          'text/plain; application/json',
          'application/x-www-form-urlencoded',
          'multipart/form-data; boundary=x',
          'application/json; charset=utf-16',
          'application/jsonx',
          'application/xml',
          ';',
        )
        .map((type) => ({ payload: bytes, type })),
    },
    {
      weight: 1,
      arbitrary: fc
        .constantFrom(
          '',
          'null',
          '1',
          '"x"',
          '[]',
          '{',
          deep(50_000, '[', ']'),
          deep(50_000, '{"a":', ''),
          '\u{feff}{}',
        )
        .map((body) => ({ payload: Buffer.from(body), type: json })),
    },
  )
}

/**
 * A query string out of `input`, with names that stand twice, stand in brackets, or are not encoded as they should be.
 */
export function queryOf(input: unknown): fc.Arbitrary<string> {
  const pairs = Object.entries(Object(input)).map(([name, value]) => {
    const text = typeof value === 'string' ? value : (JSON.stringify(value) ?? '')
    return `${encodeURIComponent(name.toWellFormed())}=${encodeURIComponent(text.toWellFormed().slice(0, 6000))}`
  })
  const query = pairs.join('&')
  return fc.oneof(
    { weight: 6, arbitrary: fc.constant(query) },
    {
      weight: 4,
      arbitrary: fc
        .constantFrom(
          'projectId',
          'workspaceSlug',
          'environment',
          'secretPath',
          'recursive',
          'limit',
          'cursor',
          'input',
        )
        .chain((name) =>
          fc.constantFrom(
            `${query}&${name}=1&${name}=2`,
            `${query}&${name}[]=1`,
            `${query}&${name}[__proto__]=1`,
            `${query}&__proto__=1`,
            `${query}&${name}=%`,
            `${query}&${name}=%00`,
            `${query}&${name}=%C3`,
            `${query}&${name}=%ED%A0%80`,
            `${query}&&&=&${name}`,
            `${query}&${name}=${'x'.repeat(9000)}`,
            `${name}=${encodeURIComponent(deep(800, '[', ']'))}`,
          ),
        ),
    },
  )
}

/** What stands in a path where a name or an id belongs. */
export const segment = (good: string): fc.Arbitrary<string> =>
  fc.oneof(
    { weight: 10, arbitrary: fc.constant(encodeURIComponent(good)) },
    {
      weight: 3,
      arbitrary: fc.constantFrom(
        '%00',
        '%',
        '%E0%A4%A',
        '%ED%A0%80',
        '%2F',
        '%2e%2e%2f',
        '..',
        '.',
        '__proto__',
        'constructor',
        'x'.repeat(300),
        'x'.repeat(6000),
        '%F0%9F%98%80',
        'KEY%00',
        '00000000-0000-0000-0000-000000000000',
        'ＫＥＹ',
      ),
    },
  )

/** Credentials that are none. */
export const brokenCredentials = (token: string): fc.Arbitrary<Record<string, string>> =>
  fc.oneof(
    fc
      .constantFrom(
        '',
        'Bearer',
        'Bearer ',
        'Bearer  ',
        'Basic dXNlcjpwYXNz',
        'bearer null',
        `Bearer ${token.slice(0, -1)}`,
        `Bearer ${token}x`,
        `Bearer ${token} ${token}`,
        `Bearer ${'x'.repeat(5000)}`,
        'Bearer kfa_',
        'Bearer kf_',
        'Bearer eyJhbGciOiJub25lIn0.e30.',
        `Bearer ${token.toLowerCase()}`,
      )
      .map((authorization): Record<string, string> => ({ authorization })),
    fc
      .constantFrom(
        'keyferry.session_token=',
        'keyferry.session_token=%',
        'keyferry.session_token=x.y',
        `keyferry.session_token=${'x'.repeat(4000)}`,
        '__Host-keyferry.session_token=a.b; keyferry.session_token=c.d',
        'keyferry.session_token=%00; keyferry.session_token=%ED%A0%80',
        ';;;=;keyferry.session_token',
        'keyferry.session_data=%7B; keyferry.session_token=x',
        'keyferry.two_factor=; keyferry.trust_device=x.y; keyferry.state=%7B%7D; keyferry.oauth_state=%',
      )
      .map((cookie): Record<string, string> => ({ cookie })),
  )
