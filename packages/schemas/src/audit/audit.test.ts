import { describe, expect, it } from 'vitest'
import { ABOUT, AUDIT_ACTIONS, labelOf, plain, sentenceOf, type AuditAction, type Details } from './index.ts'

const said = (action: string, details: Details = {}): string => plain(sentenceOf(action, details))

describe('the words of the audit log', () => {
  it.each(Object.entries(AUDIT_ACTIONS))('has words for %s with the details of another version', (action, words) => {
    expect(Object.keys(ABOUT)).toContain(words.about)
    expect(words.label).toMatch(/^[A-Z.]\S/)
    for (const details of [{}, { keys: 1, from: null, renamed: [null, 3], name: ['a'] }]) {
      const sentence = said(action, details)
      expect(sentence).toMatch(/^[a-z]/)
      expect(sentence).not.toMatch(/undefined|\[object|\bnull\b/)
      expect(sentence).not.toContain(action)
    }
  })

  it('names an unknown action as it is stored, and gives every action its own label', () => {
    const actions = Object.keys(AUDIT_ACTIONS)
    expect(new Set(actions.map(labelOf)).size).toBe(actions.length)
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
    [
      'folder.restore-time',
      { environment: 'dev', path: '/', at: '2026-11-28T01:28:00.000Z', written: ['A'], deleted: [] },
      'restored dev:/ to 28 Nov 2026, 01:28 UTC: wrote A, deleted nothing',
    ],
    ['folder.update', { environment: 'dev', from: '/a', path: '/b' }, 'renamed the folder dev:/a to dev:/b'],
    [
      'import.create',
      { environment: 'dev', path: '/', from: { environment: 'staging', path: '/x' } },
      'imported staging:/x into dev:/',
    ],
    [
      'delete-secret-sync',
      { syncId: '1', name: 'to-prod', removeSecrets: true, because: 'Folder "/api"' },
      'deleted the sync to-prod, and what it wrote, for the deletion of folder "/api"',
    ],
    [
      'delete-secret-sync',
      { syncId: '1', name: 'to-prod', removeSecrets: false, kept: [{ connection: 'Devin of Ada', keys: 12 }] },
      'deleted the sync to-prod, keeping 12 keys at Devin of Ada',
    ],
    [
      'secret-sync-approve-plan',
      { syncId: '1', name: 'to-prod', summary: { delete: 8 } },
      'approved a plan of to-prod that deletes 8 keys',
    ],
    [
      'secret-sync-restore',
      { syncId: '1', name: 'to-prod', added: ['B'], changed: [], removed: ['D'] },
      'rolled to-prod back to an earlier run: added B, changed nothing, removed D',
    ],
    [
      'member.add',
      { email: 'bo@x.io', role: 'viewer', scopes: [{}] },
      'added bo@x.io as viewer, limited to some scopes',
    ],
    ['member.update', { from: 'viewer', role: 'admin' }, 'changed a member from viewer to admin'],
  ])('says what was done: %s %j', (action, details, sentence) => {
    expect(said(action, details)).toBe(sentence)
  })
})
