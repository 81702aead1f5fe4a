import { onEveryDatabase } from '@keyferry/db/testing'
import { HIDDEN_VALUE, MAX_VALUE_BYTES } from '@keyferry/schemas'
import { listSecretRows, pasteDotenv, readDotenv, updateSecret } from '@keyferry/vault'
import { createTestProject, vault, type Vault } from '@keyferry/vault/testing'
import { parse } from 'dotenv'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { testContext, type TestContext } from '../src/testing/test-context.ts'

const FILE = `# YOU MIGHT LIKE TO MODIFY THESE
SESSION_SECRET=abcdef1234
ENCRYPTION_KEY=ae13021a # Must be a random hex string. Run \`openssl rand -hex 16\`
DATABASE_URL=postgresql://postgres:postgres@localhost:5432/postgres?schema=public
# See: https://www.prisma.io/docs#fields:~:text=the%20shadow%20database.-,directUrl,-No

# WEBAPP_TELNET_LOGS_PORT=6767
export TZ="UTC"
REDIS_PASSWORD=
SINGLE='it''s # not a comment'
QUOTED="a \\"b\\" \\n c"
PEM="-----BEGIN KEY-----
MIIB=/+
-----END KEY-----"
  SPACED  =  padded value  
URL=\${QUOTED}/\${FOO:-x}
dotted.key-1: yaml
TZ=Europe/Berlin
`

describe('readDotenv', () => {
  it('reads what dotenv reads: comments, quotes, several lines, blanks, the later line wins', async () => {
    const { entries, refused } = await readDotenv(FILE)
    expect(refused).toEqual([])
    expect(Object.fromEntries(entries)).toEqual(parse(FILE))
    expect(Object.fromEntries(entries)).toMatchObject({
      ENCRYPTION_KEY: 'ae13021a',
      REDIS_PASSWORD: '',
      TZ: 'Europe/Berlin',
      PEM: '-----BEGIN KEY-----\nMIIB=/+\n-----END KEY-----',
      SPACED: 'padded value',
      URL: '${QUOTED}/${FOO:-x}',
      'dotted.key-1': 'yaml',
    })
  })

  it('keeps __proto__ and its like, as keys and inside values', async () => {
    const { entries } = await readDotenv(
      '__proto__=one\nconstructor=two\ntoString=three\nA__proto__B="x __proto__ y"\n',
    )
    expect([...entries]).toEqual([
      ['__proto__', 'one'],
      ['constructor', 'two'],
      ['toString', 'three'],
      ['A__proto__B', 'x __proto__ y'],
    ])
  })

  it('names what it cannot take, with the reason, and a stray line by its number only', async () => {
    const { entries, refused } = await readDotenv(
      `GOOD=1\r\nBIG=${'x'.repeat(MAX_VALUE_BYTES + 1)}\r\n${'L'.repeat(256)}=1\r\nMASK=${HIDDEN_VALUE}\r\nAKIA/SECRET-PIECE\r\na b=c\r\n\r\n# done`,
    )
    expect([...entries]).toEqual([['GOOD', '1']])
    expect(refused).toEqual([
      { key: 'BIG', reason: 'Secret value must be at most 65536 bytes' },
      { key: 'L'.repeat(256), reason: 'Secret key must be at most 255 characters' },
      { key: 'MASK', reason: `Secret value is "${HIDDEN_VALUE}", which stands for a hidden value` },
      { key: 'line 5', reason: expect.stringContaining('is not KEY=value') },
      { key: 'line 6', reason: expect.stringContaining('is not KEY=value') },
    ])
    expect(JSON.stringify(refused)).not.toContain('AKIA')
  })

  it('takes an empty file for what it is', async () => {
    expect(await readDotenv('\uFEFF\n# nothing\n')).toEqual({ entries: new Map(), refused: [] })
    expect([...(await readDotenv('\uFEFFA=1')).entries]).toEqual([['A', '1']])
  })
})

onEveryDatabase('pasteDotenv', (open) => {
  let t: TestContext
  let v: Vault
  let where: { projectId: string; environment: string; secretPath: string }
  beforeEach(async () => {
    t = await testContext(open)
    where = { projectId: (await createTestProject(t.ctx, t.actor)).id, environment: 'dev', secretPath: '/' }
    v = vault(t, where.projectId)
  })
  afterEach(() => t.close())
  const paste = (content: string, dryRun = false) => pasteDotenv(t.ctx, t.actor, { ...where, content, dryRun })

  it('says beforehand what it then does', async () => {
    await v.put('dev:/', { TZ: 'UTC', REDIS_PASSWORD: '', KEPT: 'x' })
    const sync = await v.sync('dev:/')
    const told = await paste(FILE, true)
    expect(told).toMatchObject({ changed: ['TZ'], unchanged: ['REDIS_PASSWORD'], refused: [] })
    expect(told.added).toHaveLength(9)
    expect(await v.resolve('dev:/')).toEqual({ TZ: 'UTC', REDIS_PASSWORD: '', KEPT: 'x' })
    expect(await v.wanted(sync)).toMatchObject({ wanted: 0 })

    expect(await paste(FILE)).toEqual(told)
    expect(await v.resolve('dev:/')).toEqual({ KEPT: 'x', ...parse(FILE), URL: 'a \\"b\\" \n c/${FOO:-x}' })
    expect(await v.wanted(sync)).toMatchObject({ wanted: 1 })

    const again = await paste(FILE)
    expect(again).toMatchObject({ added: [], changed: [] })
    expect(again.unchanged).toHaveLength(11)
    expect(await v.wanted(sync)).toMatchObject({ wanted: 1 })
  })

  it('keeps the comment of a secret whose value it changes', async () => {
    await v.put('dev:/', { A: '1' })
    await updateSecret(t.ctx, t.actor, { ...where, secretName: 'A', secretComment: 'note', type: 'shared' })
    await paste('A=2')
    expect((await listSecretRows(t.ctx, t.actor, where)).rows).toMatchObject([
      { key: 'A', comment: 'note', version: 3 },
    ])
  })

  it('takes a thousand keys at once', async () => {
    const { added } = await paste(
      Array.from({ length: 1000 }, (_, index) => `K${index}=\${dev.x.K${index}}`).join('\n'),
    )
    expect(added).toHaveLength(1000)
    expect(await t.ctx.db.selectFrom('references').selectAll().execute()).toHaveLength(1000)
  })

  it('refuses a place that is not there', async () => {
    await expect(
      pasteDotenv(t.ctx, t.actor, { ...where, secretPath: '/no', content: 'A=1', dryRun: true }),
    ).rejects.toMatchObject({ status: 404 })
  })
})
