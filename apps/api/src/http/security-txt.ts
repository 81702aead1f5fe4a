import type { FastifyInstance } from 'fastify'

export interface SecurityContact {
  /** URIs; none: there is no such file. */
  contacts: readonly string[]
  /** URL of the policy for reports. */
  policy?: string | undefined
  /** Where the instance is reached. */
  baseUrl: string
}

const DAYS_VALID = 90

/**
 * `/.well-known/security.txt` of RFC 9116. The operator's settings are what is true of it, so it is valid for as long
 * as it is served.
 */
export function registerSecurityTxt(
  app: FastifyInstance,
  { contacts, policy, baseUrl }: SecurityContact,
  now: () => Date,
): void {
  if (contacts.length === 0) return
  app.get('/.well-known/security.txt', (_request, reply) => {
    const expires = new Date(now().getTime() + DAYS_VALID * 86_400_000)
    expires.setUTCHours(0, 0, 0, 0)
    const lines = [
      ...contacts.map((uri) => `Contact: ${uri}`),
      `Expires: ${expires.toISOString().replace('.000Z', 'Z')}`,
      `Canonical: ${baseUrl}/.well-known/security.txt`,
      ...(policy === undefined ? [] : [`Policy: ${policy}`]),
      'Preferred-Languages: en',
    ]
    return reply.type('text/plain; charset=utf-8').send(`${lines.join('\n')}\n`)
  })
}
