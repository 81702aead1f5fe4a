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

const valuesOf = (entries: ReadonlyMap<string, { value: string }>) =>
  [...entries].map(([key, { value }]) => [key, value])

describe('readDotenv', () => {
  it('reads what dotenv reads: comments, quotes, several lines, blanks, the later line wins', async () => {
    const { entries, refused } = await readDotenv(FILE)
    expect(refused).toEqual([])
    expect(Object.fromEntries(valuesOf(entries))).toEqual(parse(FILE))
    expect(Object.fromEntries(valuesOf(entries))).toMatchObject({
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
    expect(valuesOf(entries)).toEqual([
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
    expect(valuesOf(entries)).toEqual([['GOOD', '1']])
    expect(refused).toEqual([
      { key: 'BIG', line: 2, reason: 'Secret value must be at most 65536 bytes' },
      { key: 'L'.repeat(256), line: 3, reason: 'Secret key must be at most 255 characters' },
      { key: 'MASK', line: 4, reason: `Secret value is "${HIDDEN_VALUE}", which stands for a hidden value` },
      { key: 'Line 5', line: 5, reason: expect.stringContaining('not a KEY=value pair') },
      { key: 'Line 6', line: 6, reason: expect.stringContaining('not a KEY=value pair') },
    ])
    expect(JSON.stringify(refused)).not.toContain('AKIA/SECRET')
  })

  it('takes an empty file for what it is', async () => {
    expect(await readDotenv('\uFEFF\n# nothing\n')).toEqual({ entries: new Map(), refused: [] })
    expect(valuesOf((await readDotenv('\uFEFFA=1')).entries)).toEqual([['A', '1']])
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
    await updateSecret(t.ctx, t.actor, { ...where, key: 'A', comment: 'note' })
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

  const shown = ({ lines, refused }: Awaited<ReturnType<typeof paste>>) => ({
    notes: Object.fromEntries(lines.map(({ key, notes }) => [key, notes.map(({ code }) => code)])),
    refused: Object.fromEntries(refused.map(({ key, reason }) => [key, reason])),
  })

  it('names what a person would not expect, and loses no line because of another', async () => {
    const sync = await v.sync('dev:/')
    const content = [
      'DB_PASSWORD=s3cret#2024',
      'PATHS="${PATHS}:./bin"',
      'LOG_DIR="${HOME}/log"',
      "TEMPLATE='Hello ${username}'",
      'ONE="${TWO}"',
      'TWO="${ONE}"',
      'AFTER="${ONE}"',
      'A=real',
      'A=',
      'FALLBACK=${FOO:-x}',
      'TABBED="a\\tb"',
      'LOST=gr\uFFFDn',
      'KEY=-----BEGIN PRIVATE KEY-----',
      'TUlJRXZRSUJBREFOQmdrcWhraUc5dzBCQVFFRkFBUw==',
      '-----END PRIVATE KEY-----',
      '# ${prod.NOTHING}',
      'OK=1',
    ].join('\n')
    const preview = await paste(content, true)
    expect(shown(preview)).toEqual({
      notes: {
        DB_PASSWORD: ['cut-at-hash'],
        LOG_DIR: ['unresolved'],
        TEMPLATE: [],
        AFTER: ['unresolved'],
        A: ['repeated', 'blank', 'unsendable'],
        FALLBACK: ['not-filled-in'],
        TABBED: ['read-differently'],
        LOST: ['lost-bytes'],
        OK: [],
      },
      refused: {
        PATHS: 'is in a reference cycle: PATHS → PATHS',
        ONE: 'is in a reference cycle: ONE → TWO → ONE',
        TWO: 'is in a reference cycle: ONE → TWO → ONE',
        KEY: expect.stringContaining('lines 13 to 15: a PEM block'),
      },
    })
    expect(preview.lines.find(({ key }) => key === 'DB_PASSWORD')).toMatchObject({ line: 1, bytes: 6 })
    expect((await listSecretRows(t.ctx, t.actor, where)).rows).toEqual([])
    expect(await v.wanted(sync)).toMatchObject({ wanted: 0 })

    expect(await paste(content)).toEqual(preview)
    expect(await v.wanted(sync)).toMatchObject({ wanted: 1 })
    const left = (await listSecretRows(t.ctx, t.actor, where)).rows.flatMap(({ key, problem }) => problem && [key])
    expect(left.filter(Boolean)).toEqual(['AFTER', 'LOG_DIR'])
    await paste('HOME=/root\nONE=1')
    expect(await v.resolve('dev:/')).toMatchObject({ TEMPLATE: 'Hello ${username}', LOG_DIR: '/root/log', AFTER: '1' })
  })

  it('judges a file by what is there already: what a refusal leaves in place, and what looks into the folder', async () => {
    await v.put('dev:/', { A: '${C}', C: 'x' })
    await v.put('dev:/lib', { HOST: 'h' })
    await v.put('prod:/', { UP: '${dev.DOWN}', SAFE: 's' })
    // A stays what it was, so the new C would close a cycle too; DOWN would close one through another environment.
    const content = 'A=${A}\nC=${A}\nDOWN=${prod.UP}\nFAR=${prod.SAFE}-${dev.lib.HOST}\nB=2'
    const preview = await paste(content, true)
    expect(preview).toMatchObject({ added: ['FAR', 'B'], changed: [], unchanged: [] })
    expect(preview.refused.map(({ key }) => key)).toEqual(['A', 'C', 'DOWN'])
    expect(await paste(content)).toEqual(preview)
    expect(await v.resolve('dev:/')).toEqual({ A: 'x', C: 'x', FAR: 's-h', B: '2' })
  })

  it('refuses in the preview what the project has no room for', async () => {
    t.ctx.limits.project.secrets = 2
    for (const dryRun of [true, false])
      await expect(paste('A=1\nB=2\nC=3', dryRun)).rejects.toMatchObject({ code: 'QuotaExceeded' })
    expect(await paste('A=1\nB=2', true)).toMatchObject({ added: ['A', 'B'] })
  })

  it('refuses a place that is not there', async () => {
    await expect(
      pasteDotenv(t.ctx, t.actor, { ...where, secretPath: '/no', content: 'A=1', dryRun: true }),
    ).rejects.toMatchObject({ status: 404 })
  })
})
