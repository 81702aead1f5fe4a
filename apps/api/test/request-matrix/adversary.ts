/**
 * What the adversarial run sends on purpose: graphs that multiply, and everything that works on a large folder. For
 * tests only.
 */
import { isObject } from './extremes.ts'
import type { Sending } from './requests.ts'

/** Sends a request as somebody; its answer. */
export type Ask = (who: string, sending: Sending) => Promise<{ status: number; text: string }>

export interface Adversary {
  /** References and imports that multiply what is stored, written and read by the developer of one folder. */
  graphs(): Promise<void>
  /** What reads, moves, deletes and restores thousands of secrets at a time. */
  large(): Promise<void>
  /** The project as a file, and out of it. */
  file(): Promise<void>
}

/** As tRPC names it. */
interface Secret {
  key: string
  value: string
}

/** `misled`: hears of a request that is malformed or names what is not there, and so attacks nothing. */
export function adversary(send: Ask, known: ReadonlyMap<string, unknown>, misled: (what: string) => void): Adversary {
  const ask = async (who: string, sending: Sending): Promise<string> => {
    const { status, text } = await send(who, sending)
    if (status === 404 || status === 422) misled(`${sending.path.slice(0, 200)}: ${status} ${text.slice(0, 500)}`)
    return text
  }
  const projectId = String(known.get('projectId'))
  const dev = { projectId, environment: 'dev' }
  const json = (body: unknown): Buffer[] => [Buffer.from(JSON.stringify(body))]
  const rpc = (who: string, name: string, input: object) =>
    ask(who, { method: 'POST', path: `/api/trpc/${name}`, body: json(input) })
  const get = (who: string, name: string, input: object) =>
    ask(who, { method: 'GET', path: `/api/trpc/${name}?input=${encodeURIComponent(JSON.stringify(input))}` })
  const rest = (who: string, method: string, path: string, body: object) => ask(who, { method, path, body: json(body) })
  const list = (who: string, query: Record<string, string>) =>
    ask(who, { method: 'GET', path: `/api/v4/secrets?${new URLSearchParams({ ...dev, ...query }).toString()}` })
  const many = (count: number, value: (n: number) => string, prefix = 'K'): Secret[] =>
    Array.from({ length: count }, (_, n) => ({ key: `${prefix}${n}`, value: value(n) }))

  async function graphs(): Promise<void> {
    const narrowed = 'narrowed developer'
    const at = { ...dev, secretPath: '/api' }
    const write = (secrets: Secret[], secretPath = '/api') =>
      rpc(narrowed, 'secrets.updateMany', { ...dev, secretPath, mode: 'upsert', secrets })
    const read = (more: Record<string, string>) => list(narrowed, { secretPath: '/api', ...more })
    // The requests before these can have deleted them.
    for (const name of ['sub', 'other']) await rest('admin', 'POST', '/api/v1/folders', { ...dev, name, path: '/api' })
    const long = 'N'.repeat(240)
    await write(many(2000, (n) => `\${${long}${(n + 1) % 2000}}`, long))
    await write(many(1, () => '${KEY}'.repeat(10_000), 'REPEATED'))
    await write(
      many(1200, (n) => (n < 300 ? 'x' : refs(120, (to) => `\${M${to}}`)), 'M'),
      '/api/sub',
    )
    await write(
      many(300, () => refs(90, (to) => `\${dev.api.sub.M${to}}`), 'A'),
      '/api/other',
    )
    await write([{ key: 'BIG', value: 'x'.repeat(65_000) }, ...many(700, () => '${BIG}')])
    await write(many(700, (n) => `\${K${n}}`, 'L'))
    await write(many(40, () => 'é"\n'.repeat(16_000), 'WIDE'))
    await Promise.all([
      read({}),
      read({ expandSecretReferences: 'true' }),
      read({ recursive: 'true', include_imports: 'true' }),
    ])
    await Promise.all(Array.from({ length: 4 }, () => read({ expandSecretReferences: 'true' })))
    // Texts that readers of `.env` files may take for the beginning of a variable, again and again.
    const opening = many(40, (n) => (n % 2 === 0 ? '${' : '${:').repeat(20_000), 'OPENING')
    await rpc(narrowed, 'secrets.updateMany', {
      ...dev,
      secretPath: '/api',
      mode: 'upsert',
      secrets: opening.map((secret) => ({ ...secret, isLiteral: true })),
    })
    for (const format of ['dotenv', 'json', 'yaml'])
      await rpc(narrowed, 'secrets.export', { ...at, format, expandReferences: false, includeImports: false })
    for (const secretPath of ['/api', '/api/sub', '/api/other'])
      await get(narrowed, 'secrets.rows', { ...dev, secretPath })
    await get(narrowed, 'tree.referenceTree', { ...dev, secretPath: '/api/other', key: 'A1' })
    await get(narrowed, 'tree.referenceTree', { ...at, key: 'REPEATED0' })
    await get(narrowed, 'tree.uses', { ...dev, secretPath: '/api/sub', key: 'M0' })
    for (const content of ['\n', '\r', 'A=', '#', ' ', '"', 'A="\n', 'A=1\n', '\\', '='])
      await rest(narrowed, 'POST', '/api/v1/dotenv', {
        ...at,
        dryRun: true,
        content: content.repeat(2_000_000 / content.length),
      })
    const calls = Array.from({ length: 20 }, () => 'secrets.list')
    const inputs = Object.fromEntries(calls.map((_, n) => [n, at]))
    await ask(narrowed, {
      method: 'GET',
      path: `/api/trpc/${calls.join(',')}?batch=1&input=${encodeURIComponent(JSON.stringify(inputs))}`,
    })
  }

  async function large(): Promise<void> {
    const secretPath = '/large'
    const at = { ...dev, secretPath }
    await Promise.all([
      list('API key', { secretPath }),
      list('session', { secretPath, viewSecretValue: 'false', tagSlugs: 't,'.repeat(999) }),
    ])
    for (const path of ['/large', '/wide', '/deep10'])
      await Promise.all([
        get('admin', 'secrets.rows', { ...dev, secretPath: path }),
        list('admin', { secretPath: path, expandSecretReferences: 'true', includeImports: 'true' }),
        get('admin', 'imports.list', { ...dev, path }),
      ])
    await list('admin', { secretPath: '/', recursive: 'true', viewSecretValue: 'false' })
    await get('admin', 'tree.matrix', { projectId })
    await get('admin', 'tree.search', { projectId, query: 'what', limit: 500 })
    await get('admin', 'tree.uses', { ...at, key: 'L1' })
    await get('admin', 'tree.readers', at)
    await get('admin', 'delivery.folder', { ...at, limit: 500 })
    await get('admin', 'delivery.secret', { ...at, key: 'L1' })
    await get('admin', 'overview.project', { projectId })
    await get('admin', 'history.folder', { ...at, limit: 500 })
    await Promise.all(['dotenv', 'json', 'yaml'].map((format) => rpc('admin', 'secrets.export', { ...at, format })))
    for (const from of ['/deep10', '/deep9'])
      await rest('admin', 'POST', '/api/v1/secret-imports', {
        ...dev,
        path: '/api',
        import: { environment: 'dev', path: from },
      })
    await rest('admin', 'POST', '/api/v1/secret-imports', {
      ...dev,
      path: '/wide/w7',
      import: { environment: 'dev', path: '/wide' },
    })
    // The large folder goes and returns with its environment below.
    for (const name of ['wide', 'api']) {
      await rest('admin', 'DELETE', `/api/v1/folders/${name}`, { ...dev, path: '/', syncs: 'keep-secrets' })
      const trash = await get('admin', 'history.trash', dev)
      const [, trashId = ''] = new RegExp(`"id":"([^"]+)","kind":"folder"[^{}]*"name":"${name}"`).exec(trash) ?? []
      // The clock stands still here: of thousands that were deleted at one moment, a list shows any thousand.
      if (trashId !== '') await rpc('admin', 'history.restore', { ...dev, trashId })
    }
    const big = (value: string, secretComment: string) =>
      many(2000, () => value, 'B'.repeat(240)).map(({ key }) => ({ secretKey: key, secretValue: value, secretComment }))
    await rest('admin', 'PATCH', '/api/v4/secrets/batch', { ...at, mode: 'upsert', secrets: big('x', 'c'.repeat(900)) })
    await rest('admin', 'PATCH', '/api/v4/secrets/batch', { ...at, mode: 'upsert', secrets: big('y', 'c'.repeat(900)) })
    await rest('admin', 'DELETE', '/api/v4/secrets/batch', {
      ...at,
      secrets: big('', '').map(({ secretKey }) => ({ secretKey })),
    })
    await rest('admin', 'DELETE', `/api/v1/projects/${projectId}/environments/${String(known.get('environmentId'))}`, {
      syncs: 'keep-secrets',
    })
    const deleted = await get('admin', 'history.deletedEnvironments', { projectId })
    await rpc('admin', 'history.restoreEnvironment', { projectId, trashId: textIn(deleted, 'id') })
    await rest('admin', 'DELETE', `/api/v1/projects/${projectId}`, { syncs: 'keep-secrets' })
  }

  async function file(): Promise<void> {
    const passphrase = 'a long passphrase'
    const exported = await rpc('admin', 'backup.exportProject', { projectId, passphrase })
    const input = { file: textIn(exported, 'file'), passphrase, projectName: 'copy', slug: 'a-copy-of-it' }
    await rpc('instance admin', 'backup.importProject', input)
  }

  return { graphs, large, file }
}

const refs = (count: number, one: (n: number) => string): string =>
  Array.from({ length: count }, (_, n) => one(n)).join('')

/** The first text of that name in JSON. */
function textIn(text: string, name: string): string {
  const queue: unknown[] = [JSON.parse(text || '{}')]
  for (const value of queue) {
    if (Array.isArray(value)) queue.push(...value.slice(0, 1))
    else if (isObject(value)) {
      const found = value[name]
      if (typeof found === 'string') return found
      queue.push(...Object.values(value))
    }
  }
  return ''
}
