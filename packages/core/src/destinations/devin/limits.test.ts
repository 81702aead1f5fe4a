import { expect, test } from 'vitest'
import { devinLimits } from './limits.ts'
import devin from './index.ts'

const { effectiveName } = devinLimits
const refuse = (key: string, value: string) => devinLimits.refuse(key, value, { target: {}, options: {} })
const { credentials } = devin.connection.methods['api-key']

test.each([
  ['KEY', 'value'],
  ['a-b', '   '],
  ['lower.case', '\n'],
  ['__proto__', 'x'],
  ['K'.repeat(256), 'x'.repeat(65_536)],
])('holds %.20s', (key, value) => expect(refuse(key, value)).toBeNull())

test.each([
  ['', 'value', 'needs a name'],
  ['K'.repeat(257), 'value', '256 characters'],
  ['A\nB', 'value', 'control character'],
  ['KEY', '', 'the value is empty'],
  ['KEY', 'x'.repeat(65_537), '65,536 characters'],
  ['KEY', 'a\0b', 'NUL'],
])('refuses %.20s, and says why', (key, value, reason) => expect(refuse(key, value)).toContain(reason))

test.each([
  ['Abc%123', 'Abc_123'],
  ['123MYVAR', '_123MYVAR'],
  ['a-b', 'a_b'],
  ['a_b', 'a_b'],
  ['lower', 'lower'],
  ['_LEADING', '_LEADING'],
  ['KEY🔑', 'KEY_'],
])('a session sees %s as %s', (key, name) => expect(effectiveName?.(key)).toBe(name))

test.each(['org-...', ' org-0a1B_2 '])('the organization %s is accepted, trimmed', (orgId) =>
  expect(devin.target.parse({ orgId })).toEqual({ orgId: orgId.trim() }),
)
test.each(['', 'org-', 'org_1', 'my-org', 'org-a/b', 'org-a\nb', 'org-a b', 'org-\0', `org-${'x'.repeat(255)}`])(
  'the organization %j is refused',
  (orgId) => expect(devin.target.safeParse({ orgId }).success).toBe(false),
)

test.each([
  [{ apiKey: ' cog_abc ' }, { apiKey: 'cog_abc', instanceUrl: 'https://api.devin.ai' }],
  [
    { apiKey: 'cog_abc', instanceUrl: 'https://api.acme.devinenterprise.com/' },
    { apiKey: 'cog_abc', instanceUrl: 'https://api.acme.devinenterprise.com' },
  ],
])('credentials %j are accepted', (given, parsed) => expect(credentials.parse(given)).toEqual(parsed))
test.each([
  { apiKey: '' },
  { apiKey: 'apk_user_x' },
  { apiKey: 'cog_a\r\nX-Evil: 1' },
  { apiKey: `cog_${'x'.repeat(1000)}` },
  { apiKey: 'cog_a', instanceUrl: 'ftp://api.devin.ai' },
  { apiKey: 'cog_a', instanceUrl: 'api.devin.ai' },
  { apiKey: 'cog_a', instanceUrl: 'https://me:pass@api.devin.ai' },
  { apiKey: 'cog_a', instanceUrl: 'https://api.devin.ai/?x=1' },
])('credentials %j are refused', (given) => expect(credentials.safeParse(given).success).toBe(false))
