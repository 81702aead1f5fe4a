/**
 * The order of the test files: those that take longest begin first, so that no core waits at the end for one that began
 * late. How long they take is measured by a run with `KEEP_DURATIONS=1` (see `summary.ts`).
 */
import { relative } from 'node:path'
import { BaseSequencer, type TestSpecification } from 'vitest/node'
import durations from './durations.json' with { type: 'json' }

const SECONDS = new Map(Object.entries(durations))

/** Those that are not listed hardly matter. */
const secondsOf = ({ moduleId, project }: TestSpecification): number =>
  SECONDS.get(relative(project.config.root, moduleId)) ?? 0

export default class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    return (await super.sort(files)).toSorted((one, other) => secondsOf(other) - secondsOf(one))
  }
}
