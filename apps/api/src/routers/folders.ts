import { folder } from '@keyferry/schemas'
import { folderVerbs } from '@keyferry/vault/verbs'
import { z } from 'zod'
import type { Route } from '../rest/route.ts'
import { mutation, query, router } from '../trpc/procedures.ts'

const tag = 'Folders'
const both = (method: Route['method'], path: string, envelope: string): Route[] =>
  ['v1', 'v2'].map((version) => ({ method, path: `/api/${version}/folders${path}`, envelope }))

export const folders = router({
  list: query(folderVerbs.list, {
    tag,
    summary: 'The folders in a folder',
    routes: both('GET', '', 'folders'),
    output: z.array(folder),
  }),

  get: query(folderVerbs.get, {
    tag,
    summary: 'One folder',
    routes: both('GET', '/:folderId', 'folder'),
    output: folder,
  }),

  create: mutation(folderVerbs.create, {
    tag,
    summary: 'Creates a folder',
    routes: both('POST', '', 'folder'),
    output: folder,
  }),

  update: mutation(folderVerbs.update, {
    tag,
    summary: 'Changes a folder',
    routes: both('PATCH', '/:folderId', 'folder'),
    output: folder,
  }),

  delete: mutation(folderVerbs.delete, {
    tag,
    summary: 'Deletes a folder and everything in it; `syncs` says what becomes of those that read it',
    routes: both('DELETE', '/:folderIdOrName', 'folder'),
    output: folder,
  }),
})
