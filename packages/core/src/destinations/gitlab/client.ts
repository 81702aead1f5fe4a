/**
 * One call per change, within one environment scope: GitLab names a variable by key and scope. One that is hidden can't
 * be shown again, and one that is not can't become hidden, so that such a change is a journaled delete and a create.
 */
import { applyEach } from '../shared/clients/apply-each.ts'
import { DestinationError } from '../destination-error.ts'
import type { Change, Client, Observed, Report, Write } from '../destination.ts'
import {
  deleteVariable,
  type GitlabApi,
  type GitlabVariable,
  listVariables,
  postVariable,
  putVariable,
  readVariable,
} from './api.ts'

const CONCURRENCY = 10

export function gitlabClient(api: GitlabApi): Client {
  const work: Work = { api, isHidden: new Map() }
  return {
    list: async () => {
      const ours = (await listVariables(api)).filter((one) => one.environment_scope === api.target.targetEnvironment)
      work.isHidden = new Map(ours.map(({ key, hidden }) => [key, hidden]))
      return ours.map(observed)
    },
    apply: (changes, report) =>
      applyEach(changes, report, (change) => carryOut(work, report, change), { concurrency: CONCURRENCY }),
  }
}

interface Work {
  api: GitlabApi
  /** Of each key in the last listing; undefined on a server that does not know hidden variables. */
  isHidden: ReadonlyMap<string, boolean | undefined>
}

/** A hidden variable has no value in any answer. */
const observed = ({ key, value, hidden, raw, variable_type, ...shown }: GitlabVariable): Observed => ({
  key,
  remoteIds: [],
  flags: {
    protected: shown.protected,
    masked: shown.masked,
    ...(hidden !== undefined && { hidden }),
    ...(raw !== undefined && { raw }),
  },
  ...(value !== null && value !== undefined && { value }),
  ...(variable_type === 'file' && { otherType: 'a file variable' }),
})

async function carryOut(work: Work, report: Report, change: Change): Promise<readonly string[]> {
  if (change.action === 'delete') await deleteVariable(work.api, change.key)
  else if (change.action === 'create' || !(await update(work, report, change))) await create(work, report, change)
  return []
}

async function create(work: Work, report: Report, change: Write): Promise<void> {
  let unclear: DestinationError | null = null
  const made = await postVariable(work.api, change).catch((error: unknown) => {
    // Not repeated blindly: the update below shows whether it was created.
    if (!(error instanceof DestinationError) || error.kind !== 'unavailable') throw error
    unclear = error
    return null
  })
  if (made) return keepOrRemove(work.api, made, change)
  // Read first: a server that ignores scopes would change the variable of another one.
  const found = await readVariable(work.api, change.key)
  if (found && found.environment_scope !== work.api.target.targetEnvironment) throw cannotScope()
  if (found && (await update(work, report, change))) return
  throw unclear ?? new DestinationError('rejected', `GitLab says that "${change.key}" exists, and that it does not`)
}

/** A server that ignored what it does not know has made another variable than we meant. */
async function keepOrRemove(api: GitlabApi, made: GitlabVariable, { key, flags }: Write): Promise<void> {
  const scope = made.environment_scope
  const isOurScope = scope === api.target.targetEnvironment
  if (isOurScope && (flags.hidden !== true || made.hidden === true)) return
  await deleteVariable(api, key, scope)
  throw isOurScope ? cannotHide() : cannotScope()
}

/** False when there is no variable of that key. */
async function update(work: Work, report: Report, change: Write): Promise<boolean> {
  const { api, isHidden } = work
  const wantsHidden = change.flags.hidden === true
  const wasHidden = isHidden.get(change.key)
  if (wasHidden !== undefined && wasHidden !== wantsHidden) return replace(api, report, change)
  try {
    const changed = await putVariable(api, change)
    if (changed === null) return false
    if (changed.environment_scope !== api.target.targetEnvironment) throw cannotScope()
    if (changed.hidden === undefined && wantsHidden) throw cannotHide()
    return (changed.hidden ?? false) === wantsHidden || (await replace(api, report, change))
  } catch (error) {
    if (error instanceof DestinationError && error.code === 'hidden') return replace(api, report, change)
    throw error
  }
}

async function replace(api: GitlabApi, report: Report, change: Write): Promise<true> {
  await report.replacing(change)
  await deleteVariable(api, change.key)
  const made = await postVariable(api, change)
  if (made) return true
  throw new DestinationError('rejected', `someone created "${change.key}" again while it was replaced`)
}

const cannotHide = (): DestinationError =>
  new DestinationError(
    'rejected',
    'this GitLab server cannot hide variables, which needs version 17.4; mask them instead',
  )

const cannotScope = (): DestinationError =>
  new DestinationError(
    'missing',
    'this GitLab server keeps variables of groups for all environments only, which needs a paid plan and version 16.9; enter * as the environment',
  )
