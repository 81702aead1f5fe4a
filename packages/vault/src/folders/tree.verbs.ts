/** What may be done across folders, and who can. */
import { defineVerb, folder, requirement, project, type Requirements } from '@keyferry/access'
import * as schemas from '@keyferry/schemas'
import { allows, type Access } from '@keyferry/schemas/policy'
import { listReferences, listReaders, listUses, readReferenceTree } from '../references/uses.ts'
import { environmentMatrix } from '../tree/matrix.ts'
import { searchSecrets } from '../tree/search.ts'
import { moveSecrets } from './move.ts'

/** Whether they may know what is in a folder. */
const namesIn =
  (access: Access, projectId: string) =>
  ({ environment, path }: { environment: string; path: string }): boolean =>
    allows(access, 'secrets.read-names', { kind: 'folder', projectId, environment, path })

const naming = (input: { projectId: string; environment: string; secretPath: string }): Requirements => [
  requirement('secrets.read-names', folder(input)),
]

export const treeVerbs = {
  moveSecrets: defineVerb({
    input: schemas.moveSecrets,
    requires: ({ projectId, ...at }) => {
      const from = folder({ projectId, environment: at.sourceEnvironment, path: at.sourceSecretPath })
      const to = folder({ projectId, environment: at.destinationEnvironment, path: at.destinationSecretPath })
      return [
        requirement('secrets.read-values', from),
        requirement('secrets.write', from),
        requirement('secrets.write', to),
      ]
    },
    run: moveSecrets,
  }),

  search: defineVerb({
    input: schemas.searchSecrets,
    requires: (input) => [requirement('project.read', project(input))],
    run: (ctx, actor, input, { access }) => searchSecrets(ctx, actor, input, namesIn(access, input.projectId)),
  }),

  /**
   * That two values are the same says something of both: an environment where they may not read every value below the
   * folder is left out.
   */
  matrix: defineVerb({
    input: schemas.matrixQuery,
    requires: (input) => [requirement('project.read', project(input))],
    run: (ctx, actor, input, { access }) =>
      environmentMatrix(ctx, actor, input, (environment) =>
        allows(access, 'secrets.read-values', {
          ...folder({ projectId: input.projectId, environment, path: input.secretPath }),
          below: true,
        }),
      ),
  }),

  uses: defineVerb({ input: schemas.usesQuery, requires: naming, run: listUses }),
  readers: defineVerb({ input: schemas.readersQuery, requires: naming, run: listReaders }),
  references: defineVerb({ input: schemas.referenceQuery, requires: naming, run: listReferences }),

  /** Shows the values of everything that a value is made of. */
  referenceTree: defineVerb({
    input: schemas.referenceQuery,
    requires: (input) => [
      requirement('secrets.read-values', folder(input)),
      requirement('secrets.read-values', { kind: 'shown-by', folder: folder(input) }),
    ],
    run: readReferenceTree,
  }),
}
