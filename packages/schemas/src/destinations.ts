import { z } from 'zod'

/** One input of a generated form, read from the destination's own zod schema. */
export const formField = z
  .object({
    name: z.string(),
    label: z.string(),
    help: z.string().nullable(),
    placeholder: z.string().nullable(),
    kind: z
      .enum(['text', 'multiline', 'password', 'url', 'select', 'boolean', 'number', 'choice', 'list', 'pairs'])
      .describe('`list`: several texts, or several of the choices; `pairs`: `[{ key, value }]`'),
    secret: z.boolean().describe('Never returned'),
    required: z.boolean(),
    defaultValue: z.union([z.string(), z.boolean(), z.number()]).nullable(),
    options: z.array(z.object({ value: z.string(), label: z.string() })).describe('For `select`'),
    choices: z
      .string()
      .nullable()
      .describe('For `choice`: name of the list the account offers, see connections.choices'),
    dependsOn: z.array(z.string()).describe('Fields that must be filled before the choices can be listed'),
    showWhen: z
      .object({ field: z.string(), in: z.array(z.string()) })
      .nullable()
      .describe('Shown only while another field has one of these values'),
    labelOf: z
      .string()
      .nullable()
      .describe('Not shown in forms: keeps the name of the picked option, shown instead of its ID'),
  })
  .meta({ id: 'FormField' })

/** What the console and the API know of a destination: all of it comes from the destination's folder. */
export const destination = z
  .object({
    name: z.string(),
    title: z.string(),
    icon: z.string().describe('SVG text'),
    docsUrl: z.string(),
    connection: z.object({
      app: z.string().describe('Destinations with the same app share their connections'),
      title: z.string(),
      methods: z
        .array(z.object({ name: z.string(), title: z.string(), help: z.string(), fields: z.array(formField) }))
        .describe('Ways to sign in; at least one'),
    }),
    target: z.object({ fields: z.array(formField) }),
    options: z.object({ fields: z.array(formField) }),
    notes: z.object({
      initialWarning: z.string().nullable().describe('What the first sync may replace or remove unexpectedly'),
      initialSync: z.string().describe('Why overwrite is the only first-run behaviour offered'),
      options: z.array(z.string()).describe('Warnings shown beside the sync options'),
    }),
    keyRules: z.array(z.string()).describe('The provider’s limits, in sentences'),
    canImportSecrets: z.boolean(),
  })
  .meta({ id: 'Destination' })

export const choice = z
  .object({ value: z.string(), label: z.string(), hint: z.string().nullable() })
  .meta({ id: 'Choice' })
