import { ROOT } from '@keyferry/schemas/secret-path'

/** The page of a folder, for links and for `navigate`. */
export const folderPage = (projectId: string, environment: string, path: string) =>
  ({
    to: '/p/$projectId/secrets/$environment',
    params: { projectId, environment },
    search: path === ROOT ? {} : { path },
  }) as const

/** The page that takes lines of a `.env` file into a folder. */
export const pastePage = (projectId: string, environment: string, path: string) =>
  ({
    ...folderPage(projectId, environment, path),
    to: '/p/$projectId/secrets/$environment/paste',
  }) as const
