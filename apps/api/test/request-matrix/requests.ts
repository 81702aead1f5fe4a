/** The requests of the adversarial run: every input over tRPC and every REST route of its procedure. For tests only. */
import { GUESSABLE, READS, SLOW_READS, WRITES } from '../../src/http/auth-routes.ts'
import { restRoutes } from '../../src/rest/procedures.ts'
import type { Route } from '../../src/rest/route.ts'
import { encoded, extremeInputs, HUGE, repeated, shortened } from './extremes.ts'
import { procedures, readBy, type Procedure } from './inputs.ts'

export interface Sending {
  method: string
  /** From the root, with its query. */
  path: string
  /** In pieces: to put millions of bytes together for each request would take most of the run. */
  body?: readonly Buffer[]
  headers?: Record<string, string>
}

/** Characters of an address: with the headers, Node takes 16 KiB. */
const ADDRESS = 12_000
/** Of an address: the least that each takes is three characters, `a=&`. */
const MOST_VALUES = 4_000
/** Characters of a text in an address that had millions: each may take six. */
const TEXT = 1_800

const routes = Map.groupBy(restRoutes, ({ procedure }) => procedure)

/** Each extreme of each input, by turns over tRPC and each route; a route has at least one. */
export function* everyRequest(known: ReadonlyMap<string, unknown>, roll: () => number): Generator<Sending> {
  for (const procedure of procedures) {
    if (procedure.type === 'subscription') continue
    const ways = [
      { way: trpc(procedure), inputs: extremeInputs(procedure, known, roll) },
      ...(routes.get(procedure.name) ?? []).map(({ route }) => ({
        way: rest(route),
        inputs: extremeInputs(readBy(route, procedure), known, roll),
      })),
    ]
    const most = Math.max(ways.length, ...ways.map(({ inputs }) => inputs.length))
    for (let n = 0; n < most; n++) {
      const { way, inputs } = ways[n % ways.length] ?? {}
      if (way && inputs) yield way(inputs[n % inputs.length])
    }
  }
}

const trpc =
  ({ name, type }: Procedure) =>
  (input: unknown): Sending =>
    type === 'mutation'
      ? { method: 'POST', path: `/api/trpc/${name}`, body: encoded(input) }
      : {
          method: 'GET',
          path: cut(`/api/trpc/${name}?input=${inAddress(shortened(input, TEXT))}`),
        }

/** Path parameters from the input, what is left in the query, an array as a repeated parameter, or in the body. */
const rest =
  ({ method, path }: Route) =>
  (input: unknown): Sending => {
    const fields = new Map(Object.entries(Object(input)))
    const inPath = new Set<string>()
    const filled = path.replaceAll(/:(\w+)/g, (_, name: string) => {
      inPath.add(name)
      return encodeURIComponent(text(fields.get(name) ?? 'x')).slice(0, 6_000) || 'x'
    })
    if (method !== 'GET') return { method, path: cut(filled), body: encoded(input) }
    // More of them do not fit.
    const values = [...fields].filter(([name]) => !inPath.has(name)).slice(0, MOST_VALUES)
    const query = values.flatMap(([name, value]) =>
      (Array.isArray(value) ? value : [value])
        .slice(0, MOST_VALUES)
        .map((one) => `${encodeURIComponent(name)}=${inAddress(text(one))}`),
    )
    return { method, path: cut(`${filled}?${query.join('&')}`) }
  }

/** A value as an address has it: JSON, but for a text. */
const text = (value: unknown): string => {
  const json = shortened(value, TEXT)
  return typeof value === 'string' ? String(JSON.parse(json)) : json
}

/** Encoded, and not much more of it than fits. */
const inAddress = (value: string): string => encodeURIComponent(value.slice(0, ADDRESS))

/** Half an escape at the end is an error of its own. */
const cut = (path: string): string => path.slice(0, ADDRESS).replace(/%[^%]?$/, '')

/**
 * What is no input: bodies of other types, huge cookies and headers, repeated parameters, sign-in, and what serves no
 * procedure.
 */
