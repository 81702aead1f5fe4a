/** How names at the target are made from secret keys, and which names at the target a sync may touch. Pure. */
import { ENVIRONMENT_PLACEHOLDER, KEY_PLACEHOLDER } from '@keyferry/schemas'

export interface KeySchema {
  /** Name at the target of a secret key, as the vendor stores it. */
  name(secretKey: string): string
  /** The same before the vendor changes it. */
  sentName(secretKey: string): string
  /** True when a name at the target could have been made by this schema; others are never touched. */
  covers(name: string): boolean
  prefix: string
  suffix: string
}

/**
 * `template` holds `{{secretKey}}` exactly once (`schemas/names/names.ts`) and any number of `{{environment}}`;
 * absent means names are kept. Plain replacement: nothing is escaped, unlike in template engines made for HTML. With a
 * `/` in the template, the part that stands for the key has none, so that `a/{{secretKey}}` does not cover `a/b/C`.
 * `storedName` as for `Limits`.
 */
export function keySchema(
  template: string | undefined,
  environment: string,
  storedName: (name: string) => string = (name) => name,
): KeySchema {
  const rendered = (template ?? KEY_PLACEHOLDER).replaceAll(ENVIRONMENT_PLACEHOLDER, environment)
  const at = rendered.indexOf(KEY_PLACEHOLDER)
  const before = rendered.slice(0, at)
  const after = rendered.slice(at + KEY_PLACEHOLDER.length)
  const sentName = (secretKey: string): string => before + secretKey + after
  const [prefix, suffix] = [storedName(before), storedName(after)]
  const flat = rendered.includes('/')
  return {
    prefix,
    suffix,
    sentName,
    name: (secretKey) => storedName(sentName(secretKey)),
    covers(name) {
      if (name.length <= prefix.length + suffix.length) return false
      if (!name.startsWith(prefix) || !name.endsWith(suffix)) return false
      return !flat || !name.slice(prefix.length, name.length - suffix.length).includes('/')
    },
  }
}

/** True when some name could be made by both schemas. */
export function schemasMeet(a: KeySchema, b: KeySchema): boolean {
  const prefixes = a.prefix.startsWith(b.prefix) || b.prefix.startsWith(a.prefix)
  const suffixes = a.suffix.endsWith(b.suffix) || b.suffix.endsWith(a.suffix)
  return prefixes && suffixes
}
