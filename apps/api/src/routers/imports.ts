import { secretImport } from '@keyferry/schemas'
import { importVerbs } from '@keyferry/vault/verbs'
import { z } from 'zod'
import type { Route } from '../rest/route.ts'
import { mutation, query, router } from '../trpc/procedures.ts'

const tag = 'Secret imports'
const both = (method: Route['method'], path: string, envelope: string, message: string): Route[] =>
  ['v1', 'v2'].map((version) => ({ method, path: `/api/${version}/secret-imports${path}`, envelope, message }))

export const imports = router({
  list: query(importVerbs.list, {
    tag,
    summary: 'What a folder imports, lowest priority first',
    routes: both('GET', '', 'secretImports', 'Successfully fetched secret imports'),
    output: z.array(secretImport),
  }),

  create: mutation(importVerbs.create, {
    tag,
    summary: 'Lets a folder import another',
    routes: both('POST', '', 'secretImport', 'Successfully created secret import'),
    output: secretImport,
  }),

  update: mutation(importVerbs.update, {
    tag,
    summary: 'Changes the source or the priority of an import',
    routes: both('PATCH', '/:importId', 'secretImport', 'Successfully updated secret import'),
    output: secretImport,
  }),

  delete: mutation(importVerbs.delete, {
    tag,
    summary: 'Deletes an import',
    routes: both('DELETE', '/:importId', 'secretImport', 'Successfully deleted secret import'),
    output: secretImport,
  }),
})
