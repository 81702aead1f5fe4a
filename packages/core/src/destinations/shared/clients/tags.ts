/**
 * Tags that a sync gives to what it writes, as the flag `tags`. A vendor may hold more of them, which belong to others
 * and stay.
 */
import { canonical, type Flags, type Write } from '../../destination.ts'

export type Tags = Readonly<Record<string, string>>

export const tagsFlag = (tags: Tags): Flags => (Object.keys(tags).length === 0 ? {} : { tags: canonical(tags) })

/** The tags that the flag names. */
export function tagsOf({ tags }: Flags): Tags {
  return typeof tags === 'string' ? Object.fromEntries(JSON.parse(tags)) : {}
}

/** Whether `shown` lacks one of the flag's tags, or has another value for it. */
export const contradictsTags = (flags: Flags, shown: Tags): boolean =>
  Object.entries(tagsOf(flags)).some(([key, value]) => shown[key] !== value)

/**
 * What a write has to do about tags beside the value: those to set, and the keys of those that our last write set and
 * that are no longer wanted. `shown`: the tags that the vendor showed, where it does.
 */
export function tagChanges(change: Write, shown?: Tags): { set: Tags; removed: readonly string[] } {
  const wanted = tagsOf(change.flags)
  const written = change.action === 'update' ? tagsOf(change.written ?? {}) : {}
  return {
    set: Object.fromEntries(Object.entries(wanted).filter(([key, value]) => shown?.[key] !== value)),
    removed: Object.keys(written).filter(
      (key) => !Object.hasOwn(wanted, key) && (shown === undefined || Object.hasOwn(shown, key)),
    ),
  }
}
