import type { TestApi } from '../../src/testing.ts'

/** A started server with the folder that clients read; empty before the first test. */
export interface Started {
  api: TestApi
  url: string
  /** What the corpus' requests name. */
  variables: Record<string, string>
}
