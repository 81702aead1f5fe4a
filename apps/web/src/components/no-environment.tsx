import { useRights } from '../lib/rights.ts'
import { AccessDenied } from './access-denied.tsx'
import { Empty } from './page.tsx'
import { RouteButton } from './route-button.tsx'

/** Instead of what needs an environment, in a project that has none, or none that the caller can read. */
export function NoEnvironment({ projectId }: { projectId: string }) {
  const { rights } = useRights(projectId)
  if (rights?.may('secrets.read-names') === false) return <NothingYours projectId={projectId} page="Secrets" />
  return (
    <Empty
      title="This project has no environment"
      action={
        <RouteButton
          variant="primary"
          to="/p/$projectId/settings"
          params={{ projectId }}
          denied={rights?.whyNot('project.manage')}
        >
          Add an environment
        </RouteButton>
      }
    >
      Secrets are kept per environment, such as dev, staging and prod.
    </Empty>
  )
}

/** For somebody who was narrowed to places that are not there, or not yet. */
export const NothingYours = ({ projectId, page }: { projectId: string; page?: string }) => (
  <AccessDenied
    projectId={projectId}
    page={page}
    title="None of your folders is there"
    why="What you were given in this project was renamed, deleted, or not made yet. Ask an admin of the project."
    action={
      <RouteButton to="/p/$projectId/access" params={{ projectId }}>
        See your access
      </RouteButton>
    }
  />
)
