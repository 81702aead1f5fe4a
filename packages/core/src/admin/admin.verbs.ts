/** Verbs for the audit log, data keys and the whole store, with what each requires. */
import { defineVerb, endSessions, requirement, project, RUNS_INSTANCE } from '@keyferry/access'
import { backup, listAudit, rotateRootKey, signDump, verifyAudit } from '@keyferry/kernel'
import { verifyStore } from '@keyferry/kernel/authority'
import * as schemas from '@keyferry/schemas'
import { z } from 'zod'
import { acceptSecrets } from './accept-secrets.ts'
import { pruneAudit } from './prune-audit.ts'
import { restartAudit } from './restart-audit.ts'
import { listRotations, rotateDataKey } from './rotate-data-key.ts'
import { confirmRootKeyBackup, getRootKeyBackup } from './root-key-backup.ts'
import { INSTANCE_KEYS, rotateInstanceKey } from './rotate-instance-key.ts'

export const auditVerbs = {
  list: defineVerb({ input: schemas.listAudit, requires: () => RUNS_INSTANCE, run: listAudit }),
  project: defineVerb({
    input: schemas.listAudit.extend({ projectId: schemas.id }),
    requires: (input) => [requirement('project.manage', project(input))],
    run: listAudit,
  }),
  /** Reads the whole log. */
  verify: defineVerb({ input: null, requires: () => RUNS_INSTANCE, run: (ctx) => verifyAudit(ctx) }),
}

export const dataKeyVerbs = {
  rotate: defineVerb({
    input: z.object({ projectId: schemas.id }),
    requires: () => RUNS_INSTANCE,
    run: async (ctx, actor, input) => {
      await rotateDataKey(ctx, actor, { projectId: input.projectId })
      return { message: 'The new key is in use; what is stored is sealed again in the background' }
    },
  }),
  rotations: defineVerb({ input: null, requires: () => RUNS_INSTANCE, run: (ctx) => listRotations(ctx) }),
}

export const rootKeyVerbs = {
  backup: defineVerb({ input: null, requires: () => RUNS_INSTANCE, run: (ctx) => getRootKeyBackup(ctx) }),
  confirmBackup: defineVerb({
    input: null,
    requires: () => RUNS_INSTANCE,
    run: (ctx, actor) => confirmRootKeyBackup(ctx, actor),
  }),
}

/** On the command line of the operator, beside the instance. */
export const storeVerbs = {
  /** `file`: an absolute path. */
  backup: defineVerb({
    input: z.object({ file: z.string() }),
    requires: () => RUNS_INSTANCE,
    run: (ctx, actor, { file }) => backup(ctx, actor, file),
  }),
  /** `file`: the absolute path of a dump of Postgres. */
  signDump: defineVerb({
    input: z.object({ file: z.string() }),
    requires: () => RUNS_INSTANCE,
    run: (ctx, actor, { file }) => signDump(ctx, actor, file),
  }),
  verify: defineVerb({ input: null, requires: () => RUNS_INSTANCE, run: (ctx) => verifyStore(ctx) }),
  endSessions: defineVerb({ input: null, requires: () => RUNS_INSTANCE, run: (ctx, actor) => endSessions(ctx, actor) }),
  acceptSecrets: defineVerb({
    input: z.object({ projectId: schemas.id, environment: z.string(), secretPath: z.string() }),
    requires: () => RUNS_INSTANCE,
    run: acceptSecrets,
  }),
  /** `expected`: an end of the log that was noted earlier. */
  verifyAudit: defineVerb({
    input: z.object({ expected: z.object({ seq: z.number().int(), hash: z.string() }).optional() }),
    requires: () => RUNS_INSTANCE,
    run: (ctx, _actor, { expected }) => verifyAudit(ctx, expected),
  }),
  pruneAudit: defineVerb({
    input: z.object({ days: z.number().int().positive() }),
    requires: () => RUNS_INSTANCE,
    run: pruneAudit,
  }),
  restartAudit: defineVerb({
    input: null,
    requires: () => RUNS_INSTANCE,
    run: (ctx, actor) => restartAudit(ctx, actor),
  }),
  rotateDataKey: defineVerb({
    input: z.object({ projectId: schemas.id, discard: z.boolean() }),
    requires: () => RUNS_INSTANCE,
    run: rotateDataKey,
  }),
  rotateInstanceKey: defineVerb({
    input: z.object({ key: z.enum(INSTANCE_KEYS) }),
    requires: () => RUNS_INSTANCE,
    run: (ctx, actor, { key }) => rotateInstanceKey(ctx, actor, key),
  }),
  /** `next`: the new root key, 32 bytes. */
  rotateRootKey: defineVerb({
    input: z.object({ next: z.instanceof(Buffer) }),
    requires: () => RUNS_INSTANCE,
    run: (ctx, actor, { next }) => rotateRootKey(ctx, actor, next),
  }),
}
