import { z } from 'zod'
import { Refused } from './refused.ts'

/** Tags as AWS's services take them, at most 50 of one resource. */
export const tagList = z.array(z.object({ Key: z.string().min(1).max(128), Value: z.string().max(256) }))

export const MAX_TAGS = 50

/** By key. Throws what reserved and repeated keys are refused with. */
export function tagMap(sent: z.output<typeof tagList>): Map<string, string> {
  const map = new Map(sent.map(({ Key, Value }) => [Key, Value]))
  if (map.size < sent.length) throw new Refused('ValidationException', 'Duplicate tag keys are not allowed.')
  if ([...map.keys()].some((key) => /^aws:/i.test(key)))
    throw new Refused('ValidationException', 'Tag keys starting with "aws:" are reserved for system use.')
  return map
}

export const shownTags = (tags: ReadonlyMap<string, string>): { Key: string; Value: string }[] =>
  [...tags].map(([Key, Value]) => ({ Key, Value }))
