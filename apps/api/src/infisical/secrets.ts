/** Secrets, as Infisical's clients know them. */
import { deliveryVerbs } from '@keyferry/core/verbs'
import { BadRequest } from '@keyferry/kernel'
import {
  createSecret,
  createSecrets,
  deleteSecret,
  deleteSecrets,
  foundSecrets,
  getSecret,
  getSecretById,
  HIDDEN_VALUE,
  listSecrets,
  type listedSecrets,
  secret,
  secretReferences,
  updateSecret,
  updateSecrets,
  uses,
} from '@keyferry/schemas'
import { historyVerbs, secretVerbs, treeVerbs } from '@keyferry/vault/verbs'
import { z } from 'zod'
import type { Route } from '../rest/route.ts'
import { renamed, renamedOutput, type WireInput, type WireOutput } from '../wire/wire.ts'

type Secret = z.output<typeof secret>
type Listed = z.output<typeof listedSecrets>

const texts = { value: 'secretValue', comment: 'secretComment', metadata: 'secretMetadata' }
const writing = { key: 'secretName', newKey: 'newSecretName', ...texts }
const batch = { secrets: { key: 'secretKey', newKey: 'newSecretName', ...texts } }
const reading = {
  key: 'secretName',
  expandReferences: 'expandSecretReferences',
  includeImports: 'include_imports',
  showValues: 'viewSecretValue',
}
/** The only kind of secret there is here. */
const ofType = { type: z.literal('shared').default('shared') }
/** Of inputs that name a secret and otherwise have the same fields. */
const named = (input: z.ZodType): WireInput => renamed(input, { key: 'secretName' })

const filters = {
  tagSlugs: z
    .string()
    .max(2000)
    .optional()
    .describe('Slugs of tags, separated by commas: only secrets with one of them'),
  metadataFilter: z
    .string()
    .max(2000)
    .optional()
    .describe('`key=a,value=b|key=c,value=d`: only secrets whose metadata has all of these'),
}
const listing = renamed(listSecrets.omit({ tags: true, metadata: true }), reading, filters)
const toList: WireInput = {
  ...listing,
  toOwn(sent, ask) {
    const { tagSlugs = '', metadataFilter } = z.object(filters).parse(sent)
    const tags = tagSlugs.split(',').map((slug) => slug.trim())
    const filtered: object = Object(listing.toOwn(sent, ask))
    return { ...filtered, tags: tags.filter(Boolean), metadata: pairsOf(metadataFilter) }
  },
}

/** Throws `BadRequest` for what is not of the form `key=a,value=b|key=c,value=d`. */
function pairsOf(filter: string | undefined): { key: string; value: string }[] {
  if (!filter) return []
  return filter.split('|').map((pair) => {
    const [, key, value] = /^key=([^,]+),value=(.*)$/.exec(pair.trim()) ?? []
    if (key === undefined || value === undefined)
      throw new BadRequest(`The metadata filter "${pair}" is not of the form key=name,value=text`)
    return { key, value }
  })
}

const { shape } = secret
const secretRaw = z
  .object({
    id: shape.id,
    _id: shape.id,
    workspace: shape.projectId,
    environment: shape.environment,
    version: shape.version,
    type: z.literal('shared'),
    secretKey: shape.key,
    secretValue: z.string(),
    secretValueHidden: z.boolean(),
    secretComment: shape.comment,
    secretPath: shape.secretPath,
    skipMultilineEncoding: shape.skipMultilineEncoding,
    isLiteral: shape.isLiteral,
    secretReminderNote: z.null(),
    secretReminderRepeatDays: z.null(),
    secretMetadata: shape.metadata,
    tags: shape.tags,
    isRotatedSecret: z.boolean(),
    rotationId: z.null(),
    createdAt: shape.createdAt,
    updatedAt: shape.updatedAt,
    warnings: shape.warnings,
  })
  .meta({ id: 'Secret' })

function write(shown: Secret): z.output<typeof secretRaw> {
  return {
    id: shown.id,
    _id: shown.id,
    workspace: shown.projectId,
    environment: shown.environment,
    version: shown.version,
    type: 'shared',
    secretKey: shown.key,
    secretValue: shown.value ?? HIDDEN_VALUE,
    secretValueHidden: shown.value === null,
    secretComment: shown.comment,
    secretPath: shown.secretPath,
    skipMultilineEncoding: shown.skipMultilineEncoding,
    isLiteral: shown.isLiteral,
    secretReminderNote: null,
    secretReminderRepeatDays: null,
    secretMetadata: shown.metadata,
    tags: shown.tags,
    isRotatedSecret: false,
    rotationId: null,
    createdAt: shown.createdAt,
    updatedAt: shown.updatedAt,
    warnings: shown.warnings,
  }
}

