import { z } from 'zod'
import { canonical, defineDestination } from '../destination.ts'
import { githubChoices } from './choices.ts'
import { githubClient } from './client.ts'
import { connection, webUrl } from './connection.ts'
import { LISTING_LAG_MS } from './deletions.ts'
import { githubKeyRules, githubLimits, githubRateLimits } from './limits.ts'
import { areVariables, target, targetKey, targetLabel, targetUrl } from './target.ts'

export default defineDestination({
  name: 'github',
  title: 'GitHub',
  docsUrl:
    'https://docs.github.com/en/actions/security-for-github-actions/security-guides/using-secrets-in-github-actions',
  connection,
  target,
  options: z.object({}),
  notes: {
    initialSync:
      'GitHub never shows the value of a secret, so existing secrets cannot be imported: the first sync overwrites them. Variables can be imported.',
    options: [
      'GitHub stores names in upper case.',
      'Workflows read secrets of a repository and an organization when a run is queued, and those of an environment when the job starts. A secret of an environment goes before one of the repository, and that before one of the organization.',
      'A workflow sees only the first 100 secrets of an organization, by name.',
    ],
  },
  keyRules: githubKeyRules,
  limits: githubLimits,
  rateLimits: githubRateLimits,
  values: 'listed',
  hidesValues: (place) => !areVariables(place),
  listingLagMs: LISTING_LAG_MS,
  targetKey,
  targetLabel,
  targetUrl,
  sharedPlace: ({ scope }) => (scope === 'organization' ? 'a whole organization of GitHub' : null),
  // The listing shows the visibility; the repositories cost a call for each key.
  flags: (_options, _key, at) =>
    at.scope === 'organization'
      ? {
          visibility: at.visibility,
          ...(at.visibility === 'selected' && {
            repositories: canonical((at.selectedRepositoryIds ?? []).map(String)),
          }),
        }
      : {},
  choices: githubChoices,
  open: ({ http, credentials }, at) =>
    githubClient({
      http,
      target: at,
      instance: webUrl(credentials),
      writes: credentials.instanceType === 'server' ? 'serverWrites' : 'writes',
    }),
})
