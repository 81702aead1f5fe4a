/** The order of the test files: those that take longest begin first, so that no core waits at the end for one that began late. */
import { basename } from 'node:path'
import { BaseSequencer, type TestSpecification } from 'vitest/node'

/** Of more than 15 s on two cores, longest first. How long the rest take hardly matters. */
const LONGEST = [
  'screens.test.ts',
  'process.test.ts',
  'role-walk.test.ts',
  'fuzz.test.ts',
  'canary.test.ts',
  'older-version.test.ts',
  'adversarial.test.ts',
  'run.test.ts',
  'errors.test.ts',
  'conformance.test.ts',
  'instance.test.ts',
  'people.test.ts',
  'sync.test.ts',
  'tree.test.ts',
  'access.test.ts',
  'chaos.test.ts',
  'crash.test.ts',
  'outage.test.ts',
  'retarget.test.ts',
  'drift.test.ts',
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