const secretOutput = { schema: secretRaw, write }
const many: WireOutput<Secret[]> = { schema: z.array(secretRaw), write: (all) => all.map(write) }
const imported = secretRaw.omit({ createdAt: true, updatedAt: true })
const list: WireOutput<Listed> = {
  schema: z.object({
    secrets: z.array(secretRaw),
    imports: z
      .array(
        z.object({
          secretPath: z.string(),
          environment: z.string(),
          folderId: shape.id.optional(),
          secrets: z.array(imported),
        }),
      )
      .describe('One block for each import, in ascending priority; a key is only in the block that wins'),
  }),
  write: ({ secrets, imports }) => ({
    secrets: secrets.map(write),
    imports: imports.map((from) => ({ ...from, secrets: from.secrets.map(write) })),
  }),
}

const OLDER = '/api/v3/secrets/raw'
const NEWER = '/api/v4/secrets'
const routes = <Output>(path: string, route: Omit<Route<Output>, 'path'>): Route<Output>[] =>
  [OLDER, NEWER].map((base) => ({ ...route, path: `${base}${path}` }))
/**
 * The newer version includes imports and replaces references unless asked not to: Infisical's operator and pipeline
 * task rely on it.
 */
const newerDefaults: Route['defaults'] = ({ version }) => ({
  // The references of an old version need more rights than it does.
  expandSecretReferences: version === undefined,
  include_imports: true,
})
const asRead = <Output>(all: readonly Route<Output>[]): Route<Output>[] =>
  all.map((route) => ({
    ...route,
    conditional: true,
    ...(route.path.startsWith(NEWER) ? { defaults: newerDefaults } : {}),
  }))
const single = (route: Omit<Route<Secret>, 'path'>) =>
  routes('/:secretName', { ...route, envelope: 'secret', answers: secretOutput })
const several = (method: Route['method'], input: z.ZodType): Route<Secret[]>[] =>
  ['/api/v3/secrets/batch/raw', '/api/v4/secrets/batch'].map((path) => ({
    method,
    path,
    envelope: 'secrets',
    reads: renamed(input, batch),
    answers: many,
  }))

export const secretRoutes = {
  list: asRead(routes('', { method: 'GET', reads: toList, answers: list })),
  get: asRead(single({ method: 'GET', reads: renamed(getSecret, reading, ofType) })),
  byId: asRead(
    routes('/id/:secretId', {
      method: 'GET',
      envelope: 'secret',
      reads: renamed(getSecretById, { showValues: 'viewSecretValue' }),
      answers: secretOutput,
    }),
  ),
  create: single({ method: 'POST', reads: renamed(createSecret, writing, ofType) }),
  update: single({ method: 'PATCH', reads: renamed(updateSecret, writing, ofType) }),
  delete: single({ method: 'DELETE', reads: renamed(deleteSecret, writing, ofType) }),
  createMany: several('POST', createSecrets),
  updateMany: several('PATCH', updateSecrets),
  deleteMany: several('DELETE', deleteSecrets),
  versions: [
    {
      method: 'GET',
      path: '/api/v1/secret-versions/:secretName',
      envelope: 'secretVersions',
      reads: named(secretVerbs.versions.input),
    },
  ],
  restoreVersion: [
    {
      method: 'POST',
      path: '/api/v1/secret-versions/:secretName/restore',
      reads: named(historyVerbs.restoreVersion.input),
    },
  ],
  search: [
    {
      method: 'GET',
      path: '/api/v1/projects/:projectId/secret-search',
      answers: renamedOutput(foundSecrets, { secrets: { key: 'secretKey', comment: 'secretComment' } }),
    },
  ],
  uses: [
    {
      method: 'GET',
      path: '/api/v1/secret-uses',
      reads: named(treeVerbs.uses.input),
      answers: renamedOutput(uses, { references: { key: 'secretKey' } }),
    },
  ],
  references: [
    {
      method: 'GET',
      path: '/api/v4/secrets/:secretName/secret-references',
      reads: named(treeVerbs.references.input),
      answers: renamedOutput(secretReferences, { references: { key: 'secretKey' } }),
    },
  ],
  referenceTree: [
    {
      method: 'GET',
      path: '/api/v4/secrets/:secretName/secret-reference-tree',
      reads: named(treeVerbs.referenceTree.input),
    },
  ],
} satisfies Record<string, Route[]>

export const deliveryRoutes = {
  secret: [
    {
      method: 'GET',
      path: '/api/v1/secrets/:secretName/delivery',
      reads: named(deliveryVerbs.secret.input),
    },
  ],
} satisfies Record<string, Route[]>
