import { AUDIT_ACTIONS, type AuditAction } from '@keyferry/schemas'
import { describe, expect, it } from 'vitest'
import { plain, type Details } from './sentence.ts'
import { ABOUT, sentenceOf, WORDS } from './words.ts'

const said = (action: string, details: Details = {}): string => plain(sentenceOf(action, details))

describe('the words of the audit log', () => {
  it.each(AUDIT_ACTIONS)('has some for %s, also when its details are those of another version', (action) => {
    expect(Object.hasOwn(WORDS, action)).toBe(true)
    expect(Object.keys(ABOUT)).toContain(WORDS[action].about)
    expect(WORDS[action].label).toMatch(/^[A-Z.]\S/)
    for (const details of [{}, { keys: 1, from: null, renamed: [null, 3], name: ['a'] }]) {
      const sentence = said(action, details)
      expect(sentence).toMatch(/^[a-z]/)
      expect(sentence).not.toMatch(/undefined|\[object|null/)
      expect(sentence).not.toContain(action)
    }
  })

  it('has none for what is no action, and calls no two alike', () => {
    expect(Object.keys(WORDS).sort()).toEqual([...AUDIT_ACTIONS].sort())
    expect(new Set(AUDIT_ACTIONS.map((action) => WORDS[action].label)).size).toBe(AUDIT_ACTIONS.length)
    expect(said('another.version')).toBe('did “another.version”')
    expect(said('constructor')).toBe('did “constructor”')
  })

  const api = { environment: 'dev', secretPath: '/api' }
  it.each<[AuditAction, Details, string]>([
    ['secret.update', { ...api, keys: ['DATABASE_URL'] }, 'changed DATABASE_URL in dev:/api'],
    ['secret.create', { ...api, keys: ['A', 'B'] }, 'created A and B in dev:/api'],
    ['secret.delete', { ...api, keys: ['A', 'B', 'C', 'D', 'E'] }, 'deleted A, B, C and 2 more in dev:/api'],
    [
      'secret.update',
      { ...api, keys: ['NEW'], renamed: [{ from: 'OLD', to: 'NEW' }], rewritten: ['dev:/ URL'] },
      'renamed OLD to NEW in dev:/api; one reference followed',
    ],
    ['secret.list', { ...api, count: 1200 }, 'read the values of 1,200 secrets in dev:/api'],
    ['folder.update', { environment: 'dev', from: '/a', path: '/b' }, 'renamed the folder dev:/a to dev:/b'],
    [
      'import.create',
      { environment: 'dev', path: '/', from: { environment: 'staging', path: '/x' } },
      'made dev:/ import staging:/x',
    ],
    [
      'delete-secret-sync',
      { syncId: '1', name: 'to-prod', removeSecrets: true, because: 'Folder "/api"' },
      'deleted the sync to-prod, with what it wrote, for the deletion of folder "/api"',
    ],
    [
      'secret-sync-approve-plan',
      { syncId: '1', name: 'to-prod', summary: { delete: 8 } },
      'approved a plan of to-prod that deletes 8 keys',
    ],
    [
      'secret-sync-restore',
      { syncId: '1', name: 'to-prod', added: ['B'], changed: [], removed: ['D'] },
      'went back to an earlier run of to-prod: added B, changed nothing, removed D',
    ],
    [
      'member.add',
      { email: 'bo@x.io', role: 'viewer', scopes: [{}] },
      'added bo@x.io as viewer, narrowed to some places',
    ],
    ['member.update', { from: 'viewer', role: 'admin' }, 'changed a member from viewer to admin'],
  ])('says what was done: %s %j', (action, details, sentence) => {
    expect(said(action, details)).toBe(sentence)
  })
})
