/** Folders that no store holds, of which nothing is sealed. For tests only. */
import type { SecretRow, TreeFolder } from '../tree/tree.ts'

/** In the environment dev. `imports`: paths, highest priority first. */
export function sketchedFolder(
  path: string,
  values: Record<string, string>,
  imports: readonly string[] = [],
): TreeFolder {
  const secrets = new Map(Object.entries(values).map(([key, value]) => [key, rowOf(path, key, value)]))
  return { id: path, projectId: 'p', environment: 'dev', path, imports, secrets }
}

const rowOf = (folderId: string, key: string, value: string): SecretRow => ({
  id: `${folderId} ${key}`,
  folderId,
  key,
  version: 1,
  value,
  comment: '',
  metadata: '',
  blank: 0,
  skipMultilineEncoding: 0,
  isLiteral: 0,
  createdAt: '',
  updatedAt: '',
  updatedBy: '',
})

/** Opens a value of a sketched folder. */
export const openSketched = ({ value }: SecretRow): string => value

/** A budget without an end. */
export const spendFreely = (): void => {}
