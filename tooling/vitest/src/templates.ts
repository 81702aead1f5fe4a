/** A directory of the test run, for stores that are migrated once and copied for each test. */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TestProject } from 'vitest/node'

declare module 'vitest' {
  interface ProvidedContext {
    /** Path of the directory; its name is this run's alone. */
    templates: string
  }
}

export default async function templates(project: TestProject): Promise<() => Promise<void>> {
  const directory = await mkdtemp(join(tmpdir(), 'keyferry-templates-'))
  project.provide('templates', directory)
  return () => rm(directory, { recursive: true, force: true })
}
