import {
  createFolder as create,
  deleteFolder as remove,
  getFolder,
  listFolders as list,
  updateFolder as update,
} from '@keyferry/core/vault/folders'
import { createFolder, deleteFolder, folder, id, listFolders, updateFolder } from '@keyferry/schemas'
import { z } from 'zod'
import type { Route } from '../rest/route.ts'
import { call, router, signedIn } from '../trpc/procedures.ts'

const tag = 'Folders'
const both = (method: Route['method'], path: string, envelope: string): Route[] =>
  ['v1', 'v2'].map((version) => ({ method, path: `/api/${version}/folders${path}`, envelope }))

export const folders = router({
  list: signedIn
    .meta({ tag, summary: 'The folders in a folder', routes: both('GET', '', 'folders') })
    .input(listFolders)
    .output(z.array(folder))
    .query(call(list)),

  get: signedIn
    .meta({ tag, summary: 'One folder', routes: both('GET', '/:folderId', 'folder') })
    .input(z.object({ folderId: id }))
    .output(folder)
    .query(call(getFolder)),

  create: signedIn
    .meta({ tag, summary: 'Creates a folder', routes: both('POST', '', 'folder') })
    .input(createFolder)
    .output(folder)
    .mutation(call(create)),

  update: signedIn
    .meta({ tag, summary: 'Changes a folder', routes: both('PATCH', '/:folderId', 'folder') })
    .input(updateFolder)
    .output(folder)
    .mutation(call(update)),

  delete: signedIn
    .meta({
      tag,
      summary: 'Deletes a folder and everything in it; `syncs` says what becomes of those that read it',
      routes: both('DELETE', '/:folderIdOrName', 'folder'),
    })
    .input(deleteFolder)
    .output(folder)
    .mutation(call(remove)),
})
