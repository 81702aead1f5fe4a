/** Marks as they stand in a row of the audit log. */
import type { Marks } from '@keyferry/db'

interface Written {
  ended?: [string, string | null][]
  groups?: Record<string, number>
  writes?: Record<string, number>
}

/** As text. */
export const formatMarks = ({ ended, groups, writes }: Marks): string =>
  JSON.stringify({
    ...(ended.length > 0 ? { ended: ended.map(({ seal, until }) => [seal, until]) } : {}),
    ...(groups.size > 0 ? { groups: Object.fromEntries(groups) } : {}),
    ...(writes.size > 0 ? { writes: Object.fromEntries(writes) } : {}),
  } satisfies Written)

/** The same as marks again. */
export function parseMarks(text: string): Marks {
  const { ended = [], groups = {}, writes = {} }: Written = JSON.parse(text)
  return {
    ended: ended.map(([seal, until]) => ({ seal, until })),
    groups: new Map(Object.entries(groups)),
    writes: new Map(Object.entries(writes)),
  }
}
