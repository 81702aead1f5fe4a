/** Names of folders, and the addresses of their pages. */

export const joinPath = (parent: string, name: string): string => (parent === '/' ? `/${name}` : `${parent}/${name}`)

export function parentOf(path: string): string {
  return path.slice(0, path.lastIndexOf('/')) || '/'
}

export const nameOf = (path: string): string => path.slice(path.lastIndexOf('/') + 1)

/** The page of a folder, for links and for `navigate`. */
export const folderPage = (projectId: string, environment: string, path: string) =>
  ({
    to: '/p/$projectId/secrets/$environment',
    params: { projectId, environment },
    search: path === '/' ? {} : { path },
  }) as const
