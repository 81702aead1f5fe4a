import type { Mention } from '@keyferry/schemas'
import { useState } from 'react'
import { mentionsOf, messageOf } from '../../lib/server/errors.ts'
import { markStale } from '../../lib/server/stale.ts'
import { trpc } from '../../lib/server/trpc.ts'
import type { Trashed } from '../../lib/server/types.ts'

/** What became of the items that somebody wanted back. */
export interface Restored {
  back: { item: Trashed; environment: string; secretPath: string; leftOut: readonly string[] }[]
  refused: { item: Trashed; reason: string; mentions: Mention[] }[]
}

/**
 * Restores items one after the other: a folder before what was in it, and one that is refused does not stop the others.
 */
export function useRestore(projectId: string) {
  const { mutateAsync } = trpc.history.restore.useMutation()
  const [restoring, setRestoring] = useState(false)
  const [result, setResult] = useState<Restored>()

  const restore = async (items: readonly Trashed[]): Promise<Trashed[]> => {
    setRestoring(true)
    const done: Restored = { back: [], refused: [] }
    for (const item of [...items].sort(outerFirst)) {
      try {
        const { environment, secretPath, leftOut } = await mutateAsync({
          projectId,
          environment: item.environment,
          trashId: item.id,
        })
        done.back.push({ item, environment, secretPath, leftOut })
      } catch (error) {
        done.refused.push({ item, reason: messageOf(error), mentions: mentionsOf(error) })
      }
    }
    await markStale('history.restore')
    setResult(done)
    setRestoring(false)
    return done.back.map(({ item }) => item)
  }
  return { restore, restoring, result }
}

const depth = ({ kind, secretPath }: Trashed): number =>
  (secretPath === '/' ? 0 : secretPath.split('/').length) + (kind === 'folder' ? 0 : 0.5)
const outerFirst = (a: Trashed, b: Trashed): number => depth(a) - depth(b)
