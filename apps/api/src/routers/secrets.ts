import { id, listedSecrets, pastedDotenv, secret, secretRow, secretVersion } from '@keyferry/schemas'
import { secretVerbs } from '@keyferry/vault/verbs'
import { z } from 'zod'
import type { Route } from '../rest/route.ts'
import { mutation, query, router } from '../trpc/procedures.ts'
import { unchecked } from '../trpc/unchecked.ts'

const tag = 'Secrets'

const both = (method: Route['method'], path: string, envelope?: string): Route[] =>
  ['/api/v3/secrets/raw', '/api/v4/secrets'].map((base) => ({
    method,
    path: `${base}${path}`,
    ...(envelope ? { envelope } : {}),
  }))
/**
 * The newer version includes imports and replaces references unless asked not to: Infisical's operator and pipeline
 * task rely on it.
 */
const v4Defaults: Route['defaults'] = ({ version }) => ({
  // The references of an old version need more rights than it does.
  expandSecretReferences: version === undefined,
  include_imports: true,
})
const reads = (path: string, envelope?: string): Route[] =>
  both('GET', path, envelope).map((route) => ({
    ...route,
    conditional: true,
    ...(route.path.startsWith('/api/v4') ? { defaults: v4Defaults } : {}),
  }))
const batch = (method: Route['method']): Route[] =>
  ['/api/v3/secrets/batch/raw', '/api/v4/secrets/batch'].map((path) => ({ method, path, envelope: 'secrets' }))

export const secrets = router({
  list: query(secretVerbs.list, {
    weight: 'store',
    tag,
    summary: 'The secrets of a folder',
    routes: reads(''),
    output: unchecked(listedSecrets),
  }),

  get: query(secretVerbs.get, {
    weight: 'store',
    tag,
    summary: 'One secret',
    routes: reads('/:secretName', 'secret'),
    output: secret,
  }),

  create: mutation(secretVerbs.create, {
    tag,
    summary: 'Creates a secret',
    routes: both('POST', '/:secretName', 'secret'),
    output: secret,
  }),

  update: mutation(secretVerbs.update, {
    tag,
    summary: 'Changes or renames a secret',
    routes: both('PATCH', '/:secretName', 'secret'),
    output: secret,
  }),

  delete: mutation(secretVerbs.delete, {
    tag,
    summary: 'Deletes a secret',
    routes: both('DELETE', '/:secretName', 'secret'),
    output: secret,
  }),

  createMany: mutation(secretVerbs.createMany, {
    weight: 'store',
    tag,
    summary: 'Creates several secrets, or none',
    routes: batch('POST'),
    output: unchecked(z.array(secret)),
  }),

  updateMany: mutation(secretVerbs.updateMany, {
    weight: 'store',
    tag,
    summary: 'Changes several secrets, or none',
    routes: batch('PATCH'),
    output: unchecked(z.array(secret)),
  }),

  deleteMany: mutation(secretVerbs.deleteMany, {
    weight: 'store',
    tag,
    summary: 'Deletes several secrets, or none',
    routes: batch('DELETE'),
    output: unchecked(z.array(secret)),
  }),

  paste: mutation(secretVerbs.paste, {
    weight: 'store',
    tag,
    summary: 'Takes in a `.env` file; with `dryRun` only says what it would do',
    routes: [{ method: 'POST', path: '/api/v1/dotenv' }],
    output: unchecked(pastedDotenv),
  }),

  rows: query(secretVerbs.rows, {
    weight: 'store',
    tag,
    summary: 'What a folder holds, own and imported, without values',
    routes: [{ method: 'GET', path: '/api/v1/secret-rows' }],
    output: unchecked(z.object({ rows: z.array(secretRow), folderId: id })),
  }),

  versions: query(secretVerbs.versions, {
    tag,
    summary: 'The versions of a secret, newest first, without values',
    routes: [{ method: 'GET', path: '/api/v1/secret-versions/:secretName', envelope: 'secretVersions' }],
    output: unchecked(z.array(secretVersion)),
  }),
})
