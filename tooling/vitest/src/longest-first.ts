/**
 * The order of the test files: those that take longest begin first, so that no core waits at the end for one that began
 * late.
 */
import { basename } from 'node:path'
import { BaseSequencer, type TestSpecification } from 'vitest/node'

/** Of more than 15 s on two cores, longest first. How long the rest take hardly matters. */
const LONGEST = [
  'screens.test.ts',
  'process.test.ts',
  'access.test.ts',
  'admin.test.ts',
  'tree.test.ts',
  'adversarial.test.ts',
  'role-matrix.test.ts',
  'activity.test.ts',
  'access-ways-in.test.ts',
  'walk.test.ts',
  'syncs.test.ts',
  'chaos.test.ts',
  'restore.test.ts',
  'roles.test.ts',
  'fuzz.test.ts',
  'deliver.test.ts',
  'secrets.test.ts',
  'canary.test.ts',
  'move.test.ts',
  'sync.test.ts',
  'run.test.ts',
  'conformance.test.ts',
  'crash.test.ts',
  'older-version.test.ts',
  'drift.test.ts',
  'queue.test.ts',
  'worker.test.ts',
  'seeds.test.ts',
  'people.test.ts',
  'limits.test.ts',
]

const rank = ({ moduleId }: TestSpecification): number => {
  const found = LONGEST.indexOf(basename(moduleId))
  return found === -1 ? LONGEST.length : found
}

export default class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    return (await super.sort(files)).toSorted((one, other) => rank(one) - rank(other))
  }
}
