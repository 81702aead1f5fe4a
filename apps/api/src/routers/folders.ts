import { inReach } from '@keyferry/core/access/hide'
import { changingFolder } from '@keyferry/core/access/needs'
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
import { call, may, router } from '../trpc/procedures.ts'

const tag = 'Folders'
const both = (method: Route['method'], path: string, envelope: string): Route[] =>
  ['v1', 'v2'].map((version) => ({ method, path: `/api/${version}/folders${path}`, envelope }))

export const folders = router({
  list: may('folders.read')
    .meta({ tag, summary: 'The folders in a folder', routes: both('GET', '', 'folders') })
    .input(listFolders)
    .output(z.array(folder))
    .query(async ({ ctx, input }) => {
      const { environment, projectId } = input
      const listed = await list(ctx.ctx, ctx.actor, input)
      return inReach(ctx.access, 'folders.read', projectId, listed, ({ path }) => ({ environment, path }))
    }),

  get: may('folders.read')
    .meta({ tag, summary: 'One folder', routes: both('GET', '/:folderId', 'folder') })
    .input(z.object({ folderId: id }))
    .output(folder)
    .query(call(getFolder)),

  create: may('secrets.write', changingFolder)
    .meta({ tag, summary: 'Creates a folder', routes: both('POST', '', 'folder') })
    .input(createFolder)
    .output(folder)
    .mutation(call(create)),

  update: may('secrets.write', changingFolder)
    .meta({ tag, summary: 'Changes a folder', routes: both('PATCH', '/:folderId', 'folder') })
    .input(updateFolder)
    .output(folder)
    .mutation(call(update)),

  delete: may('secrets.write', changingFolder)
    .meta({
      tag,
      summary: 'Deletes a folder and everything in it; `syncs` says what becomes of those that read it',
      routes: both('DELETE', '/:folderIdOrName', 'folder'),
    })
    .input(deleteFolder)
    .output(folder)
    .mutation(call(remove)),
})
