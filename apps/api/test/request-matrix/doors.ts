/** Every way in of the API, and what malformed requests may be sent there. For tests only. */
import fc from 'fast-check'
import type { Route } from '../../src/rest/route.ts'
import { ACCOUNT } from '../../src/testing.ts'
import { documentOf, inputFor, procedures, readBy, type Procedure } from './inputs.ts'
import { bodyOf, queryOf, segment, spoiled, type Malformed } from './malformed.ts'

/** One way in, and what may be sent there. */
export interface Door {
  name: string
  /** What the inputs are pointed at may be gone afterwards. */
  destroys: boolean
  requests(known: ReadonlyMap<string, unknown>): fc.Arbitrary<Malformed>
}

const DESTROYS = /\.(delete|remove|revoke|detach|move)/

/** Every way in. */
export function doorsOf(): Door[] {
  const rest = procedures.flatMap((procedure) =>
    procedure.meta.routes.map((route) => restDoor(readBy(route, procedure), route)),
  )
  return [...rest, ...procedures.map(trpcDoor), ...AUTH.map(authDoor), filesDoor]
}

const optionalOf = ({ inputs: [schema] }: Procedure): string[] =>
  schema ? Object.keys(documentOf(schema).properties ?? {}) : []

function restDoor(procedure: Procedure, route: Route): Door {
  const optional = optionalOf(procedure)
  return {
    name: `${route.method} ${route.path}`,
    destroys: DESTROYS.test(procedure.name),
    requests(known) {
      const good = new Map(Object.entries(Object(inputFor(procedure, known))))
      const names = [...route.path.matchAll(/:(\w+)/g)].map(([, name]) => name ?? '')
      const parts = fc.tuple(...names.map((name) => segment(String(good.get(name) ?? 'x'))))
      for (const name of names) good.delete(name)
      const methods = fc.constantFrom(
        route.method,
        route.method,
        route.method,
        route.method,
        'PUT' as const,
        'HEAD' as const,
      )
      return fc.tuple(parts, methods, spoiled(Object.fromEntries(good), optional)).chain(([values, method, input]) => {
        const path = names.reduce((path, name, n) => path.replace(`:${name}`, () => values[n] ?? ''), route.path)
        const asQuery = queryOf(input).map((query): Malformed => ({
          method,
          url: `${path}?${query}`,
          headers: {},
          payload: undefined,
        }))
        const asBody = bodyOf(input).map(({ payload, type }): Malformed => ({
          method,
          url: path,
          headers: typed(type),
          payload,
        }))
        return route.method === 'GET'
          ? asQuery
          : fc.oneof({ weight: 5, arbitrary: asBody }, { weight: 1, arbitrary: asQuery })
      })
    },
  }
}

const typed = (type: string | null): Record<string, string> => (type === null ? {} : { 'content-type': type })

function trpcDoor(procedure: Procedure): Door {
  const { name, type } = procedure
  const optional = optionalOf(procedure)
  const paths = fc.constantFrom(
    ...Array.from({ length: 10 }, () => name),
    `${name},${name}`,
    `${name},instance.status`,
    `${name},__proto__`,
    `${name}.`,
    name.toUpperCase(),
    `${name},`.repeat(60),
  )
  return {
    name: `tRPC ${name}`,
    destroys: DESTROYS.test(name),
    requests: (known) =>
      fc
        .tuple(paths, spoiled(inputFor(procedure, known) ?? {}, optional), fc.boolean())
        .chain(([path, input, wrongMethod]) => {
          const batch = path.includes(',')
          const whole = batch ? { 0: input, 1: input } : input
          const base = `/api/trpc/${path}`
          const last = fc.constantFrom('', '&lastEventId=1', '&connectionParams=%7B', '&Last-Event-Id=%00')
          const asQuery = fc.tuple(queryOf({ input: whole }), last).map(([query, more]): Malformed => ({
            method: 'GET',
            url: `${base}?${query}${batch ? '&batch=1' : ''}${more}`,
            headers: {},
            payload: undefined,
          }))
          const asBody = bodyOf(whole).map(({ payload, type: contentType }): Malformed => ({
            method: 'POST',
            url: `${base}${batch ? '?batch=1' : ''}`,
            headers: typed(contentType),
            payload,
          }))
          const mutates = type === 'mutation'
          return mutates !== (wrongMethod && batch) ? asBody : asQuery
        }),
  }
}

