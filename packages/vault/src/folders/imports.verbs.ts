/** Verbs for the imports of a folder, with what each requires. */
import { defineVerb, folder, filterReadable, requirement } from '@keyferry/access'
import { NotFound } from '@keyferry/kernel'
import * as schemas from '@keyferry/schemas'
import { z } from 'zod'
import { createImport, deleteImport, getImport, listImports, updateImport } from './imports.ts'

export const importVerbs = {
  list: defineVerb({
    input: schemas.listImports,
    requires: (input) => [requirement('secrets.read-names', folder(input))],
    run: async (ctx, actor, input, { access }) =>
      filterReadable(access, 'secrets.read-names', input.projectId, await listImports(ctx, actor, input), (listed) => ({
        environment: listed.environment.slug,
        path: listed.path,
      })),
  }),

  get: defineVerb({
    input: z.object({ importId: schemas.id }),
    requires: ({ importId }) => [requirement('secrets.read-names', { kind: 'import', importId })],
    run: async (ctx, actor, input, { access }) => {
      const found = await getImport(ctx, actor, input)
      const from = { environment: found.environment.slug, path: found.path }
      const [shown] = filterReadable(access, 'secrets.read-names', found.projectId, [found], () => from)
      if (!shown) throw new NotFound(`Import with ID ${input.importId} not found`)
      return shown
    },
  }),

  /** An import shows what its source shows, imports and references included. */
  create: defineVerb({
    input: schemas.createImport,
    requires: (input) => {
      const { projectId } = input
      return [
        requirement('secrets.write', folder(input)),
        requirement('secrets.read-values', { kind: 'shown-by', folder: folder({ projectId, ...input.import }) }),
      ]
    },
    run: createImport,
  }),

  update: defineVerb({
    input: schemas.updateImport,
    requires: (input) => {
      const { projectId, importId, import: from } = input
      const here = requirement('secrets.write', folder(input))
      if (from.environment === undefined && from.path === undefined) return [here]
      const { environment, path } = from
      return [
        here,
        requirement('secrets.read-values', { kind: 'import-source', projectId, importId, environment, path }),
      ]
    },
    run: updateImport,
  }),

  delete: defineVerb({
    input: schemas.deleteImport,
    requires: (input) => [requirement('secrets.write', folder(input))],
    run: deleteImport,
  }),
}
