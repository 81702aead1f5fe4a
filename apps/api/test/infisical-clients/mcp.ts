/** Infisical's MCP server, unmodified, as a process of its own: each of its tools. */
import { createRequire } from 'node:module'
import { Client } from '@modelcontextprotocol/sdk/client/index.js'
import { StdioClientTransport } from '@modelcontextprotocol/sdk/client/stdio.js'
import { expect, it } from 'vitest'
import { z } from 'zod'
import { FOLDER } from './folder.ts'
import { merged } from './merge.ts'
import type { Started } from './started.ts'

const result = z.object({ content: z.tuple([z.object({ text: z.string() })]) })

export function mcpRuns(started: Started): void {
  it('every tool of the MCP server does what it says', async () => {
    const { url, variables } = started
    const client = new Client({ name: 'test', version: '0.0.0' })
    await client.connect(
      new StdioClientTransport({
        command: process.execPath,
        args: [createRequire(import.meta.url).resolve('@infisical/mcp/dist/index.js')],
        env: {
          INFISICAL_HOST_URL: url,
          INFISICAL_UNIVERSAL_AUTH_CLIENT_ID: variables['clientId']!,
          INFISICAL_UNIVERSAL_AUTH_CLIENT_SECRET: variables['clientSecret']!,
        },
        stderr: 'ignore',
      }),
    )
    const used = new Set<string>()
    /** What the tool answers: the JSON after its words. */
    const tool = async (name: string, args: object) => {
      used.add(name)
      const { content } = result.parse(await client.callTool({ name, arguments: { ...args } }))
      const [{ text }] = content
      const json = text.search(/[[{]/)
      return json < 0 ? text : JSON.parse(text.slice(json))
    }
    try {
      const { projectId } = variables
      expect(await tool('list-projects', { type: 'all' })).toContainEqual(expect.objectContaining({ id: projectId }))
      const made = await tool('create-project', { projectName: 'MCP', type: 'secret-manager' })
      const own = { projectId: made.id }
      expect(await tool('create-environment', { ...own, name: 'Quality', slug: 'qa' })).toMatchObject({ slug: 'qa' })
      expect(await tool('create-folder', { ...own, environment: 'qa', name: 'api', path: '/' })).toMatchObject({
        name: 'api',
      })
      const secret = { ...own, environmentSlug: 'qa', secretPath: '/api', secretName: 'A' }
      expect(await tool('create-secret', { ...secret, secretValue: 'first' })).toMatchObject({ secretValue: 'first' })
      expect(await tool('update-secret', { ...secret, secretValue: 'second' })).toMatchObject({ secretKey: 'A' })
      expect(await tool('get-secret', secret)).toMatchObject({ secretKey: 'A', secretValue: 'second' })
      expect(await tool('delete-secret', secret)).toContain('A')
      const folder = { projectId, environmentSlug: 'dev', secretPath: '/', includeImports: true }
      const listed = await tool('list-secrets', { ...folder, expandSecretReferences: true })
      for (const rule of ['first-to-last', 'last-to-first'] as const) expect(merged(listed, rule)).toEqual(FOLDER)
      const invited = { ...own, emails: ['grace@example.com'], roleSlugs: ['viewer'] }
      expect(await tool('invite-members-to-project', invited)).toEqual([])
      const { tools } = await client.listTools()
      expect([...used].toSorted()).toEqual(tools.map(({ name }) => name).toSorted())
    } finally {
      await client.close()
    }
  })
}
