import { syncVerbs } from '@keyferry/core/verbs'
import {
  reader,
  environmentMatrix,
  folder,
  foundSecrets,
  movedSecrets,
  pendingDeletion,
  secretReferences,
  secretReferenceTree,
  uses,
} from '@keyferry/schemas'
import { folderVerbs, treeVerbs } from '@keyferry/vault/verbs'
import { z } from 'zod'
import { folderRoutes } from '../infisical/folders.ts'
import { secretRoutes } from '../infisical/secrets.ts'
import { mutation, query, router } from '../trpc/procedures.ts'
import { unchecked } from '../trpc/unchecked.ts'

const tag = 'Secrets'

export const tree = router({
  moveSecrets: mutation(treeVerbs.moveSecrets, {
    weight: 'store',
    tag,
    summary: 'Moves secrets into another folder; references follow',
    routes: [{ method: 'POST', path: '/api/v4/secrets/move' }],
    output: movedSecrets,
  }),

  moveFolder: mutation(folderVerbs.move, {
    tag: 'Folders',
    summary: 'Moves a folder with its contents; imports, syncs and references are updated',
    routes: folderRoutes.move,
    output: folder,
  }),

  search: query(treeVerbs.search, {
    weight: 'store',
    tag,
    summary: 'Secrets of a project by key or comment, without values',
    routes: secretRoutes.search,
    output: foundSecrets,
  }),

  matrix: query(treeVerbs.matrix, {
    weight: 'store',
    tag,
    summary: 'The keys of a folder in every environment: the same, different or missing, without values',
    routes: [{ method: 'GET', path: '/api/v1/projects/:projectId/environment-matrix' }],
    output: unchecked(environmentMatrix),
  }),

  uses: query(treeVerbs.uses, {
    weight: 'store',
    tag,
    summary: 'The usages of a folder or a secret: syncs, imports and references. Shown before it is deleted',
    routes: secretRoutes.uses,
    output: unchecked(uses),
  }),

  readers: query(treeVerbs.readers, {
    weight: 'store',
    tag,
    summary: 'The syncs that read a folder, directly or through imports and references',
    routes: [{ method: 'GET', path: '/api/v1/folder-readers', envelope: 'readers' }],
    output: z.array(reader),
  }),

  references: query(treeVerbs.references, {
    weight: 'store',
    tag,
    summary: 'The secrets whose values refer to this one',
    routes: secretRoutes.references,
    output: unchecked(secretReferences),
  }),

  referenceTree: query(treeVerbs.referenceTree, {
    weight: 'store',
    tag,
    summary: 'The secrets that a value refers to, with values',
    routes: secretRoutes.referenceTree,
    output: secretReferenceTree,
  }),

  deletions: query(syncVerbs.deletions, {
    tag: 'Folders',
    summary: 'Folders and environments that are deleted once syncs have removed what they wrote',
    routes: [{ method: 'GET', path: '/api/v1/projects/:projectId/pending-deletions', envelope: 'deletions' }],
    output: z.array(pendingDeletion),
  }),
})
