/** What a vault refuses to store, and how often it may be called (Azure's service limits, 2026-11-28). */
import { z } from 'zod'
import { bucket } from '../../shared/emulators/emulator-bucket.ts'
import type { EmulatorOptions } from '../../shared/emulators/emulator.ts'
import type { NewVersion } from './secrets.ts'

export const isName = (name: string): boolean => /^[0-9A-Za-z-]{1,127}$/.test(name)

/** The most names that a page has. */
export const PAGE = 25

const attributes = z.strictObject({
  enabled: z.boolean().optional(),
  nbf: z.int().optional(),
  exp: z.int().optional(),
})
const tags = z.record(z.string().max(256), z.string().max(256)).refine((given) => Object.keys(given).length <= 15)
const properties = z.strictObject({
  contentType: z.string().max(255).optional(),
  attributes: attributes.optional(),
  tags: tags.optional(),
})
const version = properties.extend({ value: z.string().refine((value) => Buffer.byteLength(value) <= 25_600) })

/** The version that a set describes, or null when the body is not one. */
export function versionIn(body: unknown): NewVersion | null {
  const { data } = version.safeParse(body)
  return data ? { value: data.value, ...propertiesOf(data) } : null
}

/** What a change of properties describes, or null when the body is not one. */
export function propertiesIn(body: unknown): Partial<NewVersion> | null {
  const { data } = properties.safeParse(body)
  return data ? propertiesOf(data) : null
}

function propertiesOf(given: z.infer<typeof properties>): Partial<NewVersion> {
  return {
    ...(given.contentType !== undefined && { contentType: given.contentType }),
    ...(given.tags !== undefined && { tags: given.tags }),
    ...(given.attributes?.enabled !== undefined && { isEnabled: given.attributes.enabled }),
    ...(given.attributes?.nbf !== undefined && { notBefore: given.attributes.nbf }),
    ...(given.attributes?.exp !== undefined && { expires: given.attributes.exp }),
  }
}

/** Per vault in ten seconds: 300 new versions, and 4,000 of everything else. Sizes that are given count all calls. */
export function throughput(limit: EmulatorOptions['rateLimit']): (isSet: boolean) => boolean {
  const size = (burst: number) => ({ burst, refill: burst, intervalMs: 10_000 })
  const sets = bucket(limit, size(300))
  const others = typeof limit === 'object' ? sets : bucket(limit, size(4_000))
  return (isSet) => (isSet ? sets : others).take()
}
