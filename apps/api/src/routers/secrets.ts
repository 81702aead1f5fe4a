import {
  checkedKey,
  exportedSecrets,
  id,
  listedSecrets,
  pastedDotenv,
  secret,
  secretRow,
  secretVersion,
} from '@keyferry/schemas'
import { secretVerbs } from '@keyferry/vault/verbs'
import { z } from 'zod'
import { secretRoutes } from '../infisical/secrets.ts'
import { mutation, query, router } from '../trpc/procedures.ts'
import { unchecked } from '../trpc/unchecked.ts'

const tag = 'Secrets'

export const secrets = router({
  list: query(secretVerbs.list, {
    weight: 'secrets',
    tag,
    summary: 'The secrets of a folder',
    routes: secretRoutes.list,
    output: unchecked(listedSecrets),
  }),

  get: query(secretVerbs.get, {
    weight: 'secrets',
    tag,
    summary: 'One secret',
    routes: secretRoutes.get,
    output: secret,
  }),

  byId: query(secretVerbs.byId, {
    weight: 'secrets',
    tag,
    summary: 'One secret, by its ID',
    routes: secretRoutes.byId,
    output: secret,
  }),

  create: mutation(secretVerbs.create, {
    tag,
    summary: 'Creates a secret',
    routes: secretRoutes.create,
    output: secret,
  }),

  update: mutation(secretVerbs.update, {
    tag,
    summary: 'Changes or renames a secret',
    routes: secretRoutes.update,
    output: secret,
  }),

  delete: mutation(secretVerbs.delete, {
    tag,
    summary: 'Deletes a secret',
    routes: secretRoutes.delete,
    output: secret,
  }),

  createMany: mutation(secretVerbs.createMany, {
    weight: 'store',
    tag,
    summary: 'Creates several secrets, or none',
    routes: secretRoutes.createMany,
    output: unchecked(z.array(secret)),
  }),

  updateMany: mutation(secretVerbs.updateMany, {
    weight: 'store',
    tag,
    summary: 'Changes several secrets, or none',
    routes: secretRoutes.updateMany,
    output: unchecked(z.array(secret)),
  }),

  deleteMany: mutation(secretVerbs.deleteMany, {
    weight: 'store',
    tag,
    summary: 'Deletes several secrets, or none',
    routes: secretRoutes.deleteMany,
    output: unchecked(z.array(secret)),
  }),

  checkKey: query(secretVerbs.checkKey, {
    tag,
    summary: 'Whether a destination of the folder would refuse a key',
    routes: [{ method: 'GET', path: '/api/v1/secret-key-check' }],
    output: checkedKey,
  }),

  paste: mutation(secretVerbs.paste, {
    weight: 'store',
    tag,
    summary: 'Imports a `.env` file; with `dryRun` only lists the changes',
    routes: [{ method: 'POST', path: '/api/v1/dotenv' }],
    output: unchecked(pastedDotenv),
  }),

  rows: query(secretVerbs.rows, {
    isCompressed: true,
    weight: 'store',
    tag,
    summary: 'Lists the secrets of a folder, own and imported, without values',
    routes: [{ method: 'GET', path: '/api/v1/secret-rows' }],
    output: unchecked(z.object({ rows: z.array(secretRow), folderId: id })),
  }),

  // A value that was read is not to be kept by a cache, so it is no query.
  export: mutation(secretVerbs.export, {
    weight: 'store',
    tag,
    summary: 'The secrets of a folder as a `.env`, JSON or YAML file',
    routes: [{ method: 'POST', path: '/api/v1/secret-export' }],
    output: exportedSecrets,
  }),

  versions: query(secretVerbs.versions, {
    tag,
    summary: 'The versions of a secret, newest first, without values',
    routes: secretRoutes.versions,
    output: unchecked(z.array(secretVersion)),
  }),
})
