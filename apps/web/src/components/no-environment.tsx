import { Empty } from './page.tsx'
import { RouteButton } from './route-button.tsx'

/** Instead of what needs an environment, in a project that has none. */
export const NoEnvironment = ({ projectId }: { projectId: string }) => (
  <Empty
    title="This project has no environment"
    action={
      <RouteButton variant="primary" to="/p/$projectId/settings" params={{ projectId }}>
        Add an environment
      </RouteButton>
    }
  >
    Secrets are kept per environment, such as dev, staging and prod.
  </Empty>
)
