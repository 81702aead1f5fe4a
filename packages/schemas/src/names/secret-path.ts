/** The paths of folders: `/`, `/api`, `/api/internal`. Pure text: what exists is looked up elsewhere. */

export const ROOT = '/'

/** The path of the folder `name` in `parent`. */
export const joinPath = (parent: string, name: string): string => (parent === ROOT ? `/${name}` : `${parent}/${name}`)

/** The folder around `path`; of the root, the root. */
export const parentOf = (path: string): string => path.slice(0, path.lastIndexOf('/')) || ROOT

/** The last name in `path`; empty for the root. */
export const nameOf = (path: string): string => path.slice(path.lastIndexOf('/') + 1)

/** The names in `path`, outermost first; none for the root. */
export const namesOf = (path: string): string[] => path.split('/').filter((name) => name !== '')

/** Whether `path` is somewhere inside of `top`. */
export const isBelow = (path: string, top: string): boolean =>
  path !== top && path.startsWith(top === ROOT ? ROOT : `${top}/`)

/** Whether `path` is `top` or inside of it. */
export const isWithin = (path: string, top: string): boolean => path === top || isBelow(path, top)

/** `path`, which is within `from`, after that folder became `to`. */
export const movedPath = (path: string, from: string, to: string): string => to + path.slice(from.length)
