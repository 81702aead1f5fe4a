/** Every recorded call of Infisical's clients, replayed against a started server, and the two clients that are run. */
import { readFileSync } from 'node:fs'
import { onEveryDatabase } from '@keyferry/db/testing'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { startIssuer, type TokenIssuer } from '../../src/testing-issuer.ts'
import { readyApi } from '../../src/testing.ts'
import { readCorpus } from './corpus.ts'
import { makeFolder } from './folder.ts'
import { mcpRuns } from './mcp.ts'
import { PAGE, pageOf } from './page.ts'
import { replay } from './replay.ts'
import { sdkRuns } from './sdk.ts'
import type { Started } from './started.ts'

const corpus = readCorpus()

it('the page says what the corpus says', () => {
  expect(readFileSync(PAGE, 'utf8'), 'run pnpm --filter @keyferry/api clients-page').toBe(pageOf(corpus))
})

onEveryDatabase('clients of Infisical', (open) => {
  const started: Started = Object.create(null)
  let issuer: TokenIssuer
  beforeAll(async () => {
    started.api = await readyApi(open)
    issuer = await startIssuer(started.api.ctx.now)
    started.url = await started.api.app.listen({ host: '127.0.0.1', port: 0 })
    started.variables = await makeFolder(started.api, issuer)
  })
  afterAll(async () => {
    await issuer.close()
    await started.api.close()
  })

  it.each(corpus.filter(({ calls }) => calls.length > 0))('$client', async (client) => {
    const results = await replay(client, started.url, started.variables)
    const wrong = results
      .filter(([{ open: reason }, problem]) => (problem === null) !== (reason === undefined))
      .map(([{ does }, problem]) => `${does}: ${problem ?? 'is served now, take out its "open"'}`)
    expect(wrong).toEqual([])
  })

  sdkRuns(started)
  mcpRuns(started)
})