export function oddRequests(known: ReadonlyMap<string, unknown>): Sending[] {
  const at = `projectId=${String(known.get('projectId'))}&environment=dev&secretPath=/api`
  const json = { 'content-type': 'application/json' }
  const list = '/api/v4/secrets'
  const login = '/api/v1/auth/universal-auth/login'
  const auth = [...WRITES.keys(), ...GUESSABLE.keys()].map((path) => `/api/auth/${path}`)
  const bodies = [
    JSON.stringify({ email: repeated(0, HUGE), password: 'x', token: repeated(3, 2000), code: repeated(8, 2000) }),
    JSON.stringify({
      email: 'ada@example.com',
      password: repeated(17, 1999),
      name: repeated(2, 2000),
      code: '1'.repeat(2000),
    }),
    JSON.stringify(Array.from({ length: 10_000 }, () => ({ email: 'x' }))),
  ].map((text) => Buffer.from(text))
  return [
    ...auth.flatMap((path) => bodies.map((body) => ({ method: 'POST', path, body: [body], headers: json }))),
    ...[...READS, ...SLOW_READS].map((path) => ({
      method: 'GET',
      path: `/api/auth/${path}?${'state=x&'.repeat(1200)}`,
    })),
    ...['application/x-www-form-urlencoded', 'multipart/form-data; boundary=x', 'text/plain', 'application/xml'].map(
      (type) => ({
        method: 'POST',
        path: login,
        body: [Buffer.from(`clientId=${'a'.repeat(HUGE)}&${'clientSecret=b&'.repeat(10_000)}`)],
        headers: { 'content-type': type },
      }),
    ),
    { method: 'POST', path: login, body: [Buffer.from('clientId=a&clientSecret=b&'.repeat(10_000))], headers: json },
    { method: 'POST', path: login, body: [Buffer.from(`{"clientId":${'['.repeat(HUGE)}`)], headers: json },
    { method: 'POST', path: login, body: [Buffer.from(`[${'{},'.repeat(HUGE / 2)}{}]`)], headers: json },
    { method: 'GET', path: `${list}?${at}&${'tagSlugs=x&'.repeat(1000)}` },
    {
      method: 'GET',
      path: `${list}?${at}&tagSlugs=${'t,'.repeat(999)}&metadataFilter=${'key=a,value=b|'.repeat(140)}`,
    },
    { method: 'GET', path: `${list}?${at}&${Array.from({ length: 1000 }, (_, n) => `p${n}=`).join('&')}` },
    { method: 'GET', path: `${list}?${at}`, headers: { cookie: 'keyferry.session_token=a.b; '.repeat(500) } },
    { method: 'GET', path: `${list}?${at}`, headers: { cookie: `keyferry.session_token=${'%'.repeat(14_000)}` } },
    { method: 'GET', path: `${list}?${at}`, headers: { authorization: `Bearer ${'a'.repeat(14_000)}` } },
    { method: 'GET', path: `${list}?${at}`, headers: { authorization: `Bearer kfa_${' '.repeat(14_000)}x` } },
    { method: 'GET', path: `${list}?${at}`, headers: { 'x-forwarded-for': '10.0.0.1,'.repeat(1500) } },
    { method: 'GET', path: `${list}?${at}`, headers: { 'x-long': 'a'.repeat(20_000) } },
    { method: 'GET', path: `${list}?${at}`, headers: { accept: 'text/html,'.repeat(1400) } },
    { method: 'GET', path: `/${'a/'.repeat(6000)}` },
    { method: 'GET', path: `/api/v4/secrets/${'%2e%2e%2f'.repeat(1200)}?${at}` },
    { method: 'GET', path: `/api/trpc/${'secrets.list,'.repeat(50)}secrets.list?batch=1&input={}` },
    { method: 'GET', path: '/api/v1/audit/export' },
    ...[
      '/api/auth/callback/oidc',
      '/api/docs/',
      '/api/docs/js/scalar.js',
      '/api/docs/json',
      '/metrics',
      '/api/ready',
      '/.well-known/security.txt',
    ].map((path) => ({
      method: 'GET',
      path,
    })),
  ]
}
