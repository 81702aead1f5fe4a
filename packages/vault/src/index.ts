/** Projects, folders and secrets. */
export { listDeletedEnvironments, restoreEnvironment } from './folders/deleted-environments.ts'
export { createEnvironment, deleteEnvironment, updateEnvironment } from './folders/environments.ts'
export { createFolder, deleteFolder, listFolders, updateFolder } from './folders/folders.ts'
export { createImport, deleteImport, listImports, updateImport } from './folders/imports.ts'
export { moveFolder, moveSecrets } from './folders/move.ts'
export { createProject, deleteProject, getProject, listProjects } from './folders/projects.ts'
export { restoreSecrets } from './folders/restore-secrets.ts'
export { listTrash, purgeTrash, restoreTrash } from './folders/trash.ts'
export { lockProject, organizationKeyOf, projectKey } from './keys/project-key.ts'
export { checkReferences } from './references/check-references.ts'
export { createExpander } from './references/expand.ts'
export { keysShowing, type ShowingKey } from './references/keys-showing.ts'
export { madeOfOne, versionsIn, type MadeOf } from './references/made-of.ts'
export { namerOf, outOfReach, readerOf, readerWith, type Reads } from './references/out-of-reach.ts'
export { areOutOfReach, isOutOfReach, reachedOf, type Reached } from './references/reached.ts'
export { MAX_IMPORT_LEVELS, visible } from './references/reference-graph.ts'
export { resolveFolder, type Resolved } from './references/resolve.ts'
export { listReaders, listReferences, listUses, readReferenceTree } from './references/uses.ts'
export { pasteDotenv } from './secrets/dotenv.ts'
export { readDotenv } from './secrets/dotenv/read-dotenv.ts'
export { listFolderHistory, restoreFolder, restoreVersion } from './secrets/history.ts'
export { listSecretRows } from './secrets/read/rows.ts'
export {
  createSecret,
  createSecrets,
  deleteSecret,
  deleteSecrets,
  getSecret,
  listSecrets,
  updateSecret,
  updateSecrets,
} from './secrets/secrets.ts'
export { listSecretVersions } from './secrets/read/versions.ts'
export { deleteSecretRows } from './secrets/write/delete-secrets.ts'
export { openForPlainValues, openForWriting } from './secrets/write/folder-for-writing.ts'
export { whyNotStorable } from './secrets/write/next-secret.ts'
export { presentSecrets, putSecrets } from './secrets/write/write.ts'
export { exportProject, importProject } from './transfer/transfer.ts'
export { resealTrashRow } from './trash/trash-rows.ts'
export { TRASH_DAYS } from './trash/trash-writes.ts'
export { withVaultTransaction } from './tree/vault-transaction.ts'
export { findFolder } from './tree/find-folder.ts'
export { refuseBeyond } from './tree/quotas.ts'
export { dependentsOf } from './tree/dependents.ts'
export { environmentMatrix } from './tree/matrix.ts'
export { searchSecrets } from './tree/search.ts'
export { createTag, deleteTag, listTags, updateTag } from './tree/tags.ts'
export {
  loadTree,
  openValue,
  associatedData,
  valueOpener,
  type SecretRow,
  type Tree,
  type TreeFolder,
} from './tree/tree.ts'
