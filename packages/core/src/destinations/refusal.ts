import type { DestinationDefinition } from './destination.ts'

/**
 * Why a destination can't hold this pair, or null: text that no vendor stores as it is, then the vendor's own limits.
 * `key` is the stored name. The value is not part of the reason.
 */
export function refusalOf(
  { limits }: Pick<DestinationDefinition, 'limits'>,
  key: string,
  value: string,
  at: Parameters<DestinationDefinition['limits']['refuse']>[2],
): string | null {
  if (!key.isWellFormed() || !value.isWellFormed()) return 'the name or the value is not valid Unicode text'
  return limits.refuse(key, value, at)
}
