import { timeSlice } from '@keyferry/db'
import { BadRequest, budget, snapshot, type Actor, type Context } from '@keyferry/kernel'
import type * as schemas from '@keyferry/schemas'
import { isWithin } from '@keyferry/schemas/secret-path'
import type { z } from 'zod'
import { projectKey } from '../keys/project-key.ts'
import { findFolder, foldersBelow } from './find-folder.ts'
import { loadTree, openValue } from './tree.ts'

type Compared = z.output<typeof schemas.comparedEnvironments>

/**
 * Two environments, folder by folder: keys that only one of them has, and keys whose values differ or are the same.
 * Values are compared as they are written, by their digests, and never shown. A folder that one of them lacks is empty
 * there. Throws `NotFound` when neither has `secretPath`, or for an unknown environment.
 */
export function compareEnvironments(
  ctx: Context,
  _actor: Actor,
  input: z.output<typeof schemas.compareEnvironments>,
): Promise<Compared> {
  const { projectId, secretPath } = input
  if (input.environment === input.otherEnvironment) throw new BadRequest('Name two environments.')
  return snapshot(ctx, async (tx) => {
    const key = await projectKey(ctx, tx, projectId)
    const spend = budget(ctx.limits)
    const slice = timeSlice()
    const digests = async (environment: string): Promise<Map<string, Map<string, string>>> => {
      await findFolder(tx, { projectId, environment, secretPath: '/' })
      const located = await findFolder(tx, { projectId, environment, secretPath }).catch(() => null)
      if (!located) return new Map()
      const { folders } = await loadTree(ctx, tx, [located.folder.id, ...(await foldersBelow(tx, located))], 'alone')
      const inside = [...folders.values()].filter(
        (folder) => folder.environment === environment && isWithin(folder.path, secretPath),
      )
      const found = new Map<string, Map<string, string>>()
      for (const folder of inside) {
        const digests = new Map<string, string>()
        found.set(folder.path, digests)
        for (const [name, row] of folder.secrets) {
          if (slice.isOver()) await slice.rest()
          spend(FRAME_BYTES)
          digests.set(name, key.digest('compare', openValue(key, projectId, row) ?? `unreadable ${row.id}`))
        }
      }
      return found
    }
    const [here, there] = [await digests(input.environment), await digests(input.otherEnvironment)]
    if (here.size === 0 && there.size === 0)
      await findFolder(tx, { projectId, environment: input.environment, secretPath })
    const paths = [...new Set([...here.keys(), ...there.keys()])].sort()
    return {
      folders: paths.map((path) => ({
        secretPath: path,
        ...differences(here.get(path) ?? new Map(), there.get(path) ?? new Map()),
      })),
    }
  })
}

/** Bytes that a key takes in an answer, and while it is compared. */
const FRAME_BYTES = 100

function differences(here: ReadonlyMap<string, string>, there: ReadonlyMap<string, string>) {
  const common = [...here.keys()].filter((key) => there.has(key)).sort()
  return {
    onlyHere: [...here.keys()].filter((key) => !there.has(key)).sort(),
    onlyThere: [...there.keys()].filter((key) => !here.has(key)).sort(),
    different: common.filter((key) => here.get(key) !== there.get(key)),
    same: common.filter((key) => here.get(key) === there.get(key)),
  }
}
