/** Syncs of whole folders to an emulator in this process, run by hand. */
import { createConnection, runSync } from '@keyferry/core'
import { representatives, type Emulator } from '@keyferry/core/emulators'
import { createSync, getSync } from '@keyferry/core/verbs'
import type { Context } from '@keyferry/kernel'
import { ACTOR } from './context.ts'
import type { Place } from './folder.ts'

/** It takes all keys of a folder in a few requests. */
export const DESTINATION = 'trigger-dev'

export interface EmulatedSync {
  syncId: string
  emulator: Emulator
}

/** A sync of the folder that has delivered everything. */
export async function syncOf(ctx: Context, place: Place): Promise<EmulatedSync> {
  const start = (await representatives()).get(DESTINATION)
  if (!start) throw new Error(`no emulator of ${DESTINATION}`)
  const emulator = await start()
  const named = { destination: DESTINATION, name: place.projectId }
  const { id: connectionId } = await createConnection(ctx, ACTOR, {
    ...named,
    method: emulator.method,
    credentials: emulator.credentials,
  })
  const { id: syncId } = await createSync(ctx, ACTOR, {
    ...place,
    ...named,
    connectionId,
    autoSync: true,
    options: {},
    target: emulator.target,
  })
  await runToEnd(ctx, syncId)
  return { syncId, emulator }
}

/** Runs the sync until it isn't due. Throws when that failed. */
export async function runToEnd(ctx: Context, syncId: string): Promise<void> {
  while ((await runSync(ctx, syncId, new AbortController().signal)).again) continue
  const { state, message } = await getSync(ctx, ACTOR, { destination: DESTINATION, syncId })
  if (state !== 'succeeded') throw new Error(`a sync did not succeed: ${state}, ${message ?? ''}`)
}
