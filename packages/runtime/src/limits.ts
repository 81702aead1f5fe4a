import type { Limits } from '@keyferry/kernel'
import type { Env } from './env.ts'

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
