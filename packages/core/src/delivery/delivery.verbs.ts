/** Verbs for delivery receipts, with what each requires. */
import { defineVerb, folder, requirement } from '@keyferry/access'
import * as schemas from '@keyferry/schemas'
import { allows } from '@keyferry/schemas/policy'
import { readFolderDelivery } from './folder-delivery.ts'
import { readSecretDelivery } from './secret-delivery.ts'

export const deliveryVerbs = {
  /** Who read a value is in the audit log, which is read by those who manage the project. */
  secret: defineVerb({
    input: schemas.secretDeliveryQuery,
    requires: (input) => [requirement('secrets.read-names', folder(input))],
    run: (ctx, actor, input, { access }) => {
      const namesReaders = allows(access, 'project.manage', { kind: 'project', projectId: input.projectId })
      return readSecretDelivery(ctx, actor, input, namesReaders)
    },
  }),

  folder: defineVerb({
    input: schemas.folderDeliveryQuery,
    requires: (input) => [requirement('secrets.read-names', folder(input))],
    run: readFolderDelivery,
  }),
}
