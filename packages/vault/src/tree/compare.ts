import { BadRequest, snapshot, type Actor, type Context } from '@keyferry/kernel'
import type * as schemas from '@keyferry/schemas'
import type { z } from 'zod'
import { findFolder } from './find-folder.ts'
import { digestReader } from './folder-digests.ts'

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
    const digestsIn = await digestReader(ctx, tx, projectId)
    const here = await digestsIn(input.environment, secretPath)
    const there = await digestsIn(input.otherEnvironment, secretPath)
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

function differences(here: ReadonlyMap<string, string>, there: ReadonlyMap<string, string>) {
  const common = [...here.keys()].filter((key) => there.has(key)).sort()
  return {
    onlyHere: [...here.keys()].filter((key) => !there.has(key)).sort(),
    onlyThere: [...there.keys()].filter((key) => !here.has(key)).sort(),
    different: common.filter((key) => here.get(key) !== there.get(key)),
    same: common.filter((key) => here.get(key) === there.get(key)),
  }
}
