/** The forms of GitLab's answers (gitlabhq's source and docs.gitlab.com, 2026-11-28). */
import type { ServedAnswer, ServedRequest } from '../../shared/emulators/emulator-server.ts'

export const ok = (body: unknown, headers: Record<string, string> = {}): ServedAnswer => ({
  status: 200,
  headers,
  body,
})
export const created = (body: unknown): ServedAnswer => ({ status: 201, body })
export const noContent = (): ServedAnswer => ({ status: 204 })

export const refuse = (status: number, message: unknown): ServedAnswer => ({ status, body: { message } })
/** A missing or mistyped parameter. */
export const badParameter = (error: string): ServedAnswer => ({ status: 400, body: { error } })
export const notFound = (what: string): ServedAnswer => refuse(404, `404 ${what} Not Found`)

/** The page of `rows` that the query names, with GitLab's headers. */
export function page(request: ServedRequest, rows: readonly unknown[]): ServedAnswer {
  const size = Math.min(100, Math.max(1, Number(request.query.get('per_page')) || 20))
  const number = Math.max(1, Number(request.query.get('page')) || 1)
  const last = Math.max(1, Math.ceil(rows.length / size))
  const next = new URLSearchParams(request.query)
  next.set('page', String(number + 1))
  next.set('per_page', String(size))
  return ok(rows.slice((number - 1) * size, number * size), {
    'x-page': String(number),
    'x-per-page': String(size),
    'x-total': String(rows.length),
    'x-total-pages': String(last),
    'x-prev-page': number > 1 ? String(number - 1) : '',
    'x-next-page': number < last ? String(number + 1) : '',
    ...(number < last && {
      link: `<http://${request.headers.host}${request.path}?${next.toString()}>; rel="next"`,
    }),
  })
}

/** The parameters of a request: query, then JSON or form. Null for a body that is neither. */
export function parametersOf({ query, text, headers }: ServedRequest): Record<string, unknown> | null {
  const scope = query.get('filter[environment_scope]')
  const given = { ...Object.fromEntries(query), ...(scope !== null && { filter: { environment_scope: scope } }) }
  if (text === '') return given
  if (headers['content-type']?.startsWith('application/x-www-form-urlencoded')) {
    const form = new URLSearchParams(text)
    const inForm = form.get('filter[environment_scope]')
    return { ...given, ...Object.fromEntries(form), ...(inForm !== null && { filter: { environment_scope: inForm } }) }
  }
  try {
    const body: unknown = JSON.parse(text)
    return body !== null && typeof body === 'object' ? { ...given, ...body } : null
  } catch {
    return null
  }
}
