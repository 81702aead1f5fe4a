import { ENVIRONMENT_PLACEHOLDER, KEY_PLACEHOLDER } from '@keyferry/schemas'

/** The name a key gets at the target. */
export function targetName(schema: string | undefined, key: string, environment: string): string {
  if (schema === undefined || schema === '') return key
  // Functions, because a plain replacement would read `$&` in a name as a pattern.
  return schema.replaceAll(ENVIRONMENT_PLACEHOLDER, () => environment).replaceAll(KEY_PLACEHOLDER, () => key)
}
