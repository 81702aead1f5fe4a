/** What reads a secret or a folder: syncs, imports, references. */
import { z } from 'zod'
import { folderPlace } from '../folders/folders.ts'
import { id, secretLookup } from '../names/names.ts'

export const referenceQuery = folderPlace.extend({ key: secretLookup })

export const secretReferences = z.object({
  references: z.array(
    z.object({
      key: z.string(),
      secretId: id,
      environment: z.string(),
      secretPath: z.string(),
      referenceType: z.enum(['direct', 'imported']),
    }),
  ),
  totalCount: z.number().int(),
})

export interface ReferenceTree {
  key: string
  value: string
  environment: string
  secretPath: string
  children: ReferenceTree[]
}

const referenceNode = z
  .object({
    key: z.string(),
    value: z.string(),
    environment: z.string(),
    secretPath: z.string(),
    get children(): z.ZodArray<z.ZodType<ReferenceTree>> {
      return z.array(referenceNode)
    },
  })
  .meta({ id: 'ReferenceTree' })

export const secretReferenceTree = z.object({ tree: referenceNode, value: z.string() })

/** Who would notice if it were gone. */
export const reader = z
  .object({
    id,
    name: z.string(),
    destination: z.string(),
    direct: z.boolean().describe('Its source is the folder or one below: it is deleted with the folder'),
  })
  .meta({ id: 'Reader' })

export const uses = z
  .object({
    syncs: z
      .array(
        reader.extend({
          written: z
            .number()
            .int()
            .nullable()
            .describe(
              'Keys that it wrote to its destination and would delete; null when they concern folders that you can’t read',
            ),
        }),
      )
      .describe('Read it: directly, through imports or references'),
    imports: z
      .array(z.object({ environment: z.string(), secretPath: z.string() }))
      .describe('Folders that import it directly'),
    references: z.array(z.object({ key: z.string(), environment: z.string(), secretPath: z.string(), to: z.string() })),
  })
  .meta({ id: 'Uses' })

export const usesQuery = folderPlace.extend({ key: secretLookup.optional() })

export const readersQuery = folderPlace
