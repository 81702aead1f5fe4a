/** Addresses to sign in from, as Infisical's clients know them: the length of a prefix stands beside its address. */
import { z } from 'zod'

interface Own {
  ipAddress: string
}

export const shownTrustedIps = z.array(
  z.object({ type: z.enum(['ipv4', 'ipv6']), ipAddress: z.string(), prefix: z.number().int().optional() }),
)
export const sentTrustedIps = z
  .array(z.object({ ipAddress: z.string().max(64), prefix: z.number().int().min(0).max(128).optional() }))
  .max(50)
  .optional()

/** To their form: `10.0.0.0/8` becomes an address and a prefix. */
export const writeTrustedIps = (all: readonly Own[]): z.output<typeof shownTrustedIps> =>
  all.map((own) => {
    const [ipAddress = '', prefix] = own.ipAddress.split('/')
    const type = ipAddress.includes(':') ? 'ipv6' : 'ipv4'
    return { type, ipAddress, ...(prefix === undefined ? {} : { prefix: Number(prefix) }) }
  })

/** From their form; undefined when none were sent. */
export const readTrustedIps = (sent: z.output<typeof sentTrustedIps>): Own[] | undefined =>
  sent?.map(({ ipAddress, prefix }) => ({
    ipAddress: prefix === undefined || ipAddress.includes('/') ? ipAddress : `${ipAddress}/${prefix}`,
  }))
