/** Reads a destination's zod schemas as forms: the schema that checks an input also says how to ask for it. */
import type { formField } from '@keyferry/schemas'
import { z } from 'zod'
import type { Field } from './destination.ts'

export type FormField = z.infer<typeof formField>

/** A schema, what it wraps (optional, default), and both ends of a pipe; outermost first. */
type Layers = readonly z.core.$ZodTypes[]

/**
 * The inputs of a credentials, target or options schema, in its order. `choices`: the pickers of the destination.
 * Throws when a field has no `field()` metadata or names an unknown picker: a mistake of the destination's author.
 */
export function formFields(
  schema: z.ZodObject,
  choices: Readonly<Record<string, { needs: readonly string[] }>> = {},
): FormField[] {
  return Object.entries(schema.shape).map(([name, type]) => {
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
      required: !z.safeParse(type, undefined).success,
      defaultValue: defaultOf(layers),
      options: optionsOf(layers),
      choices: field.choices ?? null,
      dependsOn: [...needs],
      showWhen: field.showWhen ?? null,
    }
  })
}

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
  if (field.secret) return 'password'
  if (field.choices !== undefined) return 'choice'
  const defs = layers.map((layer) => layer._zod.def)
  if (defs.some((def) => def.type === 'enum')) return 'select'
  if (defs.some((def) => def.type === 'boolean')) return 'boolean'
  return defs.some((def) => 'format' in def && def.format === 'url') ? 'url' : 'text'
}

function defaultOf(layers: Layers): FormField['defaultValue'] {
  for (const { _zod } of layers) {
    const value = _zod.def.type === 'default' || _zod.def.type === 'prefault' ? _zod.def.defaultValue : undefined
    if (typeof value === 'string' || typeof value === 'boolean') return value
  }
  return null
}

function optionsOf(layers: Layers): FormField['options'] {
  return layers.flatMap(({ _zod: { def } }) =>
    def.type === 'enum'
      ? Object.values(def.entries).map((value) => ({ value: String(value), label: String(value) }))
      : [],
  )
}
