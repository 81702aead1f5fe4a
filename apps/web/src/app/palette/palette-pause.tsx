import { Pause, Play } from 'lucide-react'
import { usePauses, type PauseSubject } from '../../features/syncs/pauses/use-pauses.ts'
import { atSource, useRights } from '../../lib/session/rights.ts'
import { trpc } from '../../lib/server/trpc.ts'
import { Item } from './palette-item.tsx'
import { words } from '../words.ts'

interface Props {
  projectId: string
  onClose: () => void
  onPause: (subject: PauseSubject) => void
}

/** Pausing and resuming a sync, those of the project, or all. */
export function PauseCommands({ projectId, onClose, onPause }: Props) {
  const { rights } = useRights(projectId)
  const { data: syncs = [] } = trpc.syncs.briefs.useQuery({ projectId })
  const { data: pauses = [] } = trpc.syncs.pauses.useQuery({ projectId })
  const pause = (subject: PauseSubject) => () => {
    onClose()
    onPause(subject)
  }
  const scopes = [
    { scope: 'project', what: words.palettePause.ofProject, may: rights?.may('project.manage') },
    { scope: 'instance', what: words.palettePause.ofInstance, may: rights?.may('instance.manage') },
  ] as const
  return (
    <>
      {syncs
        .filter((sync) => rights?.may('syncs.run', atSource(sync)))
        .map((sync) =>
          sync.status === 'paused' && pauses.length === 0 ? (
            <Resume
              key={sync.id}
              name={sync.name}
              value={words.palettePause.resumeSearched(sync.name, sync.id)}
              subject={{ scope: 'syncs', syncs: [sync] }}
              onClose={onClose}
            />
          ) : (
            <Item
              key={sync.id}
              value={words.palettePause.pauseSearched(sync.name, sync.id)}
              onSelect={pause({ scope: 'syncs', syncs: [sync] })}
            >
              <Pause aria-hidden /> {words.palettePause.pause(sync.name)}
            </Item>
          ),
        )}
      {syncs.length > 0 &&
        scopes
          .filter(({ may }) => may === true)
          .map(({ scope, what }) =>
            pauses.some((each) => each.scope === scope) ? (
              <Resume
                key={scope}
                name={what}
                value={words.palettePause.resumeSearched(what, scope)}
                subject={{ scope, projectId }}
                onClose={onClose}
              />
            ) : (
              <Item
                key={scope}
                value={words.palettePause.pauseSearched(what, scope)}
                onSelect={pause({ scope, projectId })}
              >
                <Pause aria-hidden /> {words.palettePause.pause(what)}
              </Item>
            ),
          )}
    </>
  )
}

interface ResumeProps {
  name: string
  value: string
  subject: PauseSubject
  onClose: () => void
}

function Resume({ name, value, subject, onClose }: ResumeProps) {
  const { resume } = usePauses(subject)
  return (
    <Item
      value={value}
      onSelect={() => {
        onClose()
        void resume()
      }}
    >
      <Play aria-hidden /> {words.palettePause.resume(name)}
    </Item>
  )
}
