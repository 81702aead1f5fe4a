import { z } from 'zod'
import {
  comparedText,
  connectionName,
  description,
  destinationName,
  id,
  ifVersion,
  isSmallEnough,
  MAX_OPEN_FIELDS,
  openFields,
  timestamp,
  TOO_MANY_FIELDS,
} from './names/names.ts'

const allowedProjects = z
  .array(id)
  .max(500)
  .nullable()
  .describe('Projects that may use a connection of the organization; null: all')
const allowedTargets = z
  .array(
    z
      .record(z.string().max(64), z.string().max(1024))
      .refine(isSmallEnough, TOO_MANY_FIELDS)
      .meta({ maxProperties: MAX_OPEN_FIELDS }),
  )
  .max(500)
  .nullable()
  .describe(
    'Targets that syncs of it may have: each names the fields of `destinationConfig` that have to match; null: all',
  )

export const connection = z
  .object({
    id,
    name: z.string(),
    description: z.string().nullable(),
    destination: z
      .string()
      .describe('Its app: a destination such as `trigger-dev`, or one that several share, such as `aws`'),
    method: z.string(),
    version: z.number().int(),
    orgId: id,
    projectId: id.nullable(),
    credentialsHash: z.string().describe('SHA-256 of the stored ciphertext: changes when the credential is replaced'),
    credentials: z.record(z.string(), z.unknown()).describe('Only the fields that are not secret'),
    allowedProjects,
    allowedTargets,
    project: z.object({ id, name: z.string(), slug: z.string() }).nullable(),
    account: z.string().nullable().describe('The account as the provider names it'),
    usedBy: z.number().int().describe('Number of syncs, of those that the caller may know'),
    checkedAt: timestamp.nullable(),
    problem: z.string().nullable().describe('What the last check or run found wrong with the credential'),
    createdAt: timestamp,
    updatedAt: timestamp,
  })
  .meta({ id: 'Connection' })

export const createConnection = z.object({
  destination: destinationName,
  name: connectionName,
  description: description.optional(),
  method: z.string().max(64).optional().describe('Default: the first of the app'),
  credentials: openFields,
  projectId: id.nullish(),
  allowedProjects: allowedProjects.optional(),
  allowedTargets: allowedTargets.optional(),
})
export const updateConnection = z.object({
  destination: destinationName,
  connectionId: id,
  ifVersion,
  name: connectionName.optional(),
  description: description.optional(),
  method: z.string().max(64).optional().describe('With `credentials`; default: as before'),
  credentials: openFields.optional(),
  allowedProjects: allowedProjects.optional(),
  allowedTargets: allowedTargets.optional(),
})

export const pageConnections = z.object({
  projectId: id.optional().describe('Only those that syncs of this project may use'),
  destination: destinationName.optional().describe('Only those that syncs to it may use'),
  search: comparedText(1000)
    .optional()
    .describe('Only those with each of these words in name, description, account or provider'),
  cursor: comparedText(100).optional().describe('`nextCursor` of the page before'),
  limit: z.coerce.number().int().min(1).max(100).default(40),
})
export const connectionsPage = z
  .object({
    connections: z.array(connection).describe('By name'),
    total: z.number().int().describe('How many there are on all pages'),
    nextCursor: z.string().nullable().describe('For `cursor`, to get those after these; null: there are none'),
  })
  .meta({ id: 'ConnectionsPage' })
