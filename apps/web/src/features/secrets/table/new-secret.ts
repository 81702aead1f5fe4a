import { secretKey, secretValue } from '@keyferry/schemas'

/** Whether the row for a new secret holds one: what is wrong with either field, or the secret. */
export function newSecret(typed: { key: string; value: string }) {
  const key = secretKey.safeParse(typed.key)
  const value = secretValue.safeParse(typed.value)
  if (key.success && value.success) return { secret: { key: key.data, value: value.data } }
  return { errors: { key: key.error?.issues[0]?.message, value: value.error?.issues[0]?.message } }
}
