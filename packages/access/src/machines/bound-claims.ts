/** Which tokens of an issuer are a machine's: its audience, subject and claims against what an admin bound. Pure. */
import picomatch from 'picomatch'

export interface Bounds {
  /** Each text: patterns with commas between them; empty: anything. */
  boundAudiences: string
  boundSubject: string
  boundClaims: Readonly<Record<string, string>>
}

type Claims = Readonly<Record<string, unknown>>

/** The first claim that is not as it is bound to be, by name; null: all are. */
export function misfit(claims: Claims, { boundAudiences, boundSubject, boundClaims }: Bounds): string | null {
  if (boundAudiences !== '' && !fits(claims['aud'], boundAudiences)) return 'aud'
  // A subject may hold a comma.
  if (boundSubject !== '' && !isLike(claims['sub'], boundSubject)) return 'sub'
  return Object.entries(boundClaims).find(([name, patterns]) => !fits(claimAt(claims, name), patterns))?.[0] ?? null
}

/** Whether `value`, or one of several, is like one of `patterns`. */
export const fits = (value: unknown, patterns: string): boolean =>
  patterns.split(',').some((pattern) => isLike(value, pattern.trim()))

function isLike(value: unknown, pattern: string): boolean {
  if (Array.isArray(value)) return value.some((one) => !Array.isArray(one) && isLike(one, pattern))
  if (typeof value !== 'string' && typeof value !== 'number' && typeof value !== 'boolean') return false
  return pattern !== '' && (String(value) === pattern || isMatch(String(value), pattern))
}

/** `*` stops at `/`, as in Infisical. A pattern that excludes something would let in everything else. */
const isMatch = (text: string, pattern: string): boolean =>
  picomatch.isMatch(text, pattern, { dot: true, nonegate: true, noextglob: true, nobrace: true, windows: false })

/**
 * By a name such as `ref`, or a path such as `kubernetes.io.serviceaccount.name`, whose parts may hold dots themselves.
 */
function claimAt(claims: unknown, path: string): unknown {
  if (claims === null || typeof claims !== 'object' || Array.isArray(claims)) return undefined
  const fields = new Map<string, unknown>(Object.entries(claims))
  if (fields.has(path)) return fields.get(path)
  for (let dot = path.indexOf('.'); dot !== -1; dot = path.indexOf('.', dot + 1)) {
    const inner = claimAt(fields.get(path.slice(0, dot)), path.slice(dot + 1))
    if (inner !== undefined) return inner
  }
  return undefined
}
