import { useRights } from '../../lib/session/rights.ts'
import { AccessDenied } from './access-denied.tsx'
import { Empty } from './page.tsx'
import { RouteButton } from '../route-button.tsx'
import { words } from '../words.ts'

/** Instead of what needs an environment, in a project that has none, or none that the caller can read. */
export function NoEnvironment({ projectId }: { projectId: string }) {
  const { rights } = useRights(projectId)
  if (rights?.may('secrets.read-names') === false)
    return <NothingYours projectId={projectId} page={words.noEnvironment.secrets} />
  return (
    <Empty
      title={words.noEnvironment.title}
      action={
        <RouteButton
          variant="primary"
          to="/p/$projectId/settings"
          params={{ projectId }}
          denied={rights?.whyNot('project.manage')}
        >
          {words.noEnvironment.addEnvironment}
        </RouteButton>
      }
    >
      {words.noEnvironment.text}
    </Empty>
  )
}

/** For somebody who was narrowed to places that are not there, or not yet. */
export const NothingYours = ({ projectId, page }: { projectId: string; page?: string }) => (
  <AccessDenied
    projectId={projectId}
    page={page}
    title={words.noEnvironment.noFolder}
    why={words.noEnvironment.noFolderText}
    action={
      <RouteButton to="/p/$projectId/access" params={{ projectId }}>
        {words.noEnvironment.access}
      </RouteButton>
    }
  />
)
