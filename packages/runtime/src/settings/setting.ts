import type { z } from 'zod'

/** One variable of the environment. */
export interface Setting<S extends z.ZodType = z.ZodType> {
  schema: S
  /** In Markdown, for the reference. */
  meaning: string
  /** What happens without it, where the schema has no default that says it. */
  unset?: string
  /** `file`: `<name>_FILE` can name a file with it. `command`: `<name>_COMMAND` can print it, too. */
  secret?: 'file' | 'command'
}

/** One variable. `meaning`: its text in docs/settings.md. */
export const setting = <S extends z.ZodType>(
  schema: S,
  meaning: string,
  more: Pick<Setting, 'unset' | 'secret'> = {},
): Setting<S> => ({ schema, meaning, ...more })

/** Their schemas, by name. */
export const schemasOf = <T extends Record<string, Setting>>(settings: T) =>
  Object.fromEntries(Object.entries(settings).map(([name, { schema }]) => [name, schema])) as {
    [Name in keyof T]: T[Name]['schema']
  }