/** What sign-in asks for. */
const AUTH: readonly (readonly [method: 'GET' | 'POST', path: string, input: object])[] = [
  ['POST', 'sign-in/email', { email: ACCOUNT.email, password: 'wrong password' }],
  ['POST', 'sign-in/social', { provider: 'oidc', callbackURL: '/' }],
  ['GET', 'callback/oidc', { code: 'x', state: 'y' }],
  ['GET', 'get-session', {}],
  ['POST', 'request-password-reset', { email: ACCOUNT.email, redirectTo: '/reset-password' }],
  ['POST', 'reset-password', { token: 'x', newPassword: 'correct horse battery' }],
  ['POST', 'change-password', { currentPassword: 'x', newPassword: 'correct horse battery' }],
  ['POST', 'two-factor/enable', { password: 'x' }],
  ['POST', 'two-factor/disable', { password: 'x' }],
  ['POST', 'two-factor/get-totp-uri', { password: 'x' }],
  ['POST', 'two-factor/verify-totp', { code: '000000' }],
  ['POST', 'two-factor/verify-backup-code', { code: 'aaaaa-bbbbb' }],
  ['POST', 'two-factor/generate-backup-codes', { password: 'x' }],
  ['GET', 'list-sessions', {}],
  ['GET', 'list-accounts', {}],
  ['POST', 'revoke-session', { token: 'x' }],
  ['POST', 'update-user', { name: 'Dev' }],
  // Not open.
  ['POST', 'sign-up/email', { email: 'eve@example.com', password: 'correct horse battery', name: 'Eve' }],
  ['POST', 'api-key/create', { name: 'x' }],
  ['GET', 'error', { error: '<script>' }],
  ['GET', 'reset-password/x', { callbackURL: 'https://evil.example' }],
]

const authDoor = ([method, path, input]: (typeof AUTH)[number]): Door => ({
  name: `${method} /api/auth/${path}`,
  destroys: false,
  requests: () =>
    fc
      .tuple(
        spoiled(input, ['callbackURL', 'rememberMe', 'trustDevice', 'disableSession']),
        fc.constantFrom(path, path, path, `${path}/`, `/${path}`, `${path}%00`, path.toUpperCase()),
      )
      .chain(([spoilt, at]) =>
        method === 'GET'
          ? queryOf(spoilt).map((query): Malformed => ({
              method,
              url: `/api/auth/${at}?${query}`,
              headers: {},
              payload: undefined,
            }))
          : fc
              .tuple(
                bodyOf(spoilt),
                fc.constantFrom<Record<string, string>>({}, { origin: 'null' }, { origin: '%' }, { host: 'a b' }),
              )
              .map(([{ payload, type }, more]): Malformed => ({
                method,
                url: `/api/auth/${at}`,
                headers: { ...typed(type), ...more },
                payload,
              })),
      ),
})

const filesDoor: Door = {
  name: 'files and monitoring',
  destroys: false,
  requests: () =>
    fc
      .tuple(
        fc.constantFrom(
          'GET' as const,
          'GET' as const,
          'HEAD' as const,
          'POST' as const,
          'OPTIONS' as const,
          'DELETE' as const,
        ),
        fc.constantFrom(
          '/',
          '/index.html',
          '/assets/app-1.js',
          '/assets/',
          '/assets/../../../../etc/passwd',
          '/assets/%2e%2e%2f%2e%2e%2fetc%2fpasswd',
          '/assets/..%5c..%5cetc%5cpasswd',
          '/assets/%00',
          '/%',
          '/%E0%A4%A',
          '//evil.example',
          '/.env',
          '/projects/x',
          '/api',
          '/api/',
          '/api/nothing',
          '/api/trpc',
          '/api/trpc/',
          '/api/docs',
          '/api/docs/',
          '/api/docs/json',
          '/api/docs/js/../../x',
          '/api/ready',
          '/api/status',
          '/healthcheck',
          '/metrics',
          '/metrics/',
          '/api/v1/audit/export',
          `/${'x'.repeat(7000)}`,
          `/${'a/'.repeat(3000)}`,
        ),
        queryOf({ projectId: 'x', limit: '1', from: 'y' }),
        fc.constantFrom<Record<string, string>>(
          {},
          { accept: 'text/html' },
          { accept: 'text/html', range: 'bytes=9999999-' },
          { range: 'bytes=-1,0-,5-1', 'if-none-match': '*' },
          { 'accept-encoding': 'br;q=x, *;q=0' },
          { 'if-modified-since': 'never', 'x-forwarded-for': '1, 2, %00' },
          { host: '' },
          { authorization: 'Bearer', 'content-type': 'application/json', 'content-length': '-1' },
        ),
      )
      .map(([method, path, query, headers]): Malformed => ({
        method,
        url: `${path}?${query}`,
        headers,
        payload: undefined,
      })),
}
