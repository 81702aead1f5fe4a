import { importing } from '@keyferry/core/access/needs'
import {
  createImport as create,
  deleteImport as remove,
  listImports as list,
  updateImport as update,
} from '@keyferry/core/vault/imports'
import { createImport, deleteImport, listImports, secretImport, updateImport } from '@keyferry/schemas'
import { z } from 'zod'
import type { Route } from '../rest/route.ts'
import { call, may, router } from '../trpc/procedures.ts'

const tag = 'Secret imports'
const both = (method: Route['method'], path: string, envelope: string, message: string): Route[] =>
  ['v1', 'v2'].map((version) => ({ method, path: `/api/${version}/secret-imports${path}`, envelope, message }))

export const imports = router({
  list: may('secrets.read-names')
    .meta({
      tag,
      summary: 'What a folder imports, lowest priority first',
      routes: both('GET', '', 'secretImports', 'Successfully fetched secret imports'),
    })
    .input(listImports)
    .output(z.array(secretImport))
    .query(call(list)),

  create: may('secrets.write', importing)
    .meta({
      tag,
      summary: 'Lets a folder import another',
      routes: both('POST', '', 'secretImport', 'Successfully created secret import'),
    })
    .input(createImport)
    .output(secretImport)
    .mutation(call(create)),

  update: may('secrets.write', importing)
    .meta({
      tag,
      summary: 'Changes the source or the priority of an import',
      routes: both('PATCH', '/:importId', 'secretImport', 'Successfully updated secret import'),
    })
    .input(updateImport)
    .output(secretImport)
    .mutation(call(update)),

  delete: may('secrets.write')
    .meta({
      tag,
      summary: 'Deletes an import',
      routes: both('DELETE', '/:importId', 'secretImport', 'Successfully deleted secret import'),
    })
    .input(deleteImport)
    .output(secretImport)
    .mutation(call(remove)),
})
