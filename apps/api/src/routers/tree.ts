import { comparing, movingFolder, movingSecrets, readingTree } from '@keyferry/core/access/tree-needs'
import { listDeletions } from '@keyferry/core/sync/move/list-deletions'
import { compareEnvironments as compare } from '@keyferry/core/vault/compare'
import { moveFolder as intoFolder, moveSecrets as move } from '@keyferry/core/vault/move'
import { searchSecrets as search } from '@keyferry/core/vault/search'
import { listReferences, listUses, readReferenceTree } from '@keyferry/core/vault/uses'
import {
  compareEnvironments,
  comparedEnvironments,
  folder,
  foundSecrets,
  id,
  movedSecrets,
  moveFolder,
  moveSecrets,
  pendingDeletion,
  referenceQuery,
  searchSecrets,
  secretReferences,
  secretReferenceTree,
  uses,
  usesQuery,
} from '@keyferry/schemas'
import { allows, type Access } from '@keyferry/schemas/policy'
import { z } from 'zod'
import { call, may, router } from '../trpc/procedures.ts'

const tag = 'Secrets'

/** Whether they may know what is in a folder. */
const namesIn =
  (access: Access, projectId: string) =>
  ({ environment, path }: { environment: string; path: string }): boolean =>
    allows(access, 'secrets.read-names', { kind: 'folder', projectId, environment, path })

export const tree = router({
  moveSecrets: may('project.read', movingSecrets)
    .meta({
      tag,
      summary: 'Moves secrets into another folder; references follow',
      routes: [{ method: 'POST', path: '/api/v4/secrets/move' }],
    })
    .input(moveSecrets)
    .output(movedSecrets)
    .mutation(call(move)),

  moveFolder: may('folders.read', movingFolder)
    .meta({
      tag: 'Folders',
      summary: 'Moves a folder with all it holds; imports, syncs and references follow',
      routes: [{ method: 'POST', path: '/api/v2/folders/:folderId/move', envelope: 'folder' }],
    })
    .input(moveFolder)
    .output(folder)
    .mutation(call(intoFolder)),

  search: may('project.read')
    .meta({
      tag,
      summary: 'Secrets of a project by key or comment, without values',
      routes: [{ method: 'GET', path: '/api/v1/projects/:projectId/secret-search' }],
    })
    .input(searchSecrets)
    .output(foundSecrets)
    .query(({ ctx: { ctx, actor, access }, input }) => search(ctx, actor, input, namesIn(access, input.projectId))),

  compare: may('folders.read', comparing)
    .meta({
      tag,
      summary: 'Compares two environments, folder by folder, without values',
      routes: [{ method: 'GET', path: '/api/v1/projects/:projectId/compare-environments' }],
    })
    .input(compareEnvironments)
    .output(comparedEnvironments)
    .query(call(compare)),

  uses: may('secrets.read-names')
    .meta({
      tag,
      summary: 'Who uses a folder or a secret: syncs, imports and references. Shown before it is deleted',
      routes: [{ method: 'GET', path: '/api/v1/secret-uses' }],
    })
    .input(usesQuery)
    .output(uses)
    .query(async ({ ctx: { ctx, actor, access }, input }) => {
      const { syncs, imports, references } = await listUses(ctx, actor, input)
      const known = ({ environment, secretPath }: { environment: string; secretPath: string }) =>
        namesIn(access, input.projectId)({ environment, path: secretPath })
      return { syncs, imports: imports.filter(known), references: references.filter(known) }
    }),

  references: may('secrets.read-names')
    .meta({
      tag,
      summary: 'The secrets whose values refer to this one',
      routes: [{ method: 'GET', path: '/api/v4/secrets/:secretName/secret-references' }],
    })
    .input(referenceQuery)
    .output(secretReferences)
    .query(async ({ ctx: { ctx, actor, access }, input }) => {
      const found = await listReferences(ctx, actor, input)
      const known = namesIn(access, input.projectId)
      const references = found.references.filter(({ environment, secretPath }) =>
        known({ environment, path: secretPath }),
      )
      return { references, totalCount: references.length }
    }),

  referenceTree: may('secrets.read-values', readingTree)
    .meta({
      tag,
      summary: 'What a value is made of, with values',
      routes: [{ method: 'GET', path: '/api/v4/secrets/:secretName/secret-reference-tree' }],
    })
    .input(referenceQuery)
    .output(secretReferenceTree)
    .query(call(readReferenceTree)),

  deletions: may('project.read')
    .meta({
      tag: 'Folders',
      summary: 'Folders and environments that are deleted once syncs have taken back what they wrote',
      routes: [{ method: 'GET', path: '/api/v1/projects/:projectId/pending-deletions', envelope: 'deletions' }],
    })
    .input(z.object({ projectId: id }))
    .output(z.array(pendingDeletion))
    .query(async ({ ctx: { ctx, actor, access }, input }) => {
      const known = namesIn(access, input.projectId)
      const waiting = await listDeletions(ctx, actor, input)
      return waiting.filter(
        ({ environment, secretPath }) => environment === null || known({ environment, path: secretPath ?? '/' }),
      )
    }),
})
