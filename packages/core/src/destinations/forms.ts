/** Reads a destination's zod schemas as forms: the schema that checks an input also says how to ask for it. */
import type { formField as formFieldSchema } from '@keyferry/schemas'
import { z } from 'zod'
import type { Field } from './destination.ts'

export type FormField = z.infer<typeof formFieldSchema>

/** A schema, what it wraps (optional, default), and both ends of a pipe; outermost first. */
type Layers = readonly z.core.$ZodTypes[]

/** A schema that a form can be made of: fields, or a union of them that one field distinguishes. */
export type FormSchema = z.ZodObject | z.ZodDiscriminatedUnion<readonly z.ZodObject[]>

/**
 * The inputs of a credentials, target or options schema, in its order. Of a union, the field that tells its members
 * apart comes first, and the others show with the members that have them. `choices`: the pickers of the destination.
 * Throws when a field has no `field()` metadata or names an unknown picker: a mistake of the destination's author.
 */
export function formFields(
  schema: FormSchema,
  choices: Readonly<Record<string, { needs: readonly string[] }>> = {},
): FormField[] {
  if (schema instanceof z.ZodObject) {
    return Object.entries(schema.shape).map(([name, type]) => formField(name, type, choices))
  }
  const by = schema.def.discriminator
  const fields = new Map<string, FormField>()
  for (const member of schema.options) {
    const [selected] = optionsOf(layersOf(member.shape[by]))
    for (const one of formFields(member, choices)) {
      const known = fields.get(one.name)
      if (one.name === by) {
        fields.set(by, { ...one, kind: 'select', options: [...(known?.options ?? []), ...one.options] })
      } else if (known?.showWhen) {
        known.showWhen.in.push(selected?.value ?? '')
      } else fields.set(one.name, { ...one, showWhen: { field: by, in: [selected?.value ?? ''] } })
    }
  }
  return [...fields.values()]
}

function formField(
  name: string,
  type: z.core.$ZodType,
  choices: Readonly<Record<string, { needs: readonly string[] }>>,
): FormField {
  const layers = layersOf(type)
  const field = metadata(name, layers)
  const needs = field.choices === undefined ? [] : choices[field.choices]?.needs
  if (!needs) throw new Error(`field "${name}" picks from "${field.choices}", which the destination does not offer`)
  return {
    name,
    label: field.label,
    help: field.help ?? null,
    placeholder: field.placeholder ?? null,
    kind: kindOf(field, layers),
    secret: field.secret === true,
    required: !z.safeParse(type, undefined).success,
    defaultValue: defaultOf(layers),
    options: optionsOf(layers).map(({ value }) => ({ value, label: field.options?.[value] ?? value })),
    choices: field.choices ?? null,
    dependsOn: [...needs],
    showWhen: field.showWhen ?? null,
    labelOf: field.labelOf ?? null,
  }
}

/** The names of all fields that a schema knows. */
export const fieldNames = (schema: FormSchema): string[] => [
  ...new Set(membersOf(schema).flatMap(({ shape }) => Object.keys(shape))),
]

/** The fields that may be shown again: those not marked secret. */
export function withoutSecrets(
  schema: z.ZodObject,
  values: Readonly<Record<string, unknown>>,
): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(schema.shape)
      .filter(([name, type]) => !metadata(name, layersOf(type)).secret)
      .map(([name]) => [name, values[name]]),
  )
}

/** The texts of the fields that are marked secret. */
export const secretTexts = (schema: z.ZodObject, values: Readonly<Record<string, unknown>>): string[] =>
  Object.entries(schema.shape).flatMap(([name, type]) => {
    const value = values[name]
    return metadata(name, layersOf(type)).secret && typeof value === 'string' ? [value] : []
  })

const membersOf = (schema: FormSchema): readonly z.ZodObject[] =>
  schema instanceof z.ZodObject ? [schema] : schema.options

function layersOf(type: z.core.$ZodType): Layers {
  const layer = known(type)
  return [layer, ...within(layer).flatMap(layersOf)]
}

/** zod's base type doesn't say its kind; every schema that zod makes is one of the union. */
const known = (type: z.core.$ZodType): z.core.$ZodTypes => type as z.core.$ZodTypes

function within(layer: z.core.$ZodTypes): z.core.$ZodType[] {
  const { def } = layer._zod
  switch (def.type) {
    case 'optional':
    case 'nullable':
    case 'default':
    case 'prefault':
      return [def.innerType]
    case 'pipe':
      return [def.in, def.out]
    default:
      return []
  }
}

function metadata(name: string, layers: Layers): Field {
  for (const layer of layers) {
    const meta = z.globalRegistry.get(layer)?.field
    if (isField(meta)) return meta
  }
  throw new Error(`field "${name}" lacks its field() metadata`)
}

const isField = (value: unknown): value is Field =>
  value !== null && typeof value === 'object' && 'label' in value && typeof value.label === 'string'

function kindOf(field: Field, layers: Layers): FormField['kind'] {
  const defs = layers.map((layer) => layer._zod.def)
  const list = defs.find((def) => def.type === 'array')
  if (list) return list.element instanceof z.ZodObject ? 'pairs' : 'list'
  if (field.multiline) return 'multiline'
  if (field.secret) return 'password'
  if (field.choices !== undefined) return 'choice'
  if (defs.some((def) => def.type === 'enum' || def.type === 'literal')) return 'select'
  if (defs.some((def) => def.type === 'boolean')) return 'boolean'
  if (defs.some((def) => def.type === 'number')) return 'number'
  return defs.some((def) => 'format' in def && def.format === 'url') ? 'url' : 'text'
}

function defaultOf(layers: Layers): FormField['defaultValue'] {
  for (const { _zod } of layers) {
    const value = _zod.def.type === 'default' || _zod.def.type === 'prefault' ? _zod.def.defaultValue : undefined
    if (typeof value === 'string' || typeof value === 'boolean' || typeof value === 'number') return value
  }
  return null
}

function optionsOf(layers: Layers): { value: string }[] {
  return layers.flatMap(({ _zod: { def } }) => {
    if (def.type === 'enum') return Object.values(def.entries).map((value) => ({ value: String(value) }))
    return def.type === 'literal' ? def.values.map((value) => ({ value: String(value) })) : []
  })
}
