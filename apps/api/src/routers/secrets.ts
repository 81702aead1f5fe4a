import { pasteDotenv as paste } from '@keyferry/core/vault/dotenv'
import { listSecretRows } from '@keyferry/core/vault/rows'
import {
  createSecret as create,
  createSecrets as createMany,
  deleteSecret as remove,
  deleteSecrets as removeMany,
  getSecret as get,
  listSecrets as list,
  updateSecret as update,
  updateSecrets as updateMany,
} from '@keyferry/core/vault/secrets'
import { listSecretVersions } from '@keyferry/core/vault/versions'
import {
  createSecret,
  createSecrets,
  deleteSecret,
  deleteSecrets,
  getSecret,
  id,
  listSecrets,
  listedSecrets,
  pasteDotenv,
  pastedDotenv,
  place,
  secret,
  secretPath,
  secretRow,
  secretVersion,
  updateSecret,
  updateSecrets,
} from '@keyferry/schemas'
import { z } from 'zod'
import type { Route } from '../rest/route.ts'
import { call, router, signedIn } from '../trpc/procedures.ts'

const tag = 'Secrets'
const inFolder = place.extend({ secretPath: secretPath.default('/') })

const both = (method: Route['method'], path: string, envelope?: string): Route[] =>
  ['/api/v3/secrets/raw', '/api/v4/secrets'].map((base) => ({
    method,
    path: `${base}${path}`,
    ...(envelope ? { envelope } : {}),
  }))
const batch = (method: Route['method']): Route[] =>
  ['/api/v3/secrets/batch/raw', '/api/v4/secrets/batch'].map((path) => ({ method, path, envelope: 'secrets' }))

export const secrets = router({
  list: signedIn
    .meta({ tag, summary: 'The secrets of a folder', routes: both('GET', '') })
    .input(listSecrets)
    .output(listedSecrets)
    .query(call(list)),

  get: signedIn
    .meta({ tag, summary: 'One secret', routes: both('GET', '/:secretName', 'secret') })
    .input(getSecret)
    .output(secret)
    .query(call(get)),

  create: signedIn
    .meta({ tag, summary: 'Creates a secret', routes: both('POST', '/:secretName', 'secret') })
    .input(createSecret)
    .output(secret)
    .mutation(call(create)),

  update: signedIn
    .meta({ tag, summary: 'Changes or renames a secret', routes: both('PATCH', '/:secretName', 'secret') })
    .input(updateSecret)
    .output(secret)
    .mutation(call(update)),

  delete: signedIn
    .meta({ tag, summary: 'Deletes a secret', routes: both('DELETE', '/:secretName', 'secret') })
    .input(deleteSecret)
    .output(secret)
    .mutation(call(remove)),

  createMany: signedIn
    .meta({ tag, summary: 'Creates several secrets, or none', routes: batch('POST') })
    .input(createSecrets)
    .output(z.array(secret))
    .mutation(call(createMany)),

  updateMany: signedIn
    .meta({ tag, summary: 'Changes several secrets, or none', routes: batch('PATCH') })
    .input(updateSecrets)
    .output(z.array(secret))
    .mutation(call(updateMany)),

  deleteMany: signedIn
    .meta({ tag, summary: 'Deletes several secrets, or none', routes: batch('DELETE') })
    .input(deleteSecrets)
    .output(z.array(secret))
    .mutation(call(removeMany)),

  paste: signedIn
    .meta({
      tag,
      summary: 'Takes in a `.env` file; with `dryRun` only says what it would do',
      routes: [{ method: 'POST', path: '/api/v1/dotenv' }],
    })
    .input(pasteDotenv)
    .output(pastedDotenv)
    .mutation(call(paste)),

  rows: signedIn
    .meta({
      tag,
      summary: 'What a folder holds, own and imported, without values',
      routes: [{ method: 'GET', path: '/api/v1/secret-rows' }],
    })
    .input(inFolder)
    .output(z.object({ rows: z.array(secretRow), folderId: id }))
    .query(call(listSecretRows)),

  versions: signedIn
    .meta({
      tag,
      summary: 'The versions of a secret, newest first, without values',
      routes: [{ method: 'GET', path: '/api/v1/secret-versions/:secretName', envelope: 'secretVersions' }],
    })
    .input(inFolder.extend({ secretName: z.string().min(1) }))
    .output(z.array(secretVersion))
    .query(call(listSecretVersions)),
})
