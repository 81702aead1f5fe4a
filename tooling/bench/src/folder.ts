import { randomBytes } from 'node:crypto'
import type { Context } from '@keyferry/kernel'
import { createProject, updateSecrets } from '@keyferry/vault'
import { ACTOR } from './context.ts'

/** The API takes so many at once. */
const BATCH = 2_000

export interface Place {
  projectId: string
  environment: string
  secretPath: string
}

/** A folder, in a project of its own, with so many secrets of 64 bytes: `BENCH_KEY_0` and on. */
export async function folderOf(ctx: Context, secrets: number): Promise<Place> {
  const project = await createProject(ctx, ACTOR, { name: 'Bench', withDefaultEnvironments: true })
  const place = { projectId: project.id, environment: 'dev', secretPath: '/' }
  for (const batch of batches(secrets)) await updateSecrets(ctx, ACTOR, { ...place, mode: 'upsert', secrets: batch })
  return place
}

/** As many secrets, in batches that the API takes. */
export function batches(secrets: number): { key: string; value: string }[][] {
  const all = Array.from({ length: secrets }, (_, i) => ({
    key: `BENCH_KEY_${i}`,
    value: randomBytes(32).toString('hex'),
  }))
  return Array.from({ length: Math.ceil(secrets / BATCH) }, (_, i) => all.slice(i * BATCH, (i + 1) * BATCH))
}
