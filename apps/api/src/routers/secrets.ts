import { asSeen, hideValue, hideValues, inReach, secretMissing } from '@keyferry/core/access/hide'
import { expanding, writing } from '@keyferry/core/access/needs'
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
import { call, may, router } from '../trpc/procedures.ts'
import { unchecked } from '../trpc/unchecked.ts'

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
  list: may('secrets.read-names', expanding)
    .meta({ tag, summary: 'The secrets of a folder', routes: both('GET', '') })
    .input(listSecrets)
    .output(unchecked(listedSecrets))
    .query(async ({ ctx, input }) => {
      const view = asSeen(ctx.access, input)
      return hideValues(ctx.access, input.projectId, await list(ctx.ctx, ctx.actor, view))
    }),

  get: may('secrets.read-names', expanding)
    .meta({ tag, summary: 'One secret', routes: both('GET', '/:secretName', 'secret') })
    .input(getSecret)
    .output(secret)
    .query(async ({ ctx, input }) => {
      const found = await get(ctx.ctx, ctx.actor, asSeen(ctx.access, input))
      const secret = hideValue(ctx.access, input.projectId, found)
      if (!secret) throw secretMissing(input)
      return secret
    }),

  create: may('secrets.write', writing)
    .meta({ tag, summary: 'Creates a secret', routes: both('POST', '/:secretName', 'secret') })
    .input(createSecret)
    .output(secret)
    .mutation(call(create)),

  update: may('secrets.write', writing)
    .meta({ tag, summary: 'Changes or renames a secret', routes: both('PATCH', '/:secretName', 'secret') })
    .input(updateSecret)
    .output(secret)
    .mutation(call(update)),

  delete: may('secrets.write')
    .meta({ tag, summary: 'Deletes a secret', routes: both('DELETE', '/:secretName', 'secret') })
    .input(deleteSecret)
    .output(secret)
    .mutation(call(remove)),

  createMany: may('secrets.write', writing)
    .meta({ tag, summary: 'Creates several secrets, or none', routes: batch('POST') })
    .input(createSecrets)
    .output(z.array(secret))
    .mutation(call(createMany)),

  updateMany: may('secrets.write', writing)
    .meta({ tag, summary: 'Changes several secrets, or none', routes: batch('PATCH') })
    .input(updateSecrets)
    .output(z.array(secret))
    .mutation(call(updateMany)),

  deleteMany: may('secrets.write')
    .meta({ tag, summary: 'Deletes several secrets, or none', routes: batch('DELETE') })
    .input(deleteSecrets)
    .output(z.array(secret))
    .mutation(call(removeMany)),

  paste: may('secrets.write', writing)
    .meta({
      tag,
      summary: 'Takes in a `.env` file; with `dryRun` only says what it would do',
      routes: [{ method: 'POST', path: '/api/v1/dotenv' }],
    })
    .input(pasteDotenv)
    .output(pastedDotenv)
    .mutation(call(paste)),

  rows: may('secrets.read-names')
    .meta({
      tag,
      summary: 'What a folder holds, own and imported, without values',
      routes: [{ method: 'GET', path: '/api/v1/secret-rows' }],
    })
    .input(inFolder)
    .output(z.object({ rows: z.array(secretRow), folderId: id }))
    .query(async ({ ctx, input }) => {
      const { rows, folderId } = await listSecretRows(ctx.ctx, ctx.actor, input)
      const { projectId, environment, secretPath: path } = input
      const placeOf = ({ origin }: (typeof rows)[number]) =>
        origin.kind === 'own' ? { environment, path } : { environment: origin.environment, path: origin.secretPath }
      return { rows: inReach(ctx.access, 'secrets.read-names', projectId, rows, placeOf), folderId }
    }),

  versions: may('secrets.read-names')
    .meta({
      tag,
      summary: 'The versions of a secret, newest first, without values',
      routes: [{ method: 'GET', path: '/api/v1/secret-versions/:secretName', envelope: 'secretVersions' }],
    })
    .input(inFolder.extend({ secretName: z.string().min(1) }))
    .output(z.array(secretVersion))
    .query(call(listSecretVersions)),
})
