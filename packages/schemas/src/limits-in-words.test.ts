import { expect, it } from 'vitest'
import { createClientSecret, exportProject, folderName, getSecret, listAudit, secretKey } from './index.ts'

const saidOf = (result: { error?: { issues: { message: string }[] } | undefined }): string | undefined =>
  result.error?.issues[0]?.message
const id = '0a1b2c3d-0000-4000-8000-000000000000'

it('says limits in words, unless they have their own', () => {
  expect(saidOf(folderName.safeParse('x'.repeat(256)))).toBe('Must have at most 255 characters')
  expect(saidOf(exportProject.safeParse({ projectId: id, passphrase: 'short' }))).toBe(
    'Must have at least 12 characters',
  )
  expect(saidOf(listAudit.safeParse({ projectId: id, limit: 5000 }))).toBe('Must be at most 1000')
  expect(saidOf(createClientSecret.safeParse({ identityId: id, numUsesLimit: -1 }))).toBe('Must be at least 0')
  expect(saidOf(secretKey.safeParse(''))).toBe('Secret key must not be empty')
  expect(saidOf(getSecret.shape.key.safeParse(1))).toContain('expected string')
})
