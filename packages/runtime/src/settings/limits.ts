/** How much there can be, and how much at once. */
import { DEFAULT_LIMITS } from '@keyferry/kernel'
import { whole } from './formats.ts'
import { setting } from './setting.ts'

const { project } = DEFAULT_LIMITS

export const limits = {
  KEYFERRY_WORKER_RUNS: setting(whole(1, 1024).default(128), 'runs that a process works on at once'),
  KEYFERRY_WORKER_MEMORY: setting(
    whole(1_048_576, 2 ** 40).optional(),
    'bytes of memory that those runs may need together, estimated from the stored size of the folders that they read; others wait, and a run that needs more runs alone',
    { unset: 'half of what the heap has beyond 128 MiB' },
  ),
  KEYFERRY_REQUESTS_PER_MINUTE: setting(
    whole(60).default(12_000),
    "requests that one address may send; more are answered with 429. Many clients share an address behind NAT, or behind a proxy that isn't in `KEYFERRY_TRUSTED_PROXIES`",
  ),
  KEYFERRY_MAX_ANSWER_BYTES: setting(
    // An answer below a megabyte would refuse a single value with its frame; a text of V8 ends at half a gigabyte.
    whole(1_048_576, 2 ** 29).default(DEFAULT_LIMITS.answerBytes),
    'bytes that one request may resolve and one answer may have; more is answered with 413; lists of secrets have pages (`limit`, `offset`)',
  ),
  KEYFERRY_MAX_PROJECT_SECRETS: setting(whole(1).default(project.secrets), 'secrets that one project can have'),
  KEYFERRY_MAX_PROJECT_BYTES: setting(
    whole(1, 2 ** 40).default(project.bytes),
    'bytes that the secrets of one project can have, old versions too',
  ),
  KEYFERRY_MAX_PROJECT_FOLDERS: setting(whole(1).default(project.folders), 'folders that one project can have'),
  KEYFERRY_MAX_PROJECT_IMPORTS: setting(whole(1).default(project.imports), 'imports that one project can have'),
  KEYFERRY_MAX_PROJECT_TAGS: setting(whole(1).default(project.tags), 'tags that one project can have'),
  KEYFERRY_MAX_PROJECT_SYNCS: setting(whole(1).default(project.syncs), 'syncs that one project can have'),
}
