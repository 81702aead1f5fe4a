import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { cyclesOf } from '../src/cycles.ts'
import { folderGraph, packageGraph } from '../src/graphs.ts'

const manifest = (name: string, dependencies: object, devDependencies: object = {}): string =>
  JSON.stringify({ name, dependencies, devDependencies })

let dir = ''
beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'keyferry-cycles-'))
  const files = {
    'packages/a/package.json': manifest('a', { b: 'workspace:*' }),
    'packages/b/package.json': manifest('b', { kysely: '1.0.0' }, { a: 'workspace:*' }),
    'packages/c/package.json': manifest('c', { a: 'workspace:*' }),
    'packages/a/src/index.ts': `export { one } from './one/one.ts'`,
    'packages/a/src/one/one.ts': `import { two } from '../two/two.ts'\nexport const one = two`,
    'packages/a/src/two/two.ts': `import { three } from '../three/three.ts'\nexport const two = three`,
    'packages/a/src/three/three.ts': `import '../one/other.ts'\nexport const three = 3`,
    'packages/a/src/one/other.ts': `import type { Four } from '../four/four.ts'\nexport const four: Four = 4`,
    'packages/a/src/four/four.ts': `import { one } from '../one/one.ts'\nexport type Four = typeof one | 4`,
    'packages/a/src/two/two.test.ts': `import '../four/four.ts'`,
  }
  for (const [file, text] of Object.entries(files)) {
    await mkdir(dirname(join(dir, file)), { recursive: true })
    await writeFile(join(dir, file), text)
  }
})
afterAll(() => rm(dir, { recursive: true, force: true }))

it('finds packages that depend on each other, also through what only tests need', () => {
  expect(cyclesOf(packageGraph(dir))).toEqual([['a', 'b']])
})

it('finds folders that import values of each other; types and tests bind none', () => {
  expect(cyclesOf(folderGraph(dir))).toEqual([['packages/a/src/one', 'packages/a/src/three', 'packages/a/src/two']])
})
