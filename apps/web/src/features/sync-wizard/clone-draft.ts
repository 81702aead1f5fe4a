import { KEY_PLACEHOLDER } from '@keyferry/schemas'
import type { Destination, Sync } from '../../lib/server/types.ts'
import { EMPTY, type Draft } from './draft.ts'

/** A new sync like `sync`, of the same folder in another environment. Its name follows the target that is chosen. */
export const cloneDraft = (sync: Sync, destination: Destination, environment: string): Draft => ({
  ...EMPTY,
  destination: sync.destination,
  environment,
  secretPath: sync.folder?.path ?? '/',
  connectionId: sync.connectionId,
  target: sync.target,
  keySchema: sync.options.keySchema === KEY_PLACEHOLDER ? '' : (sync.options.keySchema ?? ''),
  deletionPolicy: sync.options.deletionPolicy,
  isPolicyChosen: true,
  autoSync: sync.autoSync,
  own: Object.fromEntries(
    destination.options.fields.flatMap(({ name }) =>
      sync.options[name] === undefined ? [] : [[name, sync.options[name]]],
    ),
  ),
  description: sync.description ?? '',
})
