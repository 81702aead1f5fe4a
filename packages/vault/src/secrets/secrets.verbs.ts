/** Verbs for the secrets of a folder, with what each requires. */
import {
  withAllowedValues,
  defineVerb,
  folder,
  redactValue,
  redactValues,
  filterReadable,
  requirement,
  secretMissing,
  type Requirements,
} from '@keyferry/access'
import { NotFound } from '@keyferry/kernel'
import * as schemas from '@keyferry/schemas'
import { allows, type Access } from '@keyferry/schemas/policy'
import { checkKey } from './check-key.ts'
import { pasteDotenv } from './dotenv.ts'
import { exportSecrets } from './read/export.ts'
import { placeOfSecret } from './read/place-of-secret.ts'
import { listSecretRows } from './read/rows.ts'
import {
  createSecret,
  createSecrets,
  deleteSecret,
  deleteSecrets,
  getSecret,
  listSecrets,
  updateSecret,
  updateSecrets,
} from './secrets.ts'
import { listSecretVersions } from './read/versions.ts'

const inFolder = schemas.place.extend({ secretPath: schemas.secretPath.default('/') })

interface InFolder {
  projectId: string
  environment: string
  secretPath: string
}

const reading = (input: InFolder): Requirements => [requirement('secrets.read-names', folder(input))]
const writing = (input: InFolder): Requirements => [requirement('secrets.write', folder(input))]

/** Of a batch whose items may name folders of their own. */
function writingAll(input: InFolder & { secrets: readonly { secretPath?: string | undefined }[] }): Requirements {
  const [path = input.secretPath, ...others] = new Set(
    input.secrets.map(({ secretPath }) => secretPath ?? input.secretPath),
  )
  const writingAt = (secretPath: string) => requirement('secrets.write', folder({ ...input, secretPath }))
  return [writingAt(path), ...others.map(writingAt)]
}

interface Reading extends InFolder {
  recursive?: boolean
  expandReferences: boolean
  showValues: boolean
  version?: number | undefined
}

/** A value with its references filled in shows values of other folders. */
function readingValues(input: Reading, access: Access): Requirements {
  const here = folder(input)
  const expands = input.expandReferences && input.showValues && allows(access, 'secrets.read-values', here)
  const names = requirement('secrets.read-names', here)
  if (!expands) return [names]
  // The references of an old version are not kept as edges.
  if (input.version !== undefined)
    return [names, requirement('secrets.read-values', { kind: 'project', projectId: input.projectId })]
  return [
    names,
    requirement('secrets.read-values', { kind: 'shown-by', folder: here, below: input.recursive ?? false }),
  ]
}

/** The value of a secret that may refer to others. */
const referring = ({ value, isLiteral }: { value?: string | undefined; isLiteral?: boolean | undefined }) =>
  isLiteral === true ? undefined : value

export const secretVerbs = {
  list: defineVerb({
    input: schemas.listSecrets,
    requires: (input, { access }) => readingValues(input, access),
    run: async (ctx, actor, input, { access }) =>
      redactValues(
        { access, actor },
        input,
        await listSecrets(ctx, actor, withAllowedValues({ access, actor }, input)),
      ),
  }),

  get: defineVerb({
    input: schemas.getSecret,
    requires: (input, { access }) => readingValues(input, access),
    run: async (ctx, actor, input, { access }) => {
      const found = await getSecret(ctx, actor, withAllowedValues({ access, actor }, input))
      const secret = redactValue({ access, actor }, input, found)
      if (!secret) throw secretMissing(input)
      return secret
    },
  }),

  byId: defineVerb({
    input: schemas.getSecretById,
    requires: ({ secretId }) => [requirement('secrets.read-names', { kind: 'secret', secretId })],
    run: async (ctx, actor, { secretId, showValues }, { access }) => {
      const place = await placeOfSecret(ctx, secretId)
      const input = { ...place, showValues, expandReferences: false, includeImports: false }
      const found = await getSecret(ctx, actor, withAllowedValues({ access, actor }, input))
      const secret = redactValue({ access, actor }, input, found)
      if (!secret) throw new NotFound(`Secret with ID ${secretId} not found`)
      return secret
    },
  }),

  create: defineVerb({
    input: schemas.createSecret,
    requires: writing,
    references: ({ projectId, ...secret }) => ({ projectId, values: [referring(secret)] }),
    run: createSecret,
  }),

  update: defineVerb({
    input: schemas.updateSecret,
    requires: writing,
    references: ({ projectId, ...secret }) => ({ projectId, values: [referring(secret)] }),
    run: updateSecret,
  }),

  delete: defineVerb({ input: schemas.deleteSecret, requires: writing, run: deleteSecret }),

  createMany: defineVerb({
    input: schemas.createSecrets,
    requires: writingAll,
    references: ({ projectId, secrets }) => ({ projectId, values: secrets.map(referring) }),
    run: createSecrets,
  }),

  updateMany: defineVerb({
    input: schemas.updateSecrets,
    requires: writingAll,
    references: ({ projectId, secrets }) => ({ projectId, values: secrets.map(referring) }),
    run: updateSecrets,
  }),

  deleteMany: defineVerb({ input: schemas.deleteSecrets, requires: writingAll, run: deleteSecrets }),

  checkKey: defineVerb({ input: schemas.checkKey, requires: reading, run: checkKey }),

  paste: defineVerb({
    input: schemas.pasteDotenv,
    requires: writing,
    // Which of them are refused is found value by value: one must not lose the others, and a comment writes nothing.
    references: ({ projectId }) => ({ projectId, values: [] }),
    run: pasteDotenv,
  }),

  rows: defineVerb({
    input: inFolder,
    requires: reading,
    run: async (ctx, actor, input, { access }) => {
      const { rows, folderId } = await listSecretRows(ctx, actor, input)
      const { projectId, environment, secretPath: path } = input
      const placeOf = ({ origin }: (typeof rows)[number]) =>
        origin.kind === 'own' ? { environment, path } : { environment: origin.environment, path: origin.secretPath }
      return { rows: filterReadable(access, 'secrets.read-names', projectId, rows, placeOf), folderId }
    },
  }),

  export: defineVerb({
    input: schemas.exportSecrets,
    requires: (input) => {
      const here = folder(input)
      const isAlone = !input.includeImports && !input.expandReferences
      return [
        requirement('secrets.read-values', here),
        ...(isAlone ? [] : [requirement('secrets.read-values', { kind: 'shown-by', folder: here })]),
      ]
    },
    run: exportSecrets,
  }),

  versions: defineVerb({
    input: inFolder.extend({ key: schemas.secretLookup }),
    requires: reading,
    run: listSecretVersions,
  }),
}
