/**
 * The order of the test files: those that take longest begin first, so that no core waits at the end for one that began
 * late. Those that wait for a browser or for processes alternate with those that compute, so that none waits meanwhile.
 */
import { BaseSequencer, type TestSpecification } from 'vitest/node'

/** Of more than 15 s on two cores, in the order in which they begin. How long the rest take hardly matters. */
const LONGEST = [
  'apps/server/test/process.test.ts',
  'apps/web/e2e/screens.test.ts',
  'apps/api/src/adversarial.test.ts',
  'apps/web/e2e/access.test.ts',
  'apps/api/src/role-matrix.test.ts',
  'apps/web/e2e/tree.test.ts',
  'apps/cli/test/admin.test.ts',
  'apps/api/src/fuzz.test.ts',
  'tooling/chaos/test/chaos.test.ts',
  'packages/core/src/run/conformance.test.ts',
  'apps/web/e2e/roles.test.ts',
  'packages/core/src/drift/drift.test.ts',
  'apps/server/test/deliver.test.ts',
  'apps/web/e2e/activity.test.ts',
  'apps/server/test/canary.test.ts',
  'apps/web/e2e/sync.test.ts',
  'packages/queue/src/queue.test.ts',
  'apps/web/e2e/walk.test.ts',
  'packages/core/src/cleanup/retarget.test.ts',
  'apps/web/e2e/restore.test.ts',
  'apps/api/src/people.test.ts',
  'apps/worker/src/crash.test.ts',
  'packages/core/src/run/run.test.ts',
  'apps/web/e2e/access-ways-in.test.ts',
  'apps/api/src/limits.test.ts',
  'apps/cli/test/syncs.test.ts',
  'packages/core/src/destinations/github/conformance.test.ts',
  'apps/server/test/older-version.test.ts',
  'apps/cli/test/secrets.test.ts',
  'apps/api/src/out-of-reach.test.ts',
  'apps/api/src/errors.test.ts',
  'packages/core/src/destinations/aws-secrets-manager/conformance.test.ts',
  'apps/worker/src/worker.test.ts',
  'packages/core/src/destinations/gcp-secret-manager/conformance.test.ts',
  'packages/core/src/connections/shared-rate-limit.test.ts',
  'packages/core/src/destinations/azure-key-vault/conformance.test.ts',
]

const rank = ({ moduleId }: TestSpecification): number => {
  const found = LONGEST.findIndex((path) => moduleId.endsWith(path))
  return found === -1 ? LONGEST.length : found
}

export default class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    return (await super.sort(files)).toSorted((one, other) => rank(one) - rank(other))
  }
}
