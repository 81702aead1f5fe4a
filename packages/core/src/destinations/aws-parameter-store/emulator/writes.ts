/** The writing calls of Parameter Store (botocore 1.43.11 `ssm/2014-11-06`, 2026-11-28). */
import { z } from 'zod'
import { membersOf } from '../../aws/emulator/members.ts'
import type { Principal } from '../../aws/emulator/principals.ts'
import { accessDenied, Refused } from '../../aws/emulator/refused.ts'
import { MAX_TAGS, shownTags, tagList, tagMap } from '../../aws/emulator/tags.ts'
import type { Parameter } from './parameters.ts'
import { refuseDuplicates, type Store } from './reads.ts'

const name = z.string().min(1).max(2048)

const put = z.object({
  Name: name,
  Value: z.string().min(1),
  Type: z.enum(['String', 'StringList', 'SecureString']).optional(),
  KeyId: z
    .string()
    .min(1)
    .max(256)
    .regex(/^[a-zA-Z0-9:/_-]+$/)
    .optional(),
  Overwrite: z.boolean().default(false),
  Tier: z.enum(['Standard', 'Advanced', 'Intelligent-Tiering']).optional(),
  Tags: tagList.optional(),
  Description: z.string().max(1024).optional(),
  AllowedPattern: z.string().max(1024).optional(),
  Policies: z.string().max(4096).optional(),
})

export function putParameter({ parameters }: Store, input: unknown, by: Principal): object {
  const sent = membersOf(put, input)
  if (sent.Type === 'SecureString' && !by.isAllowed('kms:Encrypt'))
    throw accessDenied(by.arn, 'kms:Encrypt', sent.KeyId ?? 'alias/aws/ssm')
  if (sent.Tags && !by.isAllowed('ssm:AddTagsToResource'))
    throw accessDenied(by.arn, 'ssm:AddTagsToResource', sent.Name)
  const written = parameters.put({
    name: sent.Name,
    value: sent.Value,
    overwrite: sent.Overwrite,
    by: by.arn,
    description: sent.Description,
    type: sent.Type,
    keyId: sent.KeyId,
    tier: sent.Tier,
    tags: sent.Tags && tagMap(sent.Tags),
    allowedPattern: sent.AllowedPattern,
    policies: sent.Policies,
  })
  return { Version: written.version, Tier: written.tier }
}

export function deleteParameter({ parameters }: Store, input: unknown): object {
  const { Name } = membersOf(z.object({ Name: name }), input)
  if (!parameters.delete(Name)) throw new Refused('ParameterNotFound', '')
  return {}
}

/** Absent names are listed; they are no error. */
export function deleteParameters({ parameters }: Store, input: unknown): object {
  const { Names } = membersOf(z.object({ Names: z.array(name).min(1).max(10) }), input)
  refuseDuplicates(Names)
  const deleted = new Set(Names.filter((one) => parameters.delete(one)))
  return { DeletedParameters: [...deleted], InvalidParameters: Names.filter((one) => !deleted.has(one)) }
}

const resource = { ResourceType: z.string(), ResourceId: z.string() }

export function addTagsToResource(store: Store, input: unknown): object {
  const { Tags, ...sent } = membersOf(z.object({ ...resource, Tags: tagList }), input)
  const { tags: kept } = resourceOf(store, sent)
  const all = new Map([...kept, ...tagMap(Tags)])
  if (all.size > MAX_TAGS) throw new Refused('TooManyTagsError', `A parameter has at most ${MAX_TAGS} tags.`)
  for (const [key, value] of all) kept.set(key, value)
  return {}
}

export function removeTagsFromResource(store: Store, input: unknown): object {
  const { TagKeys, ...sent } = membersOf(z.object({ ...resource, TagKeys: z.array(z.string()) }), input)
  const { tags: kept } = resourceOf(store, sent)
  for (const key of TagKeys) kept.delete(key)
  return {}
}

export function listTagsForResource(store: Store, input: unknown): object {
  const { tags: kept } = resourceOf(store, membersOf(z.object(resource), input))
  return { TagList: shownTags(kept) }
}

function resourceOf({ parameters }: Store, sent: { ResourceType: string; ResourceId: string }): Parameter {
  if (sent.ResourceType !== 'Parameter')
    throw new Refused('InvalidResourceType', `${sent.ResourceType} is not a valid resource type.`)
  const found = parameters.find(sent.ResourceId)
  if (!found)
    throw new Refused(
      'InvalidResourceId',
      'The resource ID is not valid. Verify that you entered the correct ID and try again.',
    )
  return found
}
