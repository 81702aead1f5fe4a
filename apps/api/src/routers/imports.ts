import { ownImport, secretImport } from '@keyferry/schemas'
import { importVerbs } from '@keyferry/vault/verbs'
import { z } from 'zod'
import { importRoutes } from '../infisical/folders.ts'
import { mutation, query, router } from '../trpc/procedures.ts'

const tag = 'Secret imports'

export const imports = router({
  list: query(importVerbs.list, {
    tag,
    summary: 'What a folder imports, lowest priority first',
    routes: importRoutes.list,
    output: z.array(secretImport),
  }),

  get: query(importVerbs.get, {
    tag,
    summary: 'One import, with the folder it is in',
    routes: importRoutes.get,
    output: ownImport,
  }),

  create: mutation(importVerbs.create, {
    tag,
    summary: 'Lets a folder import another',
    routes: importRoutes.create,
    output: secretImport,
  }),

  update: mutation(importVerbs.update, {
    tag,
    summary: 'Changes the source or the priority of an import',
    routes: importRoutes.update,
    output: secretImport,
  }),

  delete: mutation(importVerbs.delete, {
    tag,
    summary: 'Deletes an import',
    routes: importRoutes.delete,
    output: secretImport,
  }),
})
