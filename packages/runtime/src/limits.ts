import { totalmem } from 'node:os'
import { getHeapStatistics } from 'node:v8'
import type { Limits } from '@keyferry/kernel'
import type { Env } from './settings/env.ts'

/** What one request and one project may cost, as the operator set it. */
export const limitsOf = (env: Env): Limits => ({
  answerBytes: env.KEYFERRY_MAX_ANSWER_BYTES,
  apiKeyDays: env.KEYFERRY_API_KEY_MAX_DAYS,
  project: {
    secrets: env.KEYFERRY_MAX_PROJECT_SECRETS,
    bytes: env.KEYFERRY_MAX_PROJECT_BYTES,
    versions: env.KEYFERRY_MAX_SECRET_VERSIONS,
    folders: env.KEYFERRY_MAX_PROJECT_FOLDERS,
    imports: env.KEYFERRY_MAX_PROJECT_IMPORTS,
    tags: env.KEYFERRY_MAX_PROJECT_TAGS,
    syncs: env.KEYFERRY_MAX_PROJECT_SYNCS,
  },
})

/** What a process needs beside runs. */
const BASE_BYTES = 128 * 1024 * 1024

/** How many runs a worker does at once, and the bytes of memory that they may need together. */
export const runLimitsOf = (env: Env): { runs: number; bytes: number } => ({
  runs: env.KEYFERRY_WORKER_RUNS,
  bytes: env.KEYFERRY_WORKER_MEMORY ?? defaultRunBytes(),
})

/** Half of what is left of the heap, or of a container that allows less. */
function defaultRunBytes(): number {
  // 0, or more than there is, when nothing constrains it.
  const container = process.constrainedMemory() || Infinity
  const available = Math.min(container, totalmem(), getHeapStatistics().heap_size_limit)
  return Math.floor(Math.max(BASE_BYTES / 2, available - BASE_BYTES) / 2)
}
