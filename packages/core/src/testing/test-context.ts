import type { OpenStore } from '@keyferry/db/testing'
import { testContext as contextWith, type TestContext } from '@keyferry/kernel/testing'
import { syncHooks } from '../sync/hooks.ts'

export type { TestContext }

/** A context in which syncs learn of what changes below them, as in the product. */
export const testContext = (open: OpenStore, options: { isSetUp?: boolean } = {}): Promise<TestContext> =>
  contextWith(open, { ...options, hooks: syncHooks })
