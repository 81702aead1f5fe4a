/** The forms of GitHub's answers (GitHub's OpenAPI document 23.0.2 and docs.github.com, 2026-11-28). */
import type { ServedAnswer, ServedRequest } from '../../shared/emulators/emulator-server.ts'

const DOCS = 'https://docs.github.com/rest'

export const ok = (body: unknown, headers: Record<string, string> = {}): ServedAnswer => ({
  status: 200,
  headers,
  body,
})
export const created = (): ServedAnswer => ({ status: 201, body: {} })
export const noContent = (): ServedAnswer => ({ status: 204 })

export const refuse = (status: number, message: string, headers: Record<string, string> = {}): ServedAnswer => ({
  status,
  headers,
  body: { message, documentation_url: DOCS, status: String(status) },
})

/** Also the answer to a caller without the right to see the thing. */
export const notFound = (): ServedAnswer => refuse(404, 'Not Found')
export const invalid = (reason: string): ServedAnswer => refuse(422, `Invalid request.\n\n${reason}`)

/** The page of `rows` that the query names, as `{ total_count, [member]: rows }`, with GitHub's `link` header. */
export function page<T>(
  request: ServedRequest,
  rows: readonly T[],
  sizes: { usual: number; most: number },
): { rows: readonly T[]; headers: Record<string, string> } {
  const size = Math.min(sizes.most, Math.max(1, Number(request.query.get('per_page')) || sizes.usual))
  const number = Math.max(1, Number(request.query.get('page')) || 1)
  const last = Math.max(1, Math.ceil(rows.length / size))
  const link = (to: number, relation: string): string => {
    const query = new URLSearchParams(request.query)
    query.set('page', String(to))
    return `<http://${request.headers.host}${request.path}?${query.toString()}>; rel="${relation}"`
  }
  const links = [
    ...(number > 1 ? [link(number - 1, 'prev'), link(1, 'first')] : []),
    ...(number < last ? [link(number + 1, 'next'), link(last, 'last')] : []),
  ]
  return {
    rows: rows.slice((number - 1) * size, number * size),
    headers: links.length === 0 ? {} : { link: links.join(', ') },
  }
}

/** A JSON object of the request; an empty one for an empty body; null for anything else. */
export function objectIn({ text }: ServedRequest): Record<string, unknown> | null {
  try {
    const body: unknown = text === '' ? {} : JSON.parse(text)
    return isObject(body) ? body : null
  } catch {
    return null
  }
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  value !== null && typeof value === 'object' && !Array.isArray(value)
