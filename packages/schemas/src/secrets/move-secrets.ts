import { z } from 'zod'
import { environmentLookup, id, secretPath } from '../names/names.ts'

export const moveSecrets = z.object({
  projectId: id,
  sourceEnvironment: environmentLookup,
  sourceSecretPath: secretPath.default('/'),
  destinationEnvironment: environmentLookup,
  destinationSecretPath: secretPath.default('/'),
  secretIds: z.array(id).min(1).max(2000),
  shouldOverwrite: z.boolean().default(false),
})

export const movedSecrets = z.object({ isSourceUpdated: z.boolean(), isDestinationUpdated: z.boolean() })
